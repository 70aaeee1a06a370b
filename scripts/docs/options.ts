/** Writes the lists of options from the documentation comments of their types, so that both have the same text. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

/** The interfaces whose properties are options, by the name of their section. */
const interfaces: Readonly<Record<string, { readonly file: string, readonly names: readonly string[] }>> = {
  'options-plugin': { file: 'options.ts', names: ['ApiErrorsOptions'] },
  'options-documentation': { file: 'options.ts', names: ['DocumentationOptions'] },
  'options-rate-limit': { file: 'rate-limit/policies.ts', names: ['RateLimitOptions'] },
  'options-policy': { file: 'rate-limit/policies.ts', names: ['RateLimitPolicy', 'SharedLimitOptions'] },
  'options-reference': { file: 'reference/reference-options.ts', names: ['ReferenceOptions'] },
  'options-database': { file: 'translate/translator.ts', names: ['DatabaseOptions', 'NamedConstraint'] },
  'options-guard': { file: 'guards/api-key.ts', names: ['ApiKeyOptions'] },
  'options-idempotency': { file: 'guards/idempotency.ts', names: ['IdempotencyOptions'] },
  'options-error': { file: 'catalog/api-error.ts', names: ['ErrorInit'] }
}

/** The lists of options by the names of their sections. */
export const optionSections: Readonly<Record<string, () => string>> = Object.fromEntries(
  Object.entries(interfaces).map(([section, { file, names }]) => [section, () => writeOptions(file, names)])
)

function writeOptions (file: string, names: readonly string[]): string {
  const path = fileURLToPath(new URL(`../../lib/${file}`, import.meta.url))
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true)
  const members = names.flatMap(name => {
    const found = source.statements.find(statement =>
      ts.isInterfaceDeclaration(statement) && statement.name.text === name
    )
    if (found === undefined) throw new Error(`docs: lib/${file} has no interface ${name}.`)
    return (found as ts.InterfaceDeclaration).members.filter(ts.isPropertySignature)
  })
  return members.map(member => {
    const [comment] = ts.getJSDocCommentsAndTags(member).filter(ts.isJSDoc)
    const text = (tag: ts.JSDoc | ts.JSDocTag | undefined): string =>
      (ts.getTextOfJSDocComment(tag?.comment) ?? '').replace(/\{@link (\w+)\}/g, '`$1`').replace(/\s+/g, ' ').trim()
    const preset = text(comment?.tags?.find(tag => tag.tagName.text === 'default'))
    return [
      `- **\`${member.name.getText()}\`**${member.questionToken === undefined ? ' (required)' : ''}: ${text(comment)}`,
      ...preset === '' ? [] : [`Default: ${preset}.`]
    ].join(' ')
  }).join('\n')
}
