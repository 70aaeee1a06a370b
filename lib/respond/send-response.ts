import { STATUS_CODES } from 'node:http'
import { types } from 'node:util'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** An answer that is ready to be sent. */
export interface PreparedAnswer {
  readonly status: number
  /** All headers but the length, names in lower case. */
  readonly headers: Readonly<Record<string, unknown>>
  readonly payload: string
}

/** Called with what a hook threw on an answer. */
export type OnFault = (fault: unknown, request: FastifyRequest) => void

/** An answer on its way through the `onSend` hooks. */
interface Underway {
  readonly answer: PreparedAnswer
  readonly onFault: OnFault
  readonly send: FastifyReply['send']
}

const underway: unique symbol = Symbol('fastify-api-errors.underway')

/**
 * What is kept of an answer is kept on its reply, and what intercepts is one function for all: with a WeakMap of replies,
 * and with a function made for each reply, the garbage collector had more to do than all the rest of an answer.
 */
type AnsweredReply = FastifyReply & { [underway]?: Underway }

/** Whether an answer of ours is on its way, or out. */
export function isAnswered (reply: AnsweredReply): boolean {
  return reply[underway] !== undefined
}

/**
 * Hands an answer to Fastify, so that `onSend` hooks (CORS, compression) see it. For HEAD, Fastify and Node leave the
 * body out.
 *
 * Where a hook fails on it, Fastify goes on to its default error handler, which would send the hook's message: the
 * answer is then sent as it was, without the hooks.
 */
export function sendAnswer (reply: AnsweredReply, answer: PreparedAnswer, onFault: OnFault): void {
  const { send } = reply
  reply[underway] = { answer, onFault, send }
  reply.send = sendFault
  try {
    // With a serializer set, Fastify leaves the content type of a text as it is; else it appends a charset to problem+json.
    reply.serializer(String)
    send.call(reply, answer.payload)
  } catch (fault) {
    finishAnswer(reply, fault)
  }
}

/** Stands in for `reply.send` while an answer is underway: what is sent then is what a hook threw. */
function sendFault (this: AnsweredReply, fault?: unknown): FastifyReply {
  const { send } = this[underway] as Underway
  if (this.sent) return send.call(this, fault) // Fastify says that it comes too late
  finishAnswer(this, fault)
  return this
}

/** Sends the answer that is already on its way, in place of one to a second error. */
export function finishAnswer (reply: AnsweredReply, fault: unknown): void {
  const { answer, onFault } = reply[underway] as Underway
  ignoreRejection(fault)
  onFault(fault, reply.request)
  sendRaw(reply, answer)
}

function sendRaw (reply: FastifyReply, { status, headers, payload }: PreparedAnswer): void {
  if (reply.raw.headersSent) return abortResponse(reply)
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
export function abortResponse (reply: FastifyReply): void {
  reply.hijack()
  // Without an error, a stream of HTTP/2 ends as if it were whole.
  reply.raw.destroy(new Error('The answer broke off.'))
}
