/** Measures everything of this folder in one run and writes RESULTS.md. `npm run bench`; `npm run bench -- quick` for a look. */
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { promisify } from 'node:util'
import { flood } from './flood.js'
import { compare, spreadOf, type Pair, type Shot, type Spread } from './measure.js'
import type { Startup, Variant } from './startup.js'

const quick = process.argv.includes('quick')
const rounds = quick ? 3 : 15
const requests = quick ? 1600 : 6400

const queue: Shot = { path: '/queues/1' }
const returned: Shot = { path: '/returned/1' }
const at = (name: string, shot: Shot, status: number): Pair['a'] => ({ name, shot, status })

interface Row extends Pair {
  readonly what: string
  /** The ratio is to be this or less; absent: reported only. */
  readonly target?: number
}

const wrongBody: Shot = { method: 'POST', path: '/validation', body: JSON.stringify(Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`field${index}`, 'no']))) }

const rows: readonly Row[] = [
  { what: 'a 404 thrown', a: at('ours', queue, 404), b: at('fastify', queue, 404), target: 0.75 },
  { what: 'a 404 returned', a: at('ours', returned, 404), b: at('fastify', queue, 404), target: 0.68 },
  { what: 'a 404 thrown, pino to /dev/null', a: at('ours, pino', queue, 404), b: at('fastify, pino', queue, 404), target: 0.50 },
  { what: 'a 404 returned, pino to /dev/null', a: at('ours, pino', returned, 404), b: at('fastify, pino', queue, 404), target: 0.50 },
  ...['fastify-http-errors-enhanced', '@fastify/sensible', 'a hand-written setErrorHandler', 'Express 5', 'Hono'].map(name => ({
    what: 'a 404 thrown', a: at('ours', queue, 404), b: at(name, queue, 404), target: 1
  })),
  { what: 'a 404 returned, the same bytes', a: at('ours', returned, 404), b: at('node:http', queue, 404), target: 1.6 },
  { what: 'ten wrong fields', a: at('ours', wrongBody, 422), b: at('fastify', wrongBody, 400), target: 1 },
  { what: 'an unknown route', a: at('ours', { path: '/nothing' }, 404), b: at('fastify', { path: '/nothing' }, 404), target: 1 },
  { what: 'a wrong method', a: at('ours', { method: 'DELETE', path: '/only-get' }, 405), b: at('fastify', { method: 'DELETE', path: '/only-get' }, 404), target: 1 },
  { what: 'a 429', a: at('ours, limited', { path: '/limited' }, 429), b: at('fastify, limited', { path: '/limited' }, 429), target: 1 },
  { what: 'a TypeError', a: at('ours', { path: '/type-error' }, 500), b: at('fastify', { path: '/type-error' }, 500), target: 1 },
  { what: 'a unique violation of Postgres', a: at('ours, unique', { path: '/unique' }, 409), b: at('fastify, unique', { path: '/unique' }, 500), target: 1 },
  { what: 'a 200', a: at('ours', { path: '/ok' }, 200), b: at('fastify', { path: '/ok' }, 200), target: 1.01 },
  { what: "a 200 with sent: 'convert'", a: at('ours, sent: convert', { path: '/ok' }, 200), b: at('ours', { path: '/ok' }, 200) }
]

const two = (value: number): string => value.toFixed(2)
const range = ({ median, low, high }: Spread): string => `${two(median)} (${two(low)} to ${two(high)})`
const verdict = (value: number, target: number | undefined): string => target === undefined ? '' : two(value) <= two(target) ? 'met' : '**missed**'

async function overHttp (): Promise<string[]> {
  const lines = ['| what | beside | us | beside, us | ratio (middle half) | target | |', '|---|---|---|---|---|---|---|']
  for (const { what, target, ...pair } of rows) {
    const { a, b, ratio } = await compare(pair, { launches: 1, rounds, requests })
    lines.push(`| ${what} | ${pair.b.name} | ${a.median.toFixed(1)} | ${b.median.toFixed(1)} | ${range(ratio)} | ${target === undefined ? '' : `<= ${two(target)}`} | ${verdict(ratio.median, target)} |`)
    console.log(lines.at(-1))
  }
  return lines
}

const run = promisify(execFile)

async function startup (variant: Variant, routes: number): Promise<Startup> {
  const { stdout } = await run('node', ['--expose-gc', '--import=tsx', new URL('startup.ts', import.meta.url).pathname, variant, String(routes)])
  return JSON.parse(stdout) as Startup
}

async function starting (): Promise<string[]> {
  const lines = ['| routes | beside no errors | ready() | heap | first swagger() | bytes a route |', '|---|---|---|---|---|---|']
  for (const routes of quick ? [100, 1000] : [100, 1000, 5000]) {
    const variants: readonly Variant[] = routes > 1000 ? ['ours'] : ['ours', 'inline', 'refs']
    for (const variant of variants) {
      const pairs: Array<{ with: Startup, without: Startup }> = []
      for (let turn = 0; turn < (quick ? 1 : routes > 1000 || variant !== 'ours' ? 3 : 7); turn++) {
        pairs.push({ with: await startup(variant, routes), without: await startup('none', routes) })
      }
      const ratio = (key: keyof Startup): string => range(spreadOf(pairs.map(pair => pair.with[key] / pair.without[key])))
      const [{ with: one, without: other }] = pairs as [typeof pairs[0]]
      lines.push(`| ${routes} | ${variantNames[variant]} | ${ratio('ready')} | ${ratio('heap')} | ${ratio('swagger')} | ${Math.round((one.bytes - other.bytes) / routes)} |`)
      console.log(lines.at(-1))
    }
  }
  return lines
}

const variantNames: Readonly<Record<Variant, string>> = {
  none: 'no errors', ours: 'ours: 12 statuses by `config.errors`', inline: 'the usual way: 12 schemas in each route', refs: 'the usual way: 12 `$ref`s in each route'
}

const version = (name: string): string => (JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8')) as { version: string }).version

const http = await overHttp()
const starts = await starting()
const flooded = await flood(quick ? 5 : 30)
const [cpu] = cpus()
writeFileSync(new URL('RESULTS.md', import.meta.url), `# What it costs

Written by \`npm run bench\`. Ratios of CPU time, measured in turns (A B A B ...); the median, and in brackets the range of the
middle half. [README.md](README.md) says how, and what the profiles showed.

${cpu?.model ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB; Node ${process.version};
${['fastify', '@fastify/sensible', 'fastify-http-errors-enhanced', 'express', 'hono', '@fastify/rate-limit', '@fastify/swagger'].map(name => `${name} ${version(name)}`).join(', ')};
${rounds} rounds of ${requests} requests each.

## An error over HTTP, keep-alive

Microseconds of CPU a request; the logger is off but where pino is named.

${http.join('\n')}

## Starting, and the document

${starts.join('\n')}

## A flood of errors

${flooded.join('\n')}
`)
