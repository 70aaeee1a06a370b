/** Translates the errors of calls to other services. */
import { getStatus } from '../error-status.js'
import type { Translator } from '../translator.js'
import { hasResponse, hasTraces, listClassNames } from './http-traces.js'
import { fetchMessages, socketCodes, upstreamSources, type UpstreamFailure } from './upstream-codes.js'
import { isObject } from '../../support/is-object.js'

/**
 * Translates the errors of `fetch`, undici, axios, got, ky, `node:http`, proxies and API clients. Also translates all
 * errors with a code of Node.js for sockets, DNS or TLS.
 *
 * The status of an upstream service is never passed on. If the service sends a 401, this does not mean that the client
 * has to sign in.
 */
export const upstreamTranslator: Translator = {
  name: 'upstream',
  translate (error, context) {
    if (isThrownOnPurpose(error)) return undefined
    const failure = findFailure(error)
    if (failure === undefined) return undefined
    return context.errors[failure === 'aborted' ? 'gateway_timeout' : failure]({ cause: error })
  }
}

const sources = Object.values(upstreamSources)
const codes = new Map(sources.flatMap(source => Object.entries(source.codes)))
const names = new Map(sources.flatMap(source => Object.entries(source.names ?? {})))
const prefixes = sources.flatMap(source => Object.entries(source.prefixes ?? {}))

/** The maximum number of causes. Libraries wrap an error once or twice, so a longer chain is circular. */
const maxCauses = 8

/** Returns the failure of the deepest known cause, because a wrapper has less information than its cause. */
function findFailure (error: unknown): UpstreamFailure | undefined {
  let failure: UpstreamFailure | undefined
  let current = error
  for (let depth = 0; depth < maxCauses && isObject(current); depth++) {
    failure = getOwnFailure(current) ?? failure
    const status = getStatus(current)
    if (failure === undefined && status !== undefined && isCopyOfCause(current, status)) failure = 'bad_gateway'
    current = getCause(current)
  }
  return failure
}

function getCause (error: Readonly<Record<string, unknown>>): unknown {
  if (error.cause !== undefined) return error.cause
  if (error.detail instanceof Error) return error.detail // Stripe's name for the cause
  if (Array.isArray(error.errors)) return error.errors[0] // of an AggregateError: every address or mirror has failed
  const { config } = error
  // axios does not report the reason of an abort
  return isObject(config) && isObject(config.signal) ? config.signal.reason : undefined
}

function getOwnFailure (error: Readonly<Record<string, unknown>>): UpstreamFailure | undefined {
  const { code, name, message } = error
  if (typeof code === 'string') {
    const known = codes.get(code) ?? prefixes.find(([prefix]) => code.startsWith(prefix))?.[1]
    if (known !== undefined) return known
  }
  const named = [String(name), ...listClassNames(error)].map(each => names.get(each)).find(each => each !== undefined)
  if (named !== undefined) return named
  const failed = hasResponse(error) ||
    (getStatus(error) !== undefined && hasTraces(error)) ||
    error.syscall === 'connect' || // such as a missing Unix socket
    (name === 'TypeError' && fetchMessages.includes(message as string))
  return failed ? 'bad_gateway' : undefined
}

/**
 * Returns whether the application, a plugin or Fastify set the status itself. An error from http-errors with an
 * upstream failure as its `cause` is not changed. A 500 does not count, because the cause has more information. Fastify
 * sets 400 on a socket error that interrupted the request body.
 */
function isThrownOnPurpose (error: unknown): boolean {
  if (!isObject(error)) return false
  const status = getStatus(error)
  if (status === undefined || isCopyOfCause(error, status)) return false
  if (getOwnFailure(error) !== undefined) {
    return error.statusCode === 400 && Object.hasOwn(socketCodes, String(error.code))
  }
  return status !== 500
}

/**
 * Returns whether an error has the status and the message of its cause, which is an upstream error. If so, the
 * application did not set them.
 */
function isCopyOfCause (error: Readonly<Record<string, unknown>>, status: number): boolean {
  const { cause, message } = error
  if (!isObject(cause) || typeof cause.message !== 'string' || cause.message === '') return false
  const { response } = cause
  const isStatusOfCause = (isObject(response) && getStatus(response) === status) ||
    (getStatus(cause) === status && getOwnFailure(cause) !== undefined)
  return isStatusOfCause && String(message).includes(cause.message)
}
