/**
 * Makes Ajv list every error of an invalid request, within a limit.
 *
 * Ajv's `allErrors` has no limit. With 30 required fields, a 1 MB list of empty objects creates ten million error
 * objects and blocks the event loop for seconds. So every request is validated without `allErrors`, as Fastify does by
 * default. Only an invalid request is validated again by a second validator, which lists all errors. The second
 * validator is compiled when it is first needed. It stops after too many errors, and it validates only the first items
 * of long lists.
 */
import type { FastifyServerOptions } from 'fastify'
import { createFailure, isReport } from '../fastify/guard-functions.js'
import type { Call } from '../fastify/guard-synchronous.js'
import { isObject, isRecord } from '../support/is-object.js'

type AjvOptions = NonNullable<FastifyServerOptions['ajv']>

/**
 * The maximum number of errors that the second validation creates. A response lists at most 100, but a union creates
 * errors for each branch.
 */
export const maxCreated = 1000

/**
 * The maximum number of list items that the second validation checks: the first number, or the second if the first
 * causes too many errors.
 */
export const keptItems = [100, 10] as const

/** The maximum number of values that the second validation checks. */
export const maxValues = 10_000

/** The maximum depth that the second validation checks. */
export const maxDepth = 100

/**
 * The maximum length of the path to a value that the second validation checks, in characters. Each error has the whole
 * path, escaped.
 */
export const maxPath = 1000

/** The data that Fastify passes to a validator in addition to the value, so that a keyword can change the value. */
type DataContext = Readonly<Record<string, unknown>>

/** A validator that Ajv compiled. For an `$async` schema, it returns a promise. */
interface Validate {
  (data: unknown, context?: DataContext): boolean | Promise<unknown>
  errors: readonly AjvError[] | null | undefined
  schema: unknown
  schemaEnv: unknown
}

interface AjvError {
  readonly instancePath: string
  readonly keyword: string
}

/** The parts of an Ajv 8 instance that are used here. */
interface Ajv {
  opts: { readonly code: { readonly process?: (code: string, env: unknown) => string } }
  RULES: unknown
  formats: unknown
  readonly schemas: Readonly<Record<string, { readonly schema: unknown } | undefined>>
  readonly refs: Readonly<Record<string, unknown>>
  /** Called by the code of the second validator for each created error. */
  countError?: () => 1
  compile: (schema: unknown) => Validate
  getSchema: (id: string) => Validate | undefined
  addSchema: (schema: unknown, key?: string, meta?: boolean, validate?: boolean) => unknown
}

/**
 * Returns Fastify's `ajv` option, changed so that all errors of an invalid request are listed.
 *
 * `allErrors: false` of the application is kept. Validators whose source code is generated for a file are not changed.
 */
export function listAllErrors (given: AjvOptions | undefined): AjvOptions {
  const { customOptions } = given ?? {}
  if (customOptions?.allErrors === false || customOptions?.code?.source === true) return { ...given }
  return {
    ...given,
    // Plugins such as ajv-errors require allErrors before they add their keywords.
    customOptions: { ...customOptions, allErrors: true },
    onCreate (ajv) {
      given?.onCreate?.(ajv)
      limitErrors(ajv as unknown as Ajv)
    }
  } as AjvOptions // a union of the options for JSON Schema and for JTD
}

/**
 * Makes an Ajv instance compile validators with two steps. `@fastify/ajv-compiler` uses three methods of the instance:
 * `addSchema`, `getSchema` and `compile`.
 */
function limitErrors (all: Ajv): void {
  const first = createTwin(all)
  const waiting: Array<() => unknown> = []
  const validators = new Map<Validate, Validate>()
  const { compile, getSchema, addSchema } = all

  const wrap = (validate: Validate): Validate => {
    let wrapped = validators.get(validate)
    if (wrapped === undefined) {
      validators.set(
        validate,
        wrapped = createValidator(validate, () => compileAll(validate.schema), all)
      )
    }
    return wrapped
  }
  function compileAll (schema: unknown): Validate {
    waiting.splice(0).forEach(add => add())
    return (isRecord(schema) && typeof schema.$id === 'string' ? getSchema.call(all, schema.$id) : undefined) ??
      compile.call(all, schema)
  }

  all.addSchema = (schema, key) => {
    first.addSchema(schema, key)
    waiting.push(() => addSchema.call(all, schema, key, undefined, false))
    return all
  }
  all.getSchema = id => {
    const validate = first.getSchema(id)
    return validate && wrap(validate)
  }
  all.compile = schema => wrap(first.compile(schema))
  const { process } = all.opts.code
  all.opts = {
    ...all.opts,
    code: { ...all.opts.code, process: (code, env) => countErrors(process?.(code, env) ?? code) }
  }
}

/** Creates an instance with the same options, keywords, formats and schemas, but without `allErrors`. */
function createTwin (all: Ajv): Ajv {
  const first = new (all.constructor as new(options: object) => Ajv)({ ...all.opts, allErrors: false })
  first.RULES = all.RULES
  first.formats = all.formats
  for (const [key, added] of Object.entries({ ...all.schemas, ...all.refs })) {
    if (isObject(added) && !(key in first.schemas) && !(key in first.refs)) {
      first.addSchema(added.schema, key, undefined, false)
    }
  }
  return first
}

