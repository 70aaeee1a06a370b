/** The record of an API key, and the check of a key against it. */
import { isDate } from 'node:util/types'
import { describeValue } from '../../support/describe-value.js'
import { createIpAllowlist, isAddressOrRange } from '../../support/ip-allowlist.js'
import { hashKey, matchesHash } from './key.js'

/** A point in time: a Date, an ISO 8601 string, or milliseconds since 1970. */
export type Moment = Date | string | number

/**
 * The record that `lookup` returns for a key. It may have more properties. The whole record becomes `request.apiKey`.
 */
export interface ApiKeyRecord {
  /** Identifies the key in limits and logs. Never use the key itself. */
  readonly id: string
  /** The scopes of the key. If absent or null, the key has no scopes. */
  readonly scopes?: readonly string[] | null
  /** The time from which the key no longer works. If absent or null, the key does not expire. */
  readonly expiresAt?: Moment | null
  /** The time from which the key is revoked. If absent or null, the key is not revoked. */
  readonly revokedAt?: Moment | null
  /**
   * The IP addresses and CIDR ranges from which the key can be used. If absent or null, all addresses are allowed. If
   * empty, none is allowed.
   */
  readonly allowedIps?: readonly string[] | null
  /**
   * The result of `hashKey` for the key. If it is set, the guard compares it with the received key in constant time. It
   * is required if `lookup` does not find records by the hash. If absent or null, `lookup` must have compared the
   * hashes.
   */
  readonly hash?: string | null
}

/** Why a key is rejected. */
export type KeyFault =
  | 'invalid_api_key'
  | 'api_key_revoked'
  | 'api_key_expired'
  | 'ip_not_allowed'
  | 'insufficient_scope'

/** The values of the request and the requirements of the route. */
export interface KeyUse {
  readonly key: string
  /** The address of the client; `undefined` over a Unix socket. */
  readonly ip: string | undefined
  /** Milliseconds since 1970. */
  readonly now: number
  /** The scopes that the route requires. */
  readonly required: readonly string[]
}

/**
 * Returns why a key is rejected; `undefined` if it is valid. Scopes are checked last, so that a client from a wrong
 * address learns nothing about them.
 *
 * @throws TypeError if the record is invalid, for example because of an invalid date
 */
export function findKeyFault (record: ApiKeyRecord | null, { key, ip, now, required }: KeyUse): KeyFault | undefined {
  // An unknown key is compared like a known one, so that both take the same time.
  const isSame = matchesHash(key, record === null ? unknownHash : record.hash ?? hashKey(key))
  if (record === null || !isSame) return 'invalid_api_key'
  if (typeof record.id !== 'string' || record.id === '') {
    throw invalidRecord(record, 'id', 'a string with at least one character')
  }
  if (hasPassed(record, 'revokedAt', now)) return 'api_key_revoked'
  if (hasPassed(record, 'expiresAt', now)) return 'api_key_expired'
  const allowedIps = readAllowedIps(record)
  if (allowedIps !== undefined && !createIpAllowlist(allowedIps)(ip)) return 'ip_not_allowed'
  const scopes = readList(record, 'scopes') ?? []
  return required.every(scope => scopes.includes(scope)) ? undefined : 'insufficient_scope'
}

const unknownHash = '0'.repeat(64)

function hasPassed (record: ApiKeyRecord, field: 'revokedAt' | 'expiresAt', now: number): boolean {
  const moment = record[field] ?? undefined
  if (moment === undefined) return false
  // JavaScript converts other values as well: `false` is 1970, so the key of a user with `revokedAt: false` would be
  // revoked.
  const time = typeof moment === 'string' || typeof moment === 'number' || isDate(moment)
    ? new Date(moment).getTime()
    : NaN
  if (Number.isNaN(time)) throw invalidRecord(record, field, 'a Date, an ISO 8601 string or milliseconds')
  return time <= now
}

function readList (record: ApiKeyRecord, field: 'allowedIps' | 'scopes'): readonly string[] | undefined {
  const list = record[field] ?? undefined
  // A string also has `includes`, so 'queues:write' would match the scope 'queues'.
  if (list !== undefined && !Array.isArray(list)) throw invalidRecord(record, field, 'an array of strings, or null')
  return list
}

function readAllowedIps (record: ApiKeyRecord): readonly string[] | undefined {
  const list = readList(record, 'allowedIps')
  const invalid = list?.find(entry => !isAddressOrRange(String(entry)))
  if (invalid !== undefined) {
    throw invalidRecord(
      record,
      'allowedIps',
      "addresses and ranges such as '192.0.2.1', '192.0.2.0/24' or '2001:db8::/32'",
      invalid
    )
  }
  return list
}

function invalidRecord (
  record: ApiKeyRecord,
  field: keyof ApiKeyRecord,
  expected: string,
  received: unknown = record[field]
): TypeError {
  return new TypeError(
    `The record of the API key ${describeValue(record.id)} is invalid: ${field}: expected ${expected}, got ${describeValue(received)}.`
  )
}
