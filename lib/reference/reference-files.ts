/** Writes the error reference as files in one folder, which a documentation site can serve. */
import { readAssets } from './render/assets.js'
import { changelogHtml, indexHtml, pageHtml } from './render/html.js'
import { changelogJson, indexJson, pageJson } from './render/json.js'
import { changelogMarkdown, indexMarkdown, llmsText, pageMarkdown } from './render/markdown.js'
import { encodeUriComponent } from '../support/encode-uri.js'
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
 * Returns the whole reference as files in one folder: each page as HTML, Markdown and JSON, `llms.txt`, and the files
 * that the HTML loads. The output for an unchanged application is identical.
 *
 * @param origin scheme and host of the API, which the commands on the pages use
 */
export function referenceFiles (reference: Reference, origin: string): ReferenceFile[] {
  const [html, md, json] = [createSite('html', origin), createSite('md', origin), createSite('json', origin)]
  return [
    { name: html.index, content: indexHtml(reference, html) },
    { name: md.index, content: indexMarkdown(reference, md) },
    { name: json.index, content: indexJson(reference, json) },
    { name: 'llms.txt', content: llmsText(reference, md) },
    ...(reference.changelog === undefined
      ? []
      : [
          { name: 'changelog.html', content: changelogHtml(reference, html) },
          { name: 'changelog.md', content: changelogMarkdown(reference, md) },
          { name: 'changelog.json', content: changelogJson(reference.changelog) }
        ]),
    ...reference.codes.flatMap(page => [
      { name: html.page(page.code), content: pageHtml(reference, page, html) },
      { name: md.page(page.code), content: pageMarkdown(reference, page, md) },
      { name: json.page(page.code), content: pageJson(page, json) }
    ]),
    ...readAssets(reference.branding).map(({ name, content }) => ({ name, content }))
  ]
}

function createSite (form: Form, origin: string): Site {
  const listAlternates = (base: string): ReturnType<Site['alternates']> =>
    Object.entries(forms)
      .filter(([name]) => name !== form)
      .map(([name, title]) => ({ name: title, href: `${base}.${name}` }))
  return {
    origin,
    index: `index.${form}`,
    fields: `index.${form}${form === 'html' ? '#fields' : ''}`,
    changelog: { page: `changelog.${form}`, markdown: 'changelog.md', alternates: listAlternates('changelog') },
    page: code => `${getBaseName(code)}.${form}`,
    markdown: code => `${code === undefined ? 'index' : getBaseName(code)}.md`,
    asset: name => name,
    resolve: url => url.startsWith('/') ? origin + url : url,
    alternates: code => listAlternates(code === undefined ? 'index' : getBaseName(code))
  }
}

/**
 * Returns the base name of a code's files, with characters that every file system and URL allows. For the codes `index`
 * and `changelog`, it is a name that no code can have, so that the page does not overwrite another one.
 */
function getBaseName (code: string): string {
  return /^(index|changelog)$/i.test(code) ? `${code}_` : encodeUriComponent(code).replaceAll('%', '~')
}
