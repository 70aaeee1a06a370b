/** The bodies of error responses in a document: their schemas and examples. */
import { getResponseDefinition, createExampleContent } from '../catalog/response-content.js'
import type { TSchema } from '@sinclair/typebox'
import type { AnyCatalog } from '../catalog/define-errors.js'
import type { ErrorDefinition, ErrorExample } from '../catalog/definition.js'
import { exampleRequestId } from '../catalog/error-headers.js'
import { bodySchema, jsonWriter, type Format, type TextFormat } from '../formats/format.js'
import type { SentBody } from '../infer/declared/declared-schemas.js'
import type { DocUrl } from './settings.js'
import { toOpenApiSchema, type OpenApiVersion, type SchemaDefinitions } from './to-openapi-schema.js'
import { isObject, isRecord, type JsonObject, type ReadonlyJsonObject } from '../support/is-object.js'

/** Returns the schema of the bodies of a code for an OpenAPI version. */
export function createCodeSchema (
  definition: ErrorDefinition,
  format: Format,
  docUrl: DocUrl,
  issueCodes: readonly string[] | undefined,
  version: OpenApiVersion,
  definitions: SchemaDefinitions
): JsonObject {
  const schema = toOpenApiSchema(createBodySchema(definition, format, docUrl, issueCodes), version, definitions)
  return definition.deprecated === undefined ? schema : { ...schema, deprecated: true }
}

/**
 * Returns the JSON Schema of the bodies of a code. References in `meta` stay relative to `meta`, because it has an
 * `$id`.
 */
export function createBodySchema (
  definition: ErrorDefinition,
  format: Format,
  docUrl: DocUrl,
  issueCodes?: readonly string[] | undefined
): TSchema {
  const { code, meta } = definition
  const hasLocalReference = meta !== undefined && meta.$id === undefined && /ref":"#/i.test(JSON.stringify(meta))
  const identified = hasLocalReference ? { ...definition, meta: { ...meta, $id: `meta:${code}` } } : definition
  return bodySchema(format, identified, { hasDocUrl: docUrl(code) !== undefined, issueCodes })
}

/**
 * Returns the codes of a catalog whose bodies have values that no other code has: the code itself, or a value that
 * stands for it.
 */
export function listIdentifiedCodes (format: Format, errors: AnyCatalog): ReadonlySet<string> {
  const byConstants = new Map<string, string[]>()
  for (const definition of Object.values(errors)) {
    const constants = JSON.stringify(listConstants(bodySchema(format, definition, { hasDocUrl: true })))
    byConstants.set(constants, [...byConstants.get(constants) ?? [], definition.code])
  }
  return new Set([...byConstants.values()].flatMap(codes => codes.length === 1 ? codes : []))
}

/** Returns the values that every body with a schema has, by the path of their properties. */
function listConstants (schema: unknown, path = ''): Array<readonly [path: string, value: unknown]> {
  if (!isRecord(schema)) return []
  const value = getConstant(schema)
  if (value !== undefined) return [[path, value]]
  if (schema.items !== undefined) return listConstants(schema.items, `${path}[]`)
  return Object.entries(isRecord(schema.properties) ? schema.properties : {}).flatMap(([name, member]) =>
    listConstants(member, `${path}/${name}`)
  )
}

/** Returns the only value that a schema allows; `undefined` if it allows several. */
function getConstant (schema: ReadonlyJsonObject): unknown {
  const { enum: values } = schema
  return Array.isArray(values) && values.length === 1 ? values[0] : schema.const
}

/**
 * Returns the restrictions on the body of a code in one place, to be combined with the schema of the code; `undefined`
 * if there are none. They restrict the codes that issues can have. A property that differs is written in full, because
 * tools expect the `properties` of an inner object to be complete.
 */
export function narrowProperties (wide: JsonObject, narrow: JsonObject): JsonObject | undefined {
  if (!isObject(narrow.properties)) return JSON.stringify(wide) === JSON.stringify(narrow) ? undefined : narrow
  const before = wide.properties as JsonObject
  const properties = Object.entries(narrow.properties).filter(([name, schema]) =>
    JSON.stringify(before[name]) !== JSON.stringify(schema)
  )
  return properties.length === 0 ? undefined : { type: 'object', properties: Object.fromEntries(properties) }
}

/**
 * Returns the property that has a different single value in each schema, and these values (OpenAPI 3.1.1, section
 * 4.8.25).
 */
export function findDiscriminator (
  schemas: readonly JsonObject[]
): { readonly propertyName: string, readonly values: readonly string[] } | undefined {
  for (const propertyName of Object.keys(schemas[0]?.properties ?? {})) {
    const values = schemas.flatMap(({ properties }) => {
      const value = getConstant(
        (properties as Record<string, JsonObject | undefined> | undefined)?.[propertyName] ?? {}
      )
      return typeof value === 'string' ? [value] : []
    })
    if (new Set(values).size === schemas.length) return { propertyName, values }
  }
  return undefined
}

/** An example of a code: the response to an occurrence of it. */
export interface BodyExample {
  readonly summary: string
  readonly value: unknown
}

/** Returns an example of a code in a format. @param example the occurrence. @default the example of the definition */
export function createBodyExample (
  definition: ErrorDefinition,
  format: Format | TextFormat,
  docUrl: DocUrl,
  example: ErrorExample = definition.example
): BodyExample {
  const page = docUrl(definition.code)
  const content = createExampleContent({ ...definition, example }, page, { requestId: exampleRequestId, instance: '/' })
  const value: unknown = 'write' in format
    ? format.write(content)
    : JSON.parse(jsonWriter(format, getResponseDefinition(definition, page))(content))
  return { summary: content.message, value }
}

/** Returns bodies of a code in a format as they are sent: the example, and one without issues. */
export function createSentBodies (definition: ErrorDefinition, format: Format, docUrl: DocUrl): SentBody[] {
  const { contentType } = format
  return [definition.example, { ...definition.example, issues: [] }].map(example => ({
    contentType,
    body: createBodyExample(definition, format, docUrl, example).value
  }))
}
