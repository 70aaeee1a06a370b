/** Translates errors that have no status, but whose reply was given one before. */
import { codeForStatus } from '../catalog/standard-errors.js'
import type { Translator } from './translator.js'

/** The errors of the language itself. They are mistakes, whatever status the reply has. */
const mistakes: ReadonlySet<string> = new Set(['EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError'])

/**
 * An error after the reply was given the status of an error. @fastify/auth sets one before it passes on what its functions
 * throw, and so does an application that writes `reply.code(404)` and then throws. Libraries such as jose and firebase-admin
 * give such errors a `code`. The message stays in the log, because any library may have written it.
 */
export const replyStatusTranslator: Translator = {
  name: 'reply-status',
  translate (error, { errors, reply }) {
    if (!(error instanceof Error) || mistakes.has(error.name) || isSystemError(error)) return undefined
    const code = codeForStatus(reply.statusCode)
    return code && errors[code]({ cause: error })
  }
}

/** A failure of the operating system, such as EACCES, says nothing about the request. */
function isSystemError (error: Error & { readonly code?: unknown }): boolean {
  return 'syscall' in error || /^E[A-Z0-9]+$/.test(String(error.code))
}
