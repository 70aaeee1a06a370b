import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import type { Test } from 'tap'
import apiErrors, { serverOptions, type ApiErrorsOptions } from 'fastify-api-errors'

/** Starts an API with the plugin on a free port until the test ends, and gives its address. */
export async function serve (
  t: Test, options: ApiErrorsOptions, routes: (app: FastifyInstance) => unknown, server: FastifyServerOptions = {}
): Promise<string> {
  const app = Fastify(serverOptions({ forceCloseConnections: true, ...server })) as FastifyInstance
  t.teardown(() => app.close())
  await app.register(apiErrors, options)
  await routes(app)
  return app.listen({ port: 0, host: '127.0.0.1' })
}
