import { isApiError, type ApiError } from '../catalog/api-error.js'
import { fastifyTranslator } from './fastify.js'
import { httpErrorsTranslator } from './http-errors.js'
import { mongodbTranslator } from './mongodb.js'
import { mongooseTranslator } from './mongoose.js'
import { mysqlTranslator } from './mysql.js'
import { ormTranslator } from './orm.js'
import { pluginsTranslator } from './plugins.js'
import { postgresTranslator } from './postgres.js'
import { prismaTranslator } from './prisma.js'
import { replyStatusTranslator } from './reply-status.js'
import { sqliteTranslator } from './sqlite.js'
import type { TranslateContext, Translator } from './translator.js'
import { upstreamTranslator } from './upstream.js'
import { validationTranslator } from './validation.js'

/** The built-in translators, in the order in which they are asked: the most specific first. */
export const builtInTranslators: readonly Translator[] = [
  validationTranslator,
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

/**
 * The catalog error for anything that was thrown. What no translator knows is `internal_error`.
 *
 * @param translators asked in order; the first that answers wins
 */
export function translate (thrown: unknown, translators: readonly Translator[], context: TranslateContext): ApiError {
  if (isApiError(thrown)) return thrown
  for (const translator of translators) {
    try {
      const error: unknown = translator.translate(thrown, context)
      if (isApiError(error)) return error
      if (error instanceof Promise) {
        error.catch(() => {})
        throw new TypeError('It returned a promise; it takes an ApiError or undefined.')
      }
    } catch (fault) {
      const cause = new Error(`The translator '${translator.name}' failed.`, { cause: fault })
      return context.errors.internal_error({ cause: new AggregateError([thrown, cause], 'An error could not be translated.') })
    }
  }
  return context.errors.internal_error({ cause: thrown })
}
