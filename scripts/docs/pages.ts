/** Lists the pages with generated parts and the generated files, with their current and their fresh content. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeFailuresHtml, writeFailuresJson } from './failure-list.js'
import { sections } from './sections.js'

/** The root of the project. */
export const root: string = fileURLToPath(new URL('../..', import.meta.url))

const files: readonly string[] = [
  'README.md',
  ...readdirSync(join(root, 'docs')).filter(file => file.endsWith('.md')).map(file => `docs/${file}`),
  'examples/launch/README.md'
]

/** The files that are generated as a whole. */
const generated: Readonly<Record<string, () => string>> = {
  'docs/failures.json': writeFailuresJson,
  'docs/failures.html': writeFailuresHtml
}

/**
 * Returns the pages and files by their path in the project, each with its text on disk and the text that it should
 * have.
 */
export function pages (): Array<{ readonly file: string, readonly text: string, readonly fresh: string }> {
  return [
    ...files.map(file => ({ file, text: readFileSync(join(root, file), 'utf8') })).map(({ file, text }) => ({
      file,
      text,
      fresh: refresh(text)
    })),
    ...Object.entries(generated).map(([file, write]) => ({
      file,
      text: existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : '',
      fresh: write()
    }))
  ]
}

/**
 * Returns a page with fresh generated parts. The text between `<!-- generated: name -->` and `<!-- /generated -->`
 * comes from the section of that name.
 *
 * @throws Error if no such section exists
 */
export function refresh (text: string): string {
  return text.replace(
    /(<!-- generated: (\S+) -->\n)[^]*?(<!-- \/generated -->)/g,
    (_all, begin: string, name: string, end: string) => {
      const section = sections[name]
      if (section === undefined) {
        throw new Error(
          `docs: no section '${name}'; there are ${Object.keys(sections).join(', ')}.`
        )
      }
      return `${begin}\n${section()}\n\n${end}`
    }
  )
}
