/** The keys of clients: the IP address, the API key, or the result of a policy's function. */
import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { checkReturned } from '../fastify/returned-errors.js'
import { describeValue } from '../support/describe-value.js'
import { normalizeAddress } from '../support/normalize-address.js'
import { createIpAllowlist, isAddressOrRange } from '../support/ip-allowlist.js'
import type { RateLimitPolicy } from './policies.js'

/** The key that identifies the client of a request. */
export interface ClientKey {
  /** The key that the functions of a policy receive. */
  readonly key: string
  /** The key in the store. Clients with different kinds of keys never share one. */
  readonly storeKey: string
  /** The address to compare with an `allowList`; `undefined` for an API key. */
  readonly address: string | undefined
}

/** Returns the key of the client of a request. */
export type KeyGenerator<Key> = (request: FastifyRequest) => Key

type KeyFunction = Extract<RateLimitPolicy['key'], (...args: never[]) => unknown>

/** Returns the key generator for the `key` of a policy. It returns a promise only if `key` is a function. */
export function createKeyGenerator (key: KeyFunction, ipv6Subnet?: number): KeyGenerator<Promise<ClientKey>>
export function createKeyGenerator (key?: 'ip' | 'api-key', ipv6Subnet?: number): KeyGenerator<ClientKey>
export function createKeyGenerator (
  key: RateLimitPolicy['key'],
  ipv6Subnet?: number
): KeyGenerator<ClientKey | Promise<ClientKey>>
export function createKeyGenerator (
  key: RateLimitPolicy['key'] = 'ip',
  ipv6Subnet?: number
): KeyGenerator<ClientKey | Promise<ClientKey>> {
  if (key === 'ip') return request => createAddressKey(request, ipv6Subnet, '')
  if (key === 'api-key') {
    return request => {
      const id = getApiKeyId(request)
      return id === undefined
        ? createAddressKey(request, ipv6Subnet, fallbackMark)
        : { key: id, storeKey: `api-key:${toStoreKey(id)}`, address: undefined }
    }
  }
  return async request => {
    const value = checkReturned(await key(request))
    if (value === undefined || value === null) return createAddressKey(request, ipv6Subnet, fallbackMark)
    // Every object would be the same text, so all clients would share one count.
    if (typeof value !== 'string' && typeof value !== 'number') {
      throw new TypeError(
        `fastify-api-errors: key of a rate limit: expected the function to return a string, a number or undefined, got ${describeValue(value)}.`
      )
    }
    const text = String(value)
    return { key: text, storeKey: `key:${toStoreKey(text)}`, address: text }
  }
}

/**
 * Marks an address that is used instead of another kind of key, so that a forged X-Forwarded-For is never the key of
 * another client.
 */
const fallbackMark = 'ip:'

function createAddressKey (request: FastifyRequest, ipv6Subnet: number | undefined, mark: string): ClientKey {
  // A closed connection and a Unix socket have no address.
  const address = request.ip ?? ''
  const key = normalizeAddress(address, ipv6Subnet)
  return { key: mark + key, storeKey: /^[\da-f.:]{2,45}$/.test(key) ? key : hash(key), address }
}

/** Returns the id of the API key that the guard found. */
function getApiKeyId (request: FastifyRequest): string | undefined {
  const { apiKey } = request as { readonly apiKey?: { readonly id?: unknown } | null }
  return typeof apiKey?.id === 'string' ? apiKey.id : undefined
}

/**
 * Returns a key as part of a key in the store: short, without line breaks, and without braces, which select the node in
 * a Redis cluster. A key with other characters is hashed, and the hash is marked.
 */
export function toStoreKey (key: string): string {
  return /^[\w.:@-]{1,64}$/.test(key) ? key : hash(key)
}

function hash (key: string): string {
  return `#${createHash('sha256').update(key).digest('base64url')}`
}

/** Returns a function that checks whether a client is on the `allowList` of a policy, by its key or its address. */
export function createAllowlist (entries: readonly string[]): (client: ClientKey) => boolean {
  const keys = new Set(entries)
  const ranges = entries.filter(isAddressOrRange)
  if (ranges.length === 0) return ({ key }) => keys.has(key)
  const isAllowed = createIpAllowlist(ranges)
  return ({ key, address }) => keys.has(key) || (address !== undefined && isAllowed(address))
}
