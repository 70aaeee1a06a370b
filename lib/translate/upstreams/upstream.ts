import type { Translator } from '../translator.js'
import { socketCodes, upstreamSources, type UpstreamFailure } from './upstream-codes.js'
import { isObject } from '../../support/is-object.js'

/**
 * The errors of calls to other services: of `fetch`, undici, axios, got, ky, `node:http` and the proxies, and of
 * whatever else fails with a code of Node.js for sockets, DNS or TLS.
 *
 * The status that an upstream answered with is never passed on: a 401 that we got does not say that our caller must
 * sign in.
 */
export const upstreamTranslator: Translator = {
  name: 'upstream',
  translate (error, context) {
    if (isOwnAnswer(error)) return undefined
    const failure = findFailure(error)
    if (failure === undefined) return undefined
    return context.errors[failure === 'aborted' ? 'gateway_timeout' : failure]({ cause: error })
  }
}

const sources = Object.values(upstreamSources)
const codes = new Map(sources.flatMap(source => Object.entries(source.codes)))
const names = new Map(sources.flatMap(source => Object.entries(source.names ?? {})))
const prefixes = sources.flatMap(source => Object.entries(source.prefixes ?? {}))

/** Libraries wrap an error in one or two of their own; a chain that is longer than this is a circle. */
const maxCauses = 8

/** The failure that an error stands for: what its deepest known cause says, for wrappers know less than what they wrap. */
function findFailure (error: unknown): UpstreamFailure | undefined {
  let failure: UpstreamFailure | undefined
  let at = error
  for (let depth = 0; depth < maxCauses && isObject(at); depth++) {
    failure = ownFailure(at) ?? failure
    at = getCause(at)
  }
  return failure
}

function getCause (error: Readonly<Record<string, unknown>>): unknown {
  if (error.cause !== undefined) return error.cause
  if (error.detail instanceof Error) return error.detail // Stripe's name for the cause
  if (Array.isArray(error.errors)) return error.errors[0] // of an AggregateError: every address or mirror failed
  const { config } = error
  return isObject(config) && isObject(config.signal) ? config.signal.reason : undefined // axios does not say who aborted, or why
}

function ownFailure (error: Readonly<Record<string, unknown>>): UpstreamFailure | undefined {
  const { code, name, message } = error
  if (typeof code === 'string') {
    const known = codes.get(code) ?? prefixes.find(([prefix]) => code.startsWith(prefix))?.[1]
    if (known !== undefined) return known
  }
  const named = names.get(String(name)) ?? names.get(getClassName(error))
  if (named !== undefined) return named
  const failed = isOfResponse(error.headers) ||
    isResponse(error.response) || // of any client: the upstream answered, and the client did not like it
    error.syscall === 'connect' || // a Unix socket that is not there, say
    (name === 'TypeError' && (message === 'fetch failed' || message === 'terminated')) // fetch gives these no code
  return failed ? 'bad_gateway' : undefined
}

/** The name of the class, for errors that leave `name` as they inherit it. */
function getClassName ({ constructor }: Readonly<Record<string, unknown>>): string {
  return typeof constructor === 'function' ? constructor.name : ''
}

/** Frameworks call the body that they answer with `response`, too; a response that a client got has headers. */
function isResponse (value: unknown): boolean {
  return isObject(value) && isObject(value.headers) && (typeof value.status === 'number' || typeof value.statusCode === 'number')
}

/**
 * Whether the headers that an error has are those of an answer: the client of a service, Stripe's or OpenAI's say, puts
 * the answer's status and headers into its error. An application that throws a status of its own sets no such headers.
 */
function isOfResponse (headers: unknown): boolean {
  if (!isObject(headers)) return false
  return ['content-type', 'content-length', 'date'].some(name => headers instanceof Headers ? headers.has(name) : name in headers)
}

/**
 * Whether the application, a plugin or Fastify chose a status itself: an error of http-errors with an upstream's failure
 * as its `cause` stays what it is. Fastify gives a 400 to a socket error that broke off the body of the request.
 */
function isOwnAnswer (error: unknown): boolean {
  if (!isObject(error) || typeof (error.statusCode ?? error.status) !== 'number') return false
  return ownFailure(error) === undefined || (error.statusCode === 400 && Object.hasOwn(socketCodes, String(error.code)))
}
