/** The routes of users. */
import { randomBytes } from 'node:crypto'
import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Database } from '../database.js'
import { errors } from '../errors.js'
import type { Guard } from '../keys.js'
import { hashPassword } from './sessions.js'
import { Email, Id, printable } from './fields.js'

const User = Type.Object({ id: Type.String(), email: Type.String(), name: Type.String() }, { description: 'A user.' })

/** The routes of users. Email addresses are unique. */
export const users: FastifyPluginAsyncTypebox<{ database: Database, guard: Guard }> = async (
  app,
  { database, guard }
) => {
  app.post('/users', {
    onRequest: [guard('users:write')],
    schema: {
      operationId: 'createUser',
      summary: 'Create a user',
      description: 'The e-mail address is the name to sign in with, and belongs to one user.',
      tags: ['Users'],
      body: Type.Object({
        email: Email,
        name: Type.String({ minLength: 3, maxLength: 80, pattern: '^[^<>]*$' }),
        password: Type.String({ minLength: 8, maxLength: 200, pattern: printable })
      }, { additionalProperties: false }),
      response: { 201: User }
    }
  }, async (request, reply) => {
    const { email, name, password } = request.body
    const { rows: [user] } = await database.query<{ id: string, email: string, name: string }>(
      'insert into users (email, name, password_hash) values ($1, $2, $3) returning id, email, name',
      [email, name, await hashPassword(password, randomBytes(8).toString('hex'))]
    )
    return await reply.code(201).send(user as NonNullable<typeof user>)
  })

  app.get('/users/:id', {
    onRequest: [guard('users:read')],
    schema: {
      operationId: 'readUser',
      summary: 'Read a user',
      description: 'Without the password.',
      tags: ['Users'],
      params: Id,
      response: { 200: User }
    }
  }, async request => {
    const { rows: [user] } = await database.query<{ id: string, email: string, name: string }>(
      'select id, email, name from users where id = $1',
      [request.params.id]
    )
    if (user === undefined) throw errors.resource_not_found({ message: 'No user has this id.' })
    return user
  })
}
