/** The routes of queues. */
import { Readable } from 'node:stream'
import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Database } from '../database.js'
import { errors } from '../errors.js'
import type { Guard } from '../keys.js'
import { Email, Id, Name } from './fields.js'

const Queue = Type.Object({ id: Type.String(), name: Type.String(), open: Type.Boolean() }, { description: 'A queue.' })
const Entry = Type.Object({ id: Type.String(), email: Type.String() }, { description: 'An entry in a queue.' })

interface EntryRow {
  id: string
  email: string
}
interface QueueRow {
  id: string
  name: string
  open: boolean
}

/** The routes of queues. A person can join an open queue once. */
export const queues: FastifyPluginAsyncTypebox<{ database: Database, guard: Guard }> = async (
  app,
  { database, guard }
) => {
  app.post('/queues', {
    onRequest: [guard('queues:write')],
    schema: {
      operationId: 'openQueue',
      summary: 'Open a queue',
      description: 'From then on people can join it.',
      tags: ['Queues'],
      body: Type.Object({ name: Name }, { additionalProperties: false }),
      response: { 201: Queue }
    }
  }, async (request, reply) => {
    const { rows: [queue] } = await database.query<QueueRow>(
      'insert into queues (name) values ($1) returning id, name, open',
      [request.body.name]
    )
    return await reply.code(201).send(queue as QueueRow)
  })

  app.delete('/queues/:id', {
    onRequest: [guard('queues:write')],
    schema: {
      operationId: 'closeQueue',
      summary: 'Close a queue',
      description: 'No one can join it any more. Existing entries are kept.',
      tags: ['Queues'],
      params: Id,
      response: { 204: Type.Null({ description: 'The queue is closed.' }) }
    }
  }, async (request, reply) => {
    const queue = await find(request.params.id)
    if (!queue.open) throw errors.resource_conflict({ message: 'The queue is closed already.' })
    await database.query('update queues set open = false where id = $1', [queue.id])
    return await reply.code(204).send(null)
  })

  app.post('/queues/:id/entries', {
    onRequest: [guard('queues:write')],
    schema: {
      operationId: 'joinQueue',
      summary: 'Join a queue',
      description: 'A person joins once, while the queue is open.',
      tags: ['Queues'],
      params: Id,
      body: Type.Object({ email: Email }, { additionalProperties: false }),
      response: { 201: Entry }
    },
    config: { rateLimitPolicy: ['queue_entry', 'general'] }
  }, async (request, reply) => {
    const queue = await find(request.params.id)
    if (!queue.open) throw errors.resource_conflict({ message: 'The queue is closed.' })
    const { rows: [existing] } = await database.query<{ id: string }>(
      'select id from entries where queue_id = $1 and email = $2',
      [queue.id, request.body.email]
    )
    if (existing !== undefined) throw errors.already_in_queue({ meta: { entry_id: existing.id } })
    const { rows: [entry] } = await database.query<{ id: string, email: string }>(
      'insert into entries (queue_id, email) values ($1, $2) returning id, email',
      [queue.id, request.body.email]
    )
    return await reply.code(201).send(entry as NonNullable<typeof entry>)
  })

  app.get('/queues/:id/entries', {
    onRequest: [guard('queues:read')],
    schema: {
      operationId: 'exportEntries',
      summary: 'Export the entries of a queue',
      description: 'One entry in JSON on each line.',
      tags: ['Queues'],
      params: Id
    }
  }, async (request, reply) => {
    const queue = await find(request.params.id)
    async function * lines (): AsyncGenerator<string> {
      try {
        for await (const entry of readEntries(queue.id)) yield `${JSON.stringify(entry)}\n`
      } catch (error) {
        yield `${JSON.stringify({ error: app.apiErrors.toBody(error, reply) })}\n`
      }
    }
    return await reply.type('application/x-ndjson').send(Readable.from(lines()))
  })

  /** Reads the entries of a queue, 100 at a time. */
  async function * readEntries (queue: string): AsyncGenerator<EntryRow> {
    let last = '00000000-0000-0000-0000-000000000000'
    while (true) {
      const { rows } = await database.query<EntryRow>(
        'select id, email from entries where queue_id = $1 and id > $2 order by id limit 100',
        [queue, last]
      )
      yield * rows
      if (rows.length < 100) return
      last = (rows.at(-1) as EntryRow).id
    }
  }

  async function find (id: string): Promise<QueueRow> {
    const { rows: [queue] } = await database.query<QueueRow>('select id, name, open from queues where id = $1', [id])
    if (queue === undefined) throw errors.resource_not_found({ message: 'No queue has this id.' })
    return queue
  }
}
