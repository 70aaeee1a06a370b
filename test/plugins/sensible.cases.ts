/** Errors of @fastify/sensible. */
import sensible from '@fastify/sensible'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { CatalogResponse, PluginCase } from './case.js'

function route (handler: (app: FastifyInstance, reply: FastifyReply) => unknown) {
  return async (app: FastifyInstance): Promise<void> => {
    // #region sensible
    await app.register(sensible)
    app.get('/', async (_request, reply) => handler(app, reply))
    // #endregion
  }
}

function refused (what: string, handler: (app: FastifyInstance, reply: FastifyReply) => unknown, response: CatalogResponse): PluginCase {
  return { what, setup: route(handler), request: {}, response }
}

export const cases: readonly PluginCase[] = [
  refused('httpErrors.notFound() with a message', ({ httpErrors }) => { throw httpErrors.notFound('No queue has this id.') }, { code: 'resource_not_found', message: 'No queue has this id.' }),
  refused('httpErrors.notFound() without a message', ({ httpErrors }) => { throw httpErrors.notFound() }, { code: 'resource_not_found' }),
  refused('reply.conflict()', (_app, reply) => reply.conflict('The queue is closed.'), { code: 'resource_conflict', message: 'The queue is closed.' }),
  refused('reply.getHttpError(422)', (_app, reply) => reply.getHttpError(422, 'Send a name.'), { code: 'validation_error', message: 'Send a name.' }),
  refused('assert() with 402', ({ assert }: { assert: (condition: unknown, status: number, message: string) => void }) => { assert(false, 402, 'The balance is empty.') }, { code: 'payment_required', message: 'The balance is empty.' }),
  refused('httpErrors.unauthorized()', ({ httpErrors }) => { throw httpErrors.unauthorized() }, { code: 'unauthorized', headers: { 'www-authenticate': 'Bearer realm="api"' } }),
  refused('httpErrors.imateapot()', ({ httpErrors }) => { throw httpErrors.imateapot() }, { code: 'im_a_teapot' }),
  refused('httpErrors.serviceUnavailable(). Its message is only logged', ({ httpErrors }) => { throw httpErrors.serviceUnavailable('Shard 7 is down.') }, {
    code: 'service_unavailable', headers: { 'retry-after': '10' }
  }),
  refused('httpErrors.internalServerError(). Its message is only logged', ({ httpErrors }) => { throw httpErrors.internalServerError('Shard 7 is down.') }, { code: 'internal_error' })
]
