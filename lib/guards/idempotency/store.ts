/** The interface of a store of idempotency keys, and the timeout of its calls. */
import { ignoreRejection } from '../../support/call-safely.js'
import { describeValue } from '../../support/describe-value.js'

type Awaitable<T> = T | Promise<T>

/** The right of one request to run. */
export interface Claim {
  /** Identifies the request (its method, URL and body). */
  readonly fingerprint: string
  /** Identifies the owner of the claim, so that a late request cannot change the claim of another one. */
  readonly token: string
  /** Milliseconds after which the claim expires. */
  readonly ttl: number
}

/** What a store has for a key. */
export interface StoredEntry {
  /** The fingerprint of the first request. */
  readonly fingerprint: string
  /** The response to that request; `undefined` while the request is running. */
  readonly response?: string | undefined
}

/**
 * A store of idempotency keys. Each method is one atomic step. A method that throws or rejects, or that takes longer
 * than `storeTimeout`, counts as a failure of the store.
 */
export interface IdempotencyStore {
  /**
   * Claims a key if it has no entry, or if its entry has expired. Returns the entry otherwise, and `undefined` if it
   * was claimed.
   */
  readonly claim: (key: string, claim: Claim) => Awaitable<StoredEntry | undefined>
  /**
   * Stores the response, if the claim still exists or has expired without another one. Returns false if the key has the
   * entry of another request.
   *
   * @param ttl milliseconds after which the response expires
   */
  readonly complete: (key: string, claim: Claim, response: string, ttl: number) => Awaitable<boolean>
  /** Deletes a claim. The entry of another request is kept. */
  readonly release: (key: string, claim: Claim) => Awaitable<void>
}

/**
 * Returns a store whose methods reject after a timeout. A claim that succeeds after that is released, so that the
 * client can repeat the request immediately.
 *
 * @param timeout milliseconds
 */
export function withTimeout (store: IdempotencyStore, timeout: number): IdempotencyStore {
  return {
    claim: (key, claim) =>
      limitTime(async () => checkEntry(await store.claim(key, claim)), timeout, entry => {
        if (entry === undefined) {
          ignoreRejection((async () => {
            await store.release(key, claim)
          })())
        }
      }),
    complete: (key, claim, response, ttl) =>
      limitTime(async () => await store.complete(key, claim, response, ttl), timeout),
    release: (key, claim) =>
      limitTime(async () => {
        await store.release(key, claim)
      }, timeout)
  }
}

/** Returns the entry of a claimed key. A store for a database may return null if there is none. */
function checkEntry (entry: StoredEntry | null | undefined): StoredEntry | undefined {
  if (entry === undefined || entry === null) return undefined
  if (typeof entry.fingerprint === 'string') return entry
  throw new TypeError(`claim(): expected an entry with a fingerprint, or undefined, got ${describeValue(entry)}.`)
}

function limitTime<T> (call: () => Promise<T>, timeout: number, onLate: (result: T) => void = () => {}): Promise<T> {
  return new Promise((resolve, reject) => {
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      reject(new Error(`The store did not respond within ${timeout} ms.`))
    }, timeout)
    call().then(
      result => {
        clearTimeout(timer)
        if (isLate) onLate(result)
        else resolve(result)
      },
      error => {
        clearTimeout(timer)
        reject(error)
      }
    )
  })
}
