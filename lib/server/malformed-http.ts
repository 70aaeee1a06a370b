/** Responds to malformed HTTP messages, which Node's HTTP parser rejects before Fastify receives a request. */
import { STATUS_CODES, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { StandardCode } from '../catalog/standard-errors.js'
import type { PreparedResponse } from '../respond/send-response.js'
import { getResponder } from './server-state.js'

/** The code for each error of Node's HTTP parser. Every other error is `invalid_request`. */
export const clientErrors: Readonly<Record<string, StandardCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
  HPE_HEADER_OVERFLOW: 'request_header_fields_too_large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'payload_too_large'
}

/** An error of Node's HTTP parser, or of a timeout of the connection. */
interface ClientError extends Error {
  readonly code?: string
  /**
   * The bytes that were parsed last, and the number of them before the error (Node's documentation of `clientError`).
   */
  readonly rawPacket?: Buffer
  readonly bytesParsed?: number
}

/** Connections whose malformed bytes get a response after the responses to earlier requests. */
const waiting = new WeakSet<Socket>()

/** Writes the response to malformed HTTP and closes the connection: Fastify's option `clientErrorHandler`. */
export function clientErrorHandler (this: FastifyInstance, error: ClientError, socket: Socket): void {
  if (!canRespond(socket)) {
    if (!waiting.has(socket)) socket.destroy(error)
    return
  }
  const earlier = findEarlierResponse(socket)
  if (earlier !== undefined) {
    // Node reports an error for each packet that arrives while the connection waits.
    if (waiting.has(socket)) return
    waiting.add(socket)
    earlier.once('close', () => {
      waiting.delete(socket)
      clientErrorHandler.call(this, error, socket)
    })
    return
  }
  const responder = getResponder(this.server, findUrl(error, socket))
  const code = clientErrors[String(error.code)] ?? 'invalid_request'
  const response = responder.prepareRawResponse(responder.settings.errors[code]({ cause: error }), {
    headers: findHeaders(error, socket)
  }, this.log)
  socket.write(formatHttpMessage(response))
  socket.destroySoon()
}

/**
 * Undocumented properties of a connection: whether the TLS handshake is in progress, and the response that is being
 * sent.
 */
type OpenSocket = Socket & {
  readonly secureConnecting?: boolean,
  readonly _httpMessage?: Pick<ServerResponse, 'headersSent' | 'once' | 'req'> | null
}

/** Returns the URL of a request that could not be read: from its request line, or of the request whose body failed. */
function findUrl (error: ClientError, socket: OpenSocket): string | undefined {
  return findRequestLine(error)?.[1] ?? socket._httpMessage?.req.url
}

/** Returns the header for the language of a request that could not be read, if it can be found. */
function findHeaders (error: ClientError, socket: OpenSocket): IncomingHttpHeaders {
  const line = findRequestLine(error)
  if (line === undefined) return { 'accept-language': socket._httpMessage?.req.headers['accept-language'] }
  const [head = ''] = line.input.slice(line.index).split('\r\n\r\n', 1)
  return { 'accept-language': /^accept-language:(.*)$/im.exec(head)?.[1]?.trim() }
}

/** Returns the last request line before the error, with the URL in it. */
function findRequestLine ({ rawPacket, bytesParsed = 0 }: ClientError): RegExpExecArray | undefined {
  const lines = [...rawPacket?.toString('latin1').matchAll(/(?<=^|\r\n)[A-Z-]+ (\S+) HTTP\//g) ?? []]
  return lines.filter(({ index }) => index <= bytesParsed).at(-1)
}

/**
 * Returns whether a response can be written. In the middle of another response, it would be read as part of that
 * response.
 */
function canRespond (socket: OpenSocket): boolean {
  return socket.writable && socket.secureConnecting !== true && socket._httpMessage?.headersSent !== true
}

/**
 * Returns the response to an earlier request on the connection. If that request has fully arrived, the malformed bytes
 * belong to a later one. The client would read a response to them as the response to the earlier request (RFC 9112,
 * section 9.3.2).
 */
function findEarlierResponse ({ _httpMessage: response }: OpenSocket): Pick<ServerResponse, 'once'> | undefined {
  return response?.req.complete === true ? response : undefined
}

function formatHttpMessage ({ status, headers, payload }: PreparedResponse): string {
  const lines = {
    ...headers,
    'content-length': Buffer.byteLength(payload),
    date: new Date().toUTCString(),
    connection: 'close'
  }
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${Object.entries(lines).map(([name, value]) => `${name}: ${String(value)}\r\n`).join('')}\r\n${payload}`
}
