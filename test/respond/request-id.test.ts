/** The id of a request in the body, the headers and the log. */
import t from 'tap'
import Fastify from 'fastify'
import apiErrors, { serverOptions, standardErrors as errors } from 'fastify-api-errors'
import { createApp, errorResponse, listen, requestId, sendRequest } from '../helpers/http.js'

t.test('the body, the header and the log have the same id', async t => {
  const ids: string[] = []
  const app = Fastify(serverOptions())
  await app.register(apiErrors, { log: entry => { ids.push(entry.requestId) } })
  app.get('/', () => { throw errors.resource_conflict() })
  const response = await sendRequest(await listen(t, app), 'GET', '/')
  t.match(ids, [/^req_[\w-]{20}$/])
  t.strictSame(response, errorResponse(409, { code: 'resource_conflict', message: errors.resource_conflict.message, request_id: ids[0] }))
})

t.test('an id with characters that a header cannot contain is sent encoded', async t => {
  for (const [id, sent] of [
    ['plain', 'plain'],
    ['two words', 'two words'],
    ['ünder', '%C3%BCnder'],
    ['a\r\nset-cookie: b', 'a%0D%0Aset-cookie%3A%20b'],
    [' spaced ', '%20spaced%20'],
    ['\ud800', '%EF%BF%BD'],
    [42, '42']
  ] as const) {
    const app = await createApp({}, { genReqId: () => id as string })
    app.get('/', () => { throw errors.resource_conflict() })
    t.strictSame(
      await sendRequest(await listen(t, app), 'GET', '/'),
      errorResponse(409, { code: 'resource_conflict', message: errors.resource_conflict.message, request_id: sent }), JSON.stringify(id)
    )
  }
})

t.test("with requestId: 'all', every response has the request id", async t => {
  const app = await createApp({ requestId: 'all' })
  app.get('/', (_request, reply) => { reply.send('ok') })
  const port = await listen(t, app)
  t.strictSame(await sendRequest(port, 'GET', '/'), { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8', 'content-length': '2', 'x-request-id': requestId }, body: 'ok' })
  t.strictSame(await sendRequest(port, 'GET', '/nope'), errorResponse(404, { code: 'route_not_found', message: 'This endpoint does not exist.', request_id: requestId }))
})

t.test('otherwise, a 200 has no such header', async t => {
  const app = await createApp()
  app.get('/', (_request, reply) => { reply.send('ok') })
  t.strictSame(await sendRequest(await listen(t, app), 'GET', '/'), { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8', 'content-length': '2' }, body: 'ok' })
})

t.test('a request gets a new id if its id is empty or cannot be converted to a string', async t => {
  for (const given of ['', { toString () { throw new Error('secret') } }, Object.create(null)]) {
    const ids: string[] = []
    const app = await createApp({ log: entry => { ids.push(entry.requestId) } }, { genReqId: () => given as string })
    app.get('/', () => { throw errors.resource_conflict() })
    const response = await sendRequest(await listen(t, app), 'GET', '/')
    t.match(ids, [/^req_[\w-]{20}$/])
    const [id = ''] = ids
    t.strictSame(response, errorResponse(409, { code: 'resource_conflict', message: errors.resource_conflict.message, request_id: id }, { 'x-request-id': id }))
  }
})
