/**
 * Compares the error bodies that the plugin sends with the schemas that a route declares for their statuses. A thrown
 * error is not serialized by the route, so its body has the format of the API, whatever the route declares.
 */
import type { Ajv } from 'ajv'
import type { FastifyInstance } from 'fastify'
import type { AnyCatalog } from '../../catalog/define-errors.js'
import type { ErrorDefinition, ErrorStatus } from '../../catalog/definition.js'
import { codeForStatus } from '../../catalog/standard-errors.js'
import { declaresErrors, findDeclaredKey } from '../../fastify/declared-statuses.js'
import { isObject, isRecord } from '../../support/is-object.js'
import type { StatusErrors } from '../group-by-status.js'
import type { RouteErrors } from '../route-errors.js'
import type { RouteRecord } from '../route-record.js'
import { getResponseCodes } from '../../catalog/response-codes.js'

/** A body as it is sent, with its media type. */
export interface SentBody {
  readonly contentType: string
  readonly body: unknown
}

/**
 * Returns whether every body of a code matches the schema that a route declares for a status of the code. `undefined`
 * if the route declares none.
 */
export type MatchesDeclared = (record: RouteRecord, status: number, code: string) => boolean | undefined

/** Compiles a schema to a function that returns whether a body matches it without changes. */
type Compile = (schema: unknown, record: RouteRecord) => (body: unknown) => boolean

/** Creates the comparison for a registration. `getBodies` returns example bodies of a code, one for each format. */
export function createDeclaredComparison (getBodies: (code: string) => readonly SentBody[]): MatchesDeclared {
  const validators = new WeakMap<object, (body: unknown) => boolean>()
  const results = new WeakMap<object, Map<string, boolean>>()

  function matchesSchema (declared: object, record: RouteRecord, code: string): boolean {
    return getBodies(code).every(({ contentType, body }) => {
      const schema = getSchemaOfMediaType(declared, contentType)
      if (!isObject(schema)) return false
      let validate = validators.get(schema)
      if (validate === undefined) validators.set(schema, validate = compileSchema(schema, record))
      return validate(body)
    })
  }

  return (record, status, code) => {
    const declared = getDeclaredSchema(record, status)
    if (declared === undefined) return undefined
    const known = results.get(declared) ?? new Map<string, boolean>()
    results.set(declared, known)
    let result = known.get(code)
    if (result === undefined) known.set(code, result = matchesSchema(declared, record, code))
    return result
  }
}

/**
 * Returns the errors of a route. If the route declares a status by number and has no error for it, adds the code of
 * this status. A thrown error with this status gets this code.
 */
export function withDeclaredStatuses (
  groups: readonly StatusErrors[],
  record: RouteRecord,
  errors: AnyCatalog
): readonly StatusErrors[] {
  const statuses = Object.keys(record.route.schema?.response ?? {}).map(Number)
  const missing = statuses.filter(status =>
    isDeclaredError(record, status) && !groups.some(group => group.status === status)
  )
  if (missing.length === 0) return groups
  return [
    ...groups,
    ...missing.map((status): StatusErrors => {
      const definition = errors[codeForStatus(status) as string] as ErrorDefinition
      return {
        status: status as ErrorStatus,
        definitions: [definition],
        issues: new Map([[definition.code, undefined]])
      }
    })
  ]
}

/** Returns whether a route declares a status by number, and a code is the code of that status. */
export function isCodeOfDeclaredStatus (record: RouteRecord, status: number, code: string | null): boolean {
  return code === codeForStatus(status) && isDeclaredError(record, status)
}

function isDeclaredError (record: RouteRecord, status: number): boolean {
  return codeForStatus(status) !== undefined && Object.hasOwn(record.route.schema?.response ?? {}, status) &&
    getDeclaredSchema(record, status) !== undefined
}

/**
 * Returns the schema that a route declares for a status, by number, class or default. `undefined` if there is none, or
 * if it comes from the catalog.
 */
export function getDeclaredSchema ({ route }: RouteRecord, status: number): object | undefined {
  const responses = route.schema?.response as Readonly<Record<string, unknown>> | undefined
  const key = findDeclaredKey(responses, status)
  const schema = key === undefined ? undefined : responses?.[key]
  return isObject(schema) && getResponseCodes(schema).length === 0 ? schema : undefined
}

