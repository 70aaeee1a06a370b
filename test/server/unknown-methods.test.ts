/** HTTP/2 requests with a method that Node does not know. */
import { once } from 'node:events'
import { connect } from 'node:http2'
import t from 'tap'
import Fastify, { type FastifyInstance } from 'fastify'
import apiErrors, { serverOptions } from 'fastify-api-errors'
import { isUnknownMethod } from '../../lib/server/unknown-methods.js'
import { getPort } from '../helpers/http.js'
import { throwables } from '../helpers/throwables.js'

async function send (app: FastifyInstance, method: string, path: string): Promise<{ status: number, headers: Record<string, string>, body: Record<string, unknown> }> {
  const session = connect(`http://127.0.0.1:${getPort(app)}`)
  const stream = session.request({ ':method': method, ':path': path }, { endStream: true })
  const [headers] = await once(stream, 'response') as [Record<string, string>]
  let text = ''
  for await (const chunk of stream) text += String(chunk)
  session.close()
  return { status: Number(headers[':status']), headers, body: JSON.parse(text) as Record<string, unknown> }
}

async function build (t: { after: (close: () => Promise<void>) => void }, options: object): Promise<FastifyInstance> {
  const app = Fastify({ ...serverOptions(), http2: true } as object) as unknown as FastifyInstance
  t.after(() => app.close())
  await app.register(apiErrors, { log: false, ...options })
  app.get('/x', async () => 'x')
  await app.register(async scope => {
    await scope.register(apiErrors, { log: false, format: 'problem' })
    scope.get('/x', async () => 'x')
  }, { prefix: '/v2' })
  await app.listen({ port: 0, host: '127.0.0.1' })
  return app
}

t.test('the response is the same as for a known method without a route, in the format of the scope', async t => {
  const app = await build(t, {})
  const detail = 'This endpoint does not exist.'
  const expected = {
    '/x': [405, 'GET, HEAD', 'application/json; charset=utf-8', 'method_not_allowed'],
    '/none': [404, undefined, 'application/json; charset=utf-8', 'route_not_found'],
    '/v2/x': [405, 'GET, HEAD', 'application/problem+json', 'method_not_allowed'],
    '/v2/none': [404, undefined, 'application/problem+json', 'route_not_found']
  }
  for (const [path, response] of Object.entries(expected)) {
    for (const method of ['FOO', 'MADE-UP', 'DELETE']) {
      const { status, headers, body } = await send(app, method, path)
      t.strictSame([status, headers.allow, headers['content-type'], body.code], response, `${method} ${path}`)
    }
  }
  t.match((await send(app, 'FOO', '/v2/none')).body, { type: 'about:blank', title: 'Not Found', status: 404, detail })
})

t.test('such requests count towards the limits', async t => {
  const app = await build(t, { rateLimit: { policies: { all: { max: 2, timeWindow: 60_000 } }, default: 'all' } })
  const responses: unknown[] = []
  for (const path of ['/none', '/v2/none', '/v2/none', '/none']) {
    const { status, body } = await send(app, 'FOO', path)
    responses.push([status, 'title' in body ? 'problem' : 'code'])
  }
  t.strictSame(responses, [[404, 'code'], [404, 'problem'], [429, 'problem'], [429, 'code']])
})

t.test('any other error belongs to a route', t => {
  const notFound = { code: 'FST_ERR_NOT_FOUND' }
  const is = (error: unknown, method: string): boolean => isUnknownMethod(error, { method } as Parameters<typeof isUnknownMethod>[1])
  t.strictSame([is(notFound, 'FOO'), is(notFound, 'GET'), is({ code: 'other' }, 'FOO'), is(null, 'FOO'), is(undefined, 'FOO'), is('thrown', 'FOO'), is(throwables['a revoked proxy']?.make(), 'FOO')], [true, false, false, false, false, false, false])
  t.end()
})
