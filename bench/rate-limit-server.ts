/**
 * One server of the rate-limit benchmark, in a process of its own: `variant` says which. It tells its port, then answers
 * each message with the CPU time that it has used, in microseconds.
 */
import rateLimit from '@fastify/rate-limit'
import Fastify, { type FastifyInstance } from 'fastify'
import apiErrors, { type RateLimitOptions } from 'fastify-api-errors'
import { Redis } from 'ioredis'

const [variant = '', redisPort] = process.argv.slice(2)
const redis = redisPort === undefined ? undefined : new Redis(Number(redisPort), '127.0.0.1')

const policy = { max: 1e9, timeWindow: '1 minute' }
const store = redis === undefined ? {} : { redis }

function ours (options: Partial<RateLimitOptions>) {
  return (app: FastifyInstance) => app.register(apiErrors, { rateLimit: { policies: { general: policy, burst: policy, daily: policy }, ...store, ...options } })
}

export const variants: Readonly<Record<string, (app: FastifyInstance) => unknown>> = {
  'no limit': app => app.register(apiErrors),
  'unlimited route': ours({}),
  'one policy': ours({ default: 'general' }),
  'one policy, no headers': ours({ default: 'general', headers: false }),
  'three policies': ours({ default: ['general', 'burst', 'daily'] }),
  '@fastify/rate-limit': app => app.register(rateLimit, { ...policy, ...store })
}

const app = Fastify()
await variants[variant]?.(app)
app.get('/', async () => ({ hello: 'world' }))
await app.listen({ port: 0, host: '127.0.0.1' })
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.(user + system)
})
process.on('disconnect', () => process.exit())
process.send?.((app.server.address() as { port: number }).port)
