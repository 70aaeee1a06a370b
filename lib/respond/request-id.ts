/** Request ids: makes them, and writes them so that a header can carry them. */
import { randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { encodeUriComponent } from '../support/encode-uri.js'

/** 15 random bytes, as many as a UUID has, are 20 characters of base64url. */
const [bytes, length] = [15, 20]

let batch = ''
let used = 0

/** Returns an id that is unique across processes. Random bytes are fetched in batches, because each request needs an id: that costs a third of a UUID. */
export function createRequestId (): string {
  if (used === batch.length) {
    batch = randomBytes(256 * bytes).toString('base64url')
    used = 0
  }
  const id = batch.slice(used, used + length)
  used += length
  return `req_${id}`
}

/** Returns the id of a request as a header can carry it. A request that got no id from `genReqId` is given one. */
export function getRequestId (request: FastifyRequest): string {
  if (request.id === '') request.id = createRequestId()
  const text = String(request.id)
  return /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text) ? text : encodeUriComponent(text)
}
