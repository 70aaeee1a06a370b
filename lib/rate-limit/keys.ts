/** The keys of callers: the address, the API key, or what a function of a policy returns. */
import { createHash } from 'node:crypto'
import { normalizeIP } from '@fastify/rate-limit'
import type { FastifyRequest } from 'fastify'
import type { RateLimitPolicy } from './policies.js'

/** Returns the key of the caller of a request. */
export type KeyGenerator<Key> = (request: FastifyRequest) => Key

type KeyFunction = Extract<RateLimitPolicy['key'], (...args: never[]) => unknown>

/** Returns the key generator for the `key` of a policy. It returns a promise only if `key` is a function. */
export function createKeyGenerator (key: KeyFunction, ipv6Subnet?: number): KeyGenerator<Promise<string>>
export function createKeyGenerator (key?: 'ip' | 'api-key', ipv6Subnet?: number): KeyGenerator<string>
export function createKeyGenerator (key: RateLimitPolicy['key'], ipv6Subnet?: number): KeyGenerator<string | Promise<string>>
export function createKeyGenerator (key: RateLimitPolicy['key'] = 'ip', ipv6Subnet?: number): KeyGenerator<string | Promise<string>> {
  // A closed connection and a Unix socket have no address.
  const getAddress = (request: FastifyRequest): string => normalizeIP(request.ip ?? '', ipv6Subnet)
  // Marked, so that an address from a forged X-Forwarded-For is never the key of another caller.
  const orAddress = (value: unknown, request: FastifyRequest): string => value === undefined || value === null ? `ip:${getAddress(request)}` : String(value)
  if (key === 'ip') return getAddress
  if (key === 'api-key') return request => orAddress(getApiKeyId(request), request)
  return async request => orAddress(await key(request), request)
}

/** Returns the id of the API key that the guard found. */
function getApiKeyId (request: FastifyRequest): string | undefined {
  const { apiKey } = request as { readonly apiKey?: { readonly id?: unknown } | null }
  return typeof apiKey?.id === 'string' ? apiKey.id : undefined
}

/**
 * Returns a key as part of a key in the store: short, without line breaks, and without braces, which select the node in a
 * Redis cluster. A key with other characters is hashed, and the hash is marked.
 */
export function toStoreKey (key: string): string {
  return /^[\w.:@-]{1,64}$/.test(key) ? key : `#${createHash('sha256').update(key).digest('base64url')}`
}
