/** The program that each runtime runs: sends requests that fail to a listening server, and prints the responses. */
import { connect } from 'node:net'
import Fastify from 'fastify'
import apiErrors, { serverOptions, standardErrors } from 'fastify-api-errors'

const app = Fastify(serverOptions())
await app.register(apiErrors, { log: false })
app.get('/queues/:id', async () => {
  throw standardErrors.resource_not_found()
})
app.get('/bug', async () => {
  throw new Error('connect ECONNREFUSED 10.0.0.7:5432')
})
app.post('/users', {
  schema: {
    body: {
      type: 'object',
      required: ['email', 'age'],
      properties: { email: { type: 'string', format: 'email' }, age: { type: 'integer' } }
    }
  }
}, async () => 'ok')
const base = await app.listen({ host: '127.0.0.1', port: 0 })

const responses = {}
const note = (name, status, body) => {
  responses[name] = [status, body.code, ...(body.details ?? []).map(({ field, code }) => `${field} ${code}`)].join(' ')
}
const send = async (name, path, init) => {
  const response = await fetch(base + path, init)
  note(name, response.status, await response.json())
}
const json = { 'content-type': 'application/json' }

await send('a thrown error', '/queues/7')
await send('a bug', '/bug')
await send('an unknown route', '/none')
await send('an unsupported method', '/queues/7', { method: 'DELETE' })
await send('invalid fields', '/users', { method: 'POST', headers: json, body: '{"email":"ada","age":"old"}' })
await send('invalid JSON', '/users', { method: 'POST', headers: json, body: '{' })
await send('an invalid URL', '/%zz')

const raw = await new Promise((resolve, reject) => {
  let text = ''
  const socket = connect(Number(new URL(base).port), '127.0.0.1', () => {
    socket.write('GET /bug HTTP/1.1\r\nHost: a\r\nBad Header\r\n\r\n')
  })
  socket.on('data', data => {
    text += data
  }).on('close', () => {
    resolve(text)
  }).on('error', reject)
})
const [head, body] = raw.split('\r\n\r\n')
try {
  note('malformed HTTP', head.split(' ')[1], JSON.parse(body))
} catch {
  responses['malformed HTTP'] = `${head.split(' ')[1]} without a body of the plugin`
}
await app.close()
console.log(JSON.stringify(responses))
process.exit()
