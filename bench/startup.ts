/**
 * Starts one application with many routes in a separate process, and prints its cost: `startup.ts VARIANT ROUTES`.
 * Each route declares twelve error statuses in the way of the variant.
 */
import swagger from '@fastify/swagger'
import { Type, type TSchema } from '@sinclair/typebox'
import Fastify, { type FastifyInstance } from 'fastify'
import { apiErrors, standardErrors, swaggerOptions } from './built-package.js'
import { readCpuTime } from './measure.js'

/** The ways to declare the twelve errors of a route. */
export const variants = ['none', 'ours', 'inline', 'refs'] as const

/** One of {@link variants}. */
export type Variant = (typeof variants)[number]

/** The cost of one start. */
export interface Startup {
  /** CPU time of `ready()`, in milliseconds. */
  readonly ready: number
  /** CPU time of the first `app.swagger()`, in milliseconds. */
  readonly swagger: number
  /** Heap size after `ready()` and a garbage collection, in bytes. */
  readonly heap: number
  /** Length of the document, in bytes. */
  readonly bytes: number
}

const factories = [
  standardErrors.invalid_request,
  standardErrors.missing_api_key,
  standardErrors.forbidden,
  standardErrors.resource_not_found,
  standardErrors.resource_conflict,
  standardErrors.payload_too_large,
  standardErrors.unsupported_media_type,
  standardErrors.validation_error,
  standardErrors.rate_limit_exceeded,
  standardErrors.internal_error,
  standardErrors.bad_gateway,
  standardErrors.service_unavailable
]

const body = Type.Object({
  code: Type.String(),
  message: Type.String(),
  request_id: Type.String(),
  details: Type.Optional(Type.Array(Type.Object({ field: Type.String(), message: Type.String() })))
})

function responsesOf (variant: Variant): Record<string, TSchema> {
  if (variant === 'inline') return Object.fromEntries(factories.map(({ status }) => [status, { ...body }]))
  if (variant === 'refs') {
    return Object.fromEntries(factories.map(({ status }) => [status, Type.Unsafe({ $ref: `Error${status}#` })]))
  }
  return {}
}

const [variant, count] = [process.argv[2] as Variant, Number(process.argv[3])]
const app: FastifyInstance = Fastify()
const documentation = { openapi: { openapi: '3.1.0', info: { title: 'Many routes', version: '1.0.0' } } }
await app.register(swagger, variant === 'ours' ? swaggerOptions(documentation) : documentation)
if (variant === 'ours') await app.register(apiErrors)
if (variant === 'refs') { for (const { status } of factories) app.addSchema({ $id: `Error${status}`, ...body }) }

const start = readCpuTime()
for (let index = 0; index < count; index++) {
  app.get(`/things${index}`, {
    schema: {
      querystring: Type.Object({ limit: Type.Optional(Type.Integer()) }),
      response: { 200: Type.Object({ id: Type.String(), name: Type.String() }), ...responsesOf(variant) }
    },
    ...(variant === 'ours' && { config: { errors: factories } })
  }, async () => ({ id: '1', name: 'a' }))
}
await app.ready()
const ready = readCpuTime() - start
global.gc?.()
const heap = process.memoryUsage().heapUsed
const before = readCpuTime()
const document = app.swagger()
const result: Startup = { ready, swagger: readCpuTime() - before, heap, bytes: JSON.stringify(document).length }
process.stdout.write(JSON.stringify(result))
await app.close()
