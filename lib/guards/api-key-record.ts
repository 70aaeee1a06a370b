import { describeValue } from '../support/describe-value.js'
import { ipAllowlist } from './ip-allowlist.js'
import { hashKey, matchesHash } from './keys.js'

/** A moment: a Date, an ISO 8601 text, or milliseconds since 1970. */
export type Moment = Date | string | number

/** What `lookup` knows about a key. It may have more: all of it becomes `request.apiKey`. */
export interface ApiKeyRecord {
  /** Names the key, in limits and in your logs. Never the key itself. */
  readonly id: string
  /** What the key may do. Absent or null: nothing that needs a scope. */
  readonly scopes?: readonly string[] | null
  /** From this moment on the key no longer works. Absent or null: it works for ever. */
  readonly expiresAt?: Moment | null
  /** Since this moment the key is revoked. Absent or null: it is not. */
  readonly revokedAt?: Moment | null
  /** Addresses and CIDR ranges that the key works from. Absent or null: from everywhere; an empty list: from nowhere. */
  readonly allowedIps?: readonly string[] | null
  /**
   * What `hashKey` gave for the key. Where a record has it, the guard compares it in constant time with the key that was sent; needed where
   * `lookup` finds records by something else than the hash. Absent or null: `lookup` compared the hashes itself.
   */
  readonly hash?: string | null
}

/** Why a key is refused. */
export type KeyFault = 'invalid_api_key' | 'api_key_revoked' | 'api_key_expired' | 'ip_not_allowed' | 'insufficient_scope'

/** What the request brings, and what the route asks for. */
export interface KeyUse {
  readonly key: string
  /** The address of the caller; none where it came over a Unix socket. */
  readonly ip: string | undefined
  readonly now: number
  readonly required: readonly string[]
}

/**
 * Why a key is refused; `undefined` where it is good. Scopes come last: who calls from a wrong address learns nothing about them.
 *
 * @throws TypeError where the record cannot be read: a date that is none lets nobody through
 */
export function findKeyFault (record: ApiKeyRecord | null, { key, ip, now, required }: KeyUse): KeyFault | undefined {
  // An unknown key is compared like a known one, so that both take the same time.
  const same = matchesHash(key, record === null ? noHash : record.hash ?? hashKey(key))
  if (record === null || !same) return 'invalid_api_key'
  if (typeof record.id !== 'string') throw unreadable(record, 'id', 'a text')
  if (hasPassed(record, 'revokedAt', now)) return 'api_key_revoked'
  if (hasPassed(record, 'expiresAt', now)) return 'api_key_expired'
  const allowedIps = readList(record, 'allowedIps')
  if (allowedIps !== undefined && !ipAllowlist(allowedIps)(ip)) return 'ip_not_allowed'
  const scopes = readList(record, 'scopes') ?? []
  return required.every(scope => scopes.includes(scope)) ? undefined : 'insufficient_scope'
}

const noHash = '0'.repeat(64)

function hasPassed (record: ApiKeyRecord, field: 'revokedAt' | 'expiresAt', now: number): boolean {
  const moment = record[field] ?? undefined
  if (moment === undefined) return false
  const time = new Date(moment).getTime()
  if (Number.isNaN(time)) throw unreadable(record, field, 'a Date, an ISO 8601 text or milliseconds')
  return time <= now
}

function readList (record: ApiKeyRecord, field: 'allowedIps' | 'scopes'): readonly string[] | undefined {
  const list = record[field] ?? undefined
  // A text has an `includes`, too: 'queues:write' would hold the scope 'queues'.
  if (list !== undefined && !Array.isArray(list)) throw unreadable(record, field, 'an array of texts, or null')
  return list
}

function unreadable (record: ApiKeyRecord, field: keyof ApiKeyRecord, takes: string): TypeError {
  return new TypeError(`The record of the API key '${record.id}' cannot be read: '${field}' is ${describeValue(record[field])}; it takes ${takes}.`)
}
