import type { RouteOptions } from 'fastify'
import { describe } from '../support/describe-value.js'
import { declarationsOf, strayOf, type DeclaringTarget } from './declare-errors.js'
import type { DocumentSettings } from '../openapi/components.js'
import { schemaOf, type RouteRecord } from './route-record.js'
import { declaredResponses } from './typed-responses.js'

/** @throws TypeError where `config.errors` of a route is no list, or names a code that is not in the catalog */
export function checkConfig ({ method, url, config }: RouteOptions, { errors }: DocumentSettings): void {
  const declared = config?.errors
  if (declared === undefined || declared === false) return
  if (!Array.isArray(declared)) {
    throw new TypeError(`fastify-api-errors: config.errors of ${String(method)} ${url} is ${describe(declared)}; it takes an array of codes or factories, or false.`)
  }
  const stray = strayOf(declared, errors)
  if (stray !== undefined) {
    throw new TypeError(`fastify-api-errors: config.errors of ${String(method)} ${url} has ${stray}, which is not in the catalog; it takes codes of the 'errors' option.`)
  }
}

/** @throws TypeError where a route is declared to answer with a code that is not in the catalog */
export function checkDeclarations (record: RouteRecord, targets: readonly DeclaringTarget[], { errors }: DocumentSettings): void {
  const unknown = [
    ...declarationsOf(targets),
    ...declaredResponses(schemaOf(record.route)?.response).map(code => ({ code, reason: 'schema.response of the route names it.' }))
  ].find(({ code }) => !Object.hasOwn(errors, code))
  if (unknown === undefined) return
  throw new TypeError(`fastify-api-errors: ${record.methods.join()} ${record.url} is declared to answer with '${unknown.code}', which is not in the catalog; it takes codes of the 'errors' option. ${unknown.reason}`)
}
