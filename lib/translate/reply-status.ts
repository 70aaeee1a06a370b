/** Translates errors that have no status themselves, but whose reply has one. */
import { codeForStatus } from '../catalog/standard-errors.js'
import { mistakeNames } from './programming-mistakes.js'
import type { Translator } from './translator.js'

/**
 * Translates an error whose reply already has an error status. @fastify/auth sets one before it passes on the errors of
 * its functions. An application may call `reply.code(404)` and then throw. Libraries such as jose and firebase-admin
 * set a `code` on such errors. The message is only logged, because any library may have written it.
 */
export const replyStatusTranslator: Translator = {
  name: 'reply-status',
  translate (error, { errors, reply }) {
    if (!(error instanceof Error) || mistakeNames.has(error.name) || isSystemError(error)) return undefined
    const code = codeForStatus(reply.statusCode)
    return code && errors[code]({ cause: error })
  }
}

/** Returns whether an error is a system error, such as EACCES. The request does not cause such errors. */
function isSystemError (error: Error & { readonly code?: unknown }): boolean {
  return 'syscall' in error || /^E[A-Z0-9]+$/.test(String(error.code))
}
