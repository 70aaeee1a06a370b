import { Type, type TUnsafe } from '@sinclair/typebox'
import type { ApiError } from '../catalog/api-error.js'
import type { AnyErrorFactory } from '../catalog/define-errors.js'
import { describeValue } from '../support/describe-value.js'

/**
 * A response schema for errors of the catalog: what may be sent with the status are the errors themselves. It is
 * understood by @fastify/type-provider-typebox 5 (`static`, of @sinclair/typebox) and 6 (`~unsafe`, of typebox).
 */
export type ErrorResponse<Error> = TUnsafe<Error> & { readonly '~unsafe': Error }

/** The response schemas of some factories, by status. */
export type ErrorResponses<Factory extends AnyErrorFactory> = {
  readonly [Status in Factory['status']]: ErrorResponse<ErrorOf<Extract<Factory, { readonly status: Status }>>>
}

type ErrorOf<Factory> = Factory extends { readonly code: infer Code extends string } ? ApiError<Code> : never

const codes: unique symbol = Symbol.for('fastify-api-errors.codes')

/**
 * Response schemas to spread into `schema.response`: with @fastify/type-provider-typebox, `reply.code(404).send(...)`
 * then takes the errors of that status and no others. They are documented as if `config.errors` named them.
 *
 * At run time these schemas allow anything: an error that is sent goes through the error handler like one that is
 * thrown, and is not serialized by the route.
 *
 * @param factories of the catalog
 * @throws TypeError where one is not a factory
 * @example
 * app.get('/queues/:id', {
 *   schema: { response: { 200: Queue, ...responses(errors.resource_not_found) } }
 * }, async (request, reply) => {
 *   const queue = await find(request.params.id)
 *   return queue ?? reply.code(404).send(errors.resource_not_found())
 * })
 */
export function responses<const Factories extends readonly AnyErrorFactory[]> (...factories: Factories): ErrorResponses<Factories[number]> {
  const byStatus: Record<number, string[]> = {}
  for (const factory of factories) {
    if (typeof factory !== 'function' || typeof factory.code !== 'string') {
      throw new TypeError(`responses: ${describeValue(factory)} is not a factory; it takes factories of a catalog, like errors.resource_not_found.`)
    }
    (byStatus[factory.status] ??= []).push(factory.code)
  }
  return Object.fromEntries(Object.entries(byStatus).map(([status, named]) => [
    status, Object.assign(Type.Unsafe({ description: named.join(', ') }), { [codes]: named })
  ])) as unknown as ErrorResponses<Factories[number]>
}

/** The codes that a response schema stands for, where {@link responses} made it. */
export function getResponseCodes (schema: unknown): readonly string[] {
  return (schema as { readonly [codes]?: readonly string[] } | null | undefined)?.[codes] ?? none
}

const none: readonly string[] = []

/** The codes that the response schemas of a route stand for. */
export function declaredResponses (response: unknown): readonly string[] {
  // Object.values() takes three times as long, and this is asked for each route at every start.
  return Object.keys(response ?? {}).flatMap(status => getResponseCodes((response as Readonly<Record<string, unknown>>)[status]))
}

/** The schema of a route without the responses that {@link responses} made: those are documented from the catalog. */
export function withoutDeclaredResponses<Schema extends { readonly response?: unknown }> (schema: Schema | undefined): Schema | undefined {
  const response = schema?.response as Readonly<Record<string, unknown>> | undefined
  const statuses = Object.keys(response ?? {})
  const own = statuses.filter(status => getResponseCodes(response?.[status]).length === 0)
  if (own.length === statuses.length) return schema
  const { response: _, ...rest } = schema as Schema
  return (own.length === 0 ? rest : { ...rest, response: Object.fromEntries(own.map(status => [status, response?.[status]])) }) as Schema
}
