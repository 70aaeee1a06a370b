/** The routes of draws. */
import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Database } from '../database.js'
import { errors } from '../errors.js'
import type { Guard } from '../keys.js'
import { Email, Id, Name } from './fields.js'

/** The routes of draws. A person can register once. */
export const draws: FastifyPluginAsyncTypebox<{ database: Database, guard: Guard }> = async (
  app,
  { database, guard }
) => {
  app.post('/draws', {
    onRequest: [guard('draws:write')],
    schema: {
      operationId: 'announceDraw',
      summary: 'Announce a draw',
      description: 'From then on people can register for it.',
      tags: ['Draws'],
      body: Type.Object({ name: Name }, { additionalProperties: false }),
      response: { 201: Type.Object({ id: Type.String(), name: Type.String() }, { description: 'A draw.' }) }
    }
  }, async (request, reply) => {
    const { rows: [draw] } = await database.query<{ id: string, name: string }>(
      'insert into draws (name) values ($1) returning id, name',
      [request.body.name]
    )
    return await reply.code(201).send(draw as NonNullable<typeof draw>)
  })

  app.post('/draws/:id/registrations', {
    onRequest: [guard('draws:write')],
    schema: {
      operationId: 'registerForDraw',
      summary: 'Register for a draw',
      description: 'A person registers once.',
      tags: ['Draws'],
      params: Id,
      body: Type.Object({ email: Email }, { additionalProperties: false }),
      response: { 201: Type.Object({ id: Type.String() }, { description: 'A registration.' }) }
    }
  }, async (request, reply) => {
    const { rows: [draw] } = await database.query('select id from draws where id = $1', [request.params.id])
    if (draw === undefined) throw errors.resource_not_found({ message: 'No draw has this id.' })
    const { rows: [registration] } = await database.query<{ id: string }>(
      'insert into registrations (draw_id, email) values ($1, $2) on conflict do nothing returning id',
      [request.params.id, request.body.email]
    )
    if (registration === undefined) throw errors.already_registered()
    return await reply.code(201).send(registration)
  })
}