function getSchemaOfMediaType (declared: object, contentType: string): unknown {
  const { content } = declared as { readonly content?: unknown }
  if (isRecord(content)) return (content[contentType] as { readonly schema?: unknown } | undefined)?.schema
  return contentType === 'application/json' ? declared : undefined
}

const compileSchema: Compile = (schema, record) => {
  if (typeof (schema as { readonly safeParse?: unknown }).safeParse === 'function') {
    return body => acceptsUnchanged(schema as Parsing, body)
  }
  try {
    const validate = getAjv(record.scope).compile(toPlainSchema(schema))
    return body => validate(body)
  } catch {
    return () => false // A schema that cannot be compared is documented in full.
  }
}

/** A schema of zod. */
interface Parsing {
  readonly safeParse: (value: unknown) => { readonly success: boolean, readonly data?: unknown }
}

/**
 * Returns whether zod accepts a body and keeps all of it. In a document, an object schema that strips properties allows
 * no other properties.
 */
function acceptsUnchanged (schema: Parsing, body: unknown): boolean {
  try {
    const { success, data } = schema.safeParse(body)
    return success && JSON.stringify(sortKeys(data)) === JSON.stringify(sortKeys(body))
  } catch {
    return false // An asynchronous check.
  }
}

function sortKeys (value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  return isObject(value)
    ? Object.fromEntries(
      Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1).map(([key, inner]) => [key, sortKeys(inner)])
    )
    : value
}

const ajvByScope = new WeakMap<FastifyInstance, Ajv>()

let ajvClass: typeof Ajv | undefined

/**
 * Loads Ajv, which the comparison of schemas needs. Fastify loads the same copy for its first schema, but not when it
 * is imported.
 */
export async function loadAjv (): Promise<void> {
  ajvClass = (await import('ajv')).Ajv
}

/** Returns an Ajv with the schemas that were added to a scope. Formats of strings are not compared. */
function getAjv (scope: FastifyInstance): Ajv {
  let ajv = ajvByScope.get(scope)
  if (ajv === undefined) {
    ajvByScope.set(
      scope,
      ajv = new (ajvClass as typeof Ajv)({ strict: false, validateFormats: false, logger: false, addUsedSchema: false })
    )
    for (const [id, schema] of Object.entries(scope.getSchemas())) ajv.addSchema(toPlainSchema(schema), id)
  }
  return ajv
}

/** Returns a schema as JSON, because TypeBox adds symbols that Ajv does not need. */
function toPlainSchema (schema: unknown): object {
  return JSON.parse(JSON.stringify(schema)) as object
}

/**
 * Warns about statuses whose declared schemas do not match the sent errors, and lists the entries to delete.
 * It lists at most ten routes.
 */
export function warnOfDeclaredStatuses (routeErrors: RouteErrors, matchesDeclared: MatchesDeclared): void {
  const found = routeErrors.routes.filter(record => routeErrors.isDocumented(record)).flatMap(record => {
    const keys = findMismatchedKeys(routeErrors, record, matchesDeclared)
    return keys.length === 0 || record.methods.join() === 'HEAD'
      ? []
      : [`${record.methods.join(',')} ${record.url} (${keys.join(', ')})`]
  })
  if (found.length === 0) return
  const more = found.length > shownRoutes ? `, and ${found.length - shownRoutes} more` : ''
  process.emitWarning(
    `These routes declare response schemas that do not match the errors that are sent, so both are documented: ${found.slice(0, shownRoutes).join(', ')}${more}. Delete these statuses from schema.response.`,
    { code: 'FASTIFY_API_ERRORS_DECLARED' }
  )
}

const shownRoutes = 10

/** Returns the keys of `schema.response` whose schema does not match an error of the route. */
function findMismatchedKeys (
  routeErrors: RouteErrors,
  record: RouteRecord,
  matchesDeclared: MatchesDeclared
): string[] {
  const { response } = record.route.schema ?? {}
  // Inference is expensive at startup, and most routes only declare the statuses of successful responses.
  if (!declaresErrors(response) || !routeErrors.isCovered(record)) return []
  const keys = new Set<string>()
  for (
    const { status, definitions } of record.methods.flatMap(method =>
      withDeclaredStatuses(routeErrors.listStatuses(record, method), record, routeErrors.errors)
    )
  ) {
    if (definitions.some(({ code }) => matchesDeclared(record, status, code) === false)) {
      keys.add(findDeclaredKey(response, status) as string)
    }
  }
  return [...keys]
}
