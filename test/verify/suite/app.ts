/** The application of a small test suite. collect-ledger.test.ts runs the suite. */
import Fastify, { type FastifyInstance } from 'fastify'
import apiErrors, { serverOptions } from 'fastify-api-errors'

/** An API whose draws respond with an undocumented error. */
export async function build (): Promise<FastifyInstance> {
  const app = Fastify(serverOptions())
  await app.register(apiErrors, { log: false })
  const { errors } = app.apiErrors
  app.get('/queues/:id', { config: { errors: ['resource_gone'] } }, async () => { throw errors.resource_gone?.() })
  // The plugin does not follow calls of other functions.
  const lock = (): never => { throw errors.resource_locked?.() }
  app.get('/draws/:id', async () => lock())
  return app
}
