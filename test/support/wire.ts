/** Speaks HTTP/1.1 over a plain socket, so that a test sees what really goes over the wire. */
import { connect, type Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'

/** An answer as it came: the names of headers in lower case, without `date`, `connection` and `keep-alive`. */
export interface WireAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** JSON where it parses, else the text. */
  readonly body: unknown
}

/** Starts an application on a free port of the loopback address. */
export async function start (app: FastifyInstance): Promise<number> {
  await app.listen({ host: '127.0.0.1', port: 0 })
  return portOf(app)
}

export function portOf (app: FastifyInstance): number {
  return (app.server.address() as { readonly port: number }).port
}

/** Sends a text and gives everything that comes back until the server closes the connection. */
export function exchange (port: number, text: string | readonly string[], socket: Socket = connect(port, '127.0.0.1')): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = ''
    socket.setEncoding('latin1')
    socket.on('data', chunk => { received += String(chunk) })
    socket.on('error', error => received === '' ? reject(error) : resolve(received))
    socket.on('close', () => resolve(received))
    for (const part of [text].flat()) socket.write(part)
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

/** The one answer in a text. */
export function answerOf (text: string): WireAnswer {
  const end = text.indexOf('\r\n\r\n')
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n')
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    if (!ofTheConnection.includes(name)) headers[name] = line.slice(colon + 1).trim()
  }
  return { status: Number(statusLine.split(' ')[1]), headers, body: bodyOf(text.slice(end + 4), headers['transfer-encoding'] === 'chunked') }
}

function bodyOf (text: string, chunked: boolean): unknown {
  const whole = Buffer.from(chunked ? text.replace(/^[0-9a-f]+\r\n|\r\n[0-9a-f]+\r\n|\r\n0\r\n\r\n$/g, '') : text, 'latin1').toString()
  try {
    return JSON.parse(whole)
  } catch {
    return whole
  }
}
