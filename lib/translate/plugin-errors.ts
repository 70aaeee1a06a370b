/** Translates errors of the official Fastify plugins. */
import { formParserErrors, pluginErrors, type PluginErrorResponse } from './plugin-codes.js'
import type { TranslateContext, Translator } from './translator.js'
import { isObject } from '../support/is-object.js'

/** Translates the errors of the official Fastify plugins. */
export const pluginsTranslator: Translator = {
  name: 'plugins',
  translate (error, context) {
    if (!isObject(error)) return undefined
    const response = typeof error.code === 'string' ? pluginResponses.get(error.code) : createFormResponse(error, context)
    if (response === undefined) return undefined
    const { code, message, headers } = response
    return context.errors[code]({ cause: error, ...(message !== undefined && { message }), ...(headers !== undefined && { headers }) })
  }
}

const pluginResponses: ReadonlyMap<string, PluginErrorResponse> = new Map(
  Object.values(pluginErrors).flatMap(codes => Object.entries(codes))
)

function createFormResponse ({ message }: Readonly<Record<string, unknown>>, { request }: TranslateContext): PluginErrorResponse | undefined {
  if (typeof message !== 'string' || !Object.hasOwn(formParserErrors, message)) return undefined
  return /^multipart\//i.test(request.headers['content-type'] ?? '') ? formParserErrors[message] : undefined
}
