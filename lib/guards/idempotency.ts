/**
 * The idempotency guard. The first response to an idempotency key is stored, and sent again when the request is
 * repeated.
 */
import { randomUUID } from 'node:crypto'
import type {
  FastifyReply,
  FastifyRequest,
  RawRequestDefaultExpression,
  RawServerBase,
  RouteGenericInterface
} from 'fastify'
import { specificMessages } from '../catalog/specific-messages.js'
import { standardErrors, type StandardCode } from '../catalog/standard-errors.js'
import { requireCall, requireParsedBody } from '../fastify/guard-hooks.js'
import { addFirstSendHook, getHandlerTimeout } from '../fastify/reply-internals.js'
import { declareErrorsOfMethods } from '../infer/declared/declare-errors.js'
import { declareHeaders } from '../infer/declared/declared-headers.js'
import { expectKnownOptions, expectOption } from '../support/expect-option.js'
import { copyErrorFor } from '../support/redact.js'
import { createFingerprint, createStoreKey } from './idempotency/fingerprint.js'
import { describeKeyHeader, parseKeyHeader } from './idempotency/key.js'
import {
  captureResponse,
  isStoredStatus,
  maxBody,
  replayedHeader,
  sendStored,
  type Headers
} from './idempotency/response.js'
import { withTimeout, type Claim, type IdempotencyStore, type StoredEntry } from './idempotency/store.js'

export { memoryStore, type MemoryStoreOptions } from './idempotency/memory-store.js'
export {
  createIdempotencyTable,
  postgresStore,
  type PostgresClient,
  type PostgresStoreOptions
} from './idempotency/postgres-store.js'
export { redisStore, type RedisStoreOptions } from './idempotency/redis-store.js'
export type { Claim, IdempotencyStore, StoredEntry } from './idempotency/store.js'

/** The options of {@link idempotency}. */
export interface IdempotencyOptions {
  /**
   * Where keys and responses are stored: {@link memoryStore}, {@link redisStore}, {@link postgresStore}, or your own.
   */
  readonly store: IdempotencyStore
  /**
   * Whether a request must have a key. If not, a request without a key runs as if there were no guard. @default true
   */
  readonly required?: boolean
  /** The milliseconds after which a stored response expires. @default 86400000 (24 hours) */
  readonly ttl?: number
  /**
   * The milliseconds after which the claim of a running request expires. If its process has ended, the request can then
   * be repeated. Choose a longer time than the slowest handler takes, because a request that runs longer can run twice.
   * @default 60000 (1 minute)
   */
  readonly claimTtl?: number
  /**
   * What happens to requests with a key while the store fails: they are rejected with 503 `service_unavailable`, or
   * they run without protection.
   * @default 'deny'
   */
  readonly onStoreError?: 'allow' | 'deny'
  /** The milliseconds after which a store call without a result is treated as failed. @default 1000 */
  readonly storeTimeout?: number
  /**
   * Returns what identifies the caller, such as the id of a user. Each caller has its own keys. Set this option if
   * callers are identified by cookies, because they would share keys. Also set it if a caller's `Authorization` can
   * change between two attempts, because the second attempt would run again.
   * @default the id of the API key that the guard found (`request.apiKey.id`), otherwise the subject of a verified JSON
   * Web Token (`request.user.iss` and `request.user.sub`), otherwise `Authorization`
   */
  readonly caller?: (request: FastifyRequest) => string
  /** The header that contains the key. @default 'Idempotency-Key' */
  readonly header?: string
}

const optionNames = Object.keys(
  {
    store: true,
    required: true,
    ttl: true,
    claimTtl: true,
    onStoreError: true,
    storeTimeout: true,
    caller: true,
    header: true
  } satisfies Record<keyof IdempotencyOptions, true>
)

/**
 * The hook that checks the idempotency key. Add it to a route or a scope as `preHandler`. It works with HTTP/1.1 and
 * HTTP/2.
 */
export type IdempotencyGuard = (
  request: FastifyRequest<RouteGenericInterface, RawServerBase, RawRequestDefaultExpression<RawServerBase>>,
  reply: FastifyReply
) => Promise<unknown>

