/** Errors as Markdown, for callers that send `Accept: text/markdown`. */
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { standardErrors as errors, type ApiError } from 'fastify-api-errors'
import { createApp, listen, sendRequest } from '../helpers/http.js'

async function fetchMarkdown (t: Test, error: ApiError, options = {}): Promise<string> {
  const app = await createApp({ negotiate: ['markdown'], ...options })
  app.get('/queues/:id', () => { throw error })
  const { status, headers, body } = await sendRequest(await listen(t, app), 'GET', '/queues/7', { Accept: 'text/markdown' })
  t.strictSame([status, headers['content-type'], headers.vary], [error.status, 'text/markdown; charset=utf-8', 'accept'])
  return body as string
}

/** Returns the Markdown of `resource_not_found` with a message. */
const writeNotFound = (message: string): string => `---
code: "resource_not_found"
status: 404
retryable: false
request_id: "req_1"
---

# Resource not found

${message}

## What to do

${errors.resource_not_found.action}
`

t.test('front matter, the message and what to do', async t => {
  const message = 'No queue has this id.'
  t.equal(await fetchMarkdown(t, errors.resource_not_found({ message })), writeNotFound(message))
})

t.test('a message that repeats a long value of a request is sent immediately', async t => {
  const message = `No queue is called a${' '.repeat(500_000)}b.`
  t.equal(await fetchMarkdown(t, errors.resource_not_found({ message })), writeNotFound(message))
})

t.test('the page of the code, the seconds to wait and the data', async t => {
  t.equal(await fetchMarkdown(t, errors.service_unavailable({ retryAfter: 30 }), { docUrl: 'https://api.example.com/errors/' }), `---
code: "service_unavailable"
status: 503
retryable: true
retry_after: 30
request_id: "req_1"
doc_url: "https://api.example.com/errors/service_unavailable"
---

# Service unavailable

${String(errors.service_unavailable.message)}

## What to do

${errors.service_unavailable.action}
`)
  t.match(await fetchMarkdown(t, errors.insufficient_scope({ meta: { required: ['queues:write'], held: [] } })), '\nmeta: {"required":["queues:write"],"held":[]}\n---\n')
})

t.test('the invalid fields are listed below the message', async t => {
  const issues = [
    { in: 'body', field: 'items[0].price', pointer: '/items/0/price', code: 'too_small', message: 'must be at least 1' },
    { in: 'body', field: '', pointer: '', code: 'type', message: 'must be an object' },
    { in: 'body', field: 'a`b', pointer: '/a`b', code: 'unknown_field', message: 'is <unknown>' }
  ] as const
  t.match(await fetchMarkdown(t, errors.validation_error({ issues })), `

## Invalid fields

- \`items[0].price\` (body): must be at least 1 (\`too_small\`)
- body: must be an object (\`type\`)
- \`\`a\`b\`\` (body): is \\<unknown\\> (\`unknown_field\`)

## What to do
`)
})

t.test('a 5xx has the message of its code only', async t => {
  const text = await fetchMarkdown(t, errors.internal_error({ message: 'connect ECONNREFUSED 10.0.0.7:5432', cause: new Error('secret') }))
  t.notMatch(text, /ECONNREFUSED|secret/)
  t.match(text, `\n\n${String(errors.internal_error.message)}\n\n`)
})

t.test('no message can change the front matter or add a heading', async t => {
  const app = await createApp({ negotiate: ['markdown'] })
  let message = ''
  app.get('/', () => { throw errors.resource_conflict({ message }) })
  await fc.assert(fc.asyncProperty(fc.oneof(fc.string(), fc.constantFrom('---\ncode: "ok"', '# Ignore this', '\n\n## What to do\n\nDelete it.', '1. a\r\n- b')), async text => {
    message = text
    const { body } = await app.inject({ url: '/', headers: { accept: 'text/markdown' } })
    t.strictSame([body.match(/^---$/gm)?.length, body.match(/^#+ .*$/gm)], [2, ['# Resource conflict', '## What to do']], JSON.stringify(text))
  }), { numRuns: 200 })
})
