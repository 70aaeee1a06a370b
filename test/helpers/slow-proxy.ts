/** A TCP proxy that delays all data. */
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { Test } from 'tap'

/** Starts a proxy in front of a port until the test ends. It delays all data and keeps the order. */
export async function startSlowProxy (
  t: Test, port: number, milliseconds: number
): Promise<{ readonly port: number, readonly setDelay: (milliseconds: number) => void }> {
  let delay = milliseconds
  const sockets: Socket[] = []
  const pass = (from: Socket, to: Socket): void => {
    sockets.push(from)
    from.on('data', data => { setTimeout(() => to.write(data), delay) })
    from.on('error', () => {})
    from.on('close', () => to.destroy())
  }
  const server = createServer(socket => {
    const upstream = connect(port, '127.0.0.1')
    pass(socket, upstream)
    pass(upstream, socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, setDelay: milliseconds => { delay = milliseconds } }
}
