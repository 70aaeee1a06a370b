/**
 * The HTTP helpers of the tests: applications with the plugin, requests to them, and complete responses to compare. A
 * request goes through `fetch`, through a plain socket (to see the raw bytes), or through `inject`.
 */
import { connect, type Socket } from 'node:net'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import apiErrors, { serverOptions, standardErrors, type AnyCatalog, type ApiErrorsOptions, type StandardCode } from 'fastify-api-errors'

/** A response: the names of headers are in lower case, and the headers of the connection and the date are omitted. */
export interface HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** The parsed JSON, or a string if it is not JSON. */
  readonly body: unknown
}

/** The part of a test that closes what the test opened. */
interface Closing {
  readonly after: (close: () => Promise<void>) => void
}

/** The id of every request to an application of {@link createApp}. */
export const requestId = 'req_1'

/** Returns an application with the plugin, in which every request has the id {@link requestId}. */
export async function createApp (options: ApiErrorsOptions = {}, server: FastifyServerOptions = {}): Promise<FastifyInstance> {
  const app = Fastify(serverOptions({ genReqId: () => requestId, ...server }))
  await app.register(apiErrors, { log: false, ...options })
  return app
}

/** Starts an application on a free port of 127.0.0.1 until the test ends, and returns the port. */
export async function listen (t: Closing, app: FastifyInstance): Promise<number> {
  t.after(() => app.close())
  await app.listen({ host: '127.0.0.1', port: 0 })
  return getPort(app)
}

export function getPort (app: FastifyInstance): number {
  return (app.server.address() as { readonly port: number }).port
}

/** Starts an application with the plugin and its usual request ids until the test ends, and returns its URL. */
export async function serveApp (
  t: Closing, options: ApiErrorsOptions, routes: (app: FastifyInstance) => unknown, server: FastifyServerOptions = {}
): Promise<string> {
  const app = Fastify(serverOptions({ forceCloseConnections: true, ...server })) as FastifyInstance
  await app.register(apiErrors, options)
  await routes(app)
  return `http://127.0.0.1:${await listen(t, app)}`
}

/** Sends a request with `fetch`. A generated request id is replaced by REQUEST_ID in the response, so that it can be compared. */
export async function fetchResponse (url: string, init?: RequestInit): Promise<HttpResponse> {
  const response = await fetch(url, init)
  const { date, connection, 'keep-alive': keepAlive, 'content-length': length, ...headers } = Object.fromEntries(response.headers)
  const text = await response.text()
  const body = headers['content-type']?.includes('json') ? JSON.parse(text) : text
  const id = headers['x-request-id']
  if (id === undefined || typeof body !== 'object' || body === null) return { status: response.status, headers, body }
  headers['x-request-id'] = 'REQUEST_ID'
  for (const name of ['request_id', 'requestId']) if (body[name] === id) body[name] = 'REQUEST_ID'
  if (typeof body.instance === 'string') body.instance = body.instance.replace(`#${id}`, '#REQUEST_ID')
  return { status: response.status, headers, body }
}

/** Sends a string over a socket and returns everything that the server sends until it closes the connection. */
export function sendRaw (port: number, text: string, socket: Socket = connect(port, '127.0.0.1')): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = ''
    socket.setEncoding('latin1')
    socket.on('data', chunk => { received += String(chunk) })
    socket.on('error', error => received === '' ? reject(error) : resolve(received))
    socket.on('close', () => resolve(received))
    socket.write(text)
  })
}

/** Returns an HTTP/1.1 request as a string. It asks the server to close the connection. */
export function formatRequest (method: string, path: string, headers: Readonly<Record<string, string>> = {}, body = ''): string {
  const lines = { Host: 'localhost', Connection: 'close', ...(body !== '' && { 'Content-Length': String(Buffer.byteLength(body)) }), ...headers }
  return `${method} ${path} HTTP/1.1\r\n${Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`
}

/** Sends one request over a socket and returns the response. */
export async function sendRequest (port: number, method: string, path: string, headers?: Readonly<Record<string, string>>, body?: string): Promise<HttpResponse> {
  return parseResponse(await sendRaw(port, formatRequest(method, path, headers, body)))
}

const connectionHeaders: readonly string[] = ['date', 'connection', 'keep-alive']

/** Parses one response. */
export function parseResponse (text: string): HttpResponse {
  const end = text.indexOf('\r\n\r\n')
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n')
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    if (!connectionHeaders.includes(name)) headers[name] = line.slice(colon + 1).trim()
  }
  const body = text.slice(end + 4)
  return { status: Number(statusLine.split(' ')[1]), headers, body: parseBody(headers['transfer-encoding'] === 'chunked' ? decodeChunks(body) : body) }
}

/** Returns the value of `X-Should-Retry` of an error: by its code in the standard catalog, otherwise by its status. */
export function shouldRetry (status: number, code?: unknown): 'true' | 'false' {
  const retry = standardErrors[code as StandardCode]?.retry
  return (retry === undefined ? status === 429 || status >= 500 : retry !== 'never') ? 'true' : 'false'
}

/** Returns the complete expected response for an error: its body, the headers of every error, and the given headers. */
export function errorResponse (status: number, body: Readonly<Record<string, unknown>>, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return {
    status,
    headers: {
      'cache-control': 'no-store',
      'x-request-id': String(body.request_id ?? requestId),
      'x-should-retry': shouldRetry(status, body.code ?? body.error),
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(Buffer.byteLength(JSON.stringify(body))),
      ...headers
    },
    body
  }
}

/** Returns the same response to HEAD: no body, but the length that the body would have (RFC 9110, section 9.3.2). */
export function withoutBody (response: HttpResponse): HttpResponse {
  return { ...response, body: '' }
}

function decodeChunks (text: string): string {
  const [, size = '0', rest = ''] = /^([0-9a-f]+)\r\n(.*)$/s.exec(text) ?? []
  const length = parseInt(size, 16)
  return length === 0 ? '' : rest.slice(0, length) + decodeChunks(rest.slice(length + 2))
}

function parseBody (text: string): unknown {
  const whole = Buffer.from(text, 'latin1').toString()
  try {
    return JSON.parse(whole)
  } catch {
    return whole
  }
}

/** An error for the route of {@link createThrower} to throw. The URL and the id of the request appear in the response. */
export interface ThrownError {
  readonly error: unknown
  readonly url?: string
  readonly requestId?: string
}

/** The response to a thrown error. */
export interface ThrownResponse {
  readonly status: number
  readonly contentType: unknown
  readonly body: unknown
}

/** Returns a function that throws an error in the only route of an application, and returns the response. */
export async function createThrower (options: ApiErrorsOptions & { readonly errors?: AnyCatalog } = {}): Promise<(thrown: ThrownError) => Promise<ThrownResponse>> {
  let current: ThrownError = { error: undefined }
  const app: FastifyInstance = Fastify({ genReqId: () => current.requestId ?? requestId })
  await app.register(apiErrors, { errors: standardErrors, ...options })
  app.get('/*', () => { throw current.error })
  return async thrown => {
    current = thrown
    const response = await app.inject(thrown.url ?? '/users/7?token=secret')
    return { status: response.statusCode, contentType: response.headers['content-type'], body: response.json() as unknown }
  }
}
