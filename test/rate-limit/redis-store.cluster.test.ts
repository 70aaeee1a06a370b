/** Counting in a Redis cluster. */
import { setTimeout as delay } from 'node:timers/promises'
import { Cluster } from 'ioredis'
import type { FastifyRequest } from 'fastify'
import t, { type Test } from 'tap'
import type { RateLimitOptions } from 'fastify-api-errors'
import { fetchResponse, serveApp } from '../helpers/http.js'
import { freePort } from '../helpers/free-port.js'
import { lacksRedis, startRedis, type RedisServer } from '../helpers/redis.js'

/** Starts a cluster of three nodes, each with a third of the slots. */
async function startCluster (t: Test): Promise<{ readonly nodes: RedisServer[], readonly client: () => Cluster }> {
  const buses = [await freePort(), await freePort(), await freePort()]
  const nodes = await Promise.all(buses.map(bus => startRedis(
    t, '--cluster-enabled', 'yes', '--cluster-port', String(bus), '--cluster-node-timeout', '500', '--cluster-require-full-coverage', 'no'
  )))
  const clients = nodes.map(node => node.client())
  const [first = 0] = nodes.map(({ port }) => port)
  for (const [index, ranges] of [[0, 5461], [5462, 10_922], [10_923, 16_383]].entries()) {
    await clients[index]?.call('CLUSTER', 'ADDSLOTSRANGE', ...ranges)
    await clients[index]?.call('CLUSTER', 'MEET', '127.0.0.1', first, ...buses.slice(0, 1))
  }
  for (const client of clients) while (!String(await client.call('CLUSTER', 'INFO')).includes('cluster_state:ok')) await delay(50)
  return {
    nodes,
    client: () => {
      const cluster = new Cluster([{ host: '127.0.0.1', port: first }])
      cluster.on('error', () => {})
      t.teardown(() => cluster.disconnect())
      return cluster
    }
  }
}

t.test('limits are exact in a cluster', async t => {
  if (lacksRedis(t)) return
  const { nodes, client } = await startCluster(t)
  const key = (request: FastifyRequest): string => String(request.headers['x-key'])
  const policies = {
    burst: { max: 3, timeWindow: '10 seconds', key },
    general: { max: 100, timeWindow: '1 minute', key },
    address: { max: 1000, timeWindow: '1 minute' }
  } satisfies RateLimitOptions['policies']
  const limits = { policies, default: ['burst', 'general', 'address'], storeTimeout: 2000 } as const
  const urls = await Promise.all([1, 2].map(() => serveApp(t, { rateLimit: { ...limits, redis: client() } }, app => app.get('/', async () => ({ ok: true })))))
  const callers = Array.from({ length: 30 }, (_, index) => `caller-${index}`)

  await t.test('each caller is counted exactly across several processes', async t => {
    for (const caller of callers) {
      const responses = await Promise.all([0, 1, 0, 1, 0].map(which => fetchResponse(urls[which] as string, { headers: { 'x-key': caller } })))
      t.strictSame(responses.map(({ status }) => status).sort(), [200, 200, 200, 429, 429], caller)
    }
  })

  const keys = await Promise.all(nodes.map(node => node.client().keys('*')))
  const callersOn = (node: number): string[] => keys[node]?.flatMap(name => /\{key:(caller-\d+)\}-burst/.exec(name)?.[1] ?? []) ?? []

  await t.test('the counts of one caller are on one node, and callers are spread over all nodes', async t => {
    for (const [node, own] of keys.entries()) {
      t.not(callersOn(node).length, 0)
      for (const caller of callersOn(node)) t.ok(own.includes(`fastify-api-errors-{key:${caller}}-general`))
    }
    t.strictSame([0, 1, 2].flatMap(callersOn).sort(), [...callers].sort())
  })

  await t.test('if one node is down, limits on the other nodes work', async t => {
    const dead = keys.findIndex(own => !own.some(name => name.includes('{127.0.0.1}')))
    nodes[dead]?.signal('SIGKILL')
    const [lost = ''] = callersOn(dead)
    const [kept = ''] = callersOn((dead + 1) % 3)
    const known = await fetchResponse(urls[0] as string, { headers: { 'x-key': lost } })
    t.equal(known.status, 200)
    t.match(known.headers, { 'ratelimit-policy': '"address";q=1000;w=60', ratelimit: /^"address";r=\d+;t=\d+$/ }, 'the response has the known fields')
    t.match(await fetchResponse(urls[0] as string, { headers: { 'x-key': kept } }), { status: 429, body: { meta: { policy: 'burst' } } })
  })
})
