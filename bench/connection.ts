/** Minimal HTTP clients for the benchmarks. They use little CPU time and keep their connections open. */
import { once } from 'node:events'
import { connect as connectHttp2, type ClientHttp2Session, type OutgoingHttpHeaders } from 'node:http2'
import { connect, type Socket } from 'node:net'

/** A request that is sent repeatedly. */
export interface SampleRequest {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** The protocol of a subject. HTTP/2 is used without TLS, because encryption would take most of the time. */
export type Protocol = 'HTTP/1.1' | 'HTTP/2'

/** A connection that stays open. */
export interface Connection {
  /**
   * Sends a request the given number of times, each after the previous response.
   *
   * @throws Error if a response has another status, or if the server closes the connection
   */
  readonly send: (sample: SampleRequest, times: number, status: number) => Promise<void>
  readonly close: () => void
}

/**
 * Opens the connections on which requests are sent at the same time. With HTTP/2, these are streams of one connection.
 */
export async function openConnections (protocol: Protocol, port: number, count: number): Promise<Connection[]> {
  if (protocol === 'HTTP/1.1') return await Promise.all(Array.from({ length: count }, () => openHttp1(port)))
  const session = connectHttp2(`http://127.0.0.1:${port}`)
  await once(session, 'connect')
  return Array.from({ length: count }, () => ({
    send: async (sample, times, status) => {
      for (let sent = 0; sent < times; sent++) await sendHttp2(session, sample, status)
    },
    close: () => {
      session.destroy()
    }
  }))
}

async function sendHttp2 (
  session: ClientHttp2Session,
  { method = 'GET', path, body, headers }: SampleRequest,
  status: number
): Promise<void> {
  const sent: OutgoingHttpHeaders = {
    ':method': method,
    ':path': path,
    ...headers,
    ...body !== undefined && { 'content-type': 'application/json' }
  }
  const stream = session.request(sent, { endStream: body === undefined })
  if (body !== undefined) stream.end(body)
  let received: unknown
  stream.on('response', headers => {
    received = headers[':status']
  })
  stream.resume()
  await once(stream, 'close')
  if (received !== status) throw new Error(`expected a ${status}, got ${String(received)}`)
}

/**
 * Opens a connection. If a response closes it, opens another one. It only understands responses with a content-length,
 * because a complete HTTP client needs more time for a request than the server. The waiting time of the server would
 * then count as its own.
 */
async function openHttp1 (port: number): Promise<Connection> {
  let socket = await dial(port)
  return {
    async send (sample, times, status) {
      const request = printRequest(sample, port)
      for (let left = times; left > 0;) {
        if (socket.destroyed) socket = await dial(port)
        left = await sendAll(socket, request, left, status)
      }
    },
    close: () => {
      socket.destroy()
    }
  }
}

async function dial (port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').setNoDelay(true).setEncoding('latin1')
  socket.on('error', () => {}) // The event 'close' follows and handles the error.
  await once(socket, 'connect')
  return socket
}

/** Resolves with the number of remaining requests when a response has closed the connection. */
function sendAll (socket: Socket, request: string, times: number, status: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let left = times
    let received = ''
    const end = (settle: () => void): void => {
      socket.off('data', read).off('close', closed)
      settle()
    }
    const closed = (): void => end(() => reject(new Error('the server closed the connection without a response')))
    const read = (text: string): void => {
      received += text
      const size = getResponseLength(received)
      if (received.length < size) return
      const response = received
      received = ''
      if (!response.startsWith(`HTTP/1.1 ${status} `) || Number.isNaN(size)) {
        end(() => reject(new Error(`expected a ${status} with Content-Length, got ${response.slice(0, 200)}`)))
        return
      }
      left--
      const closes = /\r\nconnection: close\r\n/i.test(response)
      if (left > 0 && !closes) {
        socket.write(request)
        return
      }
      end(() => resolve(left))
      if (closes) socket.destroy()
    }
    socket.on('data', read).on('close', closed)
    socket.write(request)
  })
}

function printRequest ({ method = 'GET', path, body, headers = {} }: SampleRequest, port: number): string {
  const all = {
    host: `127.0.0.1:${port}`,
    ...headers,
    ...body !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  }
  return `${method} ${path} HTTP/1.1\r\n${Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body ?? ''}`
}

/** Returns the length of the complete response, from its first part. */
function getResponseLength (received: string): number {
  const head = received.indexOf('\r\n\r\n')
  return head === -1 ? Infinity : head + 4 + Number(/\r\ncontent-length: (\d+)/i.exec(received)?.[1])
}
