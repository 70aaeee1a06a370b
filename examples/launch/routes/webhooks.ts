/** The webhook of the payment service. */
import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Database } from '../database.js'
import type { Guard } from '../keys.js'

/** The webhook of the payment service, which has its own API key. */
export const webhooks: FastifyPluginAsyncTypebox<{ database: Database, guard: Guard }> = async (
  app,
  { database, guard }
) => {
  app.post('/webhooks/payments', {
    onRequest: [guard('payments:notify')],
    schema: {
      operationId: 'notifyOfPayment',
      summary: 'Receive an event of the payment service',
      description: 'An event that comes twice is kept once.',
      tags: ['Webhooks'],
      body: Type.Object({
        event: Type.Unsafe<string>({ type: 'string', enum: ['payment.settled', 'payment.refunded'] }),
        payment_id: Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9_-]+$' })
      }, { additionalProperties: false }),
      response: { 204: Type.Null({ description: 'Received.' }) }
    },
    config: { rateLimitPolicy: 'webhooks' }
  }, async (request, reply) => {
    const { event, payment_id: payment } = request.body
    await database.query('insert into payment_events (payment_id, event) values ($1, $2) on conflict do nothing', [
      payment,
      event
    ])
    return await reply.code(204).send(null)
  })
}
