/**
 * Guards functions in the options of Fastify whose errors Fastify loses. An async function is rejected at start if Fastify
 * would use its promise as the result.
 */
import type { FastifyServerOptions } from 'fastify'
import { expectSynchronous, guardSchemaErrorFormatter, guardSerializerCompiler, guardValidatorCompiler, type Call } from '../fastify/guard-functions.js'
import { callSafely } from '../support/call-safely.js'
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
  for (const name of synchronous) expectSynchronous('serverOptions', name, given[name])
  expectSynchronous('serverOptions', 'routerOptions.querystringParser', given.routerOptions?.querystringParser)
  for (const [option, constraints] of [['constraints', given.constraints], ['routerOptions.constraints', given.routerOptions?.constraints]] as const) {
    for (const [name, strategy] of Object.entries(constraints ?? {})) expectSynchronous('serverOptions', `${option}.${name}.deriveConstraint`, strategy.deriveConstraint)
  }
  const { schemaErrorFormatter, clientErrorHandler, frameworkErrors: ownFrameworkErrors, schemaController } = given
  const factory = schemaController?.compilersFactory
  const { buildValidator, buildSerializer } = factory ?? {}
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
    ...(factory !== undefined && {
      schemaController: {
        ...schemaController,
        compilersFactory: {
          ...factory,
          ...(buildValidator !== undefined && { buildValidator: guardFactory('buildValidator', buildValidator as Call, guardValidatorCompiler) as typeof buildValidator }),
          ...(buildSerializer !== undefined && { buildSerializer: guardFactory('buildSerializer', buildSerializer as Call, guardSerializerCompiler) as typeof buildSerializer })
        }
      }
    })
  } as FastifyServerOptions
}

/** Guards a function that returns a compiler. */
function guardFactory (name: string, build: Call, guardCompiler: (compiler: Call, isActive: () => boolean) => Call): Call {
  return function (this: unknown, ...args) {
    let compiler: unknown
    try {
      compiler = build.apply(this, args)
    } catch (thrown) {
      // Fastify starts without a compiler if nothing is thrown.
      throw thrown ?? new Error(`${name} threw ${String(thrown)}.`)
    }
    return typeof compiler === 'function' ? guardCompiler(compiler as Call, always) : compiler
  }
}
