/**
 * Measures the cost of documented errors in an application with 1,000 routes of 13 error statuses each: `ready()`, the
 * first `app.swagger()`, and the size that they add to the document. Each measurement runs in a separate process. The
 * variants alternate, and the ratios are medians of the CPU time over all rounds.
 *
 * Usage: npx tsx bench/document.ts [routes] [rounds]
 */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import swagger from '@fastify/swagger'
import { Type } from '@sinclair/typebox'
import Fastify from 'fastify'
import apiErrors, { serverOptions, swaggerOptions } from 'fastify-api-errors'

const variants = ['none', 'swaggerOptions', 'swagger alone'] as const
type Variant = (typeof variants)[number]

interface Measurement {
  /** CPU milliseconds. */
  readonly ready: number
  readonly document: number
  readonly bytes: number
}

async function measure (variant: Variant, count: number): Promise<Measurement> {
  const openapi = { openapi: '3.1.0', info: { title: 'Bench', version: '1.0.0' } }
  const app = Fastify(serverOptions())
  await app.register(swagger, variant === 'swaggerOptions' ? swaggerOptions({ openapi }) : { openapi })
  if (variant !== 'none') {
    await app.register(apiErrors, {
      format: 'code',
      rateLimit: { policies: { general: { max: 100, timeWindow: '1 minute' } }, default: 'general' }
    })
  }
  for (let index = 0; index < count; index++) {
    app.post(`/resources${index}/:id`, {
      schema: {
        summary: `Change resource ${index}`,
        params: Type.Object({ id: Type.Integer({ minimum: 1 }) }),
        querystring: Type.Object({ expand: Type.Optional(Type.String({ maxLength: 20 })) }),
        body: Type.Object({
          name: Type.String({ minLength: 1, maxLength: 100 + index }),
          ...(index % 2 === 0 && { email: Type.String({ format: 'email' }) }),
          ...(index % 3 === 0 && { size: Type.Integer({ minimum: 1 }) }),
          ...(index % 5 === 0 && { color: Type.Unsafe<string>({ type: 'string', enum: ['red', 'green'] }) })
        }),
        response: { 200: Type.Object({ id: Type.Integer(), name: Type.String() }) }
      },
      ...(variant !== 'none' && {
        config: {
          errors: [
            'missing_api_key', 'invalid_api_key', 'forbidden', 'resource_conflict', 'bad_gateway', 'service_unavailable'
          ] as const
        }
      })
    }, async () => ({ id: index, name: '' }))
  }
  const ready = await cpu(() => app.ready())
  let document: object = {}
  const made = await cpu(() => {
    document = app.swagger()
  })
  const bytes = Buffer.byteLength(JSON.stringify(document))
  await app.close()
  return { ready, document: made, bytes }
}

async function cpu (run: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  await run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

function median (values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] as number
}

const [first, second] = process.argv.slice(2)
if (first === '--variant') {
  console.log(JSON.stringify(await measure(second as Variant, Number(process.argv[4]))))
} else {
  const routes = Number(first ?? 1000)
  const rounds = Number(second ?? 9)
  const results = Object.fromEntries(variants.map(variant => [variant, [] as Measurement[]])) as Record<
    Variant,
    Measurement[]
  >
  for (let round = 0; round < rounds; round++) {
    for (const variant of variants) {
      const output = execFileSync(process.execPath, [
        '--import=tsx',
        fileURLToPath(import.meta.url),
        '--variant',
        variant,
        String(routes)
      ], { encoding: 'utf8' })
      results[variant].push(JSON.parse(output))
    }
  }
  const base = results.none
  for (const variant of variants) {
    const own = results[variant]
    const ratio = (key: keyof Measurement): string =>
      `${median(own.map((result, round) => result[key] / (base[round] as Measurement)[key])).toFixed(3)} x`
    console.log([
      variant.padEnd(15),
      `ready ${median(own.map(({ ready }) => ready)).toFixed(0)} ms (${ratio('ready')})`,
      `swagger() ${median(own.map(({ document }) => document)).toFixed(0)} ms (${ratio('document')})`,
      `${((median(own.map(({ bytes }) => bytes)) - median(base.map(({ bytes }) => bytes))) / routes / 1000).toFixed(3)} kB a route`
    ].join('  '))
  }
}
