/**
 * Guards the functions of an application, other than hooks, whose errors Fastify loses: content-type parsers,
 * validators, serializers and error handlers. If such a function throws `null` or `undefined`, Fastify treats it as
 * successful. If it returns a promise and Fastify expects the result immediately, the process ends as soon as the
 * promise is rejected.
 */
import { types } from 'node:util'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { ignoreRejection, isPromiseLike } from '../support/call-safely.js'
import { isApiError } from '../catalog/api-error.js'
import { getResponseCodes } from '../catalog/response-codes.js'
import { describeValue } from '../support/describe-value.js'
import { isObject } from '../support/is-object.js'
import { getDecorator } from './internals.js'
import { guardConstraint } from './guard-constraints.js'
import { guardNotFoundHooks, copyFunctionProperties, getOriginalFunction, isGuarding } from './guard-hooks.js'
import { expectSynchronous, guardResult, type Call } from './guard-synchronous.js'
import { checkReturned, findError, guardDone, isError, type Done } from './returned-errors.js'
import type { Routes } from './routes.js'
import { scopesAround } from './scopes.js'

type Setter = (this: FastifyInstance, ...args: unknown[]) => FastifyInstance

/** The scopes whose setters were replaced. Nested scopes inherit them. */
const replaced = new WeakSet<object>()

/** Guards the functions that are set on a scope and on its nested scopes from now on, once the plugin is registered. */
export function trackFunctions (app: FastifyInstance): void {
  if ([...scopesAround(app)].some(scope => replaced.has(scope))) return
  replaced.add(app)
  const isActive = (): boolean => isGuarding(app)
  const wrap = (guard: (call: Call, isActive: () => boolean) => Call) => (value: unknown): unknown =>
    typeof value === 'function' ? guard(value as Call, isActive) : value
  replaceSetter(
    app,
    'addContentTypeParser',
    args =>
      args.map(value =>
        value === app.defaultTextParser
          ? value
          : wrap((parser, isActive) => guardCallback('content-type parser', parser, isActive))(value)
      )
  )
  trackErrorHandlers(app, wrap(guardErrorHandler))
  replaceSetter(app, 'setValidatorCompiler', args => args.map(wrap(guardValidatorCompiler)))
  replaceSetter(app, 'setSchemaErrorFormatter', args => args.map(wrap(guardSchemaErrorFormatter)))
  replaceSetter(app, 'setReplySerializer', args => args.map(wrap(guardSerializer)))
  replaceSetter(app, 'setSerializerCompiler', args => args.map(wrap(guardSerializerCompiler)))
  for (const name of ['setGenReqId', 'setChildLoggerFactory'] as const) {
    const guard = wrap(call => guardResult(name, call, isActive))
    replaceSetter(app, name, ([call, ...args]) => {
      if (isActive()) expectSynchronous(owner, name, call)
      return [guard(call), ...args]
    })
  }
  replaceSetter(app, 'addConstraintStrategy', ([strategy, ...args]) => {
    const { name } = (strategy ?? {}) as { readonly name?: unknown }
    return [guardConstraint(owner, `deriveConstraint of the constraint '${String(name)}'`, strategy, isActive), ...args]
  })
  replaceSetter(app, 'setNotFoundHandler', ([options, ...args]) => [guardNotFoundHooks(app, options), ...args])
}

const owner = 'fastify-api-errors'

function replaceSetter (
  app: FastifyInstance,
  name: keyof FastifyInstance,
  guardArguments: (args: unknown[]) => unknown[]
): void {
  const set = app[name] as unknown as Setter
  Object.assign(app, {
    [name]: function (this: FastifyInstance, ...args: unknown[]) {
      return set.apply(this, guardArguments(args))
    }
  })
}

/** Serializers of this package. They are not guarded, because a guard would make errors slower. */
const internalSerializers = new WeakSet<object>()

/** Marks a serializer of this package. */
export function markSerializer<T extends object> (serialize: T): T {
  internalSerializers.add(serialize)
  return serialize
}

