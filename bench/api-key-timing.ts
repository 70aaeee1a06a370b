/**
 * Checks whether the response time reveals how much of an API key is correct. It alternates two wrong keys of equal
 * length: one is wrong in its first character, the other in its last. If the time revealed anything, the second key
 * would take longer.
 *
 * Run it with `npx tsx bench/api-key-timing.ts [tries]`. 10,000 tries of each key take about a minute.
 */
import { Agent, request as requestOf } from 'node:http'
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import apiErrors, { serverOptions } from 'fastify-api-errors'
import { apiKey, hashKey, matchesHash } from 'fastify-api-errors/api-key'
import { createKeyStore } from '../test/helpers/key-store.js'

const tries = Number(process.argv[2] ?? 10_000)
const callsPerTry = 50

const store = await createKeyStore()
const { key: right } = await store.issue()
const wrong = {
  first: `M${right.slice(1)}`,
  last: right.slice(0, -1) + (right.endsWith('0') ? '1' : '0')
}
type Wrong = keyof typeof wrong

const app = Fastify(serverOptions())
await app.register(apiErrors, { log: false })
app.get('/hash', { onRequest: apiKey({ lookup: store.lookup }) }, async () => 'ok')
const hash = hashKey(right)
app.get('/record', { onRequest: apiKey({ lookup: () => ({ id: 'key_1', hash }) }) }, async () => 'ok')
await app.listen({ host: '127.0.0.1', port: 0 })
const { port } = app.server.address() as AddressInfo
const agent = new Agent({ keepAlive: true, maxSockets: 1 })

const get = async (path: string, key: string): Promise<void> =>
  await new Promise((resolve, reject) => {
    requestOf({ port, path, agent, headers: { authorization: `Bearer ${key}` } }, response => {
      if (response.statusCode !== 401) reject(new Error(`expected the status 401, got ${response.statusCode}`))
      response.resume().on('end', resolve)
    }).on('error', reject).end()
  })

/** Microseconds of each try. */
interface Times {
  readonly first: number[]
  readonly last: number[]
}

async function measure (name: string, attempt: (key: string) => unknown, warmUp: number): Promise<void> {
  for (let round = 0; round < warmUp; round++) await attempt(wrong[round % 2 === 0 ? 'first' : 'last'])
  const times: Times = { first: [], last: [] }
  for (let round = 0; round < tries; round++) {
    const order: readonly Wrong[] = Math.random() < 0.5 ? ['first', 'last'] : ['last', 'first']
    for (const kind of order) {
      const key = Buffer.from(wrong[kind]).toString() // Create a new string each time, as a request does.
      const start = process.hrtime.bigint()
      await attempt(key)
      times[kind].push(Number(process.hrtime.bigint() - start) / 1000)
    }
  }
  report(name, times)
}

function report (name: string, { first, last }: Times): void {
  const difference = median(last) - median(first)
  const shuffles = 1000
  let beyond = 0
  const pooled = Float64Array.from([...first, ...last])
  const noise: number[] = []
  for (let round = 0; round < shuffles; round++) {
    shuffle(pooled)
    const chance = Math.abs(median(pooled.subarray(0, first.length)) - median(pooled.subarray(first.length)))
    noise.push(chance)
    if (chance >= Math.abs(difference)) beyond++
  }
  console.log([
    name.padEnd(44),
    median(first).toFixed(3).padStart(10),
    median(last).toFixed(3).padStart(10),
    difference.toFixed(3).padStart(10),
    quantile(noise, 0.95).toFixed(3).padStart(10),
    ((beyond + 1) / (shuffles + 1)).toFixed(3).padStart(8)
  ].join(' '))
}

function median (values: ArrayLike<number>): number {
  return quantile(values, 0.5)
}

function quantile (values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.floor((sorted.length - 1) * share)] as number
}

function shuffle (values: Float64Array): void {
  for (let at = values.length - 1; at > 0; at--) {
    const other = Math.floor(Math.random() * (at + 1))
    const value = values[at] as number
    values[at] = values[other] as number
    values[other] = value
  }
}

function repeated (compare: (key: string) => boolean): (key: string) => void {
  return key => {
    for (let call = 0; call < callsPerTry; call++) if (compare(key)) throw new Error('a wrong key is right')
  }
}

/** The wrong way: stops at the first difference. It shows that the measurement would detect a difference. */
function leaky (key: string): boolean {
  for (let at = 0; at < right.length; at++) if (key.charCodeAt(at) !== right.charCodeAt(at)) return false
  return key.length === right.length
}

console.log(`${tries} tries of each key in turn, Node ${process.version}; medians in microseconds.`)
console.log(
  'noise: the difference that 95 % of random groups of the same times stay below; p: the share that is beyond the one measured.'
)
console.log(
  ['', 'wrong first', 'wrong last', 'difference', 'noise', 'p'].map((title, at) =>
    at === 0 ? title.padEnd(43) : title.padStart(at === 5 ? 8 : 10)
  ).join(' ')
)
await measure('HTTP, found by its hash in Postgres', async key => {
  await get('/hash', key)
}, 2000)
await measure('HTTP, compared with the hash of a record', async key => {
  await get('/record', key)
}, 2000)
await measure(`in process, matchesHash x ${callsPerTry}`, repeated(key => matchesHash(key, hash)), 2000)
await measure(`in process, stops at the first difference x ${callsPerTry}`, repeated(leaky), 2000)

agent.destroy()
await app.close()
await store.close()
