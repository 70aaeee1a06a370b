/** Speaks HTTP/1.1 over a plain socket, so that a test sees what really goes over the wire. */
import { connect, type Socket } from 'node:net'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import apiErrors, { serverOptions, type ApiErrorsOptions } from 'fastify-api-errors'

/** An answer as it came: the names of headers in lower case, without `date`, `connection` and `keep-alive`. */
export interface WireAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Returns parsed JSON, or the string if it is not JSON. */
  readonly body: unknown
}

/** The id that every request of {@link serve} has. */
export const requestId = 'req_1'

/** An application with the plugin; its requests all have the same id. */
export async function create (options: ApiErrorsOptions = {}, server: FastifyServerOptions = {}): Promise<FastifyInstance> {
  const app = Fastify(serverOptions({ genReqId: () => requestId, ...server }))
  await app.register(apiErrors, { log: false, ...options })
  return app
}

/** Starts an application on a free port of the loopback address; it is closed at the end of the test. */
export async function start (t: { readonly after: (close: () => Promise<void>) => void }, app: FastifyInstance): Promise<number> {
  t.after(() => app.close())
  await app.listen({ host: '127.0.0.1', port: 0 })
  return portOf(app)
}

export function portOf (app: FastifyInstance): number {
  return (app.server.address() as { readonly port: number }).port
}

/** Sends a string and returns everything until the server closes the connection. */
export function exchange (port: number, text: string, socket: Socket = connect(port, '127.0.0.1')): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = ''
    socket.setEncoding('latin1')
    socket.on('data', chunk => { received += String(chunk) })
    socket.on('error', error => received === '' ? reject(error) : resolve(received))
    socket.on('close', () => resolve(received))
    socket.write(text)
  })
}

/** A request with the headers given, after which the server is asked to close the connection. */
export function requestOf (method: string, path: string, headers: Readonly<Record<string, string>> = {}, body = ''): string {
  const lines = { Host: 'localhost', Connection: 'close', ...(body !== '' && { 'Content-Length': String(Buffer.byteLength(body)) }), ...headers }
  return `${method} ${path} HTTP/1.1\r\n${Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`
}

/** Sends one request and reads its answer. */
export async function ask (port: number, method: string, path: string, headers?: Readonly<Record<string, string>>, body?: string): Promise<WireAnswer> {
  return answerOf(await exchange(port, requestOf(method, path, headers, body)))
}

const ofTheConnection: readonly string[] = ['date', 'connection', 'keep-alive']

/** Returns the only response in a string. */
export function answerOf (text: string): WireAnswer {
  const end = text.indexOf('\r\n\r\n')
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n')
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    if (!ofTheConnection.includes(name)) headers[name] = line.slice(colon + 1).trim()
  }
  const body = text.slice(end + 4)
  return { status: Number(statusLine.split(' ')[1]), headers, body: parsed(headers['transfer-encoding'] === 'chunked' ? joined(body) : body) }
}

/** The whole answer that the contract gives: a body, the headers of every error, and those given. */
export function contractAnswer (status: number, body: Readonly<Record<string, unknown>>, headers: Readonly<Record<string, string>> = {}): WireAnswer {
  return {
    status,
    headers: {
      'cache-control': 'no-store',
      'x-request-id': String(body.request_id ?? requestId),
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(Buffer.byteLength(JSON.stringify(body))),
      ...headers
    },
    body
  }
}

/** The same answer to HEAD: no body, and the length that the body would have (RFC 9110, section 9.3.2). */
export function withoutBody (answer: WireAnswer): WireAnswer {
  return { ...answer, body: '' }
}

function joined (text: string): string {
  const [, size = '0', rest = ''] = /^([0-9a-f]+)\r\n(.*)$/s.exec(text) ?? []
  const length = parseInt(size, 16)
  return length === 0 ? '' : rest.slice(0, length) + joined(rest.slice(length + 2))
}

function parsed (text: string): unknown {
  const whole = Buffer.from(text, 'latin1').toString()
  try {
    return JSON.parse(whole)
  } catch {
    return whole
  }
}
