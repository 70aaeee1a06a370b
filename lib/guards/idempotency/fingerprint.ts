/**
 * Creates the fingerprint of a request, and the key of an entry in the store. Two different requests with one key have
 * different fingerprints.
 */
import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { isObject, isRecord } from '../../support/is-object.js'

/**
 * Returns the SHA-256 hash of the method, the route, the URL with its query, and the body. The order of properties in a
 * JSON body does not matter. A body that is read as a stream is not part of it.
 */
export function createFingerprint (request: FastifyRequest): string {
  const { method, url, routeOptions, body } = request
  return createHash('sha256').update(JSON.stringify([method, routeOptions.url, url])).update(encodeBody(body)).digest(
    'base64url'
  )
}

/**
 * Returns the key under which a store keeps an entry. It depends on the caller, so that callers cannot read each
 * other's responses (draft-ietf-httpapi-idempotency-key-header-07, "Security Considerations"). A hash has a fixed
 * length and no special characters.
 */
export function createStoreKey (caller: string, key: string): string {
  return createHash('sha256').update(JSON.stringify([caller, key])).digest('base64url')
}

function encodeBody (body: unknown): string | Uint8Array {
  if (body instanceof Uint8Array) return body
  return isObject(body) && typeof body.pipe === 'function' ? '' : JSON.stringify(body, encodeValue) ?? ''
}

/** Returns a value that JSON can represent, with the properties of objects in a fixed order. */
function encodeValue (_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  if (value instanceof Map || value instanceof Set) return [...value]
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1))
}
