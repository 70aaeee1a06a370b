/**
 * The server of the chaos benchmark: `chaos-server.mjs REDIS_PORT SEED PORT`. Its processes share a port, and one that
 * dies is replaced. It reports when all of them are ready, at the start and after each message, and exits when its
 * parent does. chaos.ts compiles it, so that processes start fast. What happens to an attempt depends only on the seed,
 * the order and the number of the attempt.
 */
import cluster from 'node:cluster'
import Fastify from 'fastify'
import { Redis } from 'ioredis'
import { chooseFailure, isAlwaysRejected, type Failure } from './chaos-failures.js'

const { default: apiErrors, serverOptions, standardErrors: errors } = await import(
  new URL('../../dist/index.js', import.meta.url).href
) as typeof import('fastify-api-errors')
const { idempotency, redisStore } = await import(
  new URL('../../dist/guards/idempotency.js', import.meta.url).href
) as typeof import('fastify-api-errors/idempotency')

const [redisPort, seed = '', port] = process.argv.slice(2)

/** With fewer processes, all of them could be dead at the same time. Then the port is closed for all orders. */
const processCount = 8

/**
 * Adds an execution of an order. With a key, it is added once, as a transaction with a unique key does. Returns its
 * number.
 */
const execute = `
  if ARGV[1] ~= '' then
    local known = redis.call('HGET', 'keys', ARGV[1])
    if known then return tonumber(known) end
  end
  local number = redis.call('HINCRBY', 'executions', KEYS[1], 1)
  if ARGV[1] ~= '' then redis.call('HSET', 'keys', ARGV[1], number) end
  return number
`

function startPrimary (): void {
  process.on('disconnect', () => {
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGKILL')
    process.exit()
  })
  cluster.on('exit', () => {
    cluster.fork()
  })
  // With the default, a connection that is being passed to a process that dies would never be closed.
  cluster.schedulingPolicy = cluster.SCHED_NONE
  let ready = 0
  let isAsked = true
  const report = (): void => {
    if (!isAsked || ready < processCount) return
    isAsked = false
    process.send?.('ready')
  }
  cluster.on('listening', worker => {
    ready++
    worker.once('exit', () => {
      ready--
    })
    report()
  })
  process.on('message', () => {
    isAsked = true
    report()
  })
  for (let count = 0; count < processCount; count++) cluster.fork()
}

async function startWorker (): Promise<void> {
  const client = new Redis(Number(redisPort), '127.0.0.1')
  const app = Fastify(serverOptions())
  await app.register(apiErrors, { log: false })
  // The attempt of a process that died is in progress until claimTtl is over.
  const preHandler = idempotency({
    store: redisStore({ client }),
    required: false,
    claimTtl: 1000,
    storeTimeout: 30_000
  })
  app.post('/orders', { preHandler }, async (request, reply) => {
    const { order } = request.query as { readonly order: string }
    if (isAlwaysRejected(seed, order)) throw errors.resource_conflict()
    const number = await client.eval(execute, 1, order, request.idempotencyKey ?? '')
    const failure = (request as { readonly failure?: Failure }).failure
    if (failure === 'die after') process.kill(process.pid, 'SIGKILL')
    if (failure === 'drop after') request.raw.socket.destroy()
    return await reply.code(201).send({ number })
  })
  app.addHook('onRequest', async (request, reply) => {
    const { order } = request.query as { readonly order: string }
    const failure = chooseFailure(seed, order, await client.hincrby('attempts', order, 1))
    Object.assign(request, { failure })
    if (failure === '429') {
      throw errors.rate_limit_exceeded({
        meta: { policy: 'general', limit: 100, window: 1, retry_after: 1 },
        retryAfter: 1
      })
    }
    if (failure === '503') throw errors.service_unavailable({ retryAfter: 1 })
    if (failure === '409') throw errors.concurrent_modification()
    if (failure === 'die before') process.kill(process.pid, 'SIGKILL')
    if (failure === 'drop before') {
      reply.hijack()
      request.raw.socket.destroy()
    }
  })
  await app.listen({ port: Number(port), host: '127.0.0.1' })
}

if (cluster.isPrimary) startPrimary()
else await startWorker()
