import type { FastifyRequest, RawRequestDefaultExpression, RawServerBase, RouteGenericInterface } from 'fastify'
import { isApiError, type ApiError } from '../catalog/api-error.js'
import { refuseOption } from '../support/describe-value.js'
import { standardErrors, type StandardCode } from '../catalog/standard-errors.js'
import { declareErrors } from '../infer/declare-errors.js'
import { declareSecurity } from '../infer/security.js'
import { formatChallenge, keyPlace, readCredential, createSecurityScheme, type ChallengeFailure, type Credential } from './credential.js'
import type { GuessLimit } from './guess-limit.js'
import { findKeyFault, type ApiKeyRecord, type KeyFault } from './api-key-record.js'
import { redactKey } from './redact.js'

export { guessLimit, type GuessLimit, type GuessLimitOptions } from './guess-limit.js'
export { generateKey, hashKey, matchesHash, parseKey, type GenerateKeyOptions } from './keys.js'
export type { ApiKeyRecord, Moment } from './api-key-record.js'

/** Finds the record of a key; null or undefined where there is none. */
export type Lookup = (key: string, request: FastifyRequest) => Found | Promise<Found>

type Found = ApiKeyRecord | null | undefined

/** The records that a `lookup` finds: the type of `request.apiKey`. */
export type ApiKeyOf<L extends (...args: never[]) => unknown> = NonNullable<Awaited<ReturnType<L>>>

/** What {@link apiKey} takes. */
export interface ApiKeyOptions {
  /**
   * Finds the record of a key by its hash (see {@link hashKey}). It is called for each request that sends what can be a
   * key. What it throws is answered with 503 `service_unavailable` and logged, but for an error of the catalog: that is the answer.
   */
  readonly lookup: Lookup
  /** The scopes that a key must have, all of them. @default []: any key will do */
  readonly scopes?: readonly string[]
  /** The header that holds the key. @default 'authorization' */
  readonly header?: string
  /** The word before the key. @default 'Bearer' in Authorization; none in another header, which then holds the key alone */
  readonly scheme?: string
  /** Stops addresses that send wrong keys, see {@link guessLimit}. Absent: any number may be tried. */
  readonly guessLimit?: GuessLimit
  /** The realm in `WWW-Authenticate`. @default the one of the plugin, where `header` and `scheme` are the defaults, too; else 'api' */
  readonly realm?: string
}

const known = { lookup: true, scopes: true, header: true, scheme: true, guessLimit: true, realm: true } satisfies Record<keyof ApiKeyOptions, true>

/** Lets requests with a good API key through: a hook of a route or of a scope, for a server of HTTP/1.1 or HTTP/2. */
export type ApiKeyGuard = (request: FastifyRequest<RouteGenericInterface, RawServerBase, RawRequestDefaultExpression<RawServerBase>>) => Promise<void>

/** What a guard adds to a request. */
export interface WithApiKey {
  /** The record of the key that was sent; null or undefined where no guard let the request through. */
  apiKey?: ApiKeyRecord | null
}

declare module 'fastify' {
  // Inherited, so that an application can declare the property again with the type of its own records.
  interface FastifyRequest extends WithApiKey {}
}

/** The codes that every guard answers with; one that asks for scopes has `insufficient_scope`, one with a guess limit `rate_limit_exceeded`, too. */
const codes: readonly StandardCode[] = [
  'missing_api_key', 'invalid_api_key', 'api_key_revoked', 'api_key_expired', 'ip_not_allowed', 'service_unavailable'
]

/**
 * A guard that lets requests with a good API key through, with the record of the key as `request.apiKey`. Other
 * requests are answered with the catalog's codes: 401 `missing_api_key`, `invalid_api_key`, `api_key_revoked` and
 * `api_key_expired`, 403 `ip_not_allowed` and `insufficient_scope`, or 503 `service_unavailable` where `lookup` fails.
 * The documentation of the routes has these codes, and their `security`.
 *
 * The key is never logged and never sent.
 *
 * @throws TypeError with one sentence where an option is wrong
 * @example
 * const guard = apiKey({ lookup: key => findByHash(hashKey(key)), scopes: ['queues:write'] })
 * app.post('/queues', { onRequest: guard }, async request => createQueue(request.apiKey))
 * @example
 * scope.addHook('onRequest', apiKey({ lookup }))
 */
