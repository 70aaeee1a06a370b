/** `app.apiErrors.schemas`: a schema for each status, for routes that refer to it. */
import type { TSchema } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { expectOption } from '../support/expect-option.js'
import { createBodySchema } from './bodies.js'
import { describeErrors } from './error-responses.js'
import { statusNames, type StatusName } from './names.js'
import type { DocumentSettings } from './settings.js'
import { Type } from '../support/type-builder.js'

/** The schemas of the statuses, by name. */
export type StatusSchemas = Readonly<Record<StatusName, TSchema>>

/** Returns a schema for each status: the bodies of all its codes, in the format of the application. Its name is the `$id`. */
export function createStatusSchemas ({ errors, formats: [format], docUrl }: Pick<DocumentSettings, 'errors' | 'formats' | 'docUrl'>): StatusSchemas {
  const schemas: Partial<Record<StatusName, TSchema>> = {}
  for (const [status, $id] of Object.entries(statusNames)) {
    const definitions = Object.values(errors).filter(definition => definition.status === Number(status))
    if (definitions.length === 0) continue
    const members = new Map<string, TSchema>(definitions.map(definition => {
      const schema = createBodySchema(definition, format, docUrl)
      return [JSON.stringify(schema), schema]
    }))
    // @fastify/swagger uses the description of the schema as the description of the response.
    schemas[$id] = Type.Union([...members.values()], { $id, description: describeErrors(definitions) }) as TSchema
  }
  return schemas as StatusSchemas
}

/**
 * Adds the schemas of the statuses to an application, so that routes can refer to them: `{ $ref: 'NotFound#' }`.
 *
 * @throws TypeError if the application already has a schema with the same name
 */
export function addStatusSchemas (app: FastifyInstance, schemas: StatusSchemas): void {
  for (const [name, schema] of Object.entries(schemas)) {
    expectOption('fastify-api-errors', 'addSchemas', app.getSchema(name) === undefined, `no schema of the application with the $id "${name}", or false`, true)
    app.addSchema(schema)
  }
}
