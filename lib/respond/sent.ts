import type { FastifyReply, FastifySchema, onSendHookHandler } from 'fastify'
import { standardCode } from '../catalog/standard-errors.js'
import type { Responder } from './responder.js'
import { isAnswered } from './send.js'

/**
 * The `onSend` hook of `sent: 'convert'`: an error that was sent, not thrown (`reply.code(404).send({ message })`), takes
 * the shape of the contract. A status that the route declares a schema for, and what is neither JSON nor plain text
 * (a page, a stream), goes out as it is.
 */
export function createConverter (responder: Responder): onSendHookHandler {
  const { errors } = responder.settings
  return (request, reply, payload, done) => {
    const code = standardCode(reply.statusCode)
    if (code === undefined || isAnswered(reply) || declares(request.routeOptions.schema, reply.statusCode)) return done(null, payload)
    const text = textOf(payload, reply)
    if (text === undefined) return done(null, payload)
    const message = messageOf(text)
    const error = errors[code]({ ...(message !== undefined && { message }), ...(text !== '' && { cause: text }) })
    done(null, responder.prepare(error, request, reply).payload)
  }
}

/** Whether a route has a schema for a status: by its number, by its class, or for all (Fastify's own order). */
function declares (schema: FastifySchema | undefined, status: number): boolean {
  const declared = Object.keys(schema?.response ?? {}).map(key => key.toLowerCase())
  return [String(status), `${String(status).charAt(0)}xx`, 'default'].some(key => declared.includes(key))
}

/** A body that a message can be read from; `undefined` for any other. */
function textOf (payload: unknown, reply: FastifyReply): string | undefined {
  if (payload === undefined || payload === null) return ''
  const isText = /^(text\/plain|application\/([\w.-]+\+)?json)\b/i.test(String(reply.getHeader('content-type')))
  return isText && (typeof payload === 'string' || Buffer.isBuffer(payload)) ? String(payload) : undefined
}

function messageOf (text: string): string | undefined {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    body = text
  }
  const message: unknown = typeof body === 'object' && body !== null ? (body as { readonly message?: unknown }).message : body
  return typeof message === 'string' && message !== '' ? message : undefined
}
