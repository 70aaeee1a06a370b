/** docs/rate-limits.md and docs/options.md: the options and header fields on these pages match the code. */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { checkRateLimit } from '../../lib/rate-limit/check-policies.js'
import { headerFields } from '../../lib/rate-limit/header-fields.js'
import { thrown } from '../helpers/thrown.js'

const read = (name: string): string => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8')
const page = read('rate-limits.md')

/** Returns the options in a generated list of docs/options.md. */
function listDocumented (section: string): string[] {
  const [, list = ''] = new RegExp(`<!-- generated: ${section} -->\\n([^]*?)<!-- /generated -->`).exec(read('options.md')) ?? []
  return [...list.matchAll(/^- \*\*`([^`]+)`/gm)].map(([, name]) => name as string)
}

/** Returns the names in the first column of the table whose head starts with a string. */
function firstColumn (head: string): string[] {
  const [, rows = ''] = page.split(`| ${head} |`, 2)
  return (/\n\|---.*\n((?:\|.*\n)+)/.exec(rows)?.[1] ?? '').trim().split('\n')
    .flatMap(row => [...(row.split('|')[1] as string).matchAll(/`([^`]+)`/g)].map(([, name]) => name as string))
}

const listOptions = (options: unknown): string[] => (/expected one of (.*)\.$/.exec(thrown(() => checkRateLimit(options as never)))?.[1] ?? '').split(', ')

t.test('the list of options has exactly the options of a policy', async t => {
  t.strictSame(listDocumented('options-policy').sort(), listOptions({ policies: { a: { max: 1, timeWindow: 1, unknown: 1 } } }).sort())
})

t.test('every option outside the policies is in one of the lists', async t => {
  const documented = [...listDocumented('options-rate-limit'), ...listDocumented('options-policy')]
  for (const name of listOptions({ policies: { a: { max: 1, timeWindow: 1 } }, unknown: 1 })) t.ok(documented.includes(name), name)
})

t.test('the table of header fields has every family with its fields', async t => {
  const families = Object.entries(headerFields)
  t.strictSame(firstColumn('`headers`'), [...families.map(([family]) => `'${family}'`), 'false'])
  for (const [, fields] of families) t.ok(page.includes(`| ${fields.map(({ name }) => `\`${name}\``).join(', ')} |`))
})
