/** `responses()`: response schemas that let the compiler check the errors that a handler sends. */
import type { TUnsafe } from '@sinclair/typebox'
// Its CommonJS build has different unique symbols, so a schema for both builds is declared with both types.
import type { TUnsafe as CommonJsUnsafe } from '@sinclair/typebox' with { 'resolution-mode': 'require' }
import type { ApiError } from '../../catalog/api-error.js'
import type { AnyErrorFactory } from '../../catalog/define-errors.js'
import { getResponseCodes, setResponseCodes } from '../../catalog/response-codes.js'
import { rejectOption } from '../../support/expect-option.js'
import { Type } from '../../support/type-builder.js'

/**
 * A response schema whose values are errors of the catalog. @fastify/type-provider-typebox 5 reads the type from
 * `static` (@sinclair/typebox), version 6 from `~unsafe` (typebox), and the type providers of zod from `_zod`.
 */
export interface ErrorResponse<Error> extends TUnsafe<Error>, CommonJsUnsafe<Error> {
  readonly '~unsafe': Error
  readonly '~standard': any
  readonly _zod: ZodInternals<Error>
}

/** The internals of a schema of zod 4, by their structure. Only the types of its values are read. */
type ZodInternals<Value> =
  & {
    readonly [
    Name in 'version' | 'def' | 'deferred' | 'run' | 'parse' | 'traits' | 'pattern' | 'constr' | 'bag' | 'isst'
    ]: any
  }
  & {
    readonly input: Value,
    readonly output: Value
  }

/** The response schemas of some factories, by status. */
export type ErrorResponses<Factory extends AnyErrorFactory> = {
  readonly [Status in Factory['status']]: ErrorResponse<ErrorOf<Extract<Factory, { readonly status: Status }>>>
}

type ErrorOf<Factory> = Factory extends { readonly code: infer Code extends string } ? ApiError<Code> : never

/**
 * Returns response schemas to spread into `schema.response`. With a type provider (@fastify/type-provider-typebox,
 * @fastify/type-provider-zod, fastify-type-provider-zod or fastify-zod-openapi), `reply.code(404).send(...)` then
 * accepts only the errors of this status, and the handler can return them: `return errors.resource_not_found()`. These
 * errors are documented as if `config.errors` listed them.
 *
 * If `schema.response` or the type `Reply` defines the responses of a route, an error that is not listed can only be
 * thrown. If neither does, a handler can return any value.
 *
 * At run time, these schemas accept any value. A sent error passes through the error handler like a thrown error, and
 * the route does not serialize it.
 *
 * @param factories factories of a catalog
 * @throws TypeError if one of them is not a factory
 * @example
 * app.get('/queues/:id', {
 *   schema: { response: { 200: Queue, ...responses(errors.resource_not_found) } }
 * }, async (request, reply) => {
 *   const queue = await find(request.params.id)
 *   return queue ?? reply.code(404).send(errors.resource_not_found())
 * })
 */
export function responses<const Factories extends readonly AnyErrorFactory[]> (
  ...factories: Factories
): ErrorResponses<Factories[number]> {
  const byStatus: Record<number, string[]> = {}
  for (const [index, factory] of factories.entries()) {
    if (typeof factory !== 'function' || typeof factory.code !== 'string') {
      rejectOption(
        'responses',
        `argument ${index + 1}`,
        'a factory of a catalog, such as errors.resource_not_found',
        factory
      )
    }
    ;(byStatus[factory.status] ??= []).push(factory.code)
  }
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, named]) => [
      status,
      setResponseCodes(Type.Unsafe({ description: named.join(', ') }), named)
    ])
  ) as unknown as ErrorResponses<Factories[number]>
}

/** Returns the codes of a route's response schemas that {@link responses} created. */
export function listDeclaredResponses (response: unknown): readonly string[] {
  // Object.values() takes three times as long, and this runs for each route at every start.
  return Object.keys(response ?? {}).flatMap(status =>
    getResponseCodes((response as Readonly<Record<string, unknown>>)[status])
  )
}

/**
 * Returns the schema of a route without the responses that {@link responses} created, because these are documented from
 * the catalog.
 */
export function withoutDeclaredResponses<Schema extends { readonly response?: unknown }> (
  schema: Schema | undefined
): Schema | undefined {
  const response = schema?.response as Readonly<Record<string, unknown>> | undefined
  const statuses = Object.keys(response ?? {})
  const own = statuses.filter(status => getResponseCodes(response?.[status]).length === 0)
  if (own.length === statuses.length) return schema
  const { response: _, ...rest } = schema as Schema
  return (own.length === 0
    ? rest
    : { ...rest, response: Object.fromEntries(own.map(status => [status, response?.[status]])) }) as Schema
}
