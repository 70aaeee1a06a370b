/** The API of the tests in this folder. */
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { Type } from '@sinclair/typebox'
import type { Test } from 'tap'
import Fastify, { type FastifyInstance, type onRequestHookHandler } from 'fastify'
import apiErrors, { declareErrors, defineErrors, serverOptions, standardErrors, swaggerOptions, type ApiErrorsOptions } from 'fastify-api-errors'
import type { SampleRequest } from '../../lib/samples/sample-request.js'

export const errors = defineErrors(standardErrors, {
  already_in_queue: {
    status: 409,
    type: 'conflict_error',
    message: meta => `You are at place ${meta.place} of this queue.`,
    description: 'The user joined this queue before, see [queues](https://example.com/queues). `POST` does not move an <entry>.',
    action: 'Read the existing entry instead of joining again.',
    meta: Type.Object({
      place: Type.Integer({ minimum: 1, description: 'The place in the queue.' }),
      entry: Type.Optional(Type.String({ format: 'uuid', description: 'The id of the entry.' }))
    }),
    headers: { 'x-queue': 'full' },
    example: { meta: { place: 12, entry: '6f1c1ff4-6a92-4f0e-9d62-8f3f7c1b2a10' } }
  }
})

/**
 * A small API with each kind of error, and its reference at `/errors`. A queue has a name; ada@example.com is in it.
 *
 * @param options options of the plugin, which take precedence over those of the API
 */
export async function build (options: ApiErrorsOptions = {}): Promise<FastifyInstance> {
  const app = Fastify(serverOptions({ bodyLimit: 2048 }))
  await app.register(swagger, swaggerOptions({
    openapi: { info: { title: 'Queue API', version: '1.0.0' }, externalDocs: { url: '/errors', description: 'The errors of this API' } }
  }))
  await app.register(swaggerUi, { routePrefix: '/docs' })
  await app.register(apiErrors, {
    errors,
    reference: { path: '/errors', title: 'Errors of the Queue API' },
    rateLimit: { policies: { search: { max: 5, timeWindow: '1 minute' }, hourly: { max: 100, timeWindow: 3_600_000 } } },
    log: false,
    ...options
  })

  app.get('/health', async () => ({ ok: true }))
  app.get('/search', {
    schema: { querystring: Type.Object({ q: Type.String({ minLength: 1 }), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })) }) },
    config: { rateLimitPolicy: ['search', 'hourly'] }
  }, async () => [])

  await app.register(async scope => {
    scope.addHook('onRequest', requireKey)
    declareErrors(scope, [errors.missing_api_key, errors.invalid_api_key])
    const params = Type.Object({ id: Type.Integer({ minimum: 1 }) })
    scope.get('/queues/:id', { schema: { params } }, async request => queueOf(request.params))
    scope.post('/queues/:id/entries', {
      schema: {
        params,
        body: Type.Object({
          email: Type.String({ format: 'email', maxLength: 100 }),
          seats: Type.Optional(Type.Integer({ minimum: 1, maximum: 4 }))
        }, { additionalProperties: false })
      },
      config: { errors: [errors.already_in_queue] }
    }, async request => {
      queueOf(request.params)
      if ((request.body as { readonly email: string }).email === 'ada@example.com') throw errors.already_in_queue({ meta: { place: 12 } })
      return { place: 13 }
    })
    scope.get('/broken', async () => { throw new Error('The disk at 10.0.0.7 is gone.') })
  })
  return app
}

const requireKey: onRequestHookHandler = async request => {
  const key = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  if (key === undefined) throw errors.missing_api_key()
  if (key !== 'YOUR_KEY') throw errors.invalid_api_key()
}

function queueOf (params: unknown): { readonly name: string } {
  if ((params as { readonly id: number }).id !== 1) throw errors.resource_not_found({ message: 'No queue has this id.' })
  return { name: 'Launch day' }
}

/** Starts the API, and returns its origin and the pages whose sample request certainly gets their error. */
export async function listenWithPages (t: Test): Promise<{ origin: string, pages: Array<{ code: string, status: number, request: SampleRequest }> }> {
  const app = await build()
  const origin = await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => app.close())
  const pages = app.apiErrors.reference().codes.flatMap(({ code, status, request }) => request?.certain === true ? [{ code, status, request }] : [])
  t.ok(pages.length > 10)
  return { origin, pages }
}
