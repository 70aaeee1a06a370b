/**
 * Measures the cost of a rate limit per request, compared with no limit and with @fastify/rate-limit. Writes
 * RATE-LIMIT.md: `npm run bench:rate-limit`, which builds `dist/` first.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { Client } from 'undici'
import { flood } from '../test/helpers/flood.js'
import { redisBinary, startRedis, type RedisServer } from '../test/helpers/redis.js'
import { waysOfCounting } from './rate-limit-commands.js'

const [rounds, requests, latencies] = process.argv.includes('quick') ? [3, 1000, 100] : [21, 4000, 200]

const none = 'no limit'
const theirs = '@fastify/rate-limit alone'
const subjects = {
  memory: [none, 'limits, on other routes only', 'one policy, headers: false', 'one policy', 'three policies', theirs],
  Redis: [none, 'one policy', 'three policies', theirs]
} as const

interface Running {
  readonly name: string
  readonly child: ChildProcess
  readonly port: number
  readonly client: Client
}

/** The measurements of a subject in each round: microseconds of CPU time per request, and of waiting for one. */
interface Measured {
  readonly cpu: number[]
  readonly latency: number[]
  readonly redisCpu: number[]
  commands: number
}

async function start (name: string, redis: RedisServer | undefined): Promise<Running> {
  const child = fork(new URL('rate-limit-server.ts', import.meta.url), [
    name,
    ...redis === undefined ? [] : [String(redis.port)]
  ])
  const [port] = await once(child, 'message') as [number]
  return { name, child, port, client: new Client(`http://127.0.0.1:${port}`) }
}

async function cpuOf ({ child }: Running): Promise<number> {
  child.send('cpu')
  const [used] = await once(child, 'message') as [number]
  return used
}

async function send ({ name, port }: Running, count: number): Promise<void> {
  const statuses = await flood(port, '/', count)
  if (statuses.get(200) !== count) throw new Error(`${name} responded with ${JSON.stringify([...statuses])}`)
}

/** Returns the median time of one request, in a sequence of requests. */
async function latencyOf ({ client }: Running): Promise<number> {
  const times: number[] = []
  for (let sent = 0; sent < latencies; sent++) {
    const begin = performance.now()
    const { body } = await client.request({ path: '/', method: 'GET' })
    await body.dump()
    times.push((performance.now() - begin) * 1000)
  }
  return median(times)
}

async function measure (names: readonly string[], redis: RedisServer | undefined): Promise<Map<string, Measured>> {
  const running = await Promise.all(names.map(name => start(name, redis)))
  const measured = new Map(names.map(name => [name, { cpu: [], latency: [], redisCpu: [], commands: 0 } as Measured]))
  for (const subject of running) await send(subject, 2 * requests)
  for (let round = 0; round < rounds; round++) {
    // The order is reversed in every second round, so that a temporary slowdown affects all subjects.
    for (const subject of round % 2 === 0 ? running : running.toReversed()) {
      const results = measured.get(subject.name) as Measured
      const before = {
        cpu: await cpuOf(subject),
        redisCpu: await redis?.cpu() ?? 0,
        commands: await redis?.calls('evalsha') ?? 0
      }
      await send(subject, requests)
      results.cpu.push((await cpuOf(subject) - before.cpu) / requests)
      results.redisCpu.push(((await redis?.cpu() ?? 0) - before.redisCpu) / requests)
      results.commands = ((await redis?.calls('evalsha') ?? 0) - before.commands) / requests
      results.latency.push(await latencyOf(subject))
    }
  }
  for (const { child, client } of running) {
    await client.close()
    child.disconnect()
    await once(child, 'exit')
  }
  return measured
}

function median (values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number
}

const ratios = (values: readonly number[], base: readonly number[]): number =>
  median(values.map((value, round) => value / (base[round] as number)))

const tableOf = (...rows: ReadonlyArray<ReadonlyArray<string | number>>): string => {
  const [head = []] = rows
  return [head, head.map(() => '---'), ...rows.slice(1)].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

function resultsOf (measured: ReadonlyMap<string, Measured>, hasRedis: boolean): string {
  const cpuOf = (name: string): readonly number[] => measured.get(name)?.cpu ?? []
  return tableOf(
    [
      'subject',
      'CPU, us',
      `x ${none}`,
      `x ${theirs}`,
      'latency, us',
      ...hasRedis ? ['commands to Redis', 'CPU of Redis, us'] : []
    ],
    ...[...measured].map(([name, { cpu, latency, redisCpu, commands }]) => [
      name,
      median(cpu).toFixed(1),
      ratios(cpu, cpuOf(none)).toFixed(2),
      ratios(cpu, cpuOf(theirs)).toFixed(2),
      median(latency).toFixed(0),
      ...hasRedis ? [commands, median(redisCpu).toFixed(1)] : []
    ])
  )
}

async function waysTable (redis: RedisServer, concurrent: number): Promise<string> {
  return tableOf(
    [`${concurrent} at a time`, 'latency, us', 'CPU, us', 'CPU of Redis, us'],
    ...(await waysOfCounting(redis, rounds, concurrent)).map(([name, ...numbers]) => [
      name,
      ...numbers.map(number => number.toFixed(1))
    ])
  )
}

async function withRedis (): Promise<string> {
  if (redisBinary === undefined) return 'There is no redis-server on this machine.'
  const teardowns: Array<() => unknown> = []
  const redis = await startRedis({
    teardown: end => {
      teardowns.push(end)
    }
  })
  const results = resultsOf(await measure(subjects.Redis, redis), true)
  const ways = [await waysTable(redis, 1), await waysTable(redis, 32)]
  for (const end of teardowns) await end()
  return `${results}

## Ways to count three policies in Redis

Without HTTP. The store counts "in one turn of the event loop": the three commands share a round trip. One script for several keys
would cost less, but in a cluster it cannot reach the keys of several clients, such as an address and an API key.

${ways.join('\n\n')}`
}

const memory = resultsOf(await measure(subjects.memory, undefined), false)
const shared = await withRedis()

const page = `# Benchmark results of rate limits

Written by \`npm run bench:rate-limit\`, on ${cpus().length} x ${cpus()[0]?.model.trim() ?? 'an unknown processor'}, Node ${process.versions.node}.

Each subject is a separate process that responds to \`GET /\` with \`{ "hello": "world" }\`. The subjects are measured in alternating runs:
${rounds} rounds of ${requests.toLocaleString('en')} requests over 8 connections. CPU is the CPU time of the server process per request. Numbers are medians. A ratio is the
median of the ratios of each round. Latency is the median of requests that are sent one after the other.

## In memory

${memory}

## With Redis, on the same machine

${shared}`
writeFileSync(new URL('RATE-LIMIT.md', import.meta.url), `${page.trim()}\n`)
console.log(page)
