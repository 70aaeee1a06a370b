/** The check of the prose: which phrases it finds, and where it does not look. */
import { readFileSync, existsSync } from 'node:fs'
import t from 'tap'
import { checkProse } from '../scripts/check-prose.js'

t.test('phrases are found with their line', async t => {
  t.strictSame(checkProse('It works.\nIt waits, for it is slow.', true), ['2: ", for it": write "because"'])
  t.strictSame(checkProse('It fails, for the key of a caller is wrong.', true), ['1: ", for the key of a caller is": write "because"'])
  t.strictSame(checkProse('// a date that is none', false), ['1: "that is none": write "invalid", or say what the value is not'])
})

t.test('code in Markdown, and the preposition "for", are allowed', async t => {
  t.strictSame(checkProse('`nobody`\n\n```ts\nnobody()\n```\n\nPages, for the reference.', true), [])
})

t.test('each exception is a file that exists', async t => {
  const exceptions = JSON.parse(readFileSync(new URL('../scripts/prose-exceptions.json', import.meta.url), 'utf8')) as string[]
  t.strictSame(exceptions.filter(path => !existsSync(new URL(`../${path}`, import.meta.url))), [])
})
