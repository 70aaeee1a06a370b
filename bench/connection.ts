/** A minimal HTTP client for the benchmarks. It uses little CPU time and keeps its connections open. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** A request that is sent repeatedly. */
export interface Shot {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly body?: string
  /** The value of `Accept-Language`. @default the header is not sent */
  readonly language?: string
}

/** A connection that stays open. */
export interface Connection {
  /**
   * Sends a request the given number of times, each after the previous response.
   *
   * @throws Error if a response has another status, or if the server closes the connection
   */
  readonly send: (shot: Shot, times: number, status: number) => Promise<void>
  readonly close: () => void
}

/**
 * Opens a connection. If a response closes it, opens another one. It only understands responses with a content-length, because a
 * complete HTTP client needs more time for a request than the server. The waiting time of the server would then count as its own.
 */
export async function open (port: number): Promise<Connection> {
  let socket = await dial(port)
  return {
    async send (shot, times, status) {
      const request = textOf(shot, port)
      for (let left = times; left > 0;) {
        if (socket.destroyed) socket = await dial(port)
        left = await sendAll(socket, request, left, status)
      }
    },
    close: () => { socket.destroy() }
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
      const size = sizeOf(received)
      if (received.length < size) return
      const answer = received
      received = ''
      if (!answer.startsWith(`HTTP/1.1 ${status} `) || Number.isNaN(size)) {
        end(() => reject(new Error(`expected a ${status} with Content-Length, got ${answer.slice(0, 200)}`)))
        return
      }
      left--
      const closes = /\r\nconnection: close\r\n/i.test(answer)
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

function textOf ({ method = 'GET', path, body, language }: Shot, port: number): string {
  const ofBody = body === undefined ? '' : `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`
  const ofLanguage = language === undefined ? '' : `accept-language: ${language}\r\n`
  return `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n${ofLanguage}${ofBody}\r\n${body ?? ''}`
}

/** Returns the length of the complete response, from its first part. */
function sizeOf (received: string): number {
  const head = received.indexOf('\r\n\r\n')
  return head === -1 ? Infinity : head + 4 + Number(/\r\ncontent-length: (\d+)/i.exec(received)?.[1])
}