export function apiKey (options: ApiKeyOptions): ApiKeyGuard {
  for (const name of Object.keys(options)) {
    // A misspelt `scopes` would let every key through.
    if (!Object.hasOwn(known, name)) throw new TypeError(`apiKey: '${name}' is not an option; it takes ${Object.keys(known).join(', ')}.`)
  }
  const { lookup, scopes = [], header, scheme, realm, guessLimit } = options
  if (typeof lookup !== 'function') refuseOption('apiKey', 'lookup', lookup, 'a function of (key, request) that returns a record or null')
  if (!Array.isArray(scopes) || !scopes.every(isScope)) refuseOption('apiKey', 'scopes', scopes, "an array of words without quotes and backslashes, like ['queues:write']")
  if (realm !== undefined && !isRealm(realm)) refuseOption('apiKey', 'realm', realm, 'printable ASCII without quotes and backslashes')
  if (guessLimit !== undefined && typeof guessLimit?.wait !== 'function') refuseOption('apiKey', 'guessLimit', guessLimit, 'what guessLimit() returns')
  const place = keyPlace(header, scheme)
  const isDefault = header === undefined && scheme === undefined && realm === undefined

  async function guard (request: FastifyRequest): Promise<void> {
    const credential = readCredential(request.headers, place)
    if (credential.sent) checkGuessLimit(request)
    if (credential.key === undefined) throw createKeyError(request, credential.sent ? 'invalid_api_key' : 'missing_api_key', credential)
    const { record, refusal } = await checkKey(request, credential.key)
    if (refusal !== undefined) throw createKeyError(request, refusal, credential, record)
    const keyed: WithApiKey = request
    keyed.apiKey = record
  }

  function checkGuessLimit (request: FastifyRequest): void {
    const wait = guessLimit?.wait(request.ip) ?? 0
    if (guessLimit === undefined || wait === 0) return
    const seconds = Math.ceil(wait / 1000)
    throw getCatalog(request).rate_limit_exceeded({
      meta: { policy: 'api_key_guesses', limit: guessLimit.max, window: Math.ceil(guessLimit.timeWindow / 1000), retry_after: seconds },
      retryAfter: seconds
    })
  }

  async function checkKey (request: FastifyRequest, key: string) {
    try {
      const record = await lookup(key, request) ?? null
      return { record, refusal: findKeyFault(record, { key, ip: request.ip, now: Date.now(), required: scopes }) }
    } catch (thrown) {
      if (isApiError(thrown)) throw thrown
      throw getCatalog(request).service_unavailable({ message: 'The lookup of an API key failed.', cause: redactKey(thrown, key) })
    }
  }

  function createKeyError (request: FastifyRequest, code: KeyFault | 'missing_api_key', { hasScheme }: Credential, record?: ApiKeyRecord | null): ApiError {
    const errors = getCatalog(request)
    if (code === 'invalid_api_key') guessLimit?.count(request.ip)
    if (code === 'ip_not_allowed') return errors.ip_not_allowed()
    // The plugin writes the challenge for a Bearer key itself, with its own realm.
    const written = isDefault && request.server.hasDecorator('apiErrors')
    const headers = (failure?: ChallengeFailure) => written ? {} : { headers: { 'www-authenticate': formatChallenge(place, realm ?? 'api', failure) } }
    if (code !== 'insufficient_scope') return errors[code](headers(hasScheme ? { error: 'invalid_token' } : undefined))
    return errors.insufficient_scope({
      meta: { required: [...scopes], held: [...record?.scopes ?? []] },
      ...headers({ error: code, scope: scopes })
    })
  }

  const errors: readonly StandardCode[] = [
    ...codes, ...scopes.length > 0 ? ['insufficient_scope'] as const : [], ...guessLimit !== undefined ? ['rate_limit_exceeded'] as const : []
  ]
  declareErrors(guard, errors)
  declareSecurity(guard, { ...createSecurityScheme(place), scopes })
  return guard as ApiKeyGuard
}

/** The catalog of the application, so that what it redefined holds; without the plugin the standard one. */
function getCatalog ({ server }: FastifyRequest): typeof standardErrors {
  return server.hasDecorator('apiErrors') ? server.apiErrors.errors as typeof standardErrors : standardErrors
}

/** RFC 6749, section 3.3. */
function isScope (value: unknown): boolean {
  return typeof value === 'string' && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(value)
}

function isRealm (value: unknown): boolean {
  return typeof value === 'string' && /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(value)
}
