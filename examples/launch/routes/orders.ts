/** The routes of orders. */
import { createHash } from 'node:crypto'
import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Database } from '../database.js'
import { errors } from '../errors.js'
import type { Guard } from '../keys.js'
import { cards, type Card } from '../payments.js'
import { Uuid } from './fields.js'

/** The timeout of the payment service in milliseconds. */
const patience = 400

/** The routes of orders. An external service handles payments, and it can fail. */
export const orders: FastifyPluginAsyncTypebox<{ database: Database, guard: Guard, paymentsUrl: string }> = async (
  app,
  { database, guard, paymentsUrl }
) => {
  app.post('/orders', {
    onRequest: [guard('orders:write')],
    schema: {
      operationId: 'order',
      summary: 'Order and pay',
      description: "The card decides what the payment service does: it is the example's own switch for failures.",
      tags: ['Orders'],
      headers: Type.Object({
        'idempotency-key': Type.String({
          minLength: 8,
          maxLength: 64,
          pattern: '^[A-Za-z0-9_-]+$',
          description: 'The same for each try of one order.'
        })
      }),
      body: Type.Object({
        product_id: Uuid,
        quantity: Type.Integer({ minimum: 1, maximum: 10 }),
        card: Type.Unsafe<Card>({ type: 'string', enum: [...cards] })
      }, { additionalProperties: false }),
      response: { 201: Type.Object({ payment_id: Type.String() }, { description: 'The order is paid.' }) }
    }
  }, async (request, reply) => {
    const key = request.headers['idempotency-key']
    const fingerprint = createHash('sha256').update(JSON.stringify(request.body)).digest('hex')
    const { rows: [earlier] } = await database.query<{ fingerprint: string, payment_id: string }>(
      'select fingerprint, payment_id from orders where idempotency_key = $1',
      [key]
    )
    if (earlier !== undefined) {
      if (earlier.fingerprint !== fingerprint) throw errors.idempotency_key_reused()
      return await reply.code(201).send({ payment_id: earlier.payment_id })
    }
    const { rows: [product] } = await database.query('select id from products where id = $1', [request.body.product_id])
    if (product === undefined) throw errors.resource_not_found({ message: 'No product has this id.' })
    const paymentId = await pay(request.body.card)
    await database.query('insert into orders (idempotency_key, fingerprint, payment_id) values ($1, $2, $3)', [
      key,
      fingerprint,
      paymentId
    ])
    return await reply.code(201).send({ payment_id: paymentId })
  })

  async function pay (card: Card): Promise<string> {
    const response = await fetch(`${paymentsUrl}/payments?card=${card}`, {
      method: 'POST',
      signal: AbortSignal.timeout(patience)
    })
    if (response.status === 402) throw errors.payment_required({ message: 'The card was declined.' })
    if (response.status === 503) {
      throw errors.service_unavailable({ retryAfter: Number(response.headers.get('retry-after')) })
    }
    const text = await response.text()
    let body: { payment: { id: string } }
    try {
      body = JSON.parse(text)
    } catch (cause) {
      throw errors.bad_gateway({ cause })
    }
    return body.payment.id
  }
}
