/** A server in a separate process with routes that are limited in Redis: `limited-process.ts REDIS_PORT MAX...`. It reports its port. */
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import { Redis } from 'ioredis'
import apiErrors from 'fastify-api-errors'

process.on('disconnect', () => process.exit())
const [redisPort, ...limits] = process.argv.slice(2).map(Number) as [number, ...number[]]
const app = Fastify()
await app.register(apiErrors, {
  log: false,
  rateLimit: {
    policies: Object.fromEntries(limits.map(max => [String(max), { max, timeWindow: '1 hour' }])),
    redis: new Redis(redisPort, '127.0.0.1'),
    onStoreError: 'deny',
    storeTimeout: 60_000 // On a busy machine, a timeout would disturb the test, which is about counting.
  }
})
for (const max of limits) app.get(`/${max}`, { config: { rateLimitPolicy: String(max) } }, async () => ({ ok: true }))
await app.listen({ port: 0, host: '127.0.0.1' })
process.send?.((app.server.address() as AddressInfo).port)
