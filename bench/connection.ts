import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** A request that is sent over and over. */
export interface Shot {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly body?: string
}

/** A connection that stays open. */
export interface Connection {
  /**
   * Sends a request as often as asked, each when the answer to the one before is there.
   *
   * @throws Error where an answer has another status, or the server closes the connection
   */
  readonly send: (shot: Shot, times: number, status: number) => Promise<void>
  readonly close: () => void
}

/**
 * Opens a connection; where an answer closes it, another one in its place. It knows as much of HTTP as the subjects send, a
 * head and a body of the length that the head says: a whole client takes more time for a request than what is measured, and
 * what a server spends on waiting for it would count as the server's.
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
  socket.on('error', () => {}) // 'close' follows, and is told
  await once(socket, 'connect')
  return socket
}

/** Gives how many requests are left when an answer has closed the connection. */
function sendAll (socket: Socket, request: string, times: number, status: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let left = times
    let received = ''
    const end = (settle: () => void): void => {
      socket.off('data', read).off('close', closed)
      settle()
    }
    const closed = (): void => end(() => reject(new Error('the server closed the connection without an answer')))
    const read = (text: string): void => {
      received += text
      const size = sizeOf(received)
      if (received.length < size) return
      const answer = received
      received = ''
      if (!answer.startsWith(`HTTP/1.1 ${status} `) || Number.isNaN(size)) {
        end(() => reject(new Error(`it takes a ${status} with Content-Length, and got ${answer.slice(0, 200)}`)))
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

function textOf ({ method = 'GET', path, body }: Shot, port: number): string {
  const ofBody = body === undefined ? '' : `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`
  return `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n${ofBody}\r\n${body ?? ''}`
}

/** The length of the whole answer, of which a part is there. */
function sizeOf (received: string): number {
  const head = received.indexOf('\r\n\r\n')
  return head === -1 ? Infinity : head + 4 + Number(/\r\ncontent-length: (\d+)/i.exec(received)?.[1])
}