/** Guards the serializers that `reply.serializer()` sets on the replies of a scope. */
export function guardReplySerializers (scope: FastifyInstance): void {
  type SetSerializer = (this: FastifyReply, serialize: unknown) => FastifyReply
  const set = getDecorator(scope, 'reply', 'serializer') as SetSerializer
  const guard: SetSerializer = function (serialize) {
    return set.call(
      this,
      typeof serialize !== 'function' || internalSerializers.has(serialize)
        ? serialize
        : guardSerializer(serialize as Call, () => true)
    )
  }
  scope.decorateReply('serializer', guard as FastifyReply['serializer'])
}

/** The function behind each error handler that Fastify has, which is a bound copy. */
const setHandlers = new WeakMap<object, object>()

/** The error handler that receives the errors that another error handler throws. */
const nextHandlers = new WeakMap<object, object>()

/**
 * Returns the application's original error handler for a handler that Fastify has; the handler itself if it was set
 * before this plugin.
 */
export function getOriginalErrorHandler (handler: object): object {
  const original = setHandlers.get(handler) ?? getOriginalFunction(handler)
  return original === handler ? handler : getOriginalErrorHandler(original)
}

/**
 * Returns the error handler that receives the errors that the handler of a scope throws; `undefined` if it was set
 * before this plugin.
 */
export function getOuterErrorHandler (handler: object): object | undefined {
  return nextHandlers.get(handler)
}

function trackErrorHandlers (app: FastifyInstance, guard: (handler: unknown) => unknown): void {
  const set = app.setErrorHandler as unknown as Setter
  Object.assign(app, {
    setErrorHandler (this: FastifyInstance, handler: unknown) {
      const next = this.errorHandler
      const guarded = guard(handler)
      set.call(this, guarded)
      setHandlers.set(this.errorHandler, guarded as object)
      nextHandlers.set(this.errorHandler, next)
      return this
    }
  })
}

/** Guards the functions in the options of routes. */
export function guardRouteFunctions (app: FastifyInstance, routes: Routes): void {
  const isActive = (): boolean => isGuarding(app)
  routes.forEach(route => {
    const { childLoggerFactory, errorHandler, validatorCompiler, serializerCompiler, schemaErrorFormatter } =
      route as unknown as Readonly<Record<string, unknown>>
    if (typeof childLoggerFactory === 'function') {
      Object.assign(route, {
        childLoggerFactory: guardResult('childLoggerFactory', childLoggerFactory as Call, isActive)
      })
    }
    if (typeof errorHandler === 'function') {
      Object.assign(route, { errorHandler: guardErrorHandler(errorHandler as Call, isActive) })
    }
    if (typeof validatorCompiler === 'function') {
      Object.assign(route, { validatorCompiler: guardValidatorCompiler(validatorCompiler as Call, isActive) })
    }
    if (typeof serializerCompiler === 'function') {
      Object.assign(route, { serializerCompiler: guardSerializerCompiler(serializerCompiler as Call, isActive) })
    }
    if (typeof schemaErrorFormatter === 'function') {
      Object.assign(route, { schemaErrorFormatter: guardSchemaErrorFormatter(schemaErrorFormatter as Call, isActive) })
    }
  })
}

/** Returns an error that describes a thrown value. */
export function describeThrown (what: string, call: Call, thrown: unknown): Error {
  return new Error(`The ${what} '${call.name}' threw ${describeValue(thrown)}.`, { cause: thrown })
}

/** Returns the error that a function threw. Any other thrown value becomes an error. */
function completeThrown (what: string, call: Call, thrown: unknown): unknown {
  if (isError(thrown)) return thrown
  ignoreRejection(thrown)
  return describeThrown(what, call, thrown)
}

function guardErrorHandler (handler: Call, isActive: () => boolean): Call {
  return copyFunctionProperties(handler, function (this: unknown, ...args) {
    try {
      return handler.apply(this, args)
    } catch (thrown) {
      // If the thrown value is not an error, Fastify sends it with the status 200.
      throw isActive() ? completeThrown('error handler', handler, thrown) : thrown
    }
  })
}

/**
 * Guards a function with two arguments and an optional callback whose error would be lost if it is returned, or is
 * `undefined` or another falsy value.
 */
