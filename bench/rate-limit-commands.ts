/** Compares ways to count a request in Redis under several policies. */
import type { Redis } from 'ioredis'
import { createRedisStore } from '../lib/rate-limit/redis-store.js'
import type { Counter } from '../lib/rate-limit/store.js'
import type { RedisServer } from '../test/helpers/redis.js'

/** Counts a client under three policies. */
type Way = () => Promise<unknown>

const names = ['general', 'burst', 'daily']
const storeKey = '203.0.113.7'
const timeWindow = 3_600_000
const max = 1_000_000_000
const requests = 2000

/** A script for several keys. It only has the simplest case of the store's script. */
const script = `
  local counts = {}
  for index, key in ipairs(KEYS) do
    local current = redis.call('INCR', key)
    local ttl = ARGV[1]
    if current == 1 then redis.call('PEXPIRE', key, ttl) else ttl = redis.call('PTTL', key) end
    counts[2 * index - 1], counts[2 * index] = current, ttl
  end
  return counts
`

function listWays (client: Redis): Readonly<Record<string, Way>> {
  const createCounter = createRedisStore(client, 'bench-', 10_000)
  const counters = names.map(name => createCounter(name, undefined))
  client.defineCommand('countAll', { numberOfKeys: names.length, lua: script })
  const { countAll } = client as unknown as { readonly countAll: (...args: Array<string | number>) => Promise<unknown> }
  const count = (counter: Counter): unknown => counter(storeKey, max, timeWindow, 1, {})
  return {
    'one after the other': async () => {
      for (const counter of counters) await count(counter)
    },
    'in one turn of the event loop': () => Promise.all(counters.map(count)),
    'by `pipeline()` of ioredis': () => {
      const pipeline = client.pipeline() as unknown as {
        fastifyApiErrorsCount: (...args: unknown[]) => void,
        exec: Way
      }
      for (const name of names) {
        pipeline.fastifyApiErrorsCount(
          `bench-{${storeKey}}-${name}`,
          `bench-{${storeKey}}!${name}`,
          1,
          max,
          timeWindow,
          0,
          0,
          0
        )
      }
      return pipeline.exec()
    },
    'by one script': () => countAll.call(client, ...names.map(name => `bench-{${storeKey}}-${name}`), timeWindow)
  }
}

/** Measures the ways to count a request under three policies, with several requests at a time and without HTTP. */
export async function waysOfCounting (
  redis: RedisServer,
  rounds: number,
  concurrent: number
): Promise<Array<readonly [name: string, latency: number, cpu: number, redisCpu: number]>> {
  const client = redis.client()
  const ways = Object.entries(listWays(client))
  const rows: Array<readonly [string, number, number, number]> = []
  const measured = new Map(ways.map(([name]) => [name, [] as Array<readonly [number, number, number]>]))
  for (let round = -1; round < rounds; round++) {
    for (const [name, count] of round % 2 === 0 ? ways : ways.toReversed()) {
      const before = { redis: await redis.cpu(), cpu: process.cpuUsage(), time: performance.now() }
      let left = requests
      await Promise.all(Array.from({ length: concurrent }, async () => {
        while (left-- > 0) await count()
      }))
      const time = performance.now() - before.time
      const { user, system } = process.cpuUsage(before.cpu)
      const redisCpu = await redis.cpu() - before.redis
      if (round >= 0) {
        measured.get(name)?.push([time * 1000 * concurrent / requests, (user + system) / requests, redisCpu / requests])
      }
    }
  }
  for (const [name, values] of measured) {
    const median = (column: 0 | 1 | 2): number =>
      values.map(value => value[column]).toSorted((a, b) => a - b)[values.length >> 1] as number
    rows.push([name, median(0), median(1), median(2)])
  }
  client.disconnect()
  return rows
}
