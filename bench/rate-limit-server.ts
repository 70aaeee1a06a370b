/**
 * Runs one subject of the rate limit benchmark in a separate process: `rate-limit-server.ts SUBJECT [REDIS_PORT]`. It
 * reports its port, and then its CPU time in microseconds for each message.
 */
import type { AddressInfo } from 'node:net'
import rateLimit from '@fastify/rate-limit'
import Fastify, { type FastifyInstance } from 'fastify'
import type { RateLimitOptions } from 'fastify-api-errors'
import { Redis } from 'ioredis'

// The benchmark measures the published code, because tsx adds a name to each function, which takes time.
const { default: apiErrors } = await import(
  new URL('../dist/index.js', import.meta.url).href
) as typeof import('fastify-api-errors')

const [subject = '', redisPort] = process.argv.slice(2)
const store = redisPort === undefined ? {} : { redis: new Redis(Number(redisPort), '127.0.0.1') }
const policy = { max: 1_000_000_000, timeWindow: '1 hour' }
const policies = { general: policy, burst: policy, daily: policy }

const limited = (options: Partial<RateLimitOptions>) => async (app: FastifyInstance): Promise<void> => {
  await app.register(apiErrors, { rateLimit: { policies, ...store, ...options } })
}

const subjects: Readonly<Record<string, (app: FastifyInstance) => Promise<void>>> = {
  'no limit': async app => {
    await app.register(apiErrors)
  },
  'limits, on other routes only': limited({}),
  'one policy': limited({ default: 'general' }),
  'one policy, headers: false': limited({ default: 'general', headers: false }),
  'three policies': limited({ default: ['general', 'burst', 'daily'] }),
  '@fastify/rate-limit alone': async app => {
    await app.register(rateLimit, { ...policy, ...store })
  }
}

const app = Fastify()
await subjects[subject]?.(app)
app.get('/', async () => ({ hello: 'world' }))
await app.listen({ port: 0, host: '127.0.0.1' })
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.(user + system)
})
process.on('disconnect', () => process.exit())
process.send?.((app.server.address() as AddressInfo).port)