/** The property that a guard adds to a request. */
export interface WithIdempotencyKey {
  /** The idempotency key of the request, without quotes; undefined if it has none, or if no guard has run. */
  idempotencyKey?: string
}

declare module 'fastify' {
  interface FastifyRequest extends WithIdempotencyKey {}
}

/** Methods that change nothing (RFC 9110, section 9.2.1; RFC 10008). Their requests pass. */
const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY'])

const isGuarded = (method: string): boolean => !safeMethods.has(method)

/**
 * Returns a guard for routes that follows draft-ietf-httpapi-idempotency-key-header-07. The first request with an
 * idempotency key runs, and its response is stored. When the request is repeated, the stored response is sent again
 * with `Idempotency-Replayed: true`. Each caller has its own keys. The documentation of the routes has the headers and
 * these codes:
 *
 * - 400 `idempotency_key_missing`: the request has no key
 * - 400 `invalid_request`: the key is malformed
 * - 409 `idempotency_in_progress`: the first request is still running
 * - 422 `idempotency_key_reused`: the first request had another method, URL or body
 * - 503 `service_unavailable`: the store failed
 *
 * Responses with 5xx, 401, 403, 408, 409, 421, 423, 425 and 429 are not stored, so the request can run again. The guard
 * ignores requests with a safe method, such as GET.
 *
 * @throws TypeError if an option is invalid
 * @example
 * const idempotent = idempotency({ store: redisStore({ client: new Redis() }) })
 * app.post('/orders', { preHandler: idempotent }, async request => createOrder(request.body))
 */
export function idempotency (options: IdempotencyOptions): IdempotencyGuard {
  const context = createContext(options)
  async function guard (request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    return await checkRequest(context, request, reply)
  }
  requireParsedBody(guard, 'idempotency')
  declareErrorsOfMethods(guard, listCodes(context), isGuarded)
  declareHeaders(guard, {
    request: [describeKeyHeader(context.header, context.required)],
    response: [replayedHeaderDescription],
    hasMethod: isGuarded
  })
  return guard as IdempotencyGuard
}

requireCall(idempotency, 'idempotency')

const replayedHeaderDescription = {
  name: replayedHeader,
  description: 'Present if this is a stored response that is sent again because the request was repeated.',
  schema: { type: 'string', enum: ['true'] },
  example: 'true'
}

function listCodes ({ required, onStoreError }: GuardContext): StandardCode[] {
  return [
    ...required ? ['idempotency_key_missing'] as const : [],
    'invalid_request',
    'idempotency_in_progress',
    'idempotency_key_reused',
    ...onStoreError === 'deny' ? ['service_unavailable'] as const : []
  ]
}

/** The options of a guard, checked and with their defaults. */
interface GuardContext extends Required<Omit<IdempotencyOptions, 'storeTimeout'>> {
  /** Milliseconds of `performance.now()`, before which no other warning about the store is logged. */
  nextWarning: number
}

/** Milliseconds between two warnings about a store that fails. */
const warningInterval = 60_000

function createContext (options: IdempotencyOptions): GuardContext {
  expectKnownOptions('idempotency', '', options, optionNames)
  const {
    store,
    required = true,
    ttl = 24 * 60 * 60 * 1000,
    claimTtl = 60_000,
    onStoreError = 'deny',
    storeTimeout = 1000,
    caller = getCaller,
    header = 'Idempotency-Key'
  } = options
  const expect: (option: keyof IdempotencyOptions, isExpected: boolean, expected: string) => void = (
    option,
    isExpected,
    expected
  ) => {
    expectOption('idempotency', option, isExpected, expected, options[option])
  }
  expect(
    'store',
    [store?.claim, store?.complete, store?.release].every(method => typeof method === 'function'),
    'a store, such as redisStore({ client })'
  )
  expect('required', typeof required === 'boolean', 'a boolean')
  for (const [option, value] of Object.entries({ ttl, claimTtl, storeTimeout })) {
    expect(option as 'ttl', Number.isInteger(value) && value >= 1, 'a positive integer (milliseconds)')
  }
  expect('onStoreError', ['allow', 'deny'].includes(onStoreError), "'allow' or 'deny'")
  expect('caller', typeof caller === 'function', 'a function of a request that returns a string')
  expect(
    'header',
    typeof header === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(header),
    "the name of a header, such as 'Idempotency-Key'"
  )
  return {
    store: withTimeout(store, storeTimeout),
    required,
    ttl,
    claimTtl,
    onStoreError,
    caller,
    header,
    nextWarning: -Infinity
  }
}

