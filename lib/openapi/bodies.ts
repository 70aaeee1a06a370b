import { getResponseDefinition, carriesIssues, createExampleAnswer } from '../catalog/answer.js'
import type { ErrorDefinition } from '../catalog/definition.js'
import { sampleIssue, type Issue } from '../catalog/issues.js'
import { bodySchema, bodyWriter, type Format } from '../formats/format.js'
import type { DocUrl } from './settings.js'
import { toOpenApiSchema, type SchemaTarget } from './to-openapi-schema.js'
import type { JsonObject } from '../support/is-object.js'

/** The schema of the bodies of a code, as a document of a version, or of either, writes it. */
export function createCodeSchema (definition: ErrorDefinition, format: Format, docUrl: DocUrl, issueCodes: readonly string[] | undefined, target: SchemaTarget): JsonObject {
  return toOpenApiSchema(bodySchema(format, definition, { hasDocUrl: docUrl(definition.code) !== undefined, issueCodes }), target)
}

/** Whether a schema, given as text, tells its code from others. */
export function namesCode (schema: string, code: string): boolean {
  return schema.includes(`"enum":[${JSON.stringify(code)}]`)
}

/**
 * What the body of a code allows less in one place than in the whole document, to be met beside the schema of the code;
 * `undefined` where it allows as much. The two differ in the codes that issues can have. A property that differs is
 * there whole, for tools take the `properties` of an object inside for complete.
 */
export function narrowProperties (wide: JsonObject, narrow: JsonObject): JsonObject | undefined {
  const before = wide.properties as JsonObject
  const properties = Object.entries(narrow.properties as JsonObject).filter(([name, schema]) => JSON.stringify(before[name]) !== JSON.stringify(schema))
  return properties.length === 0 ? undefined : { type: 'object', properties: Object.fromEntries(properties) }
}

/** Which property tells schemas apart: one with another single value in each (OpenAPI 3.1.1, section 4.8.25), with the values. */
export function findDiscriminator (schemas: readonly JsonObject[]): { readonly propertyName: string, readonly values: readonly string[] } | undefined {
  for (const propertyName of Object.keys(schemas[0]?.properties as JsonObject)) {
    const values = schemas.flatMap(({ properties }) => {
      const { enum: values } = (properties as Record<string, JsonObject | undefined>)[propertyName] ?? {}
      return Array.isArray(values) && values.length === 1 && typeof values[0] === 'string' ? values : []
    })
    if (new Set(values).size === schemas.length) return { propertyName, values }
  }
  return undefined
}

const exampleRequestId = 'req_4mXq1VbE0s6RkYt2'

/** An example of a code: what an occurrence with the definition's `example` is answered with. */
export interface BodyExample {
  /** What tells it from the definition's own example: a code of an issue; empty where it is that one. */
  readonly variant: string
  readonly summary: string
  readonly value: unknown
}

/** The example of a code in a format, with issues that are possible where it is shown. */
export function createBodyExample (definition: ErrorDefinition, format: Format, docUrl: DocUrl, issueCodes: readonly string[] | undefined): BodyExample {
  const { issues, variant } = exampleIssues(definition, issueCodes)
  const page = docUrl(definition.code)
  const answer = createExampleAnswer({ ...definition, example: { ...definition.example, issues } }, page, { requestId: exampleRequestId, instance: '/' })
  return { variant, summary: answer.message, value: JSON.parse(bodyWriter(format, getResponseDefinition(definition, page))(answer)) }
}

function exampleIssues (definition: ErrorDefinition, codes: readonly string[] | undefined): { readonly issues: readonly Issue[], readonly variant: string } {
  const issues = definition.example.issues ?? []
  if (codes === undefined || !carriesIssues(definition) || issues.every(({ code }) => codes.includes(code))) return { issues, variant: '' }
  const [code] = codes
  if (code === undefined) return { issues: [], variant: 'plain' }
  return { issues: [{ ...issues[0] as Issue, ...sampleIssue(code) }], variant: code }
}
