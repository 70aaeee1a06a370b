/** A server that speaks MongoDB's wire protocol, for the tests of the driver. */
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { BSON, type Document } from 'mongodb'

/**
 * A server of MongoDB's wire protocol (OP_MSG, and OP_QUERY for the first handshake) with configurable replies. There is
 * no package with a MongoDB server, so the real driver creates its errors from the replies that the manual documents.
 */
export interface MongoServer {
  readonly url: string
  /** Ends every connection, and stops listening. */
  readonly stop: () => void
}

const opReply = 1
const opQuery = 2004
const opMsg = 2013

const hello: Document = {
  ok: 1,
  isWritablePrimary: true,
  setName: 'rs',
  minWireVersion: 0,
  maxWireVersion: 25,
  maxBsonObjectSize: 16_777_216,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
  logicalSessionTimeoutMinutes: 30
}

/** Starts a server. `reply` returns the reply to a command, `'hang up'` to close the connection, or `'stay silent'`. */
export async function startMongo (reply: (command: Document) => Document | 'hang up' | 'stay silent'): Promise<MongoServer> {
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket.on('error', () => {}))
    let buffered = Buffer.alloc(0)
    socket.on('data', chunk => {
      buffered = Buffer.concat([buffered, chunk])
      while (buffered.length >= 4 && buffered.length >= buffered.readInt32LE(0)) {
        const message = buffered.subarray(0, buffered.readInt32LE(0))
        buffered = buffered.subarray(message.length)
        response(socket, message)
      }
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`

  function response (socket: Socket, message: Buffer): void {
    const id = message.readInt32LE(4)
    const isQuery = message.readInt32LE(12) === opQuery
    const at = isQuery ? message.indexOf(0, 20) + 9 : 21 // After the flags and the name, or after the flags and the kind of the section.
    const command = BSON.deserialize(message.subarray(at, at + message.readInt32LE(at)))
    const isHello = ['hello', 'ismaster', 'isMaster'].some(name => name in command)
    const document = isHello ? { ...hello, primary: host, me: host, hosts: [host] } : 'endSessions' in command || 'ping' in command ? { ok: 1 } : reply(command)
    if (document === 'stay silent') return
    if (document === 'hang up') socket.destroy()
    else socket.write(packed(isQuery ? opReply : opMsg, id, Buffer.concat([isQuery ? replyHeader : Buffer.alloc(5), BSON.serialize(document)])))
  }

  return {
    url: `mongodb://${host}/app?replicaSet=rs`,
    stop () {
      for (const socket of sockets) socket.destroy()
      server.close()
    }
  }
}

const replyHeader = Buffer.alloc(20)
replyHeader.writeInt32LE(1, 16) // One document.

function packed (code: number, responseTo: number, body: Uint8Array): Buffer {
  const header = Buffer.alloc(16)
  header.writeInt32LE(16 + body.length, 0)
  header.writeInt32LE(responseTo, 8)
  header.writeInt32LE(code, 12)
  return Buffer.concat([header, body])
}
