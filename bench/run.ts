/**
 * Runs all benchmarks of this folder and writes RESULTS.md: `npm run bench`, or `npm run bench -- --quick` for
 * a quick run. README.md describes the method.
 */
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { promisify } from 'node:util'
import { causes } from './causes.js'
import type { Shot } from './connection.js'
import { flood } from './flood.js'
import { compare, spreadOf, type Effort, type Pair, type Spread } from './measure.js'
import { getPackageVersion } from './package-version.js'
import { chaosHeading, findSection, replaceSection } from './sections.js'
import { shots } from './shots.js'
import type { Startup, Variant } from './startup.js'

const quick = process.argv.includes('--quick')
const usual: Effort = quick ? { launches: 1, rounds: 3, requests: 3200 } : { launches: 2, rounds: 7, requests: 6400 }
/** More turns for ratios with small tolerances, because processes differ by more than one percent. */
const fine: Effort = quick ? { launches: 2, rounds: 3, requests: 3200 } : { launches: 12, rounds: 5, requests: 6400 }

const at = (name: string, shot: Shot, status: number): Pair['a'] => ({ name, shot, status })

interface Row extends Pair {
  readonly what: string
  /** The maximum ratio. Absent: it is only reported. */
  readonly target?: number
  /** @default usual */
  readonly effort?: Effort
  /** The subject that sends the same response without any work. */
  readonly least?: string
}

const { thrown, returned, ok, wrongBody, unknown, wrongBodyInGerman, unknownInGerman, wrongMethod, limited, typeError, unique } = shots

const rows: readonly Row[] = [
  { what: 'a 404 thrown', a: at('ours', thrown, 404), b: at('fastify', thrown, 404), target: 0.75, least: 'minimal' },
  { what: 'a 404 returned', a: at('ours', returned, 404), b: at('fastify', thrown, 404), target: 0.68, least: 'minimal' },
  { what: 'a 404 thrown, pino to /dev/null', a: at('ours, pino', thrown, 404), b: at('fastify, pino', thrown, 404), target: 0.50, least: 'minimal, pino' },
  { what: 'a 404 returned, pino to /dev/null', a: at('ours, pino', returned, 404), b: at('fastify, pino', thrown, 404), target: 0.50, least: 'minimal, pino' },
  ...['fastify-http-errors-enhanced', '@fastify/sensible', 'a hand-written setErrorHandler', 'Express 5', 'Hono'].map(name => ({
    what: 'a 404 thrown', a: at('ours', thrown, 404), b: at(name, thrown, 404), target: 1
  })),
  { what: 'a 404 returned, the same bytes', a: at('ours', returned, 404), b: at('node:http', thrown, 404), target: 1.6 },
  { what: 'ten invalid fields', a: at('ours', wrongBody, 422), b: at('fastify', wrongBody, 400), target: 1, least: 'minimal' },
  { what: 'an unknown route', a: at('ours', unknown, 404), b: at('fastify', unknown, 404), target: 1, least: 'minimal' },
  { what: 'an unsupported method', a: at('ours', wrongMethod, 405), b: at('fastify', wrongMethod, 404), target: 1, least: 'minimal' },
  { what: 'a 429', a: at('ours, limited', limited, 429), b: at('fastify, limited', limited, 429), target: 1 },
  { what: 'a TypeError', a: at('ours', typeError, 500), b: at('fastify', typeError, 500), target: 1, least: 'minimal' },
  { what: 'a unique violation of Postgres', a: at('ours, unique', unique, 409), b: at('fastify, unique', unique, 500), target: 1, least: 'minimal, unique' },
  { what: 'ten invalid fields in German', a: at('ours, languages', wrongBodyInGerman, 422), b: at('ours', wrongBodyInGerman, 422), target: 1.05 },
  { what: 'an unknown route in German', a: at('ours, languages', unknownInGerman, 404), b: at('ours', unknownInGerman, 404), target: 1.05 },
  { what: 'a 200', a: at('ours', ok, 200), b: at('fastify', ok, 200), target: 1.01, effort: fine },
  { what: 'a 200, compared with itself', a: at('fastify', ok, 200), b: at('fastify', ok, 200), effort: fine },
  { what: "a 200 with sentErrors: 'convert'", a: at('ours, sentErrors: convert', ok, 200), b: at('ours', ok, 200) }
]

