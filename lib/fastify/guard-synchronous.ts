/**
 * Guards functions of the application that must not return a promise, because Fastify uses their result immediately.
 */
import { types } from 'node:util'
import { expectResult } from '../support/call-safely.js'
import { expectOption } from '../support/expect-option.js'
import { copyFunctionProperties } from './guard-hooks.js'

/** Any function of the application. */
export type Call = (this: unknown, ...args: unknown[]) => unknown

/** Throws if a function is async, because Fastify would use its promise as the result. */
export function expectSynchronous (owner: string, name: string, value: unknown): void {
  expectOption(owner, name, !types.isAsyncFunction(value), 'a function that returns its result, not a promise', value)
}

/**
 * Guards a function whose result Fastify uses immediately. If it returns a promise, the guarded function throws. So the
 * request gets a response, and a rejection does not end the process.
 */
export function guardResult (name: string, call: Call, isActive: () => boolean): Call {
  return copyFunctionProperties(call, function (this: unknown, a, b, c, d) {
    const result = call.call(this, a, b, c, d)
    return result instanceof Promise && isActive() ? expectResult(name, result) : result
  })
}
