import Fastify, { type FastifyInstance } from 'fastify'
import apiErrors, { standardErrors, type AnyCatalog, type ApiErrorsOptions } from 'fastify-api-errors'

/** One error, to be thrown by the API; the request's path and id go into its answer. */
export interface Occasion {
  readonly error: unknown
  readonly url?: string
  readonly requestId?: string
}

/** What came back, body and all. */
export interface Sent {
  readonly status: number
  readonly contentType: unknown
  readonly body: unknown
}

/** A Fastify API with the plugin whose only route throws what it is told to. */
export async function createThrower (options: ApiErrorsOptions & { readonly errors?: AnyCatalog } = {}): Promise<(occasion: Occasion) => Promise<Sent>> {
  let current: Occasion = { error: undefined }
  const app: FastifyInstance = Fastify({ genReqId: () => current.requestId ?? 'req_1' })
  await app.register(apiErrors, { errors: standardErrors, ...options })
  app.get('/*', () => { throw current.error })
  return async occasion => {
    current = occasion
    const response = await app.inject(occasion.url ?? '/users/7?token=secret')
    return { status: response.statusCode, contentType: response.headers['content-type'], body: response.json() as unknown }
  }
}
