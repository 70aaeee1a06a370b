/** The store of idempotency keys in a real Redis server, with both clients. */
import { setTimeout as delay } from 'node:timers/promises'
import { inspect } from 'node:util'
import { Cluster } from 'ioredis'
import t from 'tap'
import { redisStore } from 'fastify-api-errors/idempotency'
import { freePort } from '../../helpers/free-port.js'
import { lacksRedis, startRedis } from '../../helpers/redis.js'
import { checkStore, createClaim } from './store-contract.js'

const day = 24 * 60 * 60 * 1000

t.test('it behaves like every store', async t => {
  if (lacksRedis(t)) return
  const redis = await startRedis(t)
  await checkStore(t, redisStore({ client: redis.client() }))
})

t.test('a claim, a response and a release are one command each, with one key that expires', async t => {
  if (lacksRedis(t)) return
  const redis = await startRedis(t)
  const client = redis.client()
  const store = redisStore({ client, nameSpace: 'shop:' })
  await store.claim('warm', createClaim('warm'))
  await client.config('RESETSTAT')
  await store.claim('a', createClaim('first', { ttl: 5000 }))
  t.strictSame((await client.keys('*')).sort(), ['shop:a', 'shop:warm'])
  const claimTtl = await client.pttl('shop:a')
  t.ok(claimTtl > 4000 && claimTtl <= 5000, `${claimTtl}`)
  await store.complete('a', createClaim('first'), 'the response', day)
  const ttl = await client.pttl('shop:a')
  t.ok(ttl > day - 1000 && ttl <= day, `${ttl}`)
  await store.claim('a', createClaim('second'))
  await store.release('a', createClaim('first'))
  t.equal(await redis.calls('eval'), 4)
  t.equal(await client.exists('shop:a'), 0)
})

t.test('it works in a cluster', async t => {
  if (lacksRedis(t)) return
  const { port, client } = await startRedis(t, '--cluster-enabled', 'yes', '--cluster-port', String(await freePort()), '--cluster-node-timeout', '500', '--cluster-announce-ip', '127.0.0.1')
  const node = client()
  await node.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383')
  while (!String(await node.call('CLUSTER', 'INFO')).includes('cluster_state:ok')) await delay(20)
  const cluster = new Cluster([{ host: '127.0.0.1', port }])
  t.teardown(() => { cluster.disconnect() })
  await checkStore(t, redisStore({ client: cluster }))
})

t.test('a client of node-redis gets the same commands', async t => {
  if (lacksRedis(t)) return
  const redis = await startRedis(t)
  const ioredis = redis.client()
  await checkStore(t, redisStore({ client: createNodeRedis(ioredis) }))
})

/** Returns a client with the `eval` of node-redis 4, 5 and 6: the keys and arguments are in an object, and the command is the same. */
function createNodeRedis (ioredis: ReturnType<Awaited<ReturnType<typeof startRedis>>['client']>): object {
  return {
    eval: async (script: string, { keys, arguments: args }: { readonly keys: string[], readonly arguments: string[] }) =>
      await ioredis.call('EVAL', script, String(keys.length), ...keys, ...args)
  }
}

t.test('an error of Redis is the error of the store, without the response in the arguments of the command', async t => {
  if (lacksRedis(t)) return
  const client = (await startRedis(t)).client()
  await client.set('fastify-api-errors-idempotency-a', 'a string')
  const store = redisStore({ client })
  await t.rejects(Promise.resolve(store.claim('a', createClaim('first'))), /WRONGTYPE/)
  const error: unknown = await Promise.resolve(store.complete('a', createClaim('first'), 'the response', day)).catch(error => error)
  t.match(error, /WRONGTYPE/)
  t.notMatch(inspect(error, { depth: 9 }), /the response/)
})

t.test('invalid options are rejected', t => {
  t.throws(() => redisStore({ client: {} }), { message: 'redisStore: client: expected a client of ioredis or node-redis, got an empty object.' })
  t.throws(() => redisStore({ client: { eval () {} }, nameSpace: 1 } as never), { message: 'redisStore: nameSpace: expected a string, got 1.' })
  t.throws(() => redisStore({ redis: {} } as never), { message: 'redisStore: redis: unknown option, expected one of client, nameSpace.' })
  t.end()
})
