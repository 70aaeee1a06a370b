/** Tests the prose check: the phrases that it finds, and the text that it ignores. */
import t from 'tap'
import { checkProse } from '../../scripts/check-prose.js'

t.test('each phrase is reported with its line', async t => {
  t.strictSame(checkProse('It works.\nIt waits, for it is slow.', true), ['2: ", for it": write "because"'])
  t.strictSame(checkProse('It fails, for the key of a caller is wrong.', true), ['1: ", for the key of a caller is": write "because"'])
  t.strictSame(checkProse('// a date that is none', false), ['1: "that is none": write "invalid", or say what the value is not'])
})

t.test('code in Markdown, and the preposition "for", are allowed', async t => {
  t.strictSame(checkProse('`nobody`\n\n```ts\nnobody()\n```\n\nPages, for the reference.', true), [])
})

t.test('some phrases are only avoided in Markdown', async t => {
  t.strictSame(checkProse('This is the answer to a request.', true), ['1: "the answer": write "response"'])
  t.strictSame(checkProse('const answer = await send() // the answer', false), [])
})

t.test('the list of phrases does not forbid common words', async t => {
  t.strictSame(checkProse('The text of the message is a string. Besides, the timeout is long. Go on with the next step.', true), [])
})
