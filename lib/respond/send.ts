import { STATUS_CODES } from 'node:http'
import { types } from 'node:util'
import type { FastifyReply } from 'fastify'

/** An answer that is ready to be sent. */
export interface PreparedAnswer {
  readonly status: number
  /** All headers but the length, names in lower case. */
  readonly headers: Readonly<Record<string, unknown>>
  readonly payload: string
}

/** The answers that are on their way through the `onSend` hooks. */
const underway = new WeakMap<FastifyReply, (fault: unknown) => void>()

/** Whether an answer of ours is on its way, or out. */
export function isAnswered (reply: FastifyReply): boolean {
  return underway.has(reply)
}

/**
 * Hands an answer to Fastify, so that `onSend` hooks (CORS, compression) see it. For HEAD, Fastify and Node leave the
 * body out.
 *
 * Where a hook fails on it, Fastify goes on to its default error handler, which would send the hook's message: the
 * answer is then sent as it was, without the hooks.
 *
 * @param onFault called with what a hook threw
 */
export function sendAnswer (reply: FastifyReply, answer: PreparedAnswer, onFault: (fault: unknown) => void): void {
  const { send } = reply
  const finish = (fault: unknown): void => {
    ignoreRejection(fault)
    onFault(fault)
    sendRaw(reply, answer)
  }
  underway.set(reply, finish)
  reply.send = fault => {
    if (reply.sent) return send.call(reply, fault) // Fastify says that it comes too late
    finish(fault)
    return reply
  }
  try {
    // With a serializer set, Fastify leaves the content type of a text as it is; else it appends a charset to problem+json.
    reply.serializer(String)
    send.call(reply, answer.payload)
  } catch (fault) {
    finish(fault)
  }
}

/** Sends the answer that is already on its way, in place of one to a second error. */
export function finishAnswer (reply: FastifyReply, fault: unknown): void {
  underway.get(reply)?.(fault)
}

function sendRaw (reply: FastifyReply, { status, headers, payload }: PreparedAnswer): void {
  if (reply.raw.headersSent) return breakOff(reply)
  reply.hijack()
  // A reason that a handler set may be what could not be sent; HTTP/2 has none.
  if (reply.request.raw.httpVersionMajor === 1) reply.raw.statusMessage = STATUS_CODES[status] as string
  reply.raw.writeHead(status, { ...headers as Record<string, string>, 'content-length': String(Buffer.byteLength(payload)) })
  reply.raw.end(payload)
}

/** A rejected promise that is thrown is awaited by nobody, and its rejection would end the process. */
export function ignoreRejection (thrown: unknown): void {
  if (!types.isPromise(thrown)) return
  try {
    Promise.prototype.then.call(thrown, undefined, () => {})
  } catch {} // a promise whose constructor throws: it was made to do harm
}

/** A part of an answer is out: only an aborted connection says that it is not whole. */
export function breakOff (reply: FastifyReply): void {
  reply.hijack()
  // Without an error, a stream of HTTP/2 ends as if it were whole.
  reply.raw.destroy(new Error('The answer broke off.'))
}
