import { codeForStatus } from '../catalog/standard-errors.js'
import type { Translator } from './translator.js'

/** The errors of the language itself: whatever status was set before, these are mistakes. */
const mistakes: ReadonlySet<string> = new Set(['EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError'])

/**
 * A plain `Error` after the reply was given a 4xx: @fastify/auth does so with what its functions fail with, and so does
 * an application that writes `reply.code(404)` and then throws. The message stays in the log, for any library may have
 * written it.
 */
export const replyStatusTranslator: Translator = {
  name: 'reply-status',
  translate (error, { errors, reply }) {
    if (!(error instanceof Error) || mistakes.has(error.name) || 'code' in error) return undefined
    const code = reply.statusCode < 500 ? codeForStatus(reply.statusCode) : undefined
    return code && errors[code]({ cause: error })
  }
}
