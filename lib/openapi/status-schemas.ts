/** `app.apiErrors.schemas`: a schema for each status, for routes that refer to it. */
import type { TObject, TSchema } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import type { ErrorDefinition } from '../catalog/definition.js'
import { expectOption } from '../support/expect-option.js'
import { bodySchema } from '../formats/format.js'
import { describeErrors } from './error-responses.js'
import { statusNames, type StatusName } from './component-names.js'
import type { DocumentSettings } from './settings.js'
import type { JsonObject } from '../support/is-object.js'
import { Type } from '../support/type-builder.js'

/** The schemas of the statuses, by name. */
export type StatusSchemas = Readonly<Record<StatusName, TSchema>>

/**
 * Returns a schema for each status: the bodies of all its codes, in the format of the application. Its `$id` is the
 * name of its component, with the prefix of the registration.
 */
export function createStatusSchemas (
  { errors, formats: [format], docUrl, componentPrefix }: Pick<
    DocumentSettings,
    'errors' | 'formats' | 'docUrl' | 'componentPrefix'
  >
): StatusSchemas {
  const schemas: Partial<Record<StatusName, TSchema>> = {}
  for (const [status, name] of Object.entries(statusNames)) {
    const definitions = Object.values(errors).filter(definition => definition.status === Number(status))
    if (definitions.length === 0) continue
    const $defs: JsonObject = {}
    const members = new Map<string, TSchema>(definitions.map(definition => {
      const schema = bodySchema(format, moveMeta(definition, $defs), {
        hasDocUrl: docUrl(definition.code) !== undefined
      })
      return [JSON.stringify(schema), schema]
    }))
    // @fastify/swagger uses the description of the schema as the description of the response.
    const own = Object.keys($defs).length > 0 ? { $defs } : {}
    schemas[name] = Type.Union([...members.values()], {
      $id: componentPrefix + name,
      description: describeErrors(definitions),
      ...own
    }) as TSchema
  }
  return schemas as StatusSchemas
}

/**
 * Moves a `meta` that refers to its own parts to the definitions of the status, because Fastify's serializer rejects an
 * `$id` inside `anyOf`.
 */
function moveMeta (definition: ErrorDefinition, $defs: JsonObject): ErrorDefinition {
  const { $id = '', ...meta } = definition.meta ?? {}
  const json = JSON.stringify(meta)
  if ($id === '' && !/"\$ref":"#/.test(json)) return definition
  const pointer = `#/$defs/${definition.code}`
  $defs[definition.code] = JSON.parse(
    json.replace(/(?<="\$ref":")([^"#]*)#?(?=[/"])/g, (ref, id) => id === '' || id === $id ? pointer : ref)
  )
  return { ...definition, meta: { $ref: pointer } as unknown as TObject }
}

/**
 * Adds the schemas of the statuses to an application, so that routes can refer to them: `{ $ref: 'NotFound#' }`. A
 * scope can have the schemas of an outer registration already, if both have the same prefix and the same errors.
 *
 * @throws TypeError if the application or one of its scopes has another schema with the same `$id`
 */
export function addStatusSchemas (app: FastifyInstance, schemas: StatusSchemas): void {
  for (const schema of Object.values(schemas) as TSchema[]) {
    const $id = String(schema.$id)
    const present = app.getSchema($id)
    if (present !== undefined && JSON.stringify(present) === JSON.stringify(schema)) continue
    const isAdded = present === undefined && tryToAddSchema(app, schema)
    expectOption(
      'fastify-api-errors',
      'addSchemas',
      isAdded,
      `false, because the application already has another schema with the $id "${$id}"`,
      true
    )
  }
}

/**
 * Adds a schema to an application and its scopes. Returns false if one of the scopes has a schema with the same `$id`.
 */
function tryToAddSchema (app: FastifyInstance, schema: TSchema): boolean {
  try {
    app.addSchema(schema)
    return true
  } catch {
    return false
  }
}