/**
 * Changes the code of a validator so that it counts the errors that it creates. Ajv 8 counts them as `errors++`, in a
 * function in which `self` is the instance. Strings in the code are not changed.
 */
function countErrors (code: string): string {
  return code.replace(
    /"(?:[^"\\]|\\.)*"|\berrors\+\+/g,
    found => found === 'errors++' ? 'errors+=self.countError()' : found
  )
}

const tooManyErrors = new Error('The validator created too many errors.')

function createCounter (): () => 1 {
  let created = 0
  return () => {
    if (++created > maxCreated) throw tooManyErrors
    return 1
  }
}

function createValidator (validate: Validate, compileAll: () => Validate, all: Ajv): Validate {
  let validateAll: Validate | undefined

  /** Calls the second validator. Returns `undefined` if it fails itself, for example because of too many errors. */
  function callAll<Outcome> (call: (validateAll: Validate) => Outcome): Outcome | undefined {
    try {
      validateAll ??= compileAll()
      all.countError = createCounter()
      return call(validateAll)
    } catch {
      return undefined
    }
  }

  function validateTwice (data: unknown, context?: DataContext): boolean | Promise<unknown> {
    const outcome = validate(data, context)
    if (outcome === true) return true
    if (outcome === false) {
      twice.errors = findErrors(data, value =>
        callAll(all => all(value, context) === false ? all.errors : undefined)) ?? validate.errors
      return false
    }
    return outcome.catch(async error => {
      // Fastify accepts the request if the validator rejects with `undefined`, and sends the message of any other
      // error.
      if (!isReport(error)) throw createFailure(validate as Call, error)
      throw Array.isArray((error as { readonly errors?: unknown }).errors)
        ? await callAllAsync(data, context) ?? error
        : error
    })
  }

  async function callAllAsync (data: unknown, context: DataContext | undefined): Promise<unknown> {
    const { value } = shorten(data, keptItems[0])
    if (value !== data) return undefined
    const failed = await callAll(async all => await all(value, context))?.then(
      () => undefined,
      (error: unknown) => error
    )
    return isObject(failed) && Array.isArray(failed.errors) ? failed : undefined
  }

  const twice: Validate = Object.assign(validateTwice, {
    errors: null,
    schema: validate.schema,
    schemaEnv: validate.schemaEnv
  })
  return twice
}

/** Returns the errors that are certain for the whole value; `undefined` if there are none. */
function findErrors (data: unknown, list: (value: unknown) => Validate['errors']): readonly AjvError[] | undefined {
  for (const keep of keptItems) {
    const { value, cut, isTooLarge } = shorten(data, keep)
    if (isTooLarge && cut.length === 0) return undefined // shorter lists change nothing
    const errors = isTooLarge ? undefined : list(value)
    if (errors) return errors.every(error => isCertain(error, cut)) ? errors : undefined
  }
  return undefined
}

/** Keywords about the names or the number of members of an object or list. */
const shallow: ReadonlySet<string> = new Set([
  'type', 'required', 'additionalProperties', 'dependentRequired', 'propertyNames', 'minProperties', 'maxProperties',
  'maxItems', 'uniqueItems'
])

/**
 * Returns whether an error also applies to the whole value. An error of a value that contains a shortened list may not.
 */
function isCertain ({ instancePath, keyword }: AjvError, cut: readonly string[]): boolean {
  return shallow.has(keyword) || !cut.some(list => list === instancePath || list.startsWith(`${instancePath}/`))
}

interface Shortened {
  readonly value: unknown
  /** The shortened lists, as JSON Pointers. */
  readonly cut: readonly string[]
  readonly isTooLarge: boolean
}

/**
 * Returns a copy with at most the given number of items in each list. If no list is longer, it returns the value
 * itself.
 */
function shorten (data: unknown, keep: number): Shortened {
  const cut: string[] = []
  let values = 0
  let isTooLarge = false

  function copy (value: unknown, path: string, depth: number): unknown {
    if (++values > maxValues || depth > maxDepth || path.length > maxPath) isTooLarge = true
    if (isTooLarge || !isPlain(value)) return value
    if (!Array.isArray(value)) {
      const names = Object.keys(value)
      // checked here, because reading each of 100,000 members takes too long
      isTooLarge = values + names.length > maxValues
      if (isTooLarge) return value
      isTooLarge = names.some(name => path.length + name.length > maxPath)
      if (isTooLarge) return value
      const entries = Object.entries(value)
      const copies = entries.map(([name, inner]) =>
        [name, copy(inner, `${path}/${escapePart(name)}`, depth + 1)] as const
      )
      return copies.some(([, inner], at) => inner !== entries[at]?.[1]) ? Object.fromEntries(copies) : value
    }
    const items = value.length > keep ? value.slice(0, keep) : value
    if (items !== value) cut.push(path)
    const copies = items.map((item, at) => copy(item, `${path}/${at}`, depth + 1))
    return items !== value || copies.some((item, at) => item !== items[at]) ? copies : value
  }

  return { value: copy(data, '', 0), cut, isTooLarge }
}

function isPlain (value: unknown): value is object {
  if (!isObject(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return Array.isArray(value) || prototype === Object.prototype || prototype === null
}

function escapePart (name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}
