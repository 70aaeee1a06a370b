/**
 * Measures the CPU time of whole requests without sockets: `node bench/out/routing.js [SUBJECT] [METHOD] [PATH]` prints
 * microseconds per request. Most of the CPU time of a request over HTTP is spent in the kernel, which hides small
 * differences.
 */
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import helmet from '@fastify/helmet'
import Fastify from 'fastify'
import { apiErrors, serverOptions, standardErrors } from './built-package.js'

const [subject = 'ours', method = 'GET', path = '/queues/1'] = process.argv.slice(2)
/** Few requests run at the same time, because many would survive each garbage collection. */
const [atOnce, inBatch, warmUp] = [25, 5000, 30_000]

const hasPlugin = subject.startsWith('ours')
const app = Fastify(hasPlugin ? serverOptions() : {})
if (hasPlugin) await app.register(apiErrors, { log: false })
if (subject.endsWith(', helmet')) await app.register(helmet)
app.get('/queues/:id', async () => {
  throw standardErrors.resource_not_found({ message: 'No queue has this id.' })
})
app.get('/type-error', async () => {
  throw new TypeError('no')
})
app.get('/ok', async () => ({ id: 'a' }))
await app.ready()

/** A response that writes nothing. */
class SilentResponse extends ServerResponse {
  override writeHead (): this {
    return this
  }

  override end (): this {
    ended++
    return this
  }
}

let ended = 0
const socket = new Socket()

function request (): void {
  const message = Object.assign(new IncomingMessage(socket), {
    method,
    url: path,
    httpVersionMajor: 1,
    httpVersionMinor: 1,
    httpVersion: '1.1',
    complete: true
  })
  Object.defineProperty(message, 'headers', { value: { host: '127.0.0.1:3000' } })
  app.routing(message, new SilentResponse(message))
}

async function send (requests: number): Promise<void> {
  for (let sent = 0; sent < requests; sent += atOnce) {
    for (let count = 0; count < atOnce; count++) request()
    await new Promise(resolve => {
      setImmediate(resolve)
    })
  }
}

await send(warmUp)
if (ended !== warmUp) throw new Error(`Expected ${warmUp} responses to ${method} ${path}, got ${ended}.`)
const times: number[] = []
for (let batch = 0; batch < 20; batch++) {
  const before = process.cpuUsage()
  await send(inBatch)
  const { user, system } = process.cpuUsage(before)
  times.push((user + system) / inBatch)
}
times.sort((a, b) => a - b)
console.log(`${subject}: ${method} ${path}: ${times[0]?.toFixed(2)} us (minimum), ${times[10]?.toFixed(2)} us (median)`)
process.exit()
