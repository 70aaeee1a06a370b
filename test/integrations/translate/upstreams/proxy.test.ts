/** Requests with a body to @fastify/http-proxy whose upstream cannot take them. */
import { once } from 'node:events'
import { request as sendHttp, type IncomingMessage } from 'node:http'
import httpProxy from '@fastify/http-proxy'
import Fastify from 'fastify'
import t from 'tap'
import { standardErrors as errors, type StandardCode } from 'fastify-api-errors'
import { createApp, listen, requestId } from '../../../helpers/http.js'
import { freePort } from '../../../helpers/free-port.js'

async function post (port: number, headers: Readonly<Record<string, string>>): Promise<unknown> {
  const request = sendHttp({ port, method: 'POST', path: '/proxied', headers, agent: false })
  request.end('{"a":1}')
  const [response] = await once(request, 'response') as [IncomingMessage]
  return [response.statusCode, JSON.parse((await response.toArray()).join(''))]
}

const bodyOf = (code: StandardCode): object => ({ code, message: errors[code].message, request_id: requestId })

t.test('while the upstream is down, a request with a body of any media type gets a 502', async t => {
  const app = await createApp()
  await app.register(httpProxy, { prefix: '/proxied', upstream: `http://127.0.0.1:${await freePort()}` })
  const port = await listen(t, app)
  for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded', undefined]) {
    t.strictSame(await post(port, type === undefined ? {} : { 'content-type': type }), [502, bodyOf('bad_gateway')], type ?? 'no media type')
  }
})

t.test('a request with Expect gets a 417, after which curl repeats it without this header', async t => {
  const upstream = Fastify()
  upstream.post('/', async () => ({ taken: true }))
  const app = await createApp()
  await app.register(httpProxy, { prefix: '/proxied', upstream: `http://127.0.0.1:${await listen(t, upstream)}` })
  const port = await listen(t, app)
  t.strictSame(await post(port, { 'content-type': 'application/json', expect: '100-continue' }), [417, bodyOf('expectation_failed')])
  t.strictSame(await post(port, { 'content-type': 'application/json' }), [200, { taken: true }])
  t.strictSame(app.apiErrors.ledger().map(({ status, documented }) => [status, documented]), [[417, true]])
})
