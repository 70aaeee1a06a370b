/**
 * A server in a separate process whose route has an idempotency key in Redis: `idempotent-process.ts REDIS_PORT NAME`. Each order gets a number
 * once, whatever happens to the process. It reports its port.
 */
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import Fastify from 'fastify'
import { Redis } from 'ioredis'
import { idempotency, redisStore } from 'fastify-api-errors/idempotency'

process.on('disconnect', () => process.exit())
const [redisPort, name = ''] = process.argv.slice(2)
const client = new Redis(Number(redisPort), '127.0.0.1')

/** Numbers an order, unless it has a number already. This is one step, as a transaction with a unique key is. */
const order = `
  local number = redis.call('HGET', 'orders', KEYS[1])
  if number then return number end
  number = redis.call('INCR', 'number')
  redis.call('HSET', 'orders', KEYS[1], number)
  return number
`

const app = Fastify() // without the plugin, so that it starts fast
// On a busy machine, a timeout would disturb the test, which is about processes that end.
const preHandler = idempotency({ store: redisStore({ client }), claimTtl: 2000, storeTimeout: 60_000 })
app.post('/orders', { preHandler }, async (request, reply) => {
  const key = String(request.idempotencyKey)
  await client.rpush(`runs:${key}`, name)
  const number = Number(await client.eval(order, 1, key))
  await delay(20)
  return await reply.code(201).send({ number })
})
await app.listen({ port: 0, host: '127.0.0.1' })
process.send?.((app.server.address() as AddressInfo).port)
