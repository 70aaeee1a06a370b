/**
 * Converts an error that a handler sends, as in `reply.code(404).send({ message })`, to the format of the API if its
 * body is only a message. No hook is needed, because only replies with an error status are checked.
 */
import { types } from 'node:util'
import type { FastifyReply } from 'fastify'
import { codeForStatus } from '../catalog/standard-errors.js'
import { declaresStatus } from '../fastify/declared-statuses.js'
import { isWebResponse } from '../fastify/guard-streams.js'
import type { SendInstead } from '../fastify/intercept-error-status.js'
import { isReplayed } from '../fastify/replayed-responses.js'
import { isSendingThrown } from '../fastify/reply-internals.js'
import { ignoreRejection } from '../support/call-safely.js'
import { isObject, isRecord } from '../support/is-object.js'
import { isMessageBody, type BodyProperties, type BodyValue } from '../support/is-message-body.js'
import type { Responder } from './error-handler.js'
import { hasErrorResponse } from './send-response.js'
import { reportSentError, type OnSent } from './sent-errors.js'

/** Returns the function that sends such an error. An error with any other body is sent unchanged and reported. */
export function createMessageConverter (
  responder: Responder,
  onSent: OnSent,
  isCovered: (reply: FastifyReply) => boolean
): SendInstead {
  const { errors } = responder.settings
  return (reply, payload) => {
    const { request, statusCode } = reply
    const code = codeForStatus(statusCode)
    // Sent errors and all thrown values are passed to the error handler.
    if (
      code === undefined || hasErrorResponse(reply) || isReplayed(reply) || reply.sent || payload instanceof Error ||
      isSendingThrown(reply)
    ) return false
    // A `Response` has its own status, which is set on the reply before it is sent.
    if (isWebResponse(payload) && payload.status !== statusCode) return false
    if (declaresStatus(request.routeOptions.schema?.response, statusCode) || !isCovered(reply)) return false
    if (types.isPromise(payload)) {
      // Fastify would send {}, and a rejection would end the process.
      ignoreRejection(payload)
      responder.handle(
        errors[code]({ cause: new TypeError('reply.send(): expected a payload, got a promise.') }),
        request,
        reply
      )
      return true
    }
    const content = readMessage(payload, reply.getHeader('content-type'))
    if (content === undefined) {
      reportSentError(onSent, request, reply)
      return false
    }
    const { message } = content
    responder.handle(
      errors[code]({ ...(message !== undefined && { message }), ...(payload !== undefined && { cause: payload }) }),
      request,
      reply
    )
    return true
  }
}

/** The content of a body: a message, or nothing. */
interface Said {
  readonly message: string | undefined
}

/** Returns the message of a body. `undefined` if it has more than a message, or is not JSON or plain text. */
function readMessage (payload: unknown, contentType: unknown): Said | undefined {
  if (payload === undefined || payload === null || payload === '') return { message: undefined }
  const isJson = /^application\/json\b/i.test(String(contentType))
  if (contentType !== undefined && !isJson && !/^text\/plain\b/i.test(String(contentType))) return undefined
  if (typeof payload !== 'string') return readObject(payload)
  if (isJson) return readObject(parseJson(payload))
  return payload.trimStart().startsWith('<') ? undefined : { message: payload }
}

function readObject (body: unknown): Said | undefined {
  const properties = listProperties(body)
  if (properties === undefined || !isMessageBody(properties)) return undefined
  const { message, error } = body as { readonly message?: string, readonly error?: unknown }
  return isRecord(error) ? readObject(error) : { message: message ?? error as string }
}

/** Returns the properties of a plain object; `undefined` for any other value. */
function listProperties (value: unknown): BodyProperties | undefined {
  if (!isRecord(value) || ![Object.prototype, null].includes(Object.getPrototypeOf(value) as null)) return undefined
  return Object.fromEntries(Object.entries(value).map(([name, each]): [string, BodyValue] =>
    [name, isObject(each) ? { kind: 'structure', listProperties: () => listProperties(each) } : { kind: 'literal', value: each }]
  ))
}

function parseJson (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
