import { answerDefinition, carriesIssues, exampleAnswer } from '../catalog/answer.js'
import type { ErrorDefinition } from '../catalog/definition.js'
import { sampleIssue, type Issue } from '../catalog/issues.js'
import { bodySchema, bodyWriter, type Format } from '../formats/format.js'
import { toOpenApiSchema, type OpenApiVersion } from './schema.js'

type Json = Record<string, unknown>

/** What gives the page about a code. */
export type DocUrl = (code: string) => string | undefined

/** The schema of the bodies of a code, as a document of a version writes it. */
export function schemaOfCode (definition: ErrorDefinition, format: Format, docUrl: DocUrl, issueCodes: readonly string[] | undefined, version: OpenApiVersion): Json {
  return toOpenApiSchema(bodySchema(format, definition, { hasDocUrl: docUrl(definition.code) !== undefined, issueCodes }), version)
}

/** Whether a schema, given as text, tells its code from others. */
export function isClosedOver (schema: string, code: string): boolean {
  return schema.includes(`"enum":[${JSON.stringify(code)}]`)
}

/**
 * What a schema allows less than another, as a schema to be met beside it; `undefined` where it allows as much. The
 * two are of one code, and differ in the codes that issues can have.
 */
export function narrowing (wide: unknown, narrow: unknown): Json | undefined {
  if (JSON.stringify(wide) === JSON.stringify(narrow)) return undefined
  const [from, to] = [wide, narrow] as [Json, Json]
  if (isSchemaMap(from.properties) && isSchemaMap(to.properties)) {
    const { properties: before } = from
    const properties = Object.entries(to.properties).flatMap(([name, schema]) => {
      const part = name in before ? narrowing(before[name], schema) : undefined
      return part === undefined ? [] : [[name, part] as const]
    })
    return properties.length === 0 ? undefined : { type: 'object', properties: Object.fromEntries(properties) }
  }
  if (to.items !== undefined && from.items !== undefined) {
    const items = narrowing(from.items, to.items)
    return items && { type: 'array', ...(to.maxItems !== undefined && { maxItems: to.maxItems }), items }
  }
  const { description: _, ...rest } = to
  return rest
}

function isSchemaMap (value: unknown): value is Json {
  return typeof value === 'object' && value !== null
}

/**
 * Which property tells schemas apart: one with another single value in each (OpenAPI 3.1.1, section 4.8.25), with the
 * schema's index by value. `nested`: something deeper does.
 */
export function discriminate (schemas: readonly Json[]): { readonly propertyName: string, readonly values: readonly string[] } | 'nested' | undefined {
  let nested = false
  const shapes = schemas.map(({ properties }) => properties as Record<string, Json | undefined>)
  for (const propertyName of Object.keys(shapes[0] as object)) {
    const members = shapes.map(shape => shape[propertyName] ?? {})
    const values = members.flatMap(({ enum: values }) => Array.isArray(values) && values.length === 1 && typeof values[0] === 'string' ? values : [])
    if (new Set(values).size === schemas.length) return { propertyName, values }
    if (members.every(({ properties }) => properties !== undefined) && discriminate(members) !== undefined) nested = true
  }
  return nested ? 'nested' : undefined
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
export function exampleOf (definition: ErrorDefinition, format: Format, docUrl: DocUrl, issueCodes: readonly string[] | undefined): BodyExample {
  const { issues, variant } = exampleIssues(definition, issueCodes)
  const page = docUrl(definition.code)
  const answer = exampleAnswer({ ...definition, example: { ...definition.example, issues } }, page, { requestId: exampleRequestId, instance: '/' })
  return { variant, summary: answer.message, value: JSON.parse(bodyWriter(format, answerDefinition(definition, page))(answer)) }
}

function exampleIssues (definition: ErrorDefinition, codes: readonly string[] | undefined): { readonly issues: readonly Issue[], readonly variant: string } {
  const issues = definition.example.issues ?? []
  if (codes === undefined || !carriesIssues(definition) || issues.every(({ code }) => codes.includes(code))) return { issues, variant: '' }
  const [code] = codes
  if (code === undefined) return { issues: [], variant: 'plain' }
  return { issues: [{ ...issues[0] as Issue, ...sampleIssue(code) }], variant: code }
}