function getCaller (request: FastifyRequest): string {
  const { apiKey, user } = request as {
    readonly apiKey?: { readonly id?: unknown } | null,
    readonly user?: { readonly iss?: unknown, readonly sub?: unknown } | null
  }
  if (typeof apiKey?.id === 'string') return `api-key ${apiKey.id}`
  // A token is replaced when it expires, and its subject stays. Subjects are unique for each issuer (RFC 7519, section
  // 4.1.2).
  if (typeof user?.sub === 'string') return `subject ${JSON.stringify([user.iss, user.sub])}`
  return `authorization ${request.headers.authorization ?? ''}`
}

/** A request that has claimed its key and runs. */
interface RunningRequest {
  readonly context: GuardContext
  readonly key: string
  readonly claim: Claim
  /** The headers of the reply before the handler ran. */
  readonly headers: Headers
  /** Whether the `onSend` hook has received a response and has not passed it on yet. */
  isSending: boolean
  /** Whether the response is stored, or the claim was released. */
  isSettled: boolean
}

/** The property of a request that has claimed its key. */
const running: unique symbol = Symbol('fastify-api-errors.idempotency')

type ClaimingRequest = FastifyRequest & WithIdempotencyKey & { [running]?: RunningRequest }

async function checkRequest (context: GuardContext, request: ClaimingRequest, reply: FastifyReply): Promise<unknown> {
  // If a request has several guards, the first one claims the key. `reply.callNotFound()` runs the hooks of scopes
  // again, and its own `onSend` hooks.
  if (request[running] !== undefined) addSendHook(request)
  if (request[running] !== undefined || request.is404 || !isGuarded(request.method)) return undefined
  const errors = getCatalog(request)
  const key = readKey(context, request)
  if (key === undefined) return undefined
  request.idempotencyKey = key
  const storeKey = createStoreKey(readCaller(context, request), key)
  const claim: Claim = { fingerprint: createFingerprint(request), token: randomUUID(), ttl: context.claimTtl }
  addSendHook(request)
  const entry = await claimKey(context, request, storeKey, claim)
  if (entry === 'failed') return undefined
  if (entry === undefined) {
    request[running] = {
      context,
      key: storeKey,
      claim,
      headers: reply.getHeaders(),
      isSending: false,
      isSettled: false
    }
    reply.raw.once('finish', () => {
      releaseUnseenClaim(request, reply)
    })
    return undefined
  }
  if (entry.fingerprint !== claim.fingerprint) throw errors.idempotency_key_reused()
  if (entry.response === undefined) throw errors.idempotency_in_progress()
  if (sendStored(reply, entry.response)) return reply
  throw errors.internal_error({
    cause: new Error(`The request was already executed, but its response was not stored. ${whyIncomplete}`)
  })
}

const whyIncomplete =
  `It was larger than ${maxBody} bytes, or an event stream. Do not use idempotency() on such a route.`

/** Returns the key, or `undefined` if there is no key and none is required. */
function readKey ({ header, required }: GuardContext, request: FastifyRequest): string | undefined {
  const errors = getCatalog(request)
  const value = request.headers[header.toLowerCase()]
  if (value === undefined && !required) return undefined
  if (value === undefined) throw errors.idempotency_key_missing()
  const key = parseKeyHeader(String(value))
  if (key === undefined) throw errors.invalid_request({ message: specificMessages.invalid_idempotency_key })
  return key
}

function readCaller ({ caller }: GuardContext, request: FastifyRequest): string {
  const value: unknown = caller(request)
  // Without this check, all callers for which the function does not return a string would count as one caller.
  expectOption('idempotency', 'caller', typeof value === 'string', 'a function that returns a string', value)
  return value as string
}

