import type { FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'
import type { Format } from '../formats/format.js'

/** The format for a caller: the second one where `Accept` prefers it (RFC 9110, section 12.5.1), else the first. */
export function chooseFormat (
  { format, negotiated }: { readonly format: Format, readonly negotiated: Format | undefined }, request: FastifyRequest
): Format {
  if (negotiated === undefined) return format
  const { accept } = request.headers
  if (accept?.toLowerCase().includes(negotiated.contentType) !== true) return format
  const preferred = new Negotiator(request.raw).mediaType([format.contentType, negotiated.contentType])
  return preferred === negotiated.contentType ? negotiated : format
}
