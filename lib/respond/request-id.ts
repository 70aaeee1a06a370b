import { randomUUID } from 'node:crypto'
import type { FastifyRequest } from 'fastify'

/** An id that is unique across processes. */
export function createRequestId (): string {
  return `req_${randomUUID()}`
}

/** The id of a request as a header can carry it. */
export function requestIdOf ({ id }: FastifyRequest): string {
  const text = String(id)
  return /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text) ? text : encodeURIComponent(text.toWellFormed())
}
