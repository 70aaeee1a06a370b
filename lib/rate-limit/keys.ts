import { createHash } from 'node:crypto'
import { normalizeIP } from '@fastify/rate-limit'
import type { FastifyRequest } from 'fastify'
import type { RateLimitPolicy } from './policies.js'

/** Whom a request is counted for. */
export type KeyGenerator<Key> = (request: FastifyRequest) => Key

type Own = Extract<RateLimitPolicy['key'], (...args: never[]) => unknown>

/** The function that a policy's `key` stands for. It returns a promise only where the policy has a function of its own. */
export function createKeyGenerator (key: Own, ipv6Subnet?: number): KeyGenerator<Promise<string>>
export function createKeyGenerator (key?: 'ip' | 'api-key', ipv6Subnet?: number): KeyGenerator<string>
export function createKeyGenerator (key: RateLimitPolicy['key'], ipv6Subnet?: number): KeyGenerator<string | Promise<string>>
export function createKeyGenerator (key: RateLimitPolicy['key'] = 'ip', ipv6Subnet?: number): KeyGenerator<string | Promise<string>> {
  // A connection that is closed already, and one over a Unix socket, has no address.
  const address = (request: FastifyRequest): string => normalizeIP(request.ip ?? '', ipv6Subnet)
  // Marked, so that an address which a forged X-Forwarded-For names is never the key of somebody else.
  const orAddress = (given: unknown, request: FastifyRequest): string => given === undefined || given === null ? `ip:${address(request)}` : String(given)
  if (key === 'ip') return address
  if (key === 'api-key') return request => orAddress(getApiKeyId(request), request)
  return async request => orAddress(await key(request), request)
}

/** The id of the API key that the guard found. */
function getApiKeyId (request: FastifyRequest): string | undefined {
  const { apiKey } = request as { readonly apiKey?: { readonly id?: unknown } | null }
  return typeof apiKey?.id === 'string' ? apiKey.id : undefined
}

/**
 * A key as a part of a key in the store: short, without line breaks, and without the braces that tell a Redis cluster
 * where a key belongs. What is not so already is hashed, and marked as such.
 */
export function toStoreKey (key: string): string {
  return /^[\w.:@-]{1,64}$/.test(key) ? key : `#${createHash('sha256').update(key).digest('base64url')}`
}