export function guardCallback (what: string, call: Call, isActive: () => boolean): Call {
  const fail = (thrown: unknown): never => {
    throw thrown || describeThrown(what, call, thrown)
  }
  return copyFunctionProperties(call, function (this: unknown, a, b, done) {
    if (!isActive()) return call.call(this, a, b, done)
    let result: unknown
    try {
      result = call.call(this, a, b, typeof done === 'function' ? guardDone(done as Done) : done)
    } catch (thrown) {
      fail(thrown)
    }
    return checkReturned(isPromiseLike(result) ? Promise.resolve(result).catch(fail) : result)
  })
}

/**
 * Guards a validator compiler. If it returned a promise or an error, Fastify would not validate the bodies of the
 * route.
 *
 * @throws TypeError when Fastify compiles a schema, if the compiler returns an object
 */
export function guardValidatorCompiler (compiler: Call, isActive: () => boolean): Call {
  return guardCompiler('validator compiler', compiler, guardValidator, isActive)
}

/**
 * Guards a serializer compiler. It does not receive the schemas of `responses()`, because the compilers of zod accept
 * only schemas of zod.
 *
 * @throws TypeError when Fastify compiles a schema, if the compiler returns an object
 */
export function guardSerializerCompiler (compiler: Call, isActive: () => boolean): Call {
  const compile = guardCompiler('serializer compiler', compiler, guardSerializer, isActive)
  return copyFunctionProperties(compiler, function (this: unknown, route, ...args) {
    return getResponseCodes((route as { readonly schema?: unknown } | undefined)?.schema).length > 0
      ? JSON.stringify
      : compile.call(this, route, ...args)
  })
}

function guardCompiler (
  what: string,
  compiler: Call,
  guardCompiled: (call: Call, isActive: () => boolean) => Call,
  isActive: () => boolean
): Call {
  return copyFunctionProperties(compiler, function (this: unknown, ...args) {
    const compiled = compiler.apply(this, args)
    if (typeof compiled === 'function') return guardCompiled(compiled as Call, isActive)
    if (isActive()) rejectObject(what, compiler, compiled)
    return compiled
  })
}

function rejectObject (what: string, compiler: Call, value: unknown): void {
  ignoreRejection(value)
  if (isObject(value)) {
    throw new TypeError(`The ${what} '${compiler.name}': expected a function, got ${describeValue(value)}.`)
  }
}

/** Guards a serializer. The guard runs for every response, so it only checks the type of the result. */
function guardSerializer (serialize: Call, isActive: () => boolean): Call {
  return function (this: unknown, a, b) {
    const text = serialize.call(this, a, b)
    if (!types.isPromise(text) || !isActive()) return text
    ignoreRejection(text)
    throw new TypeError(`The serializer '${serialize.name}': expected a string or a buffer, got a promise.`)
  }
}

/**
 * Guards a schema error formatter. If it returned a promise, Fastify would treat the promise as the result of the
 * validator. Fastify treats a promise without an error as a success.
 */
export function guardSchemaErrorFormatter (formatter: Call, isActive: () => boolean): Call {
  return copyFunctionProperties(formatter, function (this: unknown, ...args) {
    let result: unknown
    try {
      result = formatter.apply(this, args)
    } catch (thrown) {
      if (!isActive()) throw thrown
      return createFormatterError(completeThrown('schema error formatter', formatter, thrown))
    }
    if (!isActive() || isError(result)) return result
    ignoreRejection(result)
    return new Error(`The schema error formatter '${formatter.name}' returned no error.`)
  })
}

/** A property that Fastify cannot set. */
const ignored: PropertyDescriptor = { get: () => undefined, set () {} }

/**
 * Returns an error for Fastify to return instead of the one that a formatter threw. After an async hook, Fastify would
 * not catch a thrown error, and the request would hang. Fastify adds the report of the validator to a returned error,
 * which would make it an invalid request.
 */
function createFormatterError (cause: unknown): Error {
  if (isApiError(cause) && Object.isExtensible(cause)) {
    return Object.defineProperties(cause, { validation: ignored, validationContext: ignored })
  }
  const status = isObject(cause) && typeof cause.statusCode === 'number' ? cause.statusCode : 500
  const error = new Error(status < 500 ? (cause as Error).message : 'The schema error formatter failed.', { cause })
  return Object.defineProperties(Object.assign(error, { statusCode: status }), {
    validation: ignored,
    validationContext: ignored
  })
}

