/** Checks that the codes that routes declare are in the catalog. */
import type { RouteOptions } from 'fastify'
import type { AnyCatalog } from '../../catalog/define-errors.js'
import { expectOption, rejectOption } from '../../support/expect-option.js'
import { findDeclarations, findUnknownError, type DeclaringTarget } from './declare-errors.js'
import type { RouteRecord } from '../route-record.js'
import { listDeclaredResponses } from './typed-responses.js'

/** @throws TypeError if `config.errors` of a route is not a list, or has a code that is not in the catalog */
export function checkConfig ({ method, url, config }: RouteOptions, errors: AnyCatalog): void {
  const declared: unknown = config?.errors
  if (declared === undefined || declared === false) return
  const option = `config.errors of ${String(method)} ${url}`
  expectOption(
    'fastify-api-errors',
    option,
    Array.isArray(declared),
    'a list of codes or factories, or false',
    declared
  )
  const unknown = findUnknownError(declared, errors)
  if (unknown !== undefined) rejectOption('fastify-api-errors', option, "codes of the option 'errors'", unknown.value)
}

/**
 * @throws TypeError if a scope, a hook or the response schemas declare a code for a route that is not in the catalog
 */
export function checkDeclarations (
  { route, methods, url }: RouteRecord,
  targets: readonly DeclaringTarget[],
  errors: AnyCatalog
): void {
  const unknown = [
    ...findDeclarations(targets, methods),
    ...listDeclaredResponses(route.schema?.response).map(code => ({
      code,
      reason: 'schema.response of the route lists it.'
    }))
  ].find(({ code }) => !Object.hasOwn(errors, code))
  if (unknown === undefined) return
  throw new TypeError(
    `fastify-api-errors: the errors of ${methods.join()} ${url}: expected codes of the option 'errors', got "${unknown.code}". ${unknown.reason}`
  )
}