/** The minimum cost of the same responses. */
const floors: readonly Row[] = rows.flatMap(({ what, a, b, least }) => least === undefined ? [] : [{ what, a: { ...a, name: least }, b }])

const two = (value: number): string => value.toFixed(2)
const range = ({ median, low, high }: Spread): string => `${two(median)} (${two(low)} to ${two(high)})`

/** Missed targets, each with its cause. */
const misses: string[] = []

function verdict (what: string, value: number, target: number | undefined): string {
  if (target === undefined) return ''
  if (Number(two(value)) <= target) return 'met'
  misses.push(`- ${what}: ${two(value)}, target ${two(target)} or less. ${causes[what] ?? ''}`)
  return '**missed**'
}

const print = (line: string): string => {
  console.log(line)
  return line
}

/** Reports a failed measurement in its line, and continues with the others. */
async function lineOf (what: string, measure: () => Promise<string>): Promise<string> {
  try {
    return print(await measure())
  } catch (fault) {
    misses.push(`- ${what}: could not be measured: ${String(fault)}`)
    return print(`| ${what} | ${String(fault)} |`)
  }
}

async function overHttp (rows: readonly Row[], name: string): Promise<string[]> {
  const lines = [`| what | compared with | ${name}, us | other, us | ratio (middle half) | target | |`, '|---|---|---|---|---|---|---|']
  for (const { what, target, effort = usual, ...pair } of rows) {
    lines.push(await lineOf(what, async () => {
      const { a, b, ratio } = await compare(pair, effort)
      const met = verdict(`${what}, compared with ${pair.b.name}`, ratio.median, target)
      return `| ${what} | ${pair.b.name} | ${a.median.toFixed(1)} | ${b.median.toFixed(1)} | ${range(ratio)} | ${target === undefined ? '' : two(target)} | ${met} |`
    }))
  }
  return lines
}

const run = promisify(execFile)

async function startup (variant: Variant, routes: number): Promise<Startup> {
  const { stdout } = await run(process.execPath, ['--expose-gc', new URL('startup.js', import.meta.url).pathname, variant, String(routes)], {
    env: { ...process.env, NODE_ENV: 'production' }, maxBuffer: 2 ** 24
  })
  return JSON.parse(stdout) as Startup
}

const variantNames: Readonly<Record<Variant, string>> = {
  none: 'no errors', ours: 'ours: 12 statuses by `config.errors`', inline: 'common practice: 12 schemas in each route', refs: 'common practice: 12 `$ref`s in each route'
}

/** The number of routes, the variant and the number of starts. Expensive variants have fewer starts. */
const starts: ReadonlyArray<readonly [routes: number, variant: Variant, turns: number]> = quick
  ? [[100, 'ours', 1], [1000, 'ours', 1], [1000, 'inline', 1]]
  : [
      [100, 'ours', 7], [100, 'inline', 3], [100, 'refs', 3],
      [1000, 'ours', 7], [1000, 'inline', 3], [1000, 'refs', 3],
      [5000, 'ours', 3], [5000, 'inline', 1], [5000, 'refs', 1]
    ]

/** The maximum cost of our errors. Absent: it is only reported. */
const startTargets: Readonly<Record<number, { readonly ready: number, readonly heap?: number, readonly swagger?: number, readonly bytes?: number }>> = {
  100: { ready: 1.10 }, 1000: { ready: 1.10, swagger: 1.10, bytes: 0.70 }, 5000: { ready: 1.10, heap: 1.15 }
}

