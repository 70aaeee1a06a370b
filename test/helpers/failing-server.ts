/** Servers that fail in every way in which an upstream service can. */
import { createSocket } from 'node:dgram'
import { Resolver } from 'node:dns'
import { once } from 'node:events'
import { createServer, type AddressInfo, type LookupFunction, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { certificateOfAnotherHost, expiredCertificate, privateKey } from './certificates.js'

/** Part of every URL, header and body of the failing server. It must not appear in any response. */
export const secret = 'upstream-secret'

const target = `/${secret}?token=${secret}`

/** The text that the server sends, as any API might. */
export const said = { message: secret, error: { type: 'error', message: secret } }

const body = JSON.stringify(said)

/** The behavior of the server for a request. */
const behaviors = {
  silent: () => {},
  'silent in the body': socket => { socket.write(part(200, 1000)) },
  reset: socket => { socket.resetAndDestroy() },
  'reset after the headers': socket => {
    socket.write(head(200, 'Content-Length: 1000', 'Content-Encoding: gzip', `ETag: "${secret}"`))
    setTimeout(() => { socket.resetAndDestroy() }, 30)
  },
  'reset in the body': socket => {
    socket.write(part(200, 1000))
    setTimeout(() => { socket.resetAndDestroy() }, 30)
  },
  closed: socket => { socket.end() },
  'closed in the body': socket => { socket.end(part(200, 1000)) },
  'not HTTP': socket => { socket.end(`SSH-2.0-${secret}\r\n`) },
  'a malformed chunk': socket => { socket.end(`${head(200, 'Transfer-Encoding: chunked')}zz\r\n${secret}\r\n`) },
  'huge headers': socket => { socket.end(part(200, body.length, `X-Huge: ${secret.repeat(20_000)}`)) },
  'a false encoding': socket => { socket.end(part(200, body.length, 'Content-Encoding: gzip')) },
  'not JSON': socket => { socket.end(head(200, `Content-Length: ${secret.length}`) + secret) },
  'a redirect to itself': socket => { socket.end(head(302, 'Content-Length: 0', `Location: ${target}`)) },
  401: socket => { socket.end(part(401, body.length, `WWW-Authenticate: Basic realm="${secret}"`)) },
  404: socket => { socket.end(part(404, body.length)) },
  429: socket => { socket.end(part(429, body.length, 'Retry-After: 0')) },
  500: socket => { socket.end(part(500, body.length)) },
  503: socket => { socket.end(part(503, body.length, 'Retry-After: 0')) }
} as const satisfies Readonly<Record<string, (socket: Socket) => void>>

function head (status: number, ...headers: readonly string[]): string {
  return [`HTTP/1.1 ${status} ${secret}`, 'Connection: close', 'Content-Type: application/json', ...headers, '', ''].join('\r\n')
}

/** Sends a response whose body is at least as long as the part that is sent. */
function part (status: number, length: number, ...headers: readonly string[]): string {
  return head(status, `Content-Length: ${length}`, ...headers) + body
}

export type Behavior = keyof typeof behaviors | 'refuses' | 'an expired certificate' | 'an untrusted certificate' | 'no TLS' | 'silent in the handshake'

export interface FailingServer {
  /** Returns the URL at which the server fails in one way. */
  readonly url: (behavior: Behavior) => string
  /** Looks up names at a name server that fails: `missing.test` does not exist, and all other names fail temporarily. */
  readonly lookup: LookupFunction
  readonly close: () => Promise<void>
}

/** Starts servers that fail in every way in which an upstream service can, each on a separate socket. */
export async function startFailingServer (): Promise<FailingServer> {
  const sockets = new Set<Socket>()
  const servers: Server[] = []

  async function listen (server: Server): Promise<number> {
    server.on('connection', socket => {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket)).on('error', () => {})
    })
    server.on('tlsClientError', () => {})
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    servers.push(server)
    return (server.address() as AddressInfo).port
  }

  const ports = new Map<string, number>()
  for (const [name, behave] of Object.entries(behaviors)) {
    ports.set(name, await listen(createServer(socket => {
      let received = ''
      socket.on('data', chunk => {
        received += chunk.toString('latin1')
        if (!received.includes('\r\n\r\n')) return
        received = ''
        behave(socket)
      })
    })))
  }
  ports.set('an untrusted certificate', await listen(createTlsServer({ key: privateKey, cert: certificateOfAnotherHost })))
  ports.set('an expired certificate', await listen(createTlsServer({ key: privateKey, cert: expiredCertificate })))
  ports.set('no TLS', await listen(createServer(socket => { socket.end(`SSH-2.0-${secret}\r\n`) })))
  ports.set('silent in the handshake', await listen(createServer(() => {})))
  ports.set('refuses', await listen(createServer()))
  await new Promise(resolve => servers.pop()?.close(resolve))

  const names = await startNameServer()
  const secure: readonly Behavior[] = ['an untrusted certificate', 'an expired certificate', 'no TLS', 'silent in the handshake']

  return {
    url: behavior => `${secure.includes(behavior) ? 'https' : 'http'}://127.0.0.1:${ports.get(String(behavior))}${target}`,
    lookup: names.lookup,
    async close () {
      for (const socket of sockets) socket.destroy()
      await Promise.all([names.close(), ...servers.map(server => new Promise(resolve => server.close(resolve)))])
    }
  }
}

/** Response codes of DNS (RFC 1035, section 4.1.1). */
const nameError = 3
const serverFailure = 2

async function startNameServer (): Promise<Pick<FailingServer, 'lookup' | 'close'>> {
  const socket = createSocket('udp4')
  socket.on('message', (query, { port, address }) => {
    const response = Buffer.from(query)
    response.writeUInt16BE(0x8180 | (query.includes('missing') ? nameError : serverFailure), 2)
    socket.send(response, port, address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const resolver = new Resolver({ timeout: 200, tries: 1 })
  resolver.setServers([`127.0.0.1:${socket.address().port}`])
  return {
    lookup: (hostname, _options, callback) => {
      resolver.resolve4(hostname, error => { callback(error, '') })
    },
    close: () => new Promise(resolve => { socket.close(() => resolve()) })
  }
}
