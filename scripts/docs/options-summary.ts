/** Writes the table of the plugin's options in the README: the first sentence of each description in lib/options.ts. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { table } from './table.js'

/** Returns the options with their meaning and their default. The explanation after a colon is omitted. */
export function summarizeOptions (): string {
  const path = fileURLToPath(new URL('../../lib/options.ts', import.meta.url))
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true)
  const options = source.statements.filter(ts.isInterfaceDeclaration).find(({ name }) =>
    name.text === 'ApiErrorsOptions'
  ) as ts.InterfaceDeclaration
  return table(
    ['option', 'meaning', 'default'],
    options.members.filter(ts.isPropertySignature).map(member => {
      const [comment] = ts.getJSDocCommentsAndTags(member).filter(ts.isJSDoc)
      const getText = (tag: ts.JSDoc | ts.JSDocTag | undefined): string =>
        (ts.getTextOfJSDocComment(tag?.comment) ?? '').replace(/\s+/g, ' ').trim()
      const preset = comment?.tags?.find(tag => tag.tagName.text === 'default')
      return [`\`${member.name.getText()}\``, getText(comment).split(/\.(?: |$)|: /, 1).join(), getText(preset)]
    })
  )
}