/**
 * Guards a validator. If the validator itself fails, the error has the status 500, so that it is not an invalid
 * request. If the validator returns false and has no `errors`, Fastify would accept the request.
 */
function guardValidator (validate: Call, isActive: () => boolean): Call {
  return copyFunctionProperties(validate, function (this: unknown, ...args) {
    let result: unknown
    try {
      result = validate.apply(this, args)
    } catch (thrown) {
      throw isActive() && !Array.isArray(thrown) ? createFailure(validate, thrown) : thrown
    }
    if (!isActive()) return result
    const reported = isObject(result) ? result.error : undefined
    const error = findError(result) ?? findError(reported)
    if (error !== undefined) return { error: checkReport(validate, error) }
    const issues = findIssues(result, args[0])
    if (issues !== undefined) return { error: issues }
    if (result === false && !hasErrors(validate)) return { error: createFalseError(validate) }
    if (isPromiseLike(reported)) {
      ignoreRejection(reported)
      return { error: new TypeError(`The validator '${validate.name}': expected an error, got a promise.`) }
    }
    return isPromiseLike(result) ? completeRejection(validate, result, args[0]) : result
  })
}

/**
 * Returns the issues in a result of Standard Schema, ArkType or Valibot's `safeParse`. Fastify reads only `error` and
 * `value` of a result, so it would accept the request. A validator may also return the received value itself.
 */
function findIssues (result: unknown, value: unknown): unknown {
  if (!isObject(result) || result === value) return undefined
  const { issues } = result
  return Array.isArray(issues) && issues.length > 0 &&
      issues.every(issue => isObject(issue) && typeof issue.message === 'string')
    ? issues
    : undefined
}

function hasErrors (validate: Call & { readonly errors?: unknown }): boolean {
  return Boolean(validate.errors)
}

function createFalseError ({ name }: Call): Error {
  return new Error(`The validator '${name}' returned false without errors.`)
}

async function completeRejection (validate: Call, result: PromiseLike<unknown>, value: unknown): Promise<unknown> {
  let checked: unknown
  try {
    checked = await result
  } catch (thrown) {
    throw isReport(thrown) ? thrown : createFailure(validate, thrown)
  }
  // Fastify ignores the error of a promise, because the result can be the body. A body is a plain object, whose `error`
  // is not an Error.
  const error = findError(checked) ?? (isObject(checked) ? findError(checked.error) : undefined)
  if (error !== undefined) throw checkReport(validate, error)
  const issues = findIssues(checked, value)
  if (issues !== undefined) throw issues
  if (checked === false && !hasErrors(validate)) throw createFalseError(validate)
  return checked
}

/** The properties in which validators list what is invalid: of Ajv and yup, of zod and Valibot, of Joi. */
const reportLists = ['validation', 'errors', 'issues', 'details']

/** Returns whether an error says that the request is invalid: it has a status, or a list of what is invalid. */
export function isReport (value: unknown): boolean {
  if (Array.isArray(value) || isApiError(value)) return true
  if (!isObject(value)) return false
  return typeof value.statusCode === 'number' ||
    (!(value instanceof AggregateError) &&
      (reportLists.some(name => Array.isArray(value[name])) || typeof value.failures === 'function'))
}

/**
 * Returns the error of a validator. An error with a code, such as one of a database, does not say what is invalid.
 * Fastify would give it the status 400, and its message would be sent.
 */
function checkReport (validate: Call, error: unknown): unknown {
  return (error as { readonly code?: unknown }).code === undefined || isReport(error)
    ? error
    : createFailure(validate, error)
}

/**
 * Returns the error for a validator that failed, with the status 500. Fastify sets properties on it, so it must be
 * writable.
 */
export function createFailure (validate: Call, thrown: unknown): unknown {
  if (isApiError(thrown)) return thrown
  ignoreRejection(thrown)
  try {
    if (isError(thrown)) {
      return Object.assign(thrown as object, { statusCode: 500, code: (thrown as { readonly code?: unknown }).code })
    }
  } catch {} // such as a frozen error, or the `code` of a DOMException
  return Object.assign(describeThrown('validator', validate, thrown), { statusCode: 500 })
}
