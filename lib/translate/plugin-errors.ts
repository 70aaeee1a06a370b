/** Translates errors of the official Fastify plugins. */
import { errorsWithoutCode, formParserErrors, pluginErrors, type PluginErrorResponse } from './plugin-codes.js'
import type { TranslateContext, Translator } from './translator.js'
import { isObject } from '../support/is-object.js'

/** Translates the errors of the official Fastify plugins. */
export const pluginsTranslator: Translator = {
  name: 'plugins',
  translate (error, context) {
    if (!isObject(error)) return undefined
    const known = typeof error.code === 'string' ? pluginResponses.get(error.code) : undefined
    const response = known ?? findResponseByMessage(error) ?? createFormResponse(error, context)
    if (response === undefined) return undefined
    const { code, message, headers } = response
    return context.errors[code]({
      cause: error,
      ...(message !== undefined && { message }),
      ...(headers !== undefined && { headers })
    })
  }
}

const pluginResponses: ReadonlyMap<string, PluginErrorResponse> = new Map(
  Object.values(pluginErrors).flatMap(codes => Object.entries(codes))
)

function createFormResponse (
  { message }: Readonly<Record<string, unknown>>,
  { request }: TranslateContext
): PluginErrorResponse | undefined {
  if (typeof message !== 'string' || !Object.hasOwn(formParserErrors, message)) return undefined
  return /^multipart\//i.test(request.headers['content-type'] ?? '') ? formParserErrors[message] : undefined
}

/** The responses to errors without a code, by message. */
const responsesByMessage = new Map(
  Object.entries(errorsWithoutCode).flatMap(([plugin, responses]) =>
    Object.entries(responses).map(([message, response]) => [message, { plugin, response }] as const)
  )
)

/**
 * Returns the response to an error that the code of a plugin created, by its message. An application can throw an error
 * with the same message, so the stack must begin in the plugin. Reading a stack is expensive, so only these errors are
 * examined.
 */
function findResponseByMessage (error: Readonly<Record<string, unknown>>): PluginErrorResponse | undefined {
  const found = typeof error.message === 'string' ? responsesByMessage.get(error.message) : undefined
  if (found === undefined || typeof error.stack !== 'string') return undefined
  const frame = /^ +at .*$/m.exec(error.stack)?.[0].replaceAll('\\', '/')
  return frame?.includes(`/${found.plugin}/`) === true ? found.response : undefined
}
