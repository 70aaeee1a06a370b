/** The routes of organizations. */
import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Database } from '../database.js'
import { errors } from '../errors.js'
import type { Guard } from '../keys.js'
import { Id, Name } from './fields.js'

const Organization = Type.Object({ id: Type.String(), name: Type.String() }, { description: 'An organization.' })

/** The routes of organizations. Names are unique, and a key can read only its own organization. */
export const organizations: FastifyPluginAsyncTypebox<{ database: Database, guard: Guard }> = async (
  app,
  { database, guard }
) => {
  app.post('/organizations', {
    onRequest: [guard('organizations:write')],
    schema: {
      operationId: 'createOrganization',
      summary: 'Create an organization',
      description: 'Its name is its own.',
      tags: ['Organizations'],
      body: Type.Object({ name: Name }, { additionalProperties: false }),
      response: { 201: Organization }
    }
  }, async (request, reply) => {
    const { rows: [organization] } = await database.query<{ id: string, name: string }>(
      'insert into organizations (name) values ($1) returning id, name',
      [request.body.name]
    )
    return await reply.code(201).send(organization as NonNullable<typeof organization>)
  })

  app.get('/organizations/:id', {
    onRequest: [guard('organizations:read')],
    schema: {
      operationId: 'readOrganization',
      summary: 'Read an organization',
      description: 'The one that the key belongs to.',
      tags: ['Organizations'],
      params: Id,
      response: { 200: Organization }
    }
  }, async request => {
    const { rows: [organization] } = await database.query<{ id: string, name: string }>(
      'select id, name from organizations where id = $1',
      [request.params.id]
    )
    if (organization === undefined) throw errors.resource_not_found({ message: 'No organization has this id.' })
    if (organization.id !== request.apiKey?.organizationId) {
      throw errors.forbidden({ message: 'This key belongs to another organization.' })
    }
    return organization
  })
}
