/** Unknown paths (404) and unsupported methods (405 with Allow). */
import t from 'tap'
import { defineFormat } from 'fastify-api-errors'
import { code } from 'fastify-api-errors/format'
import { createApp, errorResponse, type HttpResponse, listen, requestId, sendRequest, withoutBody } from '../helpers/http.js'

const notFound = errorResponse(404, { code: 'route_not_found', message: 'This endpoint does not exist.', request_id: requestId })

const notAllowed = (...allowed: string[]): HttpResponse => errorResponse(405, {
  code: 'method_not_allowed', message: 'This endpoint does not support this method.', request_id: requestId, meta: { allowed }
}, { allow: allowed.join(', ') })

const ok = async (): Promise<string> => 'ok'

t.test('an unknown path results in 404 for every method', async t => {
  const app = await createApp()
  app.get('/queues', ok)
  const port = await listen(t, app)
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) t.strictSame(await sendRequest(port, method, '/nope'), notFound, method)
  t.strictSame(await sendRequest(port, 'HEAD', '/nope'), withoutBody(notFound))
  t.strictSame(await sendRequest(port, 'GET', '/nope?queues=/queues'), notFound)
  t.strictSame(await sendRequest(port, 'GET', `/${'long'.repeat(100)}`), notFound)
})

t.test('a path with other methods results in 405 with Allow', async t => {
  const app = await createApp()
  app.get('/queues', ok)
  app.post('/queues', ok)
  app.get('/queues/:id', ok)
  app.delete('/queues/:id', ok)
  app.put('/plain', ok)
  app.get('/static', ok)
  app.post('/:anything', ok)
  const port = await listen(t, app)
  t.strictSame(await sendRequest(port, 'DELETE', '/queues'), notAllowed('GET', 'HEAD', 'POST'), 'the POST of two routes')
  t.strictSame(await sendRequest(port, 'PATCH', '/queues/1'), notAllowed('DELETE', 'GET', 'HEAD'))
  t.strictSame(await sendRequest(port, 'PATCH', '/queues/1?a=b#c'), notAllowed('DELETE', 'GET', 'HEAD'))
  t.strictSame(await sendRequest(port, 'GET', '/plain'), notAllowed('POST', 'PUT'), 'no HEAD without GET')
  t.strictSame(await sendRequest(port, 'HEAD', '/plain'), withoutBody(notAllowed('POST', 'PUT')))
  t.strictSame(await sendRequest(port, 'PUT', '/static'), notAllowed('GET', 'HEAD', 'POST'))
  t.strictSame(await sendRequest(port, 'OPTIONS', '/queues/1'), notAllowed('DELETE', 'GET', 'HEAD'), 'OPTIONS is a method like the others')
  t.strictSame(await sendRequest(port, 'GET', '/queues/1/2'), notFound)
})

t.test('a handler that calls callNotFound results in 404, because its method is allowed', async t => {
  const app = await createApp()
  app.get('/queues/:id', (_request, reply) => { reply.callNotFound() })
  const port = await listen(t, app)
  t.strictSame(await sendRequest(port, 'GET', '/queues/1'), notFound)
  t.strictSame(await sendRequest(port, 'POST', '/queues/1'), notAllowed('GET', 'HEAD'))
})

t.test('with notFound: false, the handler of the application is unchanged', async t => {
  const app = await createApp({ notFound: false })
  app.setNotFoundHandler((_request, reply) => { reply.code(404).type('text/plain').send('nothing here') })
  const port = await listen(t, app)
  t.strictSame(await sendRequest(port, 'GET', '/nope'), { status: 404, headers: { 'content-type': 'text/plain', 'content-length': '12' }, body: 'nothing here' })
})

t.test('what a log function or a format changes in an error does not appear in the next response', async t => {
  const format = defineFormat({
    name: 'counting',
    fields: {
      code,
      allowed: {
        schema: () => ({ type: 'array' }),
        optional: true,
        value: ({ meta }) => {
          const { allowed } = meta as { allowed?: string[] } ?? {}
          allowed?.push('added')
          return allowed
        }
      }
    }
  })
  const seen: unknown[] = []
  const app = await createApp({
    format,
    log: ({ error }) => {
      seen.push(error.message)
      Object.assign(error, { message: 'changed', status: 418, headers: { 'x-changed': 'yes' } })
    }
  })
  app.get('/queues', ok)
  const port = await listen(t, app)
  for (let sent = 0; sent < 2; sent++) {
    t.strictSame(await sendRequest(port, 'GET', '/nope'), errorResponse(404, { code: 'route_not_found' }))
    t.strictSame(await sendRequest(port, 'POST', '/queues'), errorResponse(405, { code: 'method_not_allowed', allowed: ['GET', 'HEAD', 'added'] }, { allow: 'GET, HEAD' }))
  }
  t.strictSame(seen, [notFound, notAllowed(), notFound, notAllowed()].map(({ body }) => (body as { readonly message: string }).message))
})
