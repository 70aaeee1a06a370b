/** The API key guard. Requests with a valid key pass. All other requests are rejected with a code from the catalog. */
import type { FastifyReply, FastifyRequest, RawRequestDefaultExpression, RawServerBase, RouteGenericInterface } from 'fastify'
import { ApiError, isApiError } from '../catalog/api-error.js'
import { standardErrors, type StandardCode } from '../catalog/standard-errors.js'
import { requireCall } from '../fastify/guard-hooks.js'
import { guardReplyLog } from '../fastify/reply-internals.js'
import { declareErrors } from '../infer/declared/declare-errors.js'
import { declareExamples, type DeclaredExamples, type Occurrence } from '../infer/declared/declared-examples.js'
import { declareSecurity } from '../infer/declared/security.js'
import { handleThrownPromise } from '../support/call-safely.js'
import { expectKnownOptions, expectOption } from '../support/expect-option.js'
import { isRealm, isScope } from '../support/http-syntax.js'
import { redactError, registerSecretHeader } from '../support/redact.js'
import { findKeyFault, type ApiKeyRecord, type KeyFault } from './api-key/record.js'
import {
  createKeyLocation,
  createSecurityScheme,
  formatChallenge,
  readCredential,
  type ChallengeFailure,
  type Credential,
  type KeyLocation
} from './api-key/credential.js'
import type { EndCheck, GuessLimit } from './api-key/guess-limit.js'

export { guessLimit, type EndCheck, type GuessLimit, type GuessLimitOptions } from './api-key/guess-limit.js'
export { generateKey, hashKey, matchesHash, parseKey, type GenerateKeyOptions } from './api-key/key.js'
export type { ApiKeyRecord, Moment } from './api-key/record.js'

/** Finds the record of a key. Returns null or undefined if there is none. */
export type Lookup = (key: string, request: FastifyRequest) => LookupResult | Promise<LookupResult>

type LookupResult = ApiKeyRecord | null | undefined

/** The records that a `lookup` returns: the type of `request.apiKey`. */
export type ApiKeyOf<L extends (...args: never[]) => unknown> = NonNullable<Awaited<ReturnType<L>>>

/** The options of {@link apiKey}. */
export interface ApiKeyOptions {
  /**
   * Finds the record of a key by its hash (see {@link hashKey}). It is called for each request with a possible key. If
   * it throws an error from the catalog, that error is sent. If it throws any other error, the response is 503
   * `service_unavailable`, and the error is logged.
   */
  readonly lookup: Lookup
  /** The scopes that a key must have. All of them are required. @default [] (no scope is required) */
  readonly scopes?: readonly string[]
  /** The header that contains the key. @default 'authorization' */
  readonly header?: string
  /** The word before the key. @default 'Bearer' in Authorization; in any other header, the key has no scheme */
  readonly scheme?: string
  /** Limits the number of wrong keys from an IP address, see {@link guessLimit}. If absent, there is no limit. */
  readonly guessLimit?: GuessLimit
  /**
   * The realm in `WWW-Authenticate`. @default the plugin's realm if `header` and `scheme` are the defaults; otherwise
   * 'api'
   */
  readonly realm?: string
}

const optionNames = Object.keys(
  { lookup: true, scopes: true, header: true, scheme: true, guessLimit: true, realm: true } satisfies Record<
    keyof ApiKeyOptions,
    true
  >
)

/** The hook that checks the API key. Add it to a route or a scope. It works with HTTP/1.1 and HTTP/2. */
export type ApiKeyGuard = (
  request: FastifyRequest<RouteGenericInterface, RawServerBase, RawRequestDefaultExpression<RawServerBase>>
) => Promise<void>

/** The property that a guard adds to a request. */
export interface WithApiKey {
  /** The record of the received key; null or undefined if no guard has accepted the request. */
  apiKey?: ApiKeyRecord | null
}

declare module 'fastify' {
  // The property is inherited, so that an application can redeclare it with the type of its own records.
  interface FastifyRequest extends WithApiKey {}
}

/**
 * The codes of every guard. A guard with scopes also has `insufficient_scope`, and a guard with a guess limit has
 * `rate_limit_exceeded`.
 */
const codes: readonly StandardCode[] = [
  'missing_api_key', 'invalid_api_key', 'api_key_revoked', 'api_key_expired', 'ip_not_allowed', 'service_unavailable'
]

