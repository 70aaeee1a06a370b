import { Type, type TSchema } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { bodySchema } from '../formats/format.js'
import { statusNames, type StatusName } from './names.js'
import type { DocumentSettings } from './settings.js'

/** The schemas of the statuses, by name. */
export type StatusSchemas = Readonly<Record<StatusName, TSchema>>

/**
 * One schema a status, of what an answer with any of its codes looks like in the application's format. Each has its name
 * as `$id`.
 */
export function createStatusSchemas ({ errors, formats: [format], docUrl }: Pick<DocumentSettings, 'errors' | 'formats' | 'docUrl'>): StatusSchemas {
  const schemas: Partial<Record<StatusName, TSchema>> = {}
  for (const [status, $id] of Object.entries(statusNames)) {
    const members = new Map<string, TSchema>()
    for (const definition of Object.values(errors)) {
      if (format === undefined || definition.status !== Number(status)) continue
      const schema = bodySchema(format, definition, { hasDocUrl: docUrl(definition.code) !== undefined })
      members.set(JSON.stringify(schema), schema)
    }
    if (members.size > 0) schemas[$id] = Type.Union([...members.values()], { $id }) as TSchema
  }
  return schemas as StatusSchemas
}

/**
 * Adds the schemas of the statuses to an application, so that routes can refer to them: `{ $ref: 'NotFound#' }`.
 *
 * @throws TypeError naming the schema, where its name is taken
 */
export function addStatusSchemas (app: FastifyInstance, schemas: StatusSchemas): void {
  for (const [name, schema] of Object.entries(schemas)) {
    if (app.getSchema(name) !== undefined) {
      throw new TypeError(`fastify-api-errors: the option 'addSchemas' adds a schema '${name}', and the application has one of that name; it takes another $id for that one, or false.`)
    }
    app.addSchema(schema)
  }
}
