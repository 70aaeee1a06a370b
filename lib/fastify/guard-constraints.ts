/**
 * Guards the constraint strategies of an application. Fastify uses their results immediately, so a promise is an error.
 */
import { types } from 'node:util'
import { isObject } from '../support/is-object.js'
import { expectSynchronous, guardResult, type Call } from './guard-synchronous.js'
import { copyFunctionProperties } from './guard-hooks.js'

/** Route handlers by constraint value. */
interface Store {
  readonly get: Call
  readonly set: Call
}

/** A constraint strategy of Fastify's router. */
interface Strategy {
  readonly name: string
  readonly mustMatchWhenDerived?: unknown
  readonly storage: () => Store
  readonly validate?: Call
  readonly deriveConstraint: Call
}

/**
 * Returns a strategy whose functions are guarded. A value that is not a strategy is returned unchanged, because Fastify
 * rejects it.
 *
 * @throws TypeError if `deriveConstraint` is an async function
 */
export function guardConstraint (owner: string, path: string, value: unknown, isActive: () => boolean): unknown {
  if (isObject(value) && isActive()) expectSynchronous(owner, path, value.deriveConstraint)
  if (!isStrategy(value)) return value
  const { name, mustMatchWhenDerived } = value
  const derive = value.deriveConstraint.bind(value)
  const storage = (): Store => {
    const store = value.storage()
    return { get: guardResult(`${path}: storage.get`, store.get.bind(store), isActive), set: store.set.bind(store) }
  }
  return {
    name,
    mustMatchWhenDerived,
    storage,
    ...(value.validate !== undefined && { validate: value.validate.bind(value) }),
    deriveConstraint: copyFunctionProperties(
      value.deriveConstraint,
      value.deriveConstraint.length < 3 ? guardResult(path, derive, isActive) : guardDone(derive, isActive)
    )
  }
}

function isStrategy (value: unknown): value is Strategy {
  return isObject(value) && typeof value.storage === 'function' && typeof value.deriveConstraint === 'function'
}

/**
 * Guards a function that passes its result to a callback. If it also returns a promise that is rejected, the callback
 * receives the error. Fastify's router compares the error with `null`. It would treat `done(undefined, value)` as
 * failed, and would not respond.
 */
function guardDone (derive: Call, isActive: () => boolean): Call {
  return (request, context, done) => {
    let isDone = false
    const callDone = (error?: unknown, ...value: unknown[]): void => {
      if (isDone && isActive()) return
      isDone = true
      ;(done as Call)(isActive() ? error ?? null : error, ...value)
    }
    const result = derive(request, context, callDone)
    if (!isActive() || !types.isPromise(result)) return
    result.then(
      undefined,
      (reason: unknown) => callDone(reason ?? new Error(`A constraint was rejected with ${String(reason)}.`))
    )
  }
}