async function starting (): Promise<string[]> {
  const lines = [
    '| routes | variant | ready(), ms | x no errors | heap, x | first swagger(), x | kB per route | missed |', '|---|---|---|---|---|---|---|---|'
  ]
  for (const [routes, variant, turns] of starts) {
    lines.push(await lineOf(`${routes} routes, ${variant}`, async () => {
      const pairs: Array<{ with: Startup, without: Startup }> = []
      for (let turn = 0; turn < turns; turn++) {
        const before = turn % 2 === 0 ? await startup('none', routes) : undefined
        const started = await startup(variant, routes)
        pairs.push({ with: started, without: before ?? await startup('none', routes) })
      }
      const ratio = (key: keyof Startup): Spread => spreadOf(pairs.map(pair => pair.with[key] / pair.without[key]))
      const measured = {
        ready: ratio('ready'), heap: ratio('heap'), swagger: ratio('swagger'), bytes: spreadOf(pairs.map(pair => (pair.with.bytes - pair.without.bytes) / routes / 1000))
      }
      const targets = variant === 'ours' ? startTargets[routes] ?? {} : {}
      const missed = (Object.entries(targets) as Array<[keyof typeof measured, number]>)
        .filter(([key, target]) => verdict(`${key} of ${routes} routes`, measured[key].median, target) !== 'met').map(([key]) => key)
      return `| ${routes} | ${variantNames[variant]} | ${spreadOf(pairs.map(pair => pair.with.ready)).median.toFixed(0)} | ${range(measured.ready)} | ${range(measured.heap)} | ${range(measured.swagger)} | ${two(measured.bytes.median)} | ${missed.join(', ')} |`
    }))
  }
  return lines
}

const begin = Date.now()
const load = loadavg()[0] as number
const http = await overHttp(rows, 'ours')
const floor = await overHttp(floors, 'minimal')
const started = await starting()
const flooded = await flood(quick ? 5 : 30).catch((fault: unknown) => {
  misses.push(`- the flood: could not be measured: ${String(fault)}`)
  return [String(fault)]
})
const [cpu] = cpus()
const results = new URL('../RESULTS.md', import.meta.url)
const chaos = findSection(readFileSync(results, 'utf8'), chaosHeading)
const written = `# Benchmark results

Written by \`npm run bench${quick ? ' -- --quick' : ''}\` on ${new Date(begin).toISOString().slice(0, 10)}, in ${Math.round((Date.now() - begin) / 60_000)} minutes. The numbers are
ratios of CPU time, measured in alternating runs (A B B A ...): the median and, in parentheses, the range of the middle half.
[README.md](README.md) describes the method and the profiles. [RATE-LIMIT.md](RATE-LIMIT.md) has the results for rate limits.

${cpu?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, load ${two(load)} at the start; Node ${process.version};
${['fastify', '@fastify/rate-limit', '@fastify/sensible', '@fastify/swagger', '@hono/node-server', 'express', 'fastify-http-errors-enhanced', 'hono'].map(name => `${name} ${getPackageVersion(name)}`).join(', ')}.

## Errors over HTTP with keep-alive

Microseconds of server CPU time per request. The logger is off unless pino is named. ${usual.launches} pairs of processes, ${usual.rounds} rounds each of
${usual.requests} requests to each. For the plain 200, ${fine.launches} and ${fine.rounds}.

${http.join('\n')}

### Minimal handlers

The same failures, with handlers that only send a prepared copy of our response, with the same status and headers. The errors that
they throw have no stack. This is the approximate minimum cost of an error handler with these responses.

${floor.join('\n')}

## Startup and OpenAPI document

GET routes with a query schema, a response schema and 12 documented error statuses. Each start is a separate process.

${started.join('\n')}

## A flood of errors

All requests fail, with every kind of error.

${flooded.join('\n')}

## Missed targets

${misses.length === 0 ? 'None.' : misses.join('\n')}
`
writeFileSync(results, chaos === undefined ? written : replaceSection(written, chaosHeading, chaos))