/**
 * Returns a guard for routes. Requests with a valid API key pass, with the record of the key as `request.apiKey`. Other
 * requests are rejected with a code from the catalog: 401 `missing_api_key`, `invalid_api_key`, `api_key_revoked` and
 * `api_key_expired`, 403 `ip_not_allowed` and `insufficient_scope`, or 503 `service_unavailable` if `lookup` fails.
 * The documentation of the routes has these codes and the `security` of the guard.
 *
 * The package does not log the key, and its own messages do not contain it. The message of a 4xx that a handler throws
 * is sent unchanged.
 *
 * @throws TypeError if an option is invalid
 * @example
 * const guard = apiKey({ lookup: key => findByHash(hashKey(key)), scopes: ['queues:write'] })
 * app.post('/queues', { onRequest: guard }, async request => createQueue(request.apiKey))
 * @example
 * scope.addHook('onRequest', apiKey({ lookup }))
 */
export function apiKey (options: ApiKeyOptions): ApiKeyGuard {
  const context = createContext(options)
  const { scopes, guessLimit, location } = context
  registerSecretHeader(location.header)
  async function guard (request: FastifyRequest, reply?: FastifyReply): Promise<void> {
    // A hook of the application may call the guard with the request only.
    if (reply !== undefined) guardReplyLog(reply)
    await checkRequest(context, request)
  }
  declareErrors(guard, [
    ...codes,
    ...scopes.length > 0 ? ['insufficient_scope'] as const : [],
    ...guessLimit !== undefined ? ['rate_limit_exceeded'] as const : []
  ])
  declareSecurity(guard, { ...createSecurityScheme(location), scopes })
  declareExamples(guard, createExamples(context))
  return guard as ApiKeyGuard
}

requireCall(apiKey, 'apiKey')

/** Returns the errors whose data or challenge depends on the options. In the example, the key has no scopes. */
function createExamples ({ scopes, guessLimit, location, realm, hasDefaultChallenge }: GuardContext): DeclaredExamples {
  const challenge = (failure?: ChallengeFailure): Pick<Occurrence, 'headers'> =>
    hasDefaultChallenge ? {} : { headers: { 'www-authenticate': formatChallenge(location, realm, failure) } }
  const ofCredential = hasDefaultChallenge
    ? []
    : (['invalid_api_key', 'api_key_revoked', 'api_key_expired'] as const).map(code =>
        [code, challenge({ error: 'invalid_token' })] as const
      )
  return {
    ...(!hasDefaultChallenge && { missing_api_key: challenge() }),
    ...Object.fromEntries(ofCredential),
    ...(scopes.length > 0 &&
      {
        insufficient_scope: {
          meta: { required: scopes, held: [] },
          ...challenge({ error: 'insufficient_scope', scope: scopes })
        }
      }),
    ...(guessLimit !== undefined &&
      { rate_limit_exceeded: createGuessError(guessLimit, Math.ceil(guessLimit.timeWindow / 1000)) })
  }
}

/** Returns the data of the error for too many wrong keys. */
function createGuessError (
  { max, timeWindow }: GuessLimit,
  seconds: number
): Pick<Required<Parameters<typeof standardErrors.rate_limit_exceeded>[0] & object>, 'meta' | 'retryAfter'> {
  return {
    meta: { policy: 'api_key_guesses', limit: max, window: Math.ceil(timeWindow / 1000), retry_after: seconds },
    retryAfter: seconds
  }
}

/** The options of a guard, checked and with their defaults. */
interface GuardContext {
  readonly lookup: Lookup
  readonly scopes: readonly string[]
  readonly guessLimit: GuessLimit | undefined
  readonly location: KeyLocation
  readonly realm: string
  /** Whether the plugin writes the challenge, with its own realm. */
  readonly hasDefaultChallenge: boolean
}

