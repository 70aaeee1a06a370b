/**
 * Creates the schemas of error bodies in a document: one for each code, and one for each status. A place with fewer
 * issues has a narrower schema.
 */
import type { ErrorDefinition, ErrorStatus } from '../catalog/definition.js'
import type { Format } from '../formats/format.js'
import type { StatusErrors } from '../infer/group-by-status.js'
import type { JsonObject } from '../support/is-object.js'
import { createCodeSchema, findDiscriminator, listIdentifiedCodes, narrowProperties } from './bodies.js'
import { addComponent, formatSuffix, nameComponent, type CodeSchema, type ComponentsContext } from './components.js'
import { statusNames, toCodeName, toComponentName } from './component-names.js'
import type { ComponentReference } from './settings.js'
import type { SchemaDefinitions } from './to-openapi-schema.js'

/** Returns the schema of the bodies of a group in a format: a reference, or a union with a discriminator. */
export function createGroupSchema (
  context: ComponentsContext,
  { status, definitions, issues }: StatusErrors,
  format: Format
): JsonObject {
  const members = distinct(
    definitions.map(definition => getCodeSchema(context, definition, format, issues.get(definition.code)))
  )
  const all = listSchemasOfStatus(context, status, format)
  const isWhole = members.length === all.length && members.every(({ json }, index) => json === all[index]?.json)
  return isWhole ? { ...addStatusSchema(context, status, format) } : createUnion(context, members, format)
}

/** Adds the schemas of all statuses of the catalog in the main format. */
export function addStatusSchemasOfCatalog (context: ComponentsContext): void {
  const [format] = context.formats
  for (const status of context.definitionsByStatus.keys()) addStatusSchema(context, status, format)
}

/** Returns whether a group has fewer issue codes than its codes have elsewhere in the document. */
export function isNarrowed (context: ComponentsContext, { issues }: StatusErrors): boolean {
  return [...issues].some(([code, codes]) => hasFewerIssues(context, code, codes))
}

function hasFewerIssues (
  { issuesByCode }: ComponentsContext,
  code: string,
  issues: readonly string[] | undefined
): issues is readonly string[] {
  return issues !== undefined && issues.length > 0 &&
    issuesByCode.get(code)?.every(issue => issues.includes(issue)) !== true
}

function addStatusSchema (context: ComponentsContext, status: ErrorStatus, format: Format): ComponentReference {
  const name = nameComponent(
    context,
    'schemas',
    statusNames[status] + formatSuffix(context, format),
    `status ${status} ${format.name}`
  )
  return addComponent(
    context,
    'schemas',
    name,
    () => createUnion(context, listSchemasOfStatus(context, status, format), format)
  )
}

function listSchemasOfStatus (context: ComponentsContext, status: ErrorStatus, format: Format): CodeSchema[] {
  return distinct(
    (context.definitionsByStatus.get(status) as ErrorDefinition[]).map(definition =>
      getCodeSchema(context, definition, format)
    )
  )
}

function distinct (schemas: readonly CodeSchema[]): CodeSchema[] {
  return [...new Map(schemas.map(schema => [schema.json, schema])).values()]
}

/** Returns the schema of a code, or the narrower one for a place with fewer issues. */
function getCodeSchema (
  context: ComponentsContext,
  definition: ErrorDefinition,
  format: Format,
  issues?: readonly string[]
): CodeSchema {
  const { code } = definition
  const fewer = hasFewerIssues(context, code, issues) ? issues : undefined
  const key = `code ${code} ${format.name} ${fewer?.join() ?? ''}`
  let schema = context.codeSchemas.get(key)
  if (schema === undefined) {
    context.codeSchemas.set(
      key,
      schema = fewer === undefined
        ? createWholeSchema(context, definition, format, key)
        : createNarrowSchema(context, definition, format, key, fewer)
    )
  }
  return schema
}

function createWholeSchema (
  context: ComponentsContext,
  definition: ErrorDefinition,
  format: Format,
  key: string
): CodeSchema {
  const { code } = definition
  const body = createCodeSchema(
    definition,
    format,
    context.docUrl,
    context.issuesByCode.get(code),
    context.version,
    createDefinitions(context, code)
  )
  return {
    code,
    key,
    name: nameComponent(context, 'schemas', baseName(context, code, format), key),
    schema: body,
    body,
    json: JSON.stringify(body)
  }
}

/** Returns the schema of the code combined with the restrictions in this place, if there are any. */
function createNarrowSchema (
  context: ComponentsContext,
  definition: ErrorDefinition,
  format: Format,
  key: string,
  issues: readonly string[]
): CodeSchema {
  const { code } = definition
  const whole = getCodeSchema(context, definition, format)
  const body = createCodeSchema(
    definition,
    format,
    context.docUrl,
    issues,
    context.version,
    createDefinitions(context, code)
  )
  const narrower = narrowProperties(whole.body, body)
  if (narrower === undefined) return whole
  return {
    code,
    key,
    name: nameComponent(context, 'schemas', baseName(context, code, format), key, issues.join()),
    schema: { allOf: [referTo(context, whole), narrower] },
    body,
    json: JSON.stringify(body)
  }
}

/** Returns how the schema of a code refers to other schemas: as components, named after the code. */
function createDefinitions (context: ComponentsContext, code: string): SchemaDefinitions {
  return {
    getSchema: context.getSchema,
    refer (key, name, create) {
      const component = nameComponent(
        context,
        'schemas',
        toCodeName(code) + toComponentName(name),
        `definition ${code} ${key}`
      )
      return { ...addComponent(context, 'schemas', component, create) }
    }
  }
}

function getIdentifiedCodes ({ identifiedCodes, errors }: ComponentsContext, format: Format): ReadonlySet<string> {
  let codes = identifiedCodes.get(format)
  if (codes === undefined) identifiedCodes.set(format, codes = listIdentifiedCodes(format, errors))
  return codes
}

function baseName (context: ComponentsContext, code: string, format: Format): string {
  return String(context.schemaNames.get(code)) + formatSuffix(context, format)
}

function referTo (context: ComponentsContext, { name, schema }: CodeSchema): ComponentReference {
  return addComponent(context, 'schemas', name, () => schema)
}

/** Returns one schema for some codes. The schemas of the codes are components if their values identify the code. */
function createUnion (context: ComponentsContext, members: readonly CodeSchema[], format: Format): JsonObject {
  const identified = getIdentifiedCodes(context, format)
  const schemas: JsonObject[] = members.map(member =>
    identified.has(member.code) ? { ...referTo(context, member) } : member.schema
  )
  const [only] = schemas
  if (only !== undefined && schemas.length === 1) return only
  // A discriminator can refer only to components.
  const discriminator = schemas.every(({ $ref }) => $ref !== undefined)
    ? findDiscriminator(members.map(({ body }) => body))
    : undefined
  if (discriminator === undefined) return { anyOf: schemas }
  const { propertyName, values } = discriminator
  return {
    oneOf: schemas,
    discriminator: {
      propertyName,
      mapping: Object.fromEntries(values.map((value, index) => [value, schemas[index]?.$ref]))
    }
  }
}
