import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { sections } from './sections.js'

/** The folder of the pages. */
export const folder: string = fileURLToPath(new URL('.', import.meta.url))

/** The pages by file name, each as it is and as it should be. */
export function pages (): Array<{ readonly file: string, readonly text: string, readonly fresh: string }> {
  return readdirSync(folder).filter(file => file.endsWith('.md')).map(file => {
    const text = readFileSync(folder + file, 'utf8')
    return { file, text, fresh: refresh(text) }
  })
}

/**
 * A page with its generated parts anew. What stands between `<!-- generated: name -->` and `<!-- /generated -->` comes
 * from the section of that name.
 *
 * @throws Error where there is no such section
 */
export function refresh (text: string): string {
  return text.replace(/(<!-- generated: (\S+) -->\n)[^]*?(<!-- \/generated -->)/g, (_all, begin: string, name: string, end: string) => {
    const section = sections[name]
    if (section === undefined) throw new Error(`docs: no section '${name}'; there are ${Object.keys(sections).join(', ')}.`)
    return `${begin}\n${section()}\n\n${end}`
  })
}
