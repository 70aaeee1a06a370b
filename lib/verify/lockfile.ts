/** The lockfile `errors.lock.json`: the properties of an API's errors that clients rely on. */
import { Errors } from '@sinclair/typebox/errors'
import type { Deprecation } from '../catalog/deprecation.js'
import { mergeFields } from '../support/merge-fields.js'
import { parseJsonFile } from '../support/parse-json-file.js'
import { Type } from '../support/type-builder.js'

/** The properties of an application's errors that clients rely on, sorted so that diffs are readable. */
export interface Lock {
  readonly lockfileVersion: 1
  /** The names of the body formats. The first is the format in the `format` option. */
  readonly formats: readonly string[]
  /** The fields of the bodies, by format. */
  readonly bodies: Readonly<Record<string, LockedFields>>
  readonly codes: Readonly<Record<string, LockedCode>>
  /** The codes of each route. */
  readonly routes: Readonly<Record<string, readonly string[]>>
}

/** The types of fields by name. The name of an optional field ends in a question mark. */
export type LockedFields = Readonly<Record<string, string>>

/** The properties of a code that clients rely on. */
export interface LockedCode {
  readonly status: number
  readonly type: string
  readonly retry: string
  /** The dates of its deprecation, and its replacement. */
  readonly deprecated?: LockedDeprecation
  /** The fields of `meta`. */
  readonly meta?: LockedFields
}

/** The part of a deprecation that clients rely on. */
export type LockedDeprecation = Pick<Deprecation, 'since' | 'sunset' | 'replacedBy'>

interface Field {
  readonly name: string
  readonly type: string
  readonly required: boolean
}

/** The data of one registration of the plugin from which a lock is created. A `Reference` has this data. */
export interface LockSource {
  /** The prefix of the scope with the registration. @default none */
  readonly prefix?: string
  readonly formats: ReadonlyArray<{ readonly name: string }>
  readonly routes: readonly string[]
  readonly codes: ReadonlyArray<{
    readonly code: string,
    readonly status: number,
    readonly type: string,
    readonly retry: string,
    readonly deprecated?: Deprecation,
    readonly meta: readonly Field[],
    /** For each of the formats. */
    readonly responses: ReadonlyArray<{ readonly fields: readonly Field[] }>,
    readonly routes: readonly string[]
  }>
}

/**
 * Returns the current lock of an application.
 *
 * @param sources one for each registration of the plugin, the outermost first
 */
export function createLock (...sources: readonly LockSource[]): Lock {
  const formats = [...new Set(sources.flatMap(({ formats }) => formats.map(({ name }) => name)))]
  return {
    lockfileVersion: 1,
    formats,
    bodies: Object.fromEntries(
      formats.map(name => [
        name,
        lockFields(mergeFields(sources.flatMap(source => listResponses(source, name)).map(({ fields }) => fields)))
      ])
    ),
    codes: Object.fromEntries([...lockCodes(sources)].sort(([a], [b]) => a < b ? -1 : 1)),
    routes: Object.fromEntries(
      [...lockRoutes(sources)].map(([route, codes]) => [route, [...codes].sort()] as const).sort()
    )
  }
}

function listResponses (
  { formats, codes }: LockSource,
  format: string
): ReadonlyArray<{ readonly fields: readonly Field[] }> {
  const index = formats.findIndex(({ name }) => name === format)
  return codes.flatMap(({ responses }) => responses[index] ?? [])
}

function lockFields (fields: readonly Field[]): LockedFields {
  return Object.fromEntries(
    fields.map(({ name, type, required }) => [required ? name : `${name}?`, type] as const).sort()
  )
}

/**
 * Returns the codes by name. If a nested registration defines a code differently, its prefix is added to the name:
 * `closed in /v2`.
 */
function lockCodes (sources: readonly LockSource[]): Map<string, LockedCode> {
  const locked = new Map<string, LockedCode>()
  for (const { codes, prefix = '' } of sources) {
    for (const { code, status, type, retry, deprecated, meta } of codes) {
      const entry = {
        status,
        type,
        retry,
        ...(deprecated !== undefined && { deprecated: lockDeprecation(deprecated) }),
        ...(meta.length > 0 && { meta: lockFields(meta) })
      }
      const known = locked.get(code)
      if (known === undefined) locked.set(code, entry)
      else if (JSON.stringify(known) !== JSON.stringify(entry)) locked.set(`${code} in ${prefix}`, entry)
    }
  }
  return locked
}

function lockDeprecation ({ since, sunset, replacedBy }: Deprecation): LockedDeprecation {
  return { since, ...(sunset !== undefined && { sunset }), ...(replacedBy !== undefined && { replacedBy }) }
}

/** Returns the codes by route. Two registrations can have the same route if their constraints differ. */
function lockRoutes (sources: readonly LockSource[]): Map<string, Set<string>> {
  const locked = new Map<string, Set<string>>()
  for (const { routes, codes } of sources) {
    for (const route of routes) {
      const own = codes.filter(code => code.routes.includes(route)).map(({ code }) => code)
      locked.set(route, new Set([...locked.get(route) ?? [], ...own]))
    }
  }
  return locked
}

/** Returns the text of a lockfile. */
export function writeLock (lock: Lock): string {
  return `${JSON.stringify(lock, null, 2)}\n`
}

const lockSchema = Type.Object({
  lockfileVersion: Type.Literal(1),
  formats: Type.Array(Type.String()),
  bodies: Type.Record(Type.String(), Type.Record(Type.String(), Type.String())),
  codes: Type.Record(
    Type.String(),
    Type.Object({
      status: Type.Integer(),
      type: Type.String(),
      retry: Type.String(),
      deprecated: Type.Optional(
        Type.Object({
          since: Type.String(),
          sunset: Type.Optional(Type.String()),
          replacedBy: Type.Optional(Type.String())
        })
      ),
      meta: Type.Optional(Type.Record(Type.String(), Type.String()))
    })
  ),
  routes: Type.Record(Type.String(), Type.Array(Type.String()))
})

/**
 * Reads the text of a lockfile.
 *
 * @param name the name of the file, for messages
 * @throws TypeError with one sentence if the file is not a lockfile
 */
export function parseLock (text: string, name: string): Lock {
  let lock: unknown
  try {
    lock = parseJsonFile(text)
  } catch {
    throw createLockError(name, 'invalid JSON')
  }
  const faults = [...Errors(lockSchema, lock)]
  // A file of another version has other content.
  const error = faults.find(({ path }) => path === '/lockfileVersion') ?? faults[0]
  if (error !== undefined) {
    throw createLockError(
      name,
      `${error.path === '' ? 'a value' : `"${error.path}"`} with the error "${error.message}"`
    )
  }
  return lock as Lock
}

function createLockError (name: string, received: string): TypeError {
  return new TypeError(
    `fastify-api-errors: ${name}: expected a lockfile that 'fastify-api-errors lock' wrote, got ${received}.`
  )
}
