/** Rate limits by API key. */
import rateLimit from '@fastify/rate-limit'
import Fastify, { type FastifyInstance } from 'fastify'
import apiErrors, { serverOptions } from 'fastify-api-errors'
import { apiKey } from 'fastify-api-errors/api-key'
import t from 'tap'
import { fetchResponse } from '../helpers/http.js'
import { createKeyStore } from '../helpers/key-store.js'

const { lookup, issue, close } = await createKeyStore()
t.teardown(close)

const limits: Readonly<Record<string, (app: FastifyInstance) => PromiseLike<unknown>>> = {
  'a policy of the plugin': app => app.register(apiErrors, {
    rateLimit: { policies: { by_key: { max: 2, timeWindow: '1 minute', key: 'api-key' } }, default: 'by_key' }
  }),
  '@fastify/rate-limit of the application': app => app
    .register(rateLimit, { hook: 'preHandler', max: 2, timeWindow: '1 minute', keyGenerator: request => String(request.apiKey?.id) })
    .register(apiErrors)
}

for (const [name, register] of Object.entries(limits)) {
  t.test(`${name} counts by the key that the guard verified`, async t => {
    const app = Fastify(serverOptions())
    t.teardown(() => app.close())
    await register(app)
    app.get('/queues', { onRequest: apiKey({ lookup }) }, async () => 'ok')
    const url = `${await app.listen({ host: '127.0.0.1', port: 0 })}/queues`
    const [one, other] = [await issue(), await issue()]
    const statusWith = async (key: string): Promise<number> => (await fetchResponse(url, { headers: { authorization: `Bearer ${key}` } })).status
    t.strictSame([await statusWith(one.key), await statusWith(one.key), await statusWith(one.key)], [200, 200, 429])
    t.strictSame([await statusWith(other.key), await statusWith('wrong'), await statusWith(other.key), await statusWith(other.key)], [200, 401, 200, 429])
  })
}
