/** Generates request ids, and encodes them for headers. */
import { randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { encodeUriComponent } from '../support/encode-uri.js'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** The last two characters of ids. */
const endings: readonly string[] = [...alphabet].flatMap(first => [...alphabet].map(second => first + second))

let beginning = ''
let used = endings.length

/**
 * Returns an id that is unique across processes: 104 random bits, and a number of two characters that counts up to the next random
 * bits. This takes a tenth of the time of a UUID, and it runs for every request.
 */
export function createRequestId (): string {
  if (used === endings.length) {
    beginning = `req_${randomBytes(13).toString('base64url')}`
    used = 0
  }
  return beginning + (endings[used++] as string)
}

/** Returns the id of a request in a form that is valid in a header. If `genReqId` returned no id, a new one is generated. */
export function getRequestId (request: FastifyRequest): string {
  if (request.id === '') request.id = createRequestId()
  const text = String(request.id)
  return /^ |[^\x20-\x7e]| $/.test(text) ? encodeUriComponent(text) : text
}
