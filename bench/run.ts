/**
 * Runs all benchmarks of this folder and writes RESULTS.md: `npm run bench`, or `npm run bench -- --quick` for
 * a quick run. README.md describes the method and the reasons for missed targets.
 */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import {
  inOtherSettings,
  inOtherVersions,
  quick,
  thorough,
  withMinimum,
  withOthers,
  type Comparison
} from './comparisons.js'
import { flood } from './flood.js'
import { compareImports } from './importing.js'
import { compareLatencies } from './latency.js'
import { compare, spreadOf, type Spread } from './measure.js'
import { getPackageVersion } from './package-version.js'
import { chaosHeading, findSection, replaceSection } from './sections.js'
import type { Startup, Variant } from './startup.js'

const isQuick = process.argv.includes('--quick')
const efforts = isQuick ? quick : thorough

const two = (value: number): string => value.toFixed(2)
const range = ({ median, low, high }: Spread): string => `${two(median)} (${two(low)} to ${two(high)})`
const judge = (value: number, target: number | undefined): string =>
  target === undefined ? '' : Number(two(value)) <= target ? 'met' : '**missed**'

const print = (line: string): string => {
  console.log(line)
  return line
}

/** The rows at the top of the results. */
const summary = new Map<string, string>()

/** Returns the line of a measurement. A measurement that fails is reported in its line, and the others continue. */
async function printLine (what: string, measure: () => Promise<string>): Promise<string> {
  try {
    return print(await measure())
  } catch (fault) {
    return print(`| ${what} | could not be measured: ${String(fault)} |`)
  }
}

/** The comparisons that the summary shows, with the words of the summary. */
const summarized: Readonly<Record<string, string>> = {
  'a 200, compared with fastify': 'A successful request, compared with Fastify alone',
  'a 404 thrown, compared with fastify': "A thrown 404, compared with Fastify's own error handler",
  'a 404 thrown, compared with a hand-written setErrorHandler':
    'A thrown 404, compared with a hand-written `setErrorHandler`',
  'a 404 thrown, compared with @fastify/sensible': 'A thrown 404, compared with @fastify/sensible',
  'ten invalid fields, compared with fastify':
    'A body with ten invalid fields, compared with Fastify, which describes them in one sentence',
  'a 200 with usual plugins, compared with fastify, plugins':
    'A successful request with helmet, CORS, compression, JWT and under-pressure'
}

async function compareOverHttp (comparisons: readonly Comparison[], execPath?: string): Promise<string> {
  const lines = [
    '| what | compared with | ours, us | other, us | ratio (middle half) | target | |',
    '|---|---|---|---|---|---|---|'
  ]
  for (const { what, target, fine = false, ...pair } of comparisons) {
    lines.push(
      await printLine(what, async () => {
        const { a, b, ratio } = await compare(
          pair,
          execPath === undefined && fine ? efforts.fine : efforts.usual,
          execPath
        )
        const words = execPath === undefined ? summarized[`${what}, compared with ${pair.b.name}`] : undefined
        if (words !== undefined) {
          summary.set(
            words,
            `${two(ratio.median)} times the CPU time, ${(a.median - b.median).toFixed(1)} us more`.replace(
              /-([\d.]+) us more/,
              '$1 us less'
            )
          )
        }
        return `| ${what} | ${pair.b.name} | ${a.median.toFixed(1)} | ${b.median.toFixed(1)} | ${range(ratio)} | ${target === undefined ? '' : two(target)} | ${judge(ratio.median, target)} |`
      })
    )
  }
  return lines.join('\n')
}

const run = promisify(execFile)

async function startApplication (variant: Variant, routes: number): Promise<Startup> {
  const { stdout } = await run(process.execPath, [
    '--expose-gc',
    new URL('startup.js', import.meta.url).pathname,
    variant,
    String(routes)
  ], {
    env: { ...process.env, NODE_ENV: 'production' },
    maxBuffer: 2 ** 24
  })
  return JSON.parse(stdout) as Startup
}

