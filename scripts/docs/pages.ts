/** The pages with generated parts, and their fresh content. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sections } from './sections.js'

/** The root of the project. */
export const root: string = fileURLToPath(new URL('../..', import.meta.url))

const files: readonly string[] = [
  ...readdirSync(join(root, 'docs')).filter(file => file.endsWith('.md')).map(file => `docs/${file}`),
  'examples/launch/README.md'
]

/** The pages by their path in the project, each as it is and as it should be. */
export function pages (): Array<{ readonly file: string, readonly text: string, readonly fresh: string }> {
  return files.map(file => {
    const text = readFileSync(join(root, file), 'utf8')
    return { file, text, fresh: refresh(text) }
  })
}

/**
 * Returns a page with fresh generated parts. The text between `<!-- generated: name -->` and `<!-- /generated -->` comes
 * from the section of that name.
 *
 * @throws Error if no such section exists
 */
export function refresh (text: string): string {
  return text.replace(/(<!-- generated: (\S+) -->\n)[^]*?(<!-- \/generated -->)/g, (_all, begin: string, name: string, end: string) => {
    const section = sections[name]
    if (section === undefined) throw new Error(`docs: no section '${name}'; there are ${Object.keys(sections).join(', ')}.`)
    return `${begin}\n${section()}\n\n${end}`
  })
}
