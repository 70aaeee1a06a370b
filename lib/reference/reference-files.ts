import { assets } from './render/assets.js'
import { indexHtml, pageHtml } from './render/html.js'
import { indexJson, pageJson } from './render/json.js'
import { indexMarkdown, pageMarkdown } from './render/markdown.js'
import type { Reference } from './create-reference.js'
import type { Site } from './render/site.js'

/** A file of a reference that is written to a folder. */
export interface ReferenceFile {
  readonly name: string
  readonly content: string
}

const forms = { html: 'HTML', md: 'Markdown', json: 'JSON' } as const

type Form = keyof typeof forms

/**
 * The whole reference as files of one folder: each page as HTML, Markdown and JSON, and what the HTML refers to. The
 * same application gives the same files.
 *
 * @param origin the API's scheme and host, for the commands that are shown
 */
export function referenceFiles (reference: Reference, origin: string): ReferenceFile[] {
  const [html, md, json] = [createSite('html', origin), createSite('md', origin), createSite('json', origin)]
  return [
    { name: 'index.html', content: indexHtml(reference, html) },
    { name: 'index.md', content: indexMarkdown(reference, md) },
    { name: 'index.json', content: indexJson(reference, json) },
    ...reference.codes.flatMap(page => [
      { name: `${page.code}.html`, content: pageHtml(reference, page, html) },
      { name: `${page.code}.md`, content: pageMarkdown(reference, page, md) },
      { name: `${page.code}.json`, content: pageJson(page, json) }
    ]),
    ...assets.map(({ name, content }) => ({ name, content }))
  ]
}

function createSite (form: Form, origin: string): Site {
  return {
    origin,
    index: `index.${form}`,
    page: code => `${code}.${form}`,
    asset: name => name,
    alternates: (code = 'index') => Object.entries(forms).filter(([name]) => name !== form).map(([name, title]) => ({ name: title, href: `${code}.${name}` }))
  }
}
