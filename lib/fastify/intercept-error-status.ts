/** Intercepts payloads that are sent with an error status. Other replies are not changed. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import { nameSend } from './reply-internals.js'

/** Sends a payload in another way. Returns false if Fastify should send it. */
export type SendInstead = (reply: FastifyReply, payload: unknown) => boolean

type Code = (this: FastifyReply, status: number) => FastifyReply

type Send = (this: FastifyReply, payload?: unknown) => FastifyReply

/** The `send` functions that were set on replies because of their status. */
const interceptors = new WeakSet<object>()

/**
 * Calls a function with each payload that the replies of a scope and its nested scopes send with a status of 400 or
 * more. `reply.code()`, `reply.status()` and `reply.statusCode` can all set the status. A `send` that other code sets
 * on a reply is kept.
 */
export function interceptErrorStatus (scope: FastifyInstance, sendInstead: SendInstead): void {
  const send = nameSend<Send>(function (payload) {
    if (this.statusCode >= 400 && sendInstead(this, payload)) return this
    return getPrototypeSend(this).call(this, payload)
  })
  interceptors.add(send)
  let setCode: Code | undefined
  const code: Code = function (status) {
    setCode ??= findInherited(this, code)
    setCode.call(this, status)
    if (status >= 400 && (!Object.hasOwn(this, 'send') || interceptors.has(this.send))) {
      this.send = send as FastifyReply['send']
    }
    return this
  }
  scope.decorateReply('code', code as FastifyReply['code'])
  scope.decorateReply('status', code as FastifyReply['status'])
}

function getPrototypeSend (reply: FastifyReply): Send {
  return (Object.getPrototypeOf(reply) as { readonly send: Send }).send
}

/** Returns the `code` function that a reply would have without the functions above. */
function findInherited (reply: FastifyReply, code: Code): Code {
  let at = reply as { readonly code: Code }
  while (!Object.hasOwn(at, 'code') || at.code !== code) at = Object.getPrototypeOf(at)
  return (Object.getPrototypeOf(at) as { readonly code: Code }).code
}
