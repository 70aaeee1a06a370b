/** Writes a sample request as a program in JavaScript that uses the client of this package. */
import type { SampleRequest } from '../../samples/sample-request.js'
import { quote } from './quote.js'

/** The methods and headers that `fetch` does not send (Fetch, sections 2.2.1 and 2.2.2). */
const forbiddenMethods: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK'])
const forbiddenHeaders: ReadonlySet<string> = new Set([
  'connection', 'content-length', 'expect', 'host', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade'
])

/**
 * Returns a request as a program that sends it with `fetch` and reads the error; `undefined` if `fetch` cannot send the
 * request.
 *
 * @param origin scheme and host of the API: `https://api.example.com`
 */
export function formatFetch (request: SampleRequest, origin: string): string | undefined {
  const { method, path, headers, body, bodyBytes, times } = request
  const hasBody = body !== undefined || bodyBytes !== undefined
  if (
    forbiddenMethods.has(method) || (hasBody && (method === 'GET' || method === 'HEAD')) ||
    Object.keys(headers).some(name => forbiddenHeaders.has(name))
  ) return undefined
  const call = `fetch(${[quote(origin + path), ...formatInit(request)].join(', ')})`
  return [
    `import { ${times === 1 ? 'parseError, withRetry' : 'parseError'} } from 'fastify-api-errors/client'`,
    '',
    ...(times === 1
      ? [`const response = await withRetry(fetch)${call.slice('fetch'.length)}`]
      : ['let response', `for (let i = 0; i < ${times}; i++) response = await ${call}`]),
    'if (!response.ok) {',
    '  const { status, code, message } = await parseError(response)',
    '  console.log(status, code, message)',
    '}'
  ].join('\n')
}

function formatInit ({ method, headers, body, bodyBytes, longHeader }: SampleRequest): string[] {
  const names = [
    ...Object.entries(headers).map(([name, value]) => `${quote(name)}: ${quote(value)}`),
    ...(longHeader === undefined ? [] : [`${quote(longHeader.name)}: 'x'.repeat(${longHeader.bytes})`])
  ]
  const lines = [
    ...(method === 'GET' ? [] : [`method: ${quote(method)}`]),
    ...(names.length === 0 ? [] : [`headers: {\n    ${names.join(',\n    ')}\n  }`]),
    ...(body === undefined ? [] : [`body: ${formatBody(body)}`]),
    ...(bodyBytes === undefined ? [] : [`body: new Uint8Array(${bodyBytes})`])
  ]
  return lines.length === 0 ? [] : [`{\n  ${lines.join(',\n  ')}\n}`]
}

/** Returns JSON as an object, and any other text as a string. */
function formatBody (body: string): string {
  try {
    const value: unknown = JSON.parse(body)
    if (JSON.stringify(value) === body) {
      return `JSON.stringify(${JSON.stringify(value, null, 2).replaceAll('\n', '\n  ')})`
    }
  } catch {} // an invalid body is what is wrong with some requests
  return quote(body)
}
