import { getRetryAdvice, type RetryAdvice } from './retry-advice.js'
import { parseError } from './parse-error.js'
import { backoff, sleep } from './backoff.js'

/** What {@link withRetry} takes. */
export interface RetryOptions {
  /** How often a request is sent at most, the first time included. @default 3 */
  readonly attempts?: number
  /** Milliseconds: the longest wait before the second attempt; it doubles with each one after. @default 250 */
  readonly baseDelay?: number
  /** Milliseconds: no wait is longer. An answer that asks for a longer one is given back at once. @default 30000 */
  readonly maxDelay?: number
  /** The methods that are sent again, in capitals. @default the idempotent ones of RFC 9110, section 9.2.2 */
  readonly methods?: readonly string[]
  /** The advice of each code of the API, where it is another than the standard one. @default {} */
  readonly advice?: Readonly<Record<string, RetryAdvice>>
}

const known = ['attempts', 'baseDelay', 'maxDelay', 'methods', 'advice']

const idempotent = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE']

type Fetch = typeof fetch
type Input = Parameters<Fetch>[0]
type Init = Parameters<Fetch>[1]

/**
 * A `fetch` that sends a request again where the answer advises it, or where there was no answer. It waits a random
 * time, up to twice as long after each attempt, and never less than `Retry-After` names. As `fetch` does, it resolves with the last answer,
 * whatever its status, and rejects where there is none, or when the `signal` of the request is aborted, at once while it waits, too.
 *
 * A body that is a stream can be sent only once, and so can a request of any other method than `methods`.
 *
 * @throws TypeError with one sentence where an option is wrong
 * @example
 * const patient = withRetry(fetch, { attempts: 5 })
 * const response = await patient('/queues', { signal: AbortSignal.timeout(10_000) })
 */
export function withRetry (fetch: Fetch, options: RetryOptions = {}): Fetch {
  const stray = Object.keys(options).find(name => !known.includes(name))
  if (stray !== undefined) throw new TypeError(`withRetry: '${stray}' is not an option; it takes ${known.join(', ')}.`)
  const { attempts = 3, baseDelay = 250, maxDelay = 30_000, methods = idempotent, advice = {} } = options
  if (!Number.isInteger(attempts) || attempts < 1) fault('attempts', attempts, 'a whole number of 1 or more')
  if (!(baseDelay >= 0)) fault('baseDelay', baseDelay, 'milliseconds, 0 or more')
  if (!(maxDelay >= 0)) fault('maxDelay', maxDelay, 'milliseconds, 0 or more')
  if (!Array.isArray(methods) || !methods.every(isMethod)) fault('methods', methods, "an array of methods in capitals, like ['GET', 'POST']")

  /** Milliseconds until the request is sent again; `undefined` where it is not. */
  async function delayAfter (response: Response, attempt: number): Promise<number | undefined> {
    if (response.status < 400) return undefined
    const error = await parseError(response.clone())
    const least = (error.retryAfter ?? 0) * 1000
    if (getRetryAdvice(error, advice) === 'never' || least > maxDelay) return undefined
    return least + backoff(attempt, baseDelay, maxDelay)
  }

  return async (input: Input, init?: Init) => {
    const request = typeof input === 'object' && 'clone' in input ? input : undefined
    const method = init?.method ?? request?.method ?? 'GET'
    const signal = init?.signal ?? request?.signal
    const tries = methods.includes(method.toUpperCase()) && !isStream(init?.body) ? attempts : 1
    for (let attempt = 1; attempt < tries; attempt++) {
      let delay: number | undefined
      try {
        const response = await fetch(request?.clone() ?? input, init)
        delay = await delayAfter(response, attempt)
        if (delay === undefined) return response
      } catch (error) {
        if (signal?.aborted === true) throw error
        delay = backoff(attempt, baseDelay, maxDelay)
      }
      await sleep(delay, signal)
    }
    return await fetch(input, init)
  }
}

function isMethod (value: unknown): boolean {
  return typeof value === 'string' && /^[^a-z]+$/.test(value)
}

/** A stream, or in Node anything that is iterated over time, is gone when it was sent. */
function isStream (body: unknown): boolean {
  return typeof body === 'object' && body !== null && ('getReader' in body || Symbol.asyncIterator in body)
}

function fault (option: string, got: unknown, takes: string): never {
  throw new TypeError(`withRetry: the option '${option}' is ${typeof got === 'string' || Array.isArray(got) ? JSON.stringify(got).replaceAll('"', "'") : String(got)}; it takes ${takes}.`)
}
