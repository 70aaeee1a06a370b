import { readBody } from './read-body.js'
import { ResponseError, type AnyCatalog, type ErrorOf } from './response-error.js'
import { parseRetryAfter } from './retry-after.js'

/**
 * Reads the error out of an answer, whichever of the formats of fastify-api-errors it has, or RFC 9457 of any API.
 * What cannot be read (the HTML of a proxy, broken JSON, a body that stops halfway) gives an error with the status
 * alone. It never rejects.
 *
 * @param response an answer with a status of 400 or more
 * @param body the parsed body, where the response was read already: `parseError(response, error)` with openapi-fetch
 * @example
 * const response = await fetch('/queues/1/entries', { method: 'POST' })
 * if (!response.ok) throw await parseError<typeof errors>(response)
 */
export async function parseError<C extends AnyCatalog = AnyCatalog> (response: Response, body?: unknown): Promise<ErrorOf<C>> {
  const { status, headers } = response
  const given = body ?? parsed(await readText(response))
  const { message, code, issues, meta, requestId } = readBody(given)
  return new ResponseError(message ?? `HTTP ${status} ${response.statusText}`.trim(), {
    code,
    status,
    issues,
    meta,
    requestId: requestId ?? headers.get('x-request-id') ?? undefined,
    retryAfter: parseRetryAfter(headers, meta),
    body: given
  }) as ErrorOf<C>
}

async function readText (response: Response): Promise<string | undefined> {
  try {
    return await response.text()
  } catch {
    return undefined
  }
}

function parsed (text: string | undefined): unknown {
  try {
    return JSON.parse(text as string)
  } catch {
    return text
  }
}
