/** Sample requests as programs in JavaScript. */
import t from 'tap'
import * as client from 'fastify-api-errors/client'
import { formatFetch } from '../../../lib/reference/requests/fetch.js'
import { quote } from '../../../lib/reference/requests/quote.js'
import { listenWithPages } from '../app.js'

const request = { method: 'GET', path: '/queues/1', headers: {}, times: 1, certain: true }

/** Runs a program in JavaScript, and returns what it prints. */
async function runProgram (program: string): Promise<unknown[]> {
  const [first = '', ...rest] = program.split('\n')
  const names = /^import \{ (.*) \} from 'fastify-api-errors\/client'$/.exec(first)?.[1]?.split(', ') ?? []
  const printed: unknown[] = []
  const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor as new (...args: string[]) => (...values: unknown[]) => Promise<void>
  await new AsyncFunction(...names, 'console', rest.join('\n'))(...names.map(name => client[name as 'parseError']), { log: (...values: unknown[]) => printed.push(...values) })
  return printed
}

t.test('a program sends a POST with headers and a body', async t => {
  const post = { ...request, method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"email":"it\'s","seats":[1]}' }
  t.equal(formatFetch(post, 'https://api.example.com'), `import { parseError, withRetry } from 'fastify-api-errors/client'

const response = await withRetry(fetch)('https://api.example.com/queues/1', {
  method: 'POST',
  headers: {
    'content-type': 'application/json'
  },
  body: JSON.stringify({
    "email": "it's",
    "seats": [
      1
    ]
  })
})
if (!response.ok) {
  const { status, code, message } = await parseError(response)
  console.log(status, code, message)
}`)
})

t.test('a body that is not JSON, or would be changed, is a string', async t => {
  for (const body of ['{', '{ "a": 1 }']) t.match(formatFetch({ ...request, method: 'PUT', body }, ''), `body: ${quote(body)}`)
})

t.test('requests that fetch does not send have no program in JavaScript', async t => {
  for (const change of [{ method: 'TRACE' }, { body: '{}' }, { method: 'HEAD', bodyBytes: 1 }, { headers: { expect: 'nothing' } }]) t.equal(formatFetch({ ...request, ...change }, ''), undefined)
})

t.test('each program gets the error of its page', async t => {
  const { origin, pages } = await listenWithPages(t)
  for (const { code, status, request } of pages) {
    const program = formatFetch(request, origin)
    if (program === undefined) t.equal(code, 'expectation_failed')
    else t.match(await runProgram(program), [status, code], code)
  }
})