const variantNames: Readonly<Record<Variant, string>> = {
  none: 'no errors',
  ours: 'ours: 12 statuses by `config.errors`',
  inline: 'common practice: 12 schemas in each route',
  refs: 'common practice: 12 `$ref`s in each route'
}

/** The number of routes, the variant and the number of starts. Expensive variants have fewer starts. */
const starts: ReadonlyArray<readonly [routes: number, variant: Variant, turns: number]> = isQuick
  ? [[100, 'ours', 1], [1000, 'ours', 1], [1000, 'inline', 1]]
  : [
      [100, 'ours', 7], [100, 'inline', 3], [100, 'refs', 3], [1000, 'ours', 7], [1000, 'inline', 3], [1000, 'refs', 3],
      [5000, 'ours', 3], [5000, 'inline', 1], [5000, 'refs', 1]
    ]

/** The maximum cost of our errors with 1,000 routes. */
const startTargets: Partial<Record<keyof Startup, number>> = { ready: 1.05, swagger: 1.3 }

async function compareStarts (): Promise<string> {
  const lines = [
    '| routes | variant | ready(), ms | x no errors | heap, x | first swagger(), x | kB per route | missed |',
    '|---|---|---|---|---|---|---|---|'
  ]
  for (const [routes, variant, turns] of starts) {
    lines.push(
      await printLine(`${routes} routes, ${variant}`, async () => {
        const pairs: Array<{ with: Startup, without: Startup }> = []
        for (let turn = 0; turn < turns; turn++) {
          const before = turn % 2 === 0 ? await startApplication('none', routes) : undefined
          const started = await startApplication(variant, routes)
          pairs.push({ with: started, without: before ?? await startApplication('none', routes) })
        }
        const spread = (key: keyof Startup): Spread => spreadOf(pairs.map(pair => pair.with[key]))
        const ratio = (key: keyof Startup): Spread => spreadOf(pairs.map(pair => pair.with[key] / pair.without[key]))
        const added = spreadOf(pairs.map(pair => (pair.with.bytes - pair.without.bytes) / routes / 1000)).median
        const isMain = routes === 1000 && variant === 'ours'
        const missed = isMain
          ? (Object.keys(startTargets) as Array<keyof Startup>).filter(key =>
              judge(ratio(key).median, startTargets[key]) !== 'met'
            )
          : []
        if (isMain) {
          summary.set(
            'The start of an application with 1,000 routes that document twelve errors each, compared with no errors',
            `${two(ratio('ready').median)} times the CPU time of \`ready()\``
          )
          summary.set(
            'Its first OpenAPI document',
            `${two(ratio('swagger').median)} times the CPU time, ${spread('swagger').median.toFixed(0)} ms; ${two(added)} kB larger per route`
          )
        }
        return `| ${routes} | ${variantNames[variant]} | ${spread('ready').median.toFixed(0)} | ${range(ratio('ready'))} | ${range(ratio('heap'))} | ${range(ratio('swagger'))} | ${two(added)} | ${missed.join(', ')} |`
      })
    )
  }
  return lines.join('\n')
}

async function describeLatencies (): Promise<string> {
  const heading = '| requests per second | ours, ms | fastify, ms | ratio (middle half) |\n|---|---|---|---|'
  const line = await printLine('latency', async () => {
    const { rate, ours, fastify, ratio } = await compareLatencies(isQuick ? 2 : 10, isQuick ? 2 : 6)
    summary.set(
      '99th percentile of successful requests at half load, while 30 % of all requests fail',
      `${two(ratio.median)} times the time with Fastify alone`
    )
    return `| ${rate} | ${range(ours)} | ${range(fastify)} | ${range(ratio)} |`
  })
  return `${heading}\n${line}`
}

