/** Converts any thrown value to an error from the catalog. */
import { isApiError, type ApiError } from '../catalog/api-error.js'
import { classValidatorTranslator } from './validation/class-validator.js'
import { fastifyTranslator } from './fastify-errors.js'
import { httpErrorsTranslator } from './http-errors.js'
import { mongodbTranslator } from './databases/mongodb.js'
import { mongooseTranslator } from './databases/mongoose.js'
import { mysqlTranslator } from './databases/mysql.js'
import { ormTranslator } from './databases/orm.js'
import { pluginsTranslator } from './plugin-errors.js'
import { postgresTranslator } from './databases/postgres.js'
import { prismaTranslator } from './databases/prisma.js'
import { isProgrammingMistake } from './programming-mistakes.js'
import { replyStatusTranslator } from './reply-status.js'
import { sqliteTranslator } from './databases/sqlite.js'
import type { TranslateContext, Translator } from './translator.js'
import { handleThrownPromise, ignoreRejection } from '../support/call-safely.js'
import { setStackTraceLimit } from '../support/without-stack.js'
import { upstreamTranslator } from './upstreams/upstream.js'
import { validationTranslator } from './validation/validation.js'

/** The built-in translators, in the order in which they are called: the most specific first. */
export const builtInTranslators: readonly Translator[] = [
  validationTranslator,
  classValidatorTranslator,
  pluginsTranslator,
  fastifyTranslator,
  prismaTranslator,
  postgresTranslator,
  mysqlTranslator,
  sqliteTranslator,
  mongodbTranslator,
  mongooseTranslator,
  ormTranslator,
  upstreamTranslator,
  httpErrorsTranslator,
  replyStatusTranslator
]

const builtIn: ReadonlySet<Translator> = new Set(builtInTranslators)

/**
 * Returns the catalog error for any thrown value. A value that no translator recognizes becomes `internal_error`.
 *
 * The error has its own stack only if a translator of the application created it. For the built-in translators, a stack
 * would add no information to the cause, and capturing it costs more than the rest of the response.
 *
 * @param translators called in order, the built-in translators last; the first returned error is used
 * @param adjust returns the error to use instead of an error that no translator of the application created
 */
export function translate (
  thrown: unknown,
  translators: readonly Translator[],
  context: TranslateContext,
  adjust: (error: ApiError) => ApiError = error => error
): ApiError {
  if (isApiError(thrown)) return thrown
  const { error, isOwn } = findError(thrown, translators, context)
  return isOwn ? error : adjust(error)
}

function findError (
  thrown: unknown,
  translators: readonly Translator[],
  context: TranslateContext
): { readonly error: ApiError, readonly isOwn: boolean } {
  const { stackTraceLimit } = Error
  const isMistake = isProgrammingMistake(thrown)
  try {
    for (const translator of translators) {
      if (builtIn.has(translator)) {
        if (isMistake) continue
        setStackTraceLimit(0)
      }
      try {
        const error: unknown = translator.translate(thrown, context)
        if (isApiError(error)) return { error, isOwn: !builtIn.has(translator) }
        if (error instanceof Promise) {
          ignoreRejection(error)
          throw new TypeError('Expected an ApiError or undefined, got a promise.')
        }
      } catch (fault) {
        const cause = new Error(`The translator '${translator.name}' failed.`, { cause: handleThrownPromise(fault) })
        return {
          error: context.errors.internal_error({
            cause: new AggregateError([thrown, cause], 'An error could not be translated.')
          }),
          isOwn: true
        }
      }
    }
    setStackTraceLimit(0)
    return { error: context.errors.internal_error({ cause: thrown }), isOwn: false }
  } finally {
    setStackTraceLimit(stackTraceLimit)
  }
}
