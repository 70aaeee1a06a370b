/** Generates request ids, and encodes them for headers. */
import { randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { encodeUriComponent } from '../support/encode-uri.js'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** The number of ids that have the same random bits. Two characters count them. */
const maxCount = alphabet.length ** 2

let beginning = ''
let count = maxCount

/**
 * Returns an id that is unique across processes: 104 random bits, and a number of two characters that counts up to the
 * next random bits. It runs for every request, and most requests need no random bytes.
 */
export function createRequestId (): string {
  if (count === maxCount) {
    beginning = `req_${randomBytes(13).toString('base64url')}`
    count = 0
  }
  const id = beginning + alphabet.charAt(count >> 6) + alphabet.charAt(count & 63)
  count++
  return id
}

/**
 * Returns the id of a request in a form that is valid in a header. If it is empty or cannot be converted to a string, a
 * new one is generated.
 */
export function getRequestId (request: FastifyRequest): string {
  let text = ''
  try {
    text = String(request.id)
  } catch {}
  if (text === '') text = request.id = createRequestId()
  return /^ |[^\x20-\x7e]| $/.test(text) ? encodeUriComponent(text) : text
}
