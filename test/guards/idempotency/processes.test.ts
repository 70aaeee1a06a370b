/** Idempotency keys of several processes that share Redis, while some of the processes are killed. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import t, { type Test } from 'tap'
import { lacksRedis, startRedis } from '../../helpers/redis.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const [keyCount, requestsPerKey, requestsPerKill, processCount, connections] = [1000, 10, 2000, 4, 64]

/** Compiles the server to one file, because processes start many times faster with it. Returns its path. */
async function compileServer (t: Test): Promise<string> {
  mkdirSync(join(root, '.tap'), { recursive: true })
  const folder = mkdtempSync(join(root, '.tap/idempotent-')) // inside of the project, so that its packages are found
  t.teardown(() => { rmSync(folder, { recursive: true }) })
  const outfile = join(folder, 'server.mjs')
  const alias = { 'fastify-api-errors/idempotency': join(root, 'lib/guards/idempotency.ts') }
  const external = {
    name: 'external',
    setup: (api: { onResolve: (filter: { filter: RegExp }, resolve: (found: { path: string }) => object) => void }) => {
      api.onResolve({ filter: /^[^./]/ }, ({ path }) => path in alias ? { path: alias[path as keyof typeof alias] } : { path, external: true })
    }
  }
  await build({ entryPoints: [join(root, 'test/helpers/idempotent-process.ts')], outfile, bundle: true, format: 'esm', platform: 'node', plugins: [external], logLevel: 'error' })
  return outfile
}

/** A process that serves orders. */
interface Server {
  readonly name: string
  readonly child: ChildProcess
  readonly port: number
}

/** A response to an order. */
interface Response {
  readonly status: number
  readonly isReplayed: boolean
  readonly body: string
}

t.test('10,000 requests with 1,000 keys to 4 processes, some of which are killed: each order gets one number, and no order is lost', async t => {
  if (lacksRedis(t)) return
  const redis = await startRedis(t)
  const file = await compileServer(t)
  const { NODE_OPTIONS: _options, ...env } = process.env
  const killed = new Set<string>()
  const servers: Server[] = []
  let started = 0

  async function start (): Promise<void> {
    const name = `server ${++started}`
    const child = fork(file, [String(redis.port), name], { execArgv: [], env })
    t.teardown(() => child.kill('SIGKILL'))
    const [port] = await once(child, 'message') as [number]
    servers.push({ name, child, port })
  }
  await Promise.all(Array.from({ length: processCount }, start))

  const agent = new Agent({ keepAlive: true })
  t.teardown(() => { agent.destroy() })

  /** Sends an order to one of the processes. Rejects if the process ends before it responds. */
  async function send (key: string): Promise<Response> {
    const { port } = servers[Math.floor(Math.random() * servers.length)] as Server
    const sent = request({ port, host: '127.0.0.1', method: 'POST', path: '/orders', agent, headers: { 'idempotency-key': key } }).end()
    const [response] = await once(sent, 'response')
    return { status: response.statusCode, isReplayed: response.headers['idempotency-replayed'] === 'true', body: await text(response) }
  }

  let retries = 0
  /** Sends an order until it has a response other than "in progress". */
  async function sendUntilDone (key: string): Promise<Response> {
    for (;; retries++) {
      const response = await send(key).catch(() => undefined)
      if (response !== undefined && response.status !== 409) return response
      await delay(100)
    }
  }

  const keys = Array.from({ length: keyCount }, (_, index) => `order-${index}`)
  // Of each 100 keys, every request is sent twice at the same time, and repeated later. So some are in progress, and others are replayed.
  const pending = Array.from({ length: keyCount / 100 }, (_, index) => keys.slice(index * 100, index * 100 + 100)).flatMap(group =>
    [...group.flatMap(key => [key, key]), ...Array.from({ length: requestsPerKey - 2 }, () => group).flat()])
  const responses = new Map<string, Response[]>(keys.map(key => [key, []]))
  let done = 0
  const replacements: Array<Promise<void>> = []

  async function work (): Promise<void> {
    for (let key = pending.shift(); key !== undefined; key = pending.shift()) {
      responses.get(key)?.push(await sendUntilDone(key))
      // In the first 200 of each 1,000 requests, the keys are new, so the process has runs that are not finished.
      if (++done % requestsPerKill !== 100) continue
      const { name, child } = servers.shift() as Server
      killed.add(name)
      child.kill('SIGKILL')
      replacements.push(start())
    }
  }
  await Promise.all(Array.from({ length: connections }, work))
  await Promise.all(replacements)

  const client = redis.client()
  const orders = await client.hgetall('orders')
  const runs = await Promise.all(keys.map(async key => await client.lrange(`runs:${key}`, 0, -1)))

  t.equal(done, keyCount * requestsPerKey)
  t.equal(killed.size, done / requestsPerKill)
  t.strictSame(Object.values(orders).map(Number).sort((a, b) => a - b), keys.map((_, index) => index + 1), 'each order has one number')
  for (const key of keys) {
    const different = new Set(responses.get(key)?.map(({ status, body }) => `${status} ${body}`))
    if (different.size !== 1 || !different.has(`201 {"number":${orders[key]}}`)) t.fail(`the responses to ${key}: ${[...different].join(', ')}`)
  }
  // Each response that is not a replay comes from a different run.
  const first = [...responses.values()].flat().filter(({ isReplayed }) => !isReplayed).length
  t.ok(first <= keyCount && first >= keyCount - killed.size * connections, `${first} responses were not stored before`)
  // A request runs again only if its process was killed.
  const unexplained = runs.filter(names => names.slice(0, -1).some(name => !killed.has(name)))
  t.strictSame(unexplained, [])
  const interrupted = runs.flat().length - keyCount
  t.ok(interrupted > 0, `${interrupted} runs were interrupted by the end of their process, and ${retries} attempts were repeated`)
})
