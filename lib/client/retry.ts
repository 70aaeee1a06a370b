/** `withRetry`: retries failed requests. */
import { dependsOnCode, getRetryAdvice, type RetryAdvice } from './retry-advice.js'
import { parseError, type ParseErrorOptions } from './parse-error.js'
import { backoff, sleep } from './backoff.js'
import { checkOptions, isAmount, type OptionRules } from './check-options.js'
import type { ResponseError } from './response-error.js'
import { parseRetryAfter } from './retry-after.js'
import { isObject } from './is-object.js'

/** The options of {@link withRetry}. */
export interface RetryOptions {
  /** The maximum number of attempts, including the first. @default 3 */
  readonly attempts?: number
  /** The longest wait before the second attempt, in milliseconds. It doubles with each further attempt. @default 250 */
  readonly baseDelay?: number
  /**
   * The longest wait, in milliseconds. A response that asks for a longer wait is returned immediately. @default 30000
   */
  readonly maxDelay?: number
  /**
   * The methods that are retried, in upper case. @default the idempotent methods of RFC 9110, section 9.2.2, and QUERY
   * (RFC 10008)
   */
  readonly methods?: readonly string[]
  /**
   * The API's advice by code, if it differs from the standard catalog. `X-Should-Retry` of a response takes precedence.
   * @default {}
   */
  readonly advice?: Readonly<Record<string, RetryAdvice>>
  /**
   * The tokens for retries, which all calls share. A retry takes 5 tokens, or 10 if there was no response. @default 500
   */
  readonly budget?: number
  /**
   * Whether each POST and PATCH has an `Idempotency-Key`, the same for each attempt, so that it can be retried.
   * @default false
   */
  readonly idempotencyKey?: boolean
  /** Reads another format, as for `parseError`. `advice` applies to the codes that it returns. @default none */
  readonly read?: ParseErrorOptions['read']
}

/** The methods that `idempotencyKey` makes idempotent. */
const keyedMethods = ['POST', 'PATCH']

/** The tokens that a retry takes after a response, and without a response. The AWS SDKs use the same numbers. */
const [responseCost, failureCost] = [5, 10]

/** A server that rejects a request because of its rate needs more time than one that failed. */
const throttledFactor = 4

type Fetch = typeof fetch
type Input = Parameters<Fetch>[0]
type Init = Parameters<Fetch>[1]
type Settings = Required<Omit<RetryOptions, 'read'>> & Pick<RetryOptions, 'read'>

const milliseconds = ['milliseconds, 0 or more', isAmount] as const

const optionRules: OptionRules<Settings> = {
  attempts: [3, 'a positive integer', value => Number.isInteger(value) && (value as number) > 0],
  baseDelay: [250, ...milliseconds],
  maxDelay: [30_000, ...milliseconds],
  methods: [
    ['GET', 'HEAD', 'OPTIONS', 'QUERY', 'PUT', 'DELETE', 'TRACE'],
    "a list of methods in upper case, like ['GET']",
    value => Array.isArray(value) && value.every(isMethod)
  ],
  advice: [{}, 'an object with the advice for each code', isObject],
  budget: [500, 'a number of tokens, 0 or more', isAmount],
  idempotencyKey: [false, 'true or false', value => typeof value === 'boolean'],
  read: [undefined, 'a function', value => value === undefined || typeof value === 'function']
}

function isMethod (value: unknown): boolean {
  return typeof value === 'string' && /^[^a-z]+$/.test(value)
}

/**
 * Returns a `fetch` that retries a request if the response advises it, or if there was no response. It waits a random
 * time, whose maximum doubles with each attempt, and at least the seconds in `Retry-After`. Like `fetch`, it resolves
 * with the last response, whatever its status, and rejects if there is no response. It also rejects as soon as the
 * `signal` of the request is aborted, even while it waits.
 *
 * A request is sent only once if its body is a stream, or if its method is not one of `methods`. `X-Should-Retry` and
 * `Retry-After-Ms` of a response take precedence over the tables of the client. Retries stop when the `budget` is used
 * up. A response that is not retried returns the tokens of the last retry of its call to the budget, or one token.
 *
 * The code of an error is read from the body only if the advice can depend on it. At most 1 MiB is read, for at most
 * 2 seconds. You can still read the body of the returned response.
 *
 * @throws TypeError with one sentence if `fetch` or an option is invalid
 * @example
 * const patient = withRetry(fetch, { attempts: 5 })
 * const response = await patient('/queues', { signal: AbortSignal.timeout(10_000) })
 */
