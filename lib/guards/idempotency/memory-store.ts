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
 * Returns a store in the memory of the process, for one process and for tests. With several processes, use Redis or
 * Postgres.
 *
 * If it is full, the least recently used responses are deleted. The warning `FASTIFY_API_ERRORS_IDEMPOTENCY_EVICTION`
 * is emitted once if one of them had not expired. The claims of running requests are never deleted. If they fill the
 * store, its methods fail.
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
  const entries = createEntries(maxEntries, maxBytes)
  return {
    claim (key, { fingerprint, token, ttl }) {
      const entry = entries.findCurrent(key)
      entries.set(key, entry ?? { fingerprint, token, expiresAt: performance.now() + ttl })
      return entry === undefined ? undefined : { fingerprint: entry.fingerprint, response: entry.response }
    },
    complete (key, { fingerprint, token }, response, ttl) {
      const isOwn = (entries.findCurrent(key)?.token ?? token) === token
      if (isOwn) entries.set(key, { fingerprint, token, expiresAt: performance.now() + ttl, response })
      return isOwn
    },
    release: (key, { token }) => {
      entries.remove(key, token)
    }
  }
}

/** Entries with a limited number and size. */
interface Entries {
  /** Returns the entry of a key, unless it has expired. */
  readonly findCurrent: (key: string) => Entry | undefined
  /**
   * Sets an entry as the most recently used one. If there is no space for the entry, throws and leaves the key
   * unchanged.
   */
  readonly set: (key: string, entry: Entry) => void
  /** Removes the entry of a key if the claim has this token. */
  readonly remove: (key: string, token: string) => void
}

function createEntries (maxEntries: number, maxBytes: number): Entries {
  /** The least recently used entry is the first. */
  const entries = new Map<string, Entry>()
  const warn = createWarning()
  let bytes = 0

  function remove (key: string): void {
    bytes -= getSize(entries.get(key))
    entries.delete(key)
  }

  return {
    findCurrent (key) {
      const entry = entries.get(key)
      return entry !== undefined && entry.expiresAt > performance.now() ? entry : undefined
    },
    set (key, entry) {
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
    },
    remove (key, token) {
      if (entries.get(key)?.token === token) remove(key)
    }
  }
}

/** Returns a function that warns once about a deleted response. */
function createWarning (): () => void {
  let isWarned = false
  return () => {
    if (isWarned) return
    isWarned = true
    process.emitWarning(
      'The memory store of idempotency keys is full, so it deletes responses before they expire. Increase maxEntries or maxBytes, or use another store.',
      { code: 'FASTIFY_API_ERRORS_IDEMPOTENCY_EVICTION' }
    )
  }
}

function getSize ({ response = '' }: StoredEntry = { fingerprint: '' }): number {
  return Buffer.byteLength(response)
}

function isPositiveInteger (value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1
}
