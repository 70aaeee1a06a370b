import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'

/** What the payment service tells us. */
export const webhooks: FastifyPluginAsyncTypebox = async app => {
  app.post('/webhooks/payments', {
    schema: {
      summary: 'Receive an event of the payment service',
      tags: ['Webhooks'],
      security: [],
      body: Type.Object({
        event: Type.Unsafe<string>({ type: 'string', enum: ['payment.settled', 'payment.refunded'] }),
        payment_id: Type.String({ minLength: 1, maxLength: 64 })
      }, { additionalProperties: false }),
      response: { 204: Type.Null({ description: 'Received.' }) }
    },
    config: { rateLimitPolicy: 'webhooks' }
  }, async (request, reply) => {
    request.log.info({ event: request.body.event }, 'event received')
    return await reply.code(204).send(null)
  })
}
