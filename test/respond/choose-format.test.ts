/** Content negotiation between the format of the API and problem details. */
import { Type } from '@sinclair/typebox'
import t from 'tap'
import { defineFormat, standardErrors as errors } from 'fastify-api-errors'
import { createApp, errorResponse, listen, requestId, sendRaw, sendRequest } from '../helpers/http.js'

const code = errorResponse(409, { code: 'resource_conflict', message: errors.resource_conflict.message, request_id: requestId }, { vary: 'accept' })

const problem = errorResponse(409, {
  type: 'about:blank',
  title: 'Conflict',
  status: 409,
  detail: errors.resource_conflict.message,
  instance: '/queues#req_1',
  code: 'resource_conflict',
  request_id: requestId
}, { vary: 'accept', 'content-type': 'application/problem+json' })

t.test('a client whose Accept prefers problem+json gets it', async t => {
  const app = await createApp({ negotiate: true })
  app.get('/queues', () => { throw errors.resource_conflict() })
  const port = await listen(t, app)
  for (const [accept, response] of [
    ['application/problem+json', problem],
    ['application/problem+json, application/json', problem],
    ['Application/Problem+JSON', problem],
    ['application/json, text/plain, */*', code],
    ['application/json, application/problem+json', code],
    ['application/json;q=0.5, application/problem+json', problem],
    ['application/json, application/problem+json;q=0.9', code],
    ['application/problem+json;q=0', code],
    ['text/html, application/problem+json;q=0.1', problem],
    ['*/*, application/problem+json', problem],
    ['application/problem+json; charset=utf-8', problem],
    ['application/problem+json;charset="utf-8";q=0.9, application/json; charset=UTF-8;q=0.5', problem],
    ['application/problem+json; charset=utf-8; q=0.5, application/json; charset=utf-8', code],
    ['application/json', code],
    ['application/*', code],
    ['*/*', code],
    ['text/html', code],
    ['application/problem+json;;;q=x,,', code],
    ['', code]
  ] as const) t.strictSame(await sendRequest(port, 'GET', '/queues?a=b', { Accept: accept }), response, accept)
  t.strictSame(await sendRequest(port, 'GET', '/queues'), code)
})

t.test('without negotiate, Accept is ignored', async t => {
  const app = await createApp()
  app.get('/queues', () => { throw errors.resource_conflict() })
  const { vary: _, ...headers } = code.headers
  t.strictSame(await sendRequest(await listen(t, app), 'GET', '/queues', { Accept: 'application/problem+json' }), { ...code, headers })
})

t.test('if problem is the format, there is no choice', async t => {
  const app = await createApp({ format: 'problem', negotiate: true })
  app.get('/queues', () => { throw errors.resource_conflict() })
  const { vary: _, ...headers } = problem.headers
  t.strictSame(await sendRequest(await listen(t, app), 'GET', '/queues', { Accept: 'application/json' }), { ...problem, headers })
})

t.test('a custom format with its media type is one of the two', async t => {
  const format = defineFormat({ name: 'own', contentType: 'application/vnd.launch+json', fields: { oops: { schema: () => Type.String(), value: response => response.code } } })
  const app = await createApp({ format, negotiate: true })
  app.get('/queues', () => { throw errors.resource_conflict() })
  const port = await listen(t, app)
  t.strictSame(await sendRequest(port, 'GET', '/queues'), errorResponse(409, { oops: 'resource_conflict' }, { vary: 'accept', 'content-type': 'application/vnd.launch+json' }))
  t.strictSame(await sendRequest(port, 'GET', '/queues', { Accept: 'application/problem+json' }), problem)
})

t.test('the response to an unknown Expect has the format that the client prefers', async t => {
  const port = await listen(t, await createApp({ negotiate: true }))
  for (const [accept, type] of [['application/problem+json', 'application/problem+json'], ['*/*', 'application/json; charset=utf-8']] as const) {
    t.match(await sendRequest(port, 'GET', '/', { Accept: accept, Expect: 'magic' }), {
      status: 417, headers: { 'content-type': type, vary: 'accept' }, body: { code: 'expectation_failed' }
    })
  }
})

t.test('a bad URL is also negotiated; malformed HTTP has no Accept', async t => {
  const port = await listen(t, await createApp({ negotiate: true }))
  t.match(await sendRequest(port, 'GET', '/%zz', { Accept: 'application/problem+json' }), { status: 400, body: { title: 'Bad Request', code: 'invalid_request' } })
  t.match(await sendRaw(port, 'GARBAGE\r\nAccept: application/problem+json\r\n\r\n'), /\r\ncontent-type: application\/json; charset=utf-8\r\n/)
})

t.test('with a list, clients can choose between several formats', async t => {
  const app = await createApp({ negotiate: ['problem', 'markdown'] })
  app.get('/queues', () => { throw errors.resource_conflict() })
  const port = await listen(t, app)
  for (const [accept, type] of [
    ['application/problem+json', 'application/problem+json'],
    ['text/markdown', 'text/markdown; charset=utf-8'],
    ['text/markdown, application/problem+json;q=0.9', 'text/markdown; charset=utf-8'],
    ['text/markdown;q=0.5, application/problem+json', 'application/problem+json'],
    ['text/markdown, text/html, */*;q=0.1', 'text/markdown; charset=utf-8'],
    ['application/json, text/markdown;q=0.9', 'application/json; charset=utf-8'],
    ['text/*', 'application/json; charset=utf-8'],
    ['text/html, */*', 'application/json; charset=utf-8'],
    ['text/markdown;q=0', 'application/json; charset=utf-8']
  ] as const) t.match(await sendRequest(port, 'GET', '/queues', { Accept: accept }), { status: 409, headers: { 'content-type': type, vary: 'accept' } }, accept)
  t.match(await sendRequest(port, 'GET', '/nope', { Accept: 'text/markdown' }), { status: 404, body: /^---\ncode: "route_not_found"\nstatus: 404\n/ })
  t.match(await sendRequest(port, 'GET', '/%zz', { Accept: 'text/markdown' }), { status: 400, body: /^---\ncode: "invalid_request"\n/ })
  t.strictSame((await sendRequest(port, 'HEAD', '/queues', { Accept: 'text/markdown' })).body, '')
})

t.test('the last event of a stream is JSON, whatever the client accepts', async t => {
  const app = await createApp({ negotiate: ['problem', 'markdown'] })
  app.get('/', (_request, reply) => { reply.type('application/json').send(JSON.stringify(app.apiErrors.toBody(errors.resource_conflict(), reply))) })
  for (const [accept, body] of [['text/markdown', { code: 'resource_conflict' }], ['text/markdown, application/problem+json;q=0.5', { title: 'Conflict' }]] as const) {
    t.match((await app.inject({ url: '/', headers: { accept } })).json(), body, accept)
  }
})