/**
 * Returns the entry of a key, or `undefined` if the key was claimed. If the store failed, throws, or returns `failed`
 * if the request is allowed.
 */
async function claimKey (
  context: GuardContext,
  request: FastifyRequest,
  key: string,
  claim: Claim
): Promise<StoredEntry | 'failed' | undefined> {
  try {
    return await context.store.claim(key, claim)
  } catch (err) {
    if (context.onStoreError === 'deny') throw getCatalog(request).service_unavailable({ cause: err })
    const now = performance.now()
    if (now >= context.nextWarning) {
      context.nextWarning = now + warningInterval
      request.log.warn({ err: copyErrorFor(request, err) }, 'The store of idempotency keys failed. Requests run without protection.')
    }
    return 'failed'
  }
}

function addSendHook (request: FastifyRequest): void {
  if (!addFirstSendHook(request, settleClaim)) {
    throw new Error('idempotency() does not support this version of Fastify.')
  }
}

/**
 * The `onSend` hook. It stores the response before it is sent, or releases the claim. Once the response is stored, the
 * request cannot run again.
 */
async function settleClaim (request: ClaimingRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  const current = request[running]
  // An async handler that calls `reply.send()` and does not return the reply sends its result, `undefined`, as well. It
  // would be sent first.
  if (current?.isSending === true && payload === undefined) return await new Promise(() => {})
  if (current === undefined || current.isSettled || isHandlerRunning(request)) return payload
  current.isSending = true
  try {
    return await storeOrRelease(current, request, reply, payload)
  } finally {
    current.isSending = false
  }
}

async function storeOrRelease (
  current: RunningRequest,
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown
): Promise<unknown> {
  if (!isStoredStatus(reply.statusCode)) {
    await releaseClaim(current, request)
    return payload
  }
  const captured = await captureResponse(reply, payload, current.headers)
  // A `Response` has its own status.
  if (!isStoredStatus(reply.statusCode)) {
    await releaseClaim(current, request)
    return captured.payload
  }
  if (captured.isIncomplete) {
    request.log.warn(`The response to the idempotency key cannot be sent again. ${whyIncomplete}`)
  }
  await storeResponse(current, request, captured.stored)
  return captured.payload
}

/** Returns whether `handlerTimeout` caused the response. The handler continues, so its claim must stay. */
function isHandlerRunning (request: FastifyRequest): boolean {
  return getHandlerTimeout(request) !== undefined
}

async function storeResponse (current: RunningRequest, request: FastifyRequest, response: string): Promise<void> {
  const { context, key, claim } = current
  current.isSettled = true
  try {
    if (await context.store.complete(key, claim, response, context.ttl)) return
    request.log.error(
      'Another request with the same idempotency key ran at the same time, because this one took longer than claimTtl.'
    )
  } catch (err) {
    request.log.error(
      { err: copyErrorFor(request, err) },
      'The response to the idempotency key was not stored. If the request is repeated after claimTtl, it runs again.'
    )
  }
}

async function releaseClaim (current: RunningRequest, request: FastifyRequest): Promise<void> {
  const { context, key, claim } = current
  current.isSettled = true
  try {
    await context.store.release(key, claim)
  } catch (err) {
    request.log.warn(
      { err: copyErrorFor(request, err) },
      'The claim of the idempotency key was not released. It expires after claimTtl.'
    )
  }
}

/**
 * Releases the claim if an error was sent without the `onSend` hook: by `reply.callNotFound()`, or after
 * `reply.hijack()`.
 */
function releaseUnseenClaim (request: ClaimingRequest, reply: FastifyReply): void {
  const current = request[running] as RunningRequest
  if (!current.isSettled && reply.raw.statusCode >= 400 && !isHandlerRunning(request)) releaseClaim(current, request)
}

/**
 * Returns the catalog of the application, which may redefine codes. Without the plugin, it returns the standard
 * catalog.
 */
function getCatalog ({ server }: FastifyRequest): typeof standardErrors {
  return server.hasDecorator('apiErrors') ? server.apiErrors.errors as typeof standardErrors : standardErrors
}
