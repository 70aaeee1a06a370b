import t from 'tap'
import Fastify from 'fastify'
import apiErrors, { serverOptions, standardErrors as errors } from 'fastify-api-errors'
import { ask, contractAnswer, create, requestId, start } from '../support/wire.js'

t.test('the body, the header and the log have the same id', async t => {
  const ids: string[] = []
  const app = Fastify(serverOptions())
  await app.register(apiErrors, { log: entry => { ids.push(entry.requestId) } })
  app.get('/', () => { throw errors.resource_conflict() })
  const answer = await ask(await start(t, app), 'GET', '/')
  t.match(ids, [/^req_[\w-]{20}$/])
  t.strictSame(answer, contractAnswer(409, { code: 'resource_conflict', message: errors.resource_conflict.message, request_id: ids[0] }))
})

t.test('an id that no header can carry is sent encoded', async t => {
  for (const [id, sent] of [
    ['plain', 'plain'],
    ['two words', 'two words'],
    ['ünder', '%C3%BCnder'],
    ['a\r\nset-cookie: b', 'a%0D%0Aset-cookie%3A%20b'],
    [' spaced ', '%20spaced%20'],
    ['\ud800', '%EF%BF%BD'],
    [42, '42']
  ] as const) {
    const app = await create({}, { genReqId: () => id as string })
    app.get('/', () => { throw errors.resource_conflict() })
    t.strictSame(
      await ask(await start(t, app), 'GET', '/'),
      contractAnswer(409, { code: 'resource_conflict', message: errors.resource_conflict.message, request_id: sent }), JSON.stringify(id)
    )
  }
})

t.test("with requestId: 'all', every answer names its request", async t => {
  const app = await create({ requestId: 'all' })
  app.get('/', (_request, reply) => { reply.send('ok') })
  const port = await start(t, app)
  t.strictSame(await ask(port, 'GET', '/'), { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8', 'content-length': '2', 'x-request-id': requestId }, body: 'ok' })
  t.strictSame(await ask(port, 'GET', '/nope'), contractAnswer(404, { code: 'route_not_found', message: 'This endpoint does not exist.', request_id: requestId }))
})

t.test('else a 200 has no such header', async t => {
  const app = await create()
  app.get('/', (_request, reply) => { reply.send('ok') })
  t.strictSame(await ask(await start(t, app), 'GET', '/'), { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8', 'content-length': '2' }, body: 'ok' })
})

t.test('a request whose id is empty gets one', async t => {
  const ids: string[] = []
  const app = await create({ log: entry => { ids.push(entry.requestId) } }, { genReqId: () => '' })
  app.get('/', () => { throw errors.resource_conflict() })
  const answer = await ask(await start(t, app), 'GET', '/')
  t.match(ids, [/^req_[\w-]{20}$/])
  const [id = ''] = ids
  t.strictSame(answer, contractAnswer(409, { code: 'resource_conflict', message: errors.resource_conflict.message, request_id: id }, { 'x-request-id': id }))
})