async function describeImports (): Promise<string> {
  const heading =
    '| Fastify and the plugin, ms | Fastify alone, ms | ratio (middle half) | target | |\n|---|---|---|---|---|'
  const line = await printLine('import', async () => {
    const { both, fastify, ratio } = compareImports(isQuick ? 5 : 21)
    summary.set(
      'Importing the plugin',
      `${two(ratio.median)} times the CPU time of importing Fastify alone, ${(both.median - fastify.median).toFixed(0)} ms more`
    )
    return `| ${both.median.toFixed(0)} | ${fastify.median.toFixed(0)} | ${range(ratio)} | 1.30 | ${judge(ratio.median, 1.3)} |`
  })
  return `${heading}\n${line}`
}

/** Measures the versions of Node.js that `npm run check:runtimes` installs. */
async function compareVersions (): Promise<string> {
  const sections: string[] = []
  for (const version of ['24', '26']) {
    const path = fileURLToPath(new URL(`../../checks/runtimes/node_modules/node-${version}/bin/node`, import.meta.url))
    sections.push(
      existsSync(path)
        ? `### Node.js ${(await run(path, ['--version'])).stdout.trim().slice(1)}\n\n${await compareOverHttp(
          inOtherVersions,
          path
        )}`
        : `### Node.js ${version}\n\nNot measured, because it is not installed. \`npm run check:runtimes\` installs it.`
    )
  }
  return sections.join('\n\n')
}

const begin = Date.now()
const load = loadavg()[0] as number
const others = await compareOverHttp(withOthers)
const minimum = await compareOverHttp(withMinimum)
const settings = await compareOverHttp(inOtherSettings)
const latencies = await describeLatencies()
const imports = await describeImports()
const started = await compareStarts()
const versions = await compareVersions()
const flooded = (await flood(isQuick ? 5 : 30).catch((fault: unknown) => [String(fault)])).join('\n')
const [cpu] = cpus()
const results = new URL('../RESULTS.md', import.meta.url)
const chaos = findSection(readFileSync(results, 'utf8'), chaosHeading)
const packages = [
  'fastify', '@fastify/rate-limit', '@fastify/sensible', '@fastify/swagger', '@hono/node-server', 'express',
  'fastify-http-errors-enhanced', 'hono'
]
const written = `# Benchmark results

What does the plugin cost, compared with what you have now?

| what | cost |
|---|---|
${[...summary].map(([what, cost]) => `| ${what} | ${cost} |`).join('\n')}

[RATE-LIMIT.md](RATE-LIMIT.md) has the results for rate limits. [README.md](README.md) describes the method, and the
[reasons for missed targets](README.md#missed-targets).

Written by \`npm run bench${isQuick ? ' -- --quick' : ''}\` on ${new Date(begin).toISOString().slice(0, 10)}, in ${Math.round((Date.now() - begin) / 60_000)} minutes, on
${cpu?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, load ${two(load)} at the start; Node ${process.version};
${packages.map(name => `${name} ${getPackageVersion(name)}`).join(', ')}.

## Compared with what you may have now

Microseconds of server CPU time per request, over HTTP with keep-alive. The logger is off unless pino is named. Two subjects run
in alternating turns (A B B A ...). The ratio is the median of all turns. The range of the middle half is in parentheses.

${others}

## Compared with the minimum

The same failures, with handlers that only send a prepared copy of our response, with the same status and headers. The errors that
they throw have no stack. This is the approximate minimum cost of an error handler with these responses.

${minimum}

## In other settings

${settings}

## Successful requests while others fail

The 99th percentile of the time until a 200 arrives. Requests are sent at half of the rate that Fastify alone can respond to. 30 % of them
fail: a thrown 404, ten invalid fields and an unknown route.

${latencies}

## Import

${imports}

## Startup and OpenAPI document

GET routes with a query schema, a response schema and 12 documented error statuses. Each start is a separate process. With 1,000 routes,
the targets are ${startTargets.ready} for \`ready()\` and ${startTargets.swagger} for \`swagger()\`.

${started}

## Other versions of Node.js

${versions}

## A flood of errors

All requests fail, with every kind of error.

${flooded}
`
writeFileSync(results, chaos === undefined ? written : replaceSection(written, chaosHeading, chaos))
