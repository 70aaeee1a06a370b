/** Stores idempotency keys in the memory of the process. */
import { expectKnownOptions, expectOption } from '../../support/expect-option.js'
import type { IdempotencyStore, StoredEntry } from './store.js'

/** The options of {@link memoryStore}. */
export interface MemoryStoreOptions {
  /** The maximum number of entries. @default 10000 */
  readonly maxEntries?: number
  /** The maximum size of all stored responses in bytes. @default 67108864 */
  readonly maxBytes?: number
}

const optionNames = Object.keys({ maxEntries: true, maxBytes: true } satisfies Record<keyof MemoryStoreOptions, true>)

/** An entry in memory. */
interface Entry extends StoredEntry {
  /** The owner of the claim. */
  readonly token: string
  /** Milliseconds of `performance.now()`. */
  readonly expiresAt: number
}

/**
 * Returns a store in the memory of the process, for one process and for tests. With several processes, use Redis or Postgres.
 *
 * If it is full, the least recently used responses are deleted. The warning `FASTIFY_API_ERRORS_IDEMPOTENCY_EVICTION` is emitted
 * once if one of them had not expired. The claims of running requests are never deleted. If they fill the store, its methods fail.
 *
 * @throws TypeError if an option is invalid
 * @example
 * const guard = idempotency({ store: memoryStore({ maxEntries: 1000 }) })
 */
export function memoryStore (options: MemoryStoreOptions = {}): IdempotencyStore {
  expectKnownOptions('memoryStore', '', options, optionNames)
  const { maxEntries = 10_000, maxBytes = 64 * 1024 * 1024 } = options
  expectOption('memoryStore', 'maxEntries', isPositiveInteger(maxEntries), 'a positive integer', maxEntries)
  expectOption('memoryStore', 'maxBytes', isPositiveInteger(maxBytes), 'a positive integer', maxBytes)
  /** The least recently used entry is the first. */
  const entries = new Map<string, Entry>()
  let bytes = 0
  let isWarned = false

  function remove (key: string): void {
    bytes -= getSize(entries.get(key))
    entries.delete(key)
  }

  /** Sets an entry as the most recently used one. If there is no space for the entry, throws and leaves the key unchanged. */
  function set (key: string, entry: Entry): void {
    const old = entries.get(key)
    const added = { entries: old === undefined ? 1 : 0, bytes: getSize(entry) - getSize(old) }
    const isFull = (): boolean => entries.size + added.entries > maxEntries || bytes + added.bytes > maxBytes
    for (const [other, { response, expiresAt }] of entries) {
      if (!isFull()) break
      const isCurrent = expiresAt > performance.now()
      if (other === key || (isCurrent && response === undefined)) continue
      remove(other)
      if (isCurrent) warn()
    }
    if (isFull()) throw new Error('The memory store of idempotency keys is full.')
    remove(key)
    entries.set(key, entry)
    bytes += getSize(entry)
  }

  function warn (): void {
    if (isWarned) return
    isWarned = true
    process.emitWarning(
      'The memory store of idempotency keys is full, so it deletes responses before they expire. Increase maxEntries or maxBytes, or use another store.',
      { code: 'FASTIFY_API_ERRORS_IDEMPOTENCY_EVICTION' }
    )
  }

  function findCurrent (key: string): Entry | undefined {
    const entry = entries.get(key)
    return entry !== undefined && entry.expiresAt > performance.now() ? entry : undefined
  }

  return {
    claim (key, { fingerprint, token, ttl }) {
      const entry = findCurrent(key)
      if (entry === undefined) set(key, { fingerprint, token, expiresAt: performance.now() + ttl })
      else set(key, entry)
      return entry === undefined ? undefined : { fingerprint: entry.fingerprint, response: entry.response }
    },
    complete (key, { fingerprint, token }, response, ttl) {
      const isOwn = (findCurrent(key)?.token ?? token) === token
      if (isOwn) set(key, { fingerprint, token, expiresAt: performance.now() + ttl, response })
      return isOwn
    },
    release (key, { token }) {
      if (entries.get(key)?.token === token) remove(key)
    }
  }
}

function getSize ({ response = '' }: StoredEntry = { fingerprint: '' }): number {
  return Buffer.byteLength(response)
}

function isPositiveInteger (value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1
}
