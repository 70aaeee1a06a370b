/** A server that only sends 404s, with the plugin or by hand. It reports the activity of its garbage collector. */
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import apiErrors, { serverOptions, standardErrors as errors } from 'fastify-api-errors'

const byHand = process.argv[2] === 'by hand'
const app = Fastify(byHand ? {} : serverOptions())
if (byHand) {
  app.setErrorHandler((error: Error, request, reply) => {
    reply.code(404).headers({ 'cache-control': 'no-store', 'x-request-id': request.id }).send({ code: 'resource_not_found', message: error.message, request_id: request.id })
  })
} else {
  await app.register(apiErrors, { log: false })
}
app.get('/', async () => { throw errors.resource_not_found() })
await app.listen({ port: 0, host: '127.0.0.1' })

process.on('message', mark => { console.log(mark) })
process.on('disconnect', () => process.exit())
process.send?.((app.server.address() as AddressInfo).port)
