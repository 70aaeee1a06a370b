/**
 * Compares clients on a server that drops responses, rejects requests and dies. Replaces the section of RESULTS.md:
 * `npm run bench:chaos`, which builds `dist/` first.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { Redis } from 'ioredis'
import ky from 'ky'
import OpenAI from 'openai'
import { freePort } from '../test/helpers/free-port.js'
import { redisBinary, startRedis } from '../test/helpers/redis.js'
import { failures, isAlwaysRejected, randomOf, rejectedShare } from './chaos-failures.js'
import { getPackageVersion } from './package-version.js'
import { chaosHeading, replaceSection } from './sections.js'

const { withRetry } = await import(
  new URL('../dist/client/index.js', import.meta.url).href
) as typeof import('fastify-api-errors/client')

const seed = process.argv[2] ?? 'launch'
const orderCount = 500
const concurrency = 32

/** Attempts for each call, with every client that retries. */
const attempts = 3

if (redisBinary === undefined) throw new Error('The benchmark needs redis-server.')

// The delays of the clients depend on this generator.
let drawn = 0
Math.random = () => randomOf(seed, drawn++)

const teardowns: Array<() => unknown> = []
const redis = await startRedis({ teardown: end => teardowns.unshift(end) })
const state = new Redis(redis.port, '127.0.0.1')
const port = await freePort()
const serverFile = fileURLToPath(new URL('out/chaos-server.mjs', import.meta.url))
await build({
  entryPoints: [fileURLToPath(new URL('chaos-server.ts', import.meta.url))],
  outfile: serverFile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  packages: 'external',
  logLevel: 'error'
})
const server = fork(serverFile, [String(redis.port), seed, String(port)], { execArgv: [] })
await once(server, 'message')
const url = `http://127.0.0.1:${port}`

let requests = 0
const countedFetch: typeof fetch = async (input, init) => {
  requests++
  return await fetch(input, init)
}

const openai = new OpenAI({
  apiKey: 'none',
  baseURL: url,
  maxRetries: attempts - 1,
  fetch: countedFetch,
  logLevel: 'off'
})
const byDefault = withRetry(countedFetch, { attempts })
const keyed = withRetry(countedFetch, { attempts, idempotencyKey: true })
const post = async (send: typeof fetch, path: string): Promise<number> => {
  const response = await send(url + path, { method: 'POST' })
  await response.arrayBuffer()
  return response.status
}

/** Sends an order with each client, and returns the status of its response. */
const clients: Readonly<Record<string, (path: string) => Promise<number>>> = {
  '`fetch`': async path => await post(countedFetch, path),
  '`openai`, 2 retries': async path => {
    await openai.request({ method: 'post', path })
    return 201
  },
  '`ky`, 2 retries': async path =>
    (await ky.post(url + path, { fetch: countedFetch, retry: attempts - 1, timeout: false })).status,
  '`ky`, 2 retries, also of POST': async path =>
    (await ky.post(url + path, {
      fetch: countedFetch,
      retry: { limit: attempts - 1, methods: ['post'] },
      timeout: false
    })).status,
  '`withRetry`': async path => await post(byDefault, path),
  '`withRetry`, `idempotencyKey: true`': async path => await post(keyed, path)
}

const orders = Array.from({ length: orderCount }, (_, index) => String(index))
const possible = orders.filter(order => !isAlwaysRejected(seed, order))

async function measure (send: (path: string) => Promise<number>): Promise<string[]> {
  server.send('wait for all processes')
  await once(server, 'message')
  await state.flushall()
  requests = 0
  const pending = [...orders]
  const succeeded = new Set<string>()
  await Promise.all(Array.from({ length: concurrency }, async () => {
    for (let order = pending.shift(); order !== undefined; order = pending.shift()) {
      if (await send(`/orders?order=${order}`).catch(() => 0) === 201) succeeded.add(order)
    }
  }))
  const executions = await state.hgetall('executions')
  const twice = Object.values(executions).filter(count => Number(count) > 1).length
  const unknown = Object.keys(executions).filter(order => !succeeded.has(order)).length
  return [
    `${(100 * succeeded.size / possible.length).toFixed(1)} %`,
    (requests / succeeded.size).toFixed(2),
    String(twice),
    String(unknown)
  ]
}

const lines = [
  '| client | success rate | requests per success | executed twice or more | failed, but executed |',
  '|---|---|---|---|---|'
]
for (const [name, send] of Object.entries(clients)) {
  const line = `| ${[name, ...await measure(send)].join(' | ')} |`
  console.log(line)
  lines.push(line)
}

server.disconnect()
await once(server, 'exit')
state.disconnect()
for (const end of teardowns) await end()

const percent = (share: number): string => `${Number((100 * share).toFixed(1))} %`
const results = new URL('RESULTS.md', import.meta.url)
writeFileSync(
  results,
  replaceSection(
    readFileSync(results, 'utf8'),
    chaosHeading,
    `
Written by \`npm run bench:chaos\` on ${new Date().toISOString().slice(0, 10)}, with the seed \`${seed}\`. Each client sends ${orderCount} orders by POST, ${concurrency} at the same time,
to a server with eight processes and one Redis. Of the attempts, ${percent(failures['drop before'])} lose the connection before the order is executed, and ${percent(failures['drop after'])} lose the response
afterward. ${percent(failures[429])} get a 429, ${percent(failures[503])} get a 503, and ${percent(failures[409])} get a 409 that a retry resolves. In ${percent(failures['die before'] + failures['die after'])}, the process dies. ${percent(rejectedShare)} of the orders always get a
409 that a retry cannot change. The success rate does not count them, but their requests count. [README.md](README.md#chaos) explains the columns.

${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB; Node ${process.version}; ${['openai', 'ky', 'fastify'].map(name => `${name} ${getPackageVersion(name)}`).join(', ')}.

${lines.join('\n')}
`
  )
)
