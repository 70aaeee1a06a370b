/** The lockfile `errors.lock.json`: the properties of an API's errors that clients rely on. */
import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'

/** The properties of an application's errors that clients rely on, sorted so that diffs are readable. */
export interface Lock {
  readonly lockfileVersion: 1
  /** The names of the body formats. The first is the one of the `format` option. */
  readonly formats: readonly string[]
  /** The fields of the bodies, by format. */
  readonly bodies: Readonly<Record<string, LockedFields>>
  readonly codes: Readonly<Record<string, LockedCode>>
  /** The codes of each route. */
  readonly routes: Readonly<Record<string, readonly string[]>>
}

/** The types of fields by name. The name of an optional field ends in a question mark. */
export type LockedFields = Readonly<Record<string, string>>

/** The properties of a code that callers rely on. */
export interface LockedCode {
  readonly status: number
  readonly type: string
  readonly retry: string
  /** The fields of `meta`. */
  readonly meta?: LockedFields
}

interface Field {
  readonly name: string
  readonly type: string
  readonly required: boolean
}

/** The data that a lock is made from. A `Reference` has it. */
export interface LockSource {
  readonly formats: ReadonlyArray<{ readonly name: string }>
  readonly routes: readonly string[]
  readonly codes: ReadonlyArray<{
    readonly code: string
    readonly status: number
    readonly type: string
    readonly retry: string
    readonly meta: readonly Field[]
    /** For each of the formats. */
    readonly answers: ReadonlyArray<{ readonly fields: readonly Field[] }>
    readonly routes: readonly string[]
  }>
}

/** Returns the current lock of an application. */
export function createLock ({ formats, codes, routes }: LockSource): Lock {
  return {
    lockfileVersion: 1,
    formats: formats.map(({ name }) => name),
    bodies: Object.fromEntries(formats.map(({ name }, index) => {
      const answers = codes.flatMap(({ answers }) => answers.slice(index, index + 1))
      return [name, lockBody(answers.flatMap(({ fields }) => fields), codes.length)]
    })),
    codes: Object.fromEntries(codes.map(({ code, status, type, retry, meta }) => [code, {
      status,
      type,
      retry,
      ...(meta.length > 0 && { meta: Object.fromEntries(meta.map(({ name, type, required }) => [required ? name : `${name}?`, type]).sort()) })
    }] as const).sort()),
    routes: Object.fromEntries(routes.map(route => [route, codes.filter(code => code.routes.includes(route)).map(({ code }) => code).sort()] as const).sort())
  }
}

/** Returns the fields of the bodies of all codes together, without the fields of `meta`, which belong to each code. */
function lockBody (fields: readonly Field[], codes: number): LockedFields {
  const names = [...new Set(fields.map(({ name }) => name))].filter(name => !/(^|\.)meta\./.test(name))
  return Object.fromEntries(names.map(name => {
    const same = fields.filter(field => field.name === name)
    const isAlways = same.length === codes && same.every(({ required }) => required)
    return [isAlways ? name : `${name}?`, [...new Set(same.flatMap(({ type }) => type.split(' | ').map(widenType)))].join(' | ')] as const
  }).sort())
}

/** Returns the type of a constant, because each code has its own constants: `"conflict_error"` is a `string`. */
function widenType (type: string): string {
  if (type.startsWith('"')) return 'string'
  return /^\d/.test(type) ? 'integer' : type
}

/** Returns the text of a lockfile. */
export function writeLock (lock: Lock): string {
  return `${JSON.stringify(lock, null, 2)}\n`
}

const lockSchema = Type.Object({
  lockfileVersion: Type.Literal(1),
  formats: Type.Array(Type.String()),
  bodies: Type.Record(Type.String(), Type.Record(Type.String(), Type.String())),
  codes: Type.Record(Type.String(), Type.Object({
    status: Type.Integer(),
    type: Type.String(),
    retry: Type.String(),
    meta: Type.Optional(Type.Record(Type.String(), Type.String()))
  })),
  routes: Type.Record(Type.String(), Type.Array(Type.String()))
})

/**
 * Reads the text of a lockfile.
 *
 * @param name the name of the file, for messages
 * @throws TypeError with one sentence, if it is not a lockfile
 */
export function parseLock (text: string, name: string): Lock {
  let lock: unknown
  try {
    lock = JSON.parse(text)
  } catch {
    throw createLockError(name, 'invalid JSON')
  }
  const error = Value.Errors(lockSchema, lock).First()
  if (error !== undefined) throw createLockError(name, `${error.path === '' ? 'a value' : `"${error.path}"`} with the error "${error.message}"`)
  return lock as Lock
}

function createLockError (name: string, received: string): TypeError {
  return new TypeError(`fastify-api-errors: ${name}: expected a lockfile that 'fastify-api-errors lock' wrote, got ${received}.`)
}