function createContext (options: ApiKeyOptions): GuardContext {
  expectKnownOptions('apiKey', '', options, optionNames) // with a misspelled `scopes`, every key would pass
  const { lookup, scopes = [], header, scheme, realm, guessLimit } = options
  expectOption(
    'apiKey',
    'lookup',
    typeof lookup === 'function',
    'a function of (key, request) that returns a record or null',
    lookup
  )
  expectOption('apiKey', 'scopes', Array.isArray(scopes), "an array of words, such as ['queues:write']", scopes)
  scopes.forEach((scope: unknown, index) => {
    expectOption(
      'apiKey',
      `scopes[${index}]`,
      isScope(scope),
      "a word without quotes and backslashes, such as 'queues:write'",
      scope
    )
  })
  expectOption(
    'apiKey',
    'realm',
    realm === undefined || isRealm(realm),
    'printable ASCII without quotes and backslashes',
    realm
  )
  expectOption(
    'apiKey',
    'guessLimit',
    guessLimit === undefined || typeof guessLimit?.begin === 'function',
    'the result of guessLimit()',
    guessLimit
  )
  return {
    lookup,
    scopes,
    guessLimit,
    location: createKeyLocation(header, scheme),
    realm: realm ?? 'api',
    hasDefaultChallenge: header === undefined && scheme === undefined && realm === undefined
  }
}

async function checkRequest (context: GuardContext, request: FastifyRequest): Promise<void> {
  const credential = readCredential(request.headers, context.location)
  if (!credential.isSent) throw createKeyError(context, request, 'missing_api_key', credential)
  const endCheck = await beginCheck(context, request)
  let isWrong = true // a key for which `lookup` throws also counts
  try {
    const { record, fault } = await checkKey(context, request, credential.key)
    isWrong = fault === 'invalid_api_key'
    if (fault !== undefined) throw createKeyError(context, request, fault, credential, record)
    const guarded: WithApiKey = request
    guarded.apiKey = record
  } finally {
    endCheck?.(isWrong)
  }
}

/** Counts the key as a guess before it is checked, so that keys that are sent in parallel also count. */
async function beginCheck ({ guessLimit }: GuardContext, request: FastifyRequest): Promise<EndCheck | undefined> {
  if (guessLimit === undefined) return undefined
  const begun = await guessLimit.begin(request.ip)
  if (typeof begun === 'function') return begun
  throw getCatalog(request).rate_limit_exceeded(createGuessError(guessLimit, Math.ceil(begun / 1000)))
}

/** The record of a key, and the reason for rejecting the key. */
interface CheckedKey {
  readonly record: ApiKeyRecord | null
  readonly fault: KeyFault | undefined
}

async function checkKey (
  { lookup, scopes }: GuardContext,
  request: FastifyRequest,
  key: string | undefined
): Promise<CheckedKey> {
  if (key === undefined) return { record: null, fault: 'invalid_api_key' }
  try {
    const record = await lookup(key, request) ?? null
    return { record, fault: findKeyFault(record, { key, ip: request.ip, now: Date.now(), required: scopes }) }
  } catch (thrown) {
    if (isApiError(thrown)) throw redactError(thrown, [key], ApiError.prototype)
    throw getCatalog(request).service_unavailable({
      message: 'The API key could not be looked up.',
      cause: redactError(handleThrownPromise(thrown), [key])
    })
  }
}

function createKeyError (
  context: GuardContext,
  request: FastifyRequest,
  code: KeyFault | 'missing_api_key',
  { hasScheme }: Credential,
  record?: ApiKeyRecord | null
): ApiError {
  const { location, realm, scopes, hasDefaultChallenge } = context
  const errors = getCatalog(request)
  if (code === 'ip_not_allowed') return errors.ip_not_allowed()
  const isWrittenByPlugin = hasDefaultChallenge && request.server.hasDecorator('apiErrors')
  const createHeaders = (failure?: ChallengeFailure) =>
    isWrittenByPlugin ? {} : { headers: { 'www-authenticate': formatChallenge(location, realm, failure) } }
  if (code !== 'insufficient_scope') {
    return errors[code](createHeaders(hasScheme ? { error: 'invalid_token' } : undefined))
  }
  return errors.insufficient_scope({
    meta: { required: [...scopes], held: [...record?.scopes ?? []] },
    ...createHeaders({ error: code, scope: scopes })
  })
}

/**
 * Returns the catalog of the application, which may redefine codes. Without the plugin, it returns the standard
 * catalog.
 */
function getCatalog ({ server }: FastifyRequest): typeof standardErrors {
  return server.hasDecorator('apiErrors') ? server.apiErrors.errors as typeof standardErrors : standardErrors
}
