/**
 * Guards functions in the options of Fastify whose errors Fastify loses. An async function is rejected at start if Fastify
 * would use its promise as the result.
 */
import { types } from 'node:util'
import type { FastifyServerOptions } from 'fastify'
import { guardSchemaErrorFormatter, guardValidatorCompiler, type Call } from '../fastify/guard-calls.js'
import { callSafely } from '../support/call-safely.js'
import { expectOption } from '../support/expect-option.js'
import { frameworkErrors } from './early-rejections.js'

/** Options whose functions return their result at once. */
const synchronous = ['genReqId', 'rewriteUrl', 'childLoggerFactory', 'querystringParser'] as const

/** An application that was created without the plugin is also guarded. */
const always = (): boolean => true

/**
 * Returns the options that replace those given.
 *
 * @throws TypeError if a function that must be synchronous is an async function
 */
export function guardOptions (given: FastifyServerOptions): FastifyServerOptions {
  for (const name of synchronous) expectSynchronous(name, given[name])
  expectSynchronous('routerOptions.querystringParser', given.routerOptions?.querystringParser)
  const { schemaErrorFormatter, clientErrorHandler, frameworkErrors: ownFrameworkErrors, schemaController } = given
  const factory = schemaController?.compilersFactory
  const buildValidator = factory?.buildValidator
  return {
    ...(schemaErrorFormatter !== undefined && { schemaErrorFormatter: guardSchemaErrorFormatter(schemaErrorFormatter as Call, always) as typeof schemaErrorFormatter }),
    ...(clientErrorHandler !== undefined && {
      clientErrorHandler (error, socket) {
        callSafely(() => clientErrorHandler.call(this, error, socket) as unknown, () => { socket.destroy() })
      }
    }),
    ...(ownFrameworkErrors !== undefined && {
      frameworkErrors (error, request, reply) {
        callSafely(() => ownFrameworkErrors.call(this, error, request, reply) as unknown, () => { if (!reply.sent) frameworkErrors(error, request as never, reply as never) })
      }
    }),
    ...(buildValidator !== undefined && {
      schemaController: { ...schemaController, compilersFactory: { ...factory, buildValidator: guardBuildValidator(buildValidator as Call) as typeof buildValidator } }
    })
  } as FastifyServerOptions
}

function expectSynchronous (option: string, value: unknown): void {
  expectOption('serverOptions', option, !types.isAsyncFunction(value), 'a function that returns its result, not a promise', value)
}

function guardBuildValidator (buildValidator: Call): Call {
  return function (this: unknown, ...args) {
    let compiler: unknown
    try {
      compiler = buildValidator.apply(this, args)
    } catch (thrown) {
      // Fastify starts without a validator if nothing is thrown.
      throw thrown ?? new Error(`buildValidator threw ${String(thrown)}.`)
    }
    return typeof compiler === 'function' ? guardValidatorCompiler(compiler as Call, always) : compiler
  }
}
