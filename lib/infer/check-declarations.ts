import type { RouteOptions } from 'fastify'
import type { AnyCatalog } from '../catalog/define-errors.js'
import { describeValue } from '../support/describe-value.js'
import { findDeclarations, findUnknownError, type DeclaringTarget } from './declare-errors.js'
import { schemaOf, type RouteRecord } from './route-record.js'
import { declaredResponses } from './typed-responses.js'

/** @throws TypeError where `config.errors` of a route is no list, or names a code that is not in the catalog */
export function checkConfig ({ method, url, config }: RouteOptions, errors: AnyCatalog): void {
  const declared = config?.errors
  if (declared === undefined || declared === false) return
  if (!Array.isArray(declared)) {
    throw new TypeError(`fastify-api-errors: config.errors of ${String(method)} ${url} is ${describeValue(declared)}; it takes an array of codes or factories, or false.`)
  }
  const stray = findUnknownError(declared, errors)
  if (stray !== undefined) {
    throw new TypeError(`fastify-api-errors: config.errors of ${String(method)} ${url} has ${stray}, which is not in the catalog; it takes codes of the 'errors' option.`)
  }
}

/** @throws TypeError where a route is declared to answer with a code that is not in the catalog */
export function checkDeclarations (record: RouteRecord, targets: readonly DeclaringTarget[], errors: AnyCatalog): void {
  const unknown = [
    ...findDeclarations(targets),
    ...declaredResponses(schemaOf(record.route)?.response).map(code => ({ code, reason: 'schema.response of the route names it.' }))
  ].find(({ code }) => !Object.hasOwn(errors, code))
  if (unknown === undefined) return
  throw new TypeError(`fastify-api-errors: ${record.methods.join()} ${record.url} is declared to answer with '${unknown.code}', which is not in the catalog; it takes codes of the 'errors' option. ${unknown.reason}`)
}
