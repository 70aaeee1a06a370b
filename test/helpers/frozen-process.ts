/** An API in a separate process in which `Error.stackTraceLimit` is read-only. It prints its responses as JSON. */
import Fastify from 'fastify'
import apiErrors, { standardErrors as errors } from 'fastify-api-errors'

if (process.argv[2] === 'read-only') Object.defineProperty(Error, 'stackTraceLimit', { value: 10, writable: false })
const app = Fastify({ genReqId: () => 'req_1' })
await app.register(apiErrors, { log: false })
app.get('/expected', async () => { throw errors.resource_not_found() })
app.get('/translated', async () => { throw Object.assign(new Error('no'), { statusCode: 409 }) })
app.get('/unknown', async () => { throw new Error('secret') })
const responses = []
for (const path of ['/expected', '/translated', '/unknown', '/nope']) {
  const { statusCode, body } = await app.inject(path)
  responses.push([path, statusCode, JSON.parse(body).code])
}
console.log(JSON.stringify(responses))
