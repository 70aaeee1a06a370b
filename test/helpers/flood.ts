/** Sends many requests at the same time. */
import { once } from 'node:events'
import { connect } from 'node:net'

/**
 * Sends GET requests over several connections, many on each before the first response; returns the number of
 * responses by status. It only reads status lines, so that it takes little CPU time from the server.
 */
export async function flood (port: number, path: string, calls: number, connections = 8, pipelining = 16): Promise<Map<number, number>> {
  const statuses = new Map<number, number>()
  const request = `GET ${path} HTTP/1.1\r\nHost: flood\r\n\r\n`
  let unsent = calls

  async function run (): Promise<void> {
    const socket = connect(port, '127.0.0.1').setEncoding('latin1')
    await once(socket, 'connect')
    let pending = 0
    let rest = ''
    const send = (): void => {
      const count = Math.min(pipelining - pending, unsent)
      unsent -= count
      pending += count
      if (count > 0) socket.write(request.repeat(count))
      else if (pending === 0) socket.end()
    }
    socket.on('data', chunk => {
      const text = rest + String(chunk)
      let end = 0
      for (const match of text.matchAll(/HTTP\/1\.1 (\d{3})/g)) {
        const status = Number(match[1])
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
        pending--
        end = match.index + match[0].length
      }
      rest = text.slice(Math.max(end, text.length - 12))
      if (pending < pipelining / 2) send()
    })
    send()
    await once(socket, 'close')
  }

  await Promise.all(Array.from({ length: connections }, run))
  return statuses
}
