/**
 * Guards functions in the options of Fastify whose errors Fastify loses. An async function is rejected at startup if
 * Fastify would use its promise as the result.
 */
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import {
  guardSchemaErrorFormatter,
  guardSerializerCompiler,
  guardValidatorCompiler
} from '../fastify/guard-functions.js'
import { guardConstraint } from '../fastify/guard-constraints.js'
import { expectSynchronous, guardResult, type Call } from '../fastify/guard-synchronous.js'
import { checkReturned } from '../fastify/returned-errors.js'
import { callSafely } from '../support/call-safely.js'
import { frameworkErrors } from './early-rejections.js'
import { clientErrorHandler as respondToClientError } from './malformed-http.js'

/** Options whose functions must not return a promise. */
const synchronous = [
  'genReqId',
  'rewriteUrl',
  'childLoggerFactory',
  'querystringParser',
  'disableRequestLogging'
] as const

const owner = 'serverOptions'

/** The guards are always active, even in an application without the plugin. */
const always = (): boolean => true

/**
 * Returns the options with guarded functions, to replace the given ones.
 *
 * @throws TypeError if a function that must be synchronous is an async function
 */
export function guardOptions (given: FastifyServerOptions): FastifyServerOptions {
  const { constraints, routerOptions, schemaErrorFormatter, clientErrorHandler, schemaController } = given
  return {
    ...guardResults(given, synchronous, ''),
    ...(constraints !== undefined && { constraints: guardConstraints(constraints, 'constraints') }),
    ...(routerOptions !== undefined && {
      routerOptions: {
        ...routerOptions,
        ...guardResults(routerOptions, ['querystringParser'], 'routerOptions.'),
        ...(routerOptions.constraints !== undefined &&
          { constraints: guardConstraints(routerOptions.constraints, 'routerOptions.constraints') })
      }
    }),
    ...(schemaErrorFormatter !== undefined &&
      { schemaErrorFormatter: guardSchemaErrorFormatter(schemaErrorFormatter as Call, always) }),
    ...(clientErrorHandler !== undefined && { clientErrorHandler: guardClientErrorHandler(clientErrorHandler) }),
    ...(given.frameworkErrors !== undefined && { frameworkErrors: guardFrameworkErrors(given.frameworkErrors) }),
    ...(schemaController?.compilersFactory !== undefined && {
      schemaController: { ...schemaController, compilersFactory: guardFactories(schemaController.compilersFactory) }
    })
  } as FastifyServerOptions
}

function guardClientErrorHandler (
  clientErrorHandler: NonNullable<FastifyServerOptions['clientErrorHandler']>
): typeof clientErrorHandler {
  const guarded: typeof clientErrorHandler = function (this: FastifyInstance, error, socket) {
    const { bytesWritten } = socket
    callSafely(() => clientErrorHandler.call(this, error, socket) as unknown, () => {
      // A second response after a part of the first one would be read as its body.
      if (socket.bytesWritten === bytesWritten) {
        respondToClientError.call(this, error as Error, socket)
      } else socket.destroy()
    })
  }
  return guarded
}

function guardFrameworkErrors (
  ownFrameworkErrors: NonNullable<FastifyServerOptions['frameworkErrors']>
): typeof ownFrameworkErrors {
  const guarded: typeof ownFrameworkErrors = function (this: FastifyInstance, error, request, reply) {
    callSafely(() => checkReturned(ownFrameworkErrors.call(this, error, request, reply)), () => {
      if (!reply.sent) frameworkErrors(error, request as never, reply as never)
    })
  }
  return guarded
}

type Factories = NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>

function guardFactories (factories: Factories): object {
  const { buildValidator, buildSerializer } = factories
  return {
    ...factories,
    ...(buildValidator !== undefined &&
      { buildValidator: guardFactory('buildValidator', buildValidator as Call, guardValidatorCompiler) }),
    ...(buildSerializer !== undefined &&
      { buildSerializer: guardFactory('buildSerializer', buildSerializer as Call, guardSerializerCompiler) })
  }
}

/** Returns the guarded functions among the options with some names. */
function guardResults (options: object, names: readonly string[], prefix: string): object {
  const calls = Object.entries(options).filter((entry): entry is [string, Call] =>
    names.includes(entry[0]) && typeof entry[1] === 'function'
  )
  return Object.fromEntries(calls.map(([name, call]) => {
    expectSynchronous(owner, prefix + name, call)
    return [name, guardResult(prefix + name, call, always)]
  }))
}

function guardConstraints (strategies: Readonly<Record<string, unknown>>, path: string): object {
  return Object.fromEntries(
    Object.entries(strategies).map(([name, strategy]) => [name, guardConstraint(owner, `${path}.${name}.deriveConstraint`, strategy, always)])
  )
}

/** Guards a function that returns a compiler. */
function guardFactory (
  name: string,
  build: Call,
  guardCompiler: (compiler: Call, isActive: () => boolean) => Call
): Call {
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