export function withRetry (fetch: Fetch, options: RetryOptions = {}): Fetch {
  const settings = checkOptions('withRetry', fetch, options, optionRules)
  const { baseDelay, maxDelay, budget } = settings
  let tokens = budget
  return async (input: Input, given?: Init) => {
    const request = typeof input === 'object' && 'clone' in input ? input : undefined
    const init = addIdempotencyKey(request, given, settings)
    const signal = init?.signal ?? request?.signal
    const attempts = countAttempts(getMethod(request, init), init?.body, settings)
    let cost = 1
    for (let attempt = 1; attempt < attempts; attempt++) {
      let delay: number | undefined
      try {
        const response = await fetch(request?.clone() ?? input, init)
        delay = await getDelay(response, attempt, settings)
        if (delay === undefined) tokens = Math.min(budget, tokens + cost)
        if (delay === undefined || tokens < responseCost) return response
        cost = responseCost
        // A canceled body makes its connection available again. Not every implementation of `fetch` has web streams.
        response.body?.cancel?.().catch(() => {})
      } catch (error) {
        if (signal?.aborted === true || tokens < failureCost) throw error
        cost = failureCost
        delay = backoff(attempt, baseDelay, maxDelay)
      }
      tokens -= cost
      await sleep(delay, signal)
    }
    const response = await fetch(input, init)
    if (response.status < 400) tokens = Math.min(budget, tokens + cost)
    return response
  }
}

function getMethod (request: Request | undefined, init: Init): string {
  return (init?.method ?? request?.method ?? 'GET').toUpperCase()
}

/**
 * Adds the key as a string of Structured Fields (RFC 9651), as draft-ietf-httpapi-idempotency-key-header-07 requires.
 */
function addIdempotencyKey (request: Request | undefined, init: Init, settings: Settings): Init {
  if (!isKeyed(getMethod(request, init), settings)) return init
  const headers = new Headers(init?.headers ?? request?.headers)
  if (!headers.has('idempotency-key')) headers.set('idempotency-key', `"${crypto.randomUUID()}"`)
  return { ...init, headers }
}

function isKeyed (method: string, { idempotencyKey }: Settings): boolean {
  return idempotencyKey && keyedMethods.includes(method)
}

function countAttempts (method: string, body: unknown, settings: Settings): number {
  const isRetried = settings.methods.includes(method) || isKeyed(method, settings)
  return isRetried && !isStream(body) ? settings.attempts : 1
}

/** Returns whether a body is a stream, or an async iterable in Node. Such a body can be sent only once. */
function isStream (body: unknown): boolean {
  return isObject(body) && ('getReader' in body || Symbol.asyncIterator in body)
}

/** Returns the milliseconds until the request is retried; `undefined` if it is not retried. */
async function getDelay (response: Response, attempt: number, settings: Settings): Promise<number | undefined> {
  const { baseDelay, maxDelay, advice: own } = settings
  const { status, headers } = response
  const shouldRetry = headers.get('x-should-retry')
  if (status < 400 || shouldRetry === 'false') return undefined
  const isAdvised = shouldRetry === 'true'
  const isNever = (code?: string): boolean => !isAdvised && getRetryAdvice({ code, status }, own) === 'never'
  const isCodeNeeded = !isAdvised && dependsOnCode(status, own)
  if (!isCodeNeeded && isNever()) return undefined
  const isThrottled = getRetryAdvice({ status }, {}) === 'retry-after'
  const headerSeconds = parseRetryAfter(headers, undefined)
  const { code, retryAfter }: Partial<ResponseError> = isCodeNeeded || (isThrottled && headerSeconds === undefined)
    ? await parseCopy(response, settings)
    : { retryAfter: headerSeconds }
  const minimumDelay = (retryAfter ?? 0) * 1000
  if (isNever(code) || minimumDelay > maxDelay) return undefined
  const base = isThrottled && retryAfter === undefined ? baseDelay * throttledFactor : baseDelay
  return Math.min(maxDelay, minimumDelay + backoff(attempt, base, maxDelay))
}

/**
 * Reads the error from a copy, so that the response itself remains readable. Without a reader, only JSON has a code.
 */
async function parseCopy (response: Response, settings: Settings): Promise<ResponseError> {
  const isRead = settings.read !== undefined || /json/i.test(response.headers.get('content-type') as string)
  return await (isRead ? parseError(response.clone(), undefined, settings) : parseError(response, {}))
}
