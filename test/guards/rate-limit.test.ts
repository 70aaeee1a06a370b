import rateLimit from '@fastify/rate-limit'
import Fastify from 'fastify'
import apiErrors, { serverOptions } from 'fastify-api-errors'
import { apiKey } from 'fastify-api-errors/api-key'
import t from 'tap'
import { call } from '../support/call.js'
import { createKeyStore } from '../support/key-store.js'

const { lookup, issue, close } = await createKeyStore()
t.teardown(close)

t.test('a limit counts by the key that the guard found', async t => {
  const app = Fastify(serverOptions())
  t.teardown(() => app.close())
  await app.register(rateLimit, { hook: 'preHandler', max: 2, timeWindow: 60_000, keyGenerator: request => String(request.apiKey?.id) })
  await app.register(apiErrors)
  app.get('/queues', { onRequest: apiKey({ lookup }) }, async () => 'ok')
  const url = `${await app.listen({ host: '127.0.0.1', port: 0 })}/queues`
  const [one, other] = [await issue(), await issue()]
  const statusWith = async (key: string): Promise<number> => (await call(url, { headers: { authorization: `Bearer ${key}` } })).status
  t.strictSame([await statusWith(one.key), await statusWith(one.key), await statusWith(one.key)], [200, 200, 429])
  t.strictSame([await statusWith(other.key), await statusWith('wrong'), await statusWith(other.key), await statusWith(other.key)], [200, 401, 200, 429])
})
