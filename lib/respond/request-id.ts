import { randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'

/** 15 random bytes, as many as a UUID has, are 20 characters of base64url. */
const [bytes, length] = [15, 20]

let batch = ''
let used = 0

/** An id that is unique across processes. Each request needs one: made by the batch, it costs a third of a UUID. */
export function createRequestId (): string {
  if (used === batch.length) {
    batch = randomBytes(256 * bytes).toString('base64url')
    used = 0
  }
  const id = batch.slice(used, used + length)
  used += length
  return `req_${id}`
}

/** The id of a request as a header can carry it. A request whose `genReqId` gave it none gets one. */
export function getRequestId (request: FastifyRequest): string {
  if (request.id === '') request.id = createRequestId()
  const text = String(request.id)
  return /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text) ? text : encodeURIComponent(text.toWellFormed())
}
