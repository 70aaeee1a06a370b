import { createHash } from 'node:crypto'
import { answerDefinition, exampleAnswer, phraseOf } from '../catalog/answer.js'
import type { AnyCatalog } from '../catalog/define-errors.js'
import type { ErrorDefinition, ErrorStatus } from '../catalog/definition.js'
import { errorHeaders, type ErrorHeader } from '../catalog/headers.js'
import { bodySchema, bodyWriter, type Format } from '../formats/format.js'
import { toOpenApiSchema, type OpenApiVersion } from './schema.js'

type Json = Record<string, unknown>

/** What the documentation of error answers depends on. */
export interface DocumentSettings {
  readonly errors: AnyCatalog
  /** The formats that an answer can have: one, or with `negotiate` two. */
  readonly formats: readonly Format[]
  readonly docUrl: (code: string) => string | undefined
}

/** The shared parts of a document that error answers refer to. */
export interface Components {
  readonly schemas: Record<string, Json>
  readonly responses: Record<string, Json>
  readonly headers: Record<string, Json>
  readonly examples: Record<string, Json>
}

/** Codes of one status. */
export interface StatusErrors {
  readonly status: ErrorStatus
  readonly definitions: readonly ErrorDefinition[]
}

/** The codes grouped by their status, statuses and codes in ascending order. */
export function byStatus (codes: Iterable<string>, errors: AnyCatalog): StatusErrors[] {
  const groups = new Map<ErrorStatus, ErrorDefinition[]>()
  for (const code of [...new Set(codes)].sort()) {
    const definition = errors[code] as ErrorDefinition
    groups.set(definition.status, [...groups.get(definition.status) ?? [], definition])
  }
  return [...groups].sort(([a], [b]) => a - b).map(([status, definitions]) => ({ status, definitions }))
}

/** `resource_not_found` as a name of a component: `ResourceNotFound`. */
export function componentName (code: string): string {
  return code.split('_').map(word => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}

/** The name of the schema of a code: `ResourceNotFoundError`. */
export function schemaName (code: string): string {
  const name = componentName(code)
  return name.endsWith('Error') ? name : `${name}Error`
}

/** The name of what is shared by a status: `NotFound`. */
export function statusName (status: ErrorStatus): string {
  return phraseOf(status).replace(/[^A-Za-z]/g, '')
}

/** Collects the components that the responses of a document need, and gives each response as a `$ref`. */
export function createComponents (settings: DocumentSettings, version: OpenApiVersion, taken: Iterable<string>): {
  readonly components: Components
  readonly refer: (group: StatusErrors) => { readonly $ref: string }
} {
  const components: Components = { schemas: {}, responses: {}, headers: {}, examples: {} }
  const reserved = new Set(taken)
  const free = (name: string): string => reserved.has(name) ? `Api${name}` : name

  const ref = (section: keyof Components, name: string, make: () => Json): { $ref: string } => {
    components[section][name] ??= make()
    return { $ref: `#/components/${section}/${name}` }
  }

  function contentOf ({ status, definitions }: StatusErrors, format: Format): Json {
    const suffix = format === settings.formats[0] ? '' : componentName(format.name)
    const context = { hasDocUrl: definitions.some(({ code }) => settings.docUrl(code) !== undefined) }
    const schemas = new Map(definitions.map(definition => [definition.code, toOpenApiSchema(bodySchema(format, definition, context), version)]))
    const distinct = new Set([...schemas.values()].map(schema => JSON.stringify(schema)))
    const examples = Object.fromEntries(definitions.map(definition => [
      definition.code,
      ref('examples', componentName(definition.code) + suffix, () => exampleOf(definition, format, settings))
    ]))
    if (distinct.size === 1 && definitions.length > 1) {
      // A format without a code in the body has one schema for the whole status.
      const [schema] = schemas.values()
      return { schema: ref('schemas', free(statusName(status) + suffix), () => schema as Json), examples }
    }
    const refs = new Map([...schemas].map(([code, schema]) => {
      const name = isCoded(schema) ? schemaName(code) : statusName(status)
      return [code, ref('schemas', free(name + suffix), () => schema)]
    }))
    const [only] = refs.values()
    if (refs.size === 1) return { schema: only, examples }
    return { schema: { oneOf: [...refs.values()], ...discriminatorOf(schemas, refs) }, examples }
  }

  function refer (group: StatusErrors): { readonly $ref: string } {
    return ref('responses', responseName(group, settings.errors), () => ({
      description: descriptionOf(group.definitions),
      headers: Object.fromEntries(headersOf(group).map(header => [
        header.name, ref('headers', componentName(header.name.replaceAll('-', '_').toLowerCase()), () => headerObject(header))
      ])),
      content: Object.fromEntries(settings.formats.map(format => [format.contentType, contentOf(group, format)]))
    }))
  }

  return { components, refer }
}

/** One response with everything in place, for documents that take no shared components from us. */
export function inlineResponse (group: StatusErrors, settings: DocumentSettings): Json {
  return {
    description: descriptionOf(group.definitions),
    headers: Object.fromEntries(headersOf(group).map(({ name, description, schema }) => [name, { ...schema, description }])),
    content: Object.fromEntries(settings.formats.map(format => {
      const context = { hasDocUrl: group.definitions.some(({ code }) => settings.docUrl(code) !== undefined) }
      const schemas = new Map(group.definitions.map(definition => [definition.code, toOpenApiSchema(bodySchema(format, definition, context), '3.1')]))
      const distinct = new Map([...schemas.values()].map(schema => [JSON.stringify(schema), schema]))
      const [only] = distinct.values()
      return [format.contentType, {
        schema: distinct.size === 1 ? only : { oneOf: [...distinct.values()] },
        examples: Object.fromEntries(group.definitions.map(definition => [definition.code, exampleOf(definition, format, settings)]))
      }]
    }))
  }
}

const exampleRequestId = 'req_4mXq1VbE0s6RkYt2'

/** The example of a code in a format: what an occurrence with the definition's `example` is answered with. */
export function exampleOf (definition: ErrorDefinition, format: Format, settings: Pick<DocumentSettings, 'docUrl'>): Json {
  const docUrl = settings.docUrl(definition.code)
  const answer = exampleAnswer(definition, docUrl, { requestId: exampleRequestId, instance: '/' })
  return { summary: answer.message, value: JSON.parse(bodyWriter(format, answerDefinition(definition, docUrl))(answer)) }
}

function headersOf ({ status, definitions }: StatusErrors): ErrorHeader[] {
  return errorHeaders.filter(({ on }) => definitions.some(({ code }) => on({ code, status })))
}

function headerObject ({ description, schema, example }: ErrorHeader): Json {
  return { description, schema, example }
}

function descriptionOf (definitions: readonly ErrorDefinition[]): string {
  const [only] = definitions
  if (definitions.length === 1 && only !== undefined) return `${only.description} ${only.action}`
  return definitions.map(({ code, description, action }) => `- \`${code}\`: ${description} ${action}`).join('\n')
}

/** The name depends on the codes alone, so that a new route does not rename what a generated client uses. */
function responseName ({ status, definitions }: StatusErrors, errors: AnyCatalog): string {
  const codes = definitions.map(({ code }) => code)
  if (codes.length <= 2) return codes.map(componentName).join('Or')
  const all = Object.values(errors).filter(error => error.status === status)
  if (all.length === codes.length) return statusName(status)
  return `${statusName(status)}_${createHash('sha256').update(codes.join()).digest('hex').slice(0, 8)}`
}

/** Whether a schema is closed over one code. */
function isCoded (schema: Json): boolean {
  return JSON.stringify(schema).includes('"enum":["')
}

/** Which property tells the members apart: one with another single value in each (OpenAPI 3.1, section 4.8.25). */
function discriminatorOf (schemas: ReadonlyMap<string, Json>, refs: ReadonlyMap<string, { readonly $ref: string }>): Json {
  const [first] = schemas.values()
  for (const propertyName of Object.keys((first?.properties ?? {}) as Json)) {
    const mapping: Record<string, string> = {}
    for (const [code, schema] of schemas) {
      const values = ((schema.properties as Json)[propertyName] as { readonly enum?: readonly unknown[] } | undefined)?.enum
      if (values?.length === 1 && typeof values[0] === 'string') mapping[values[0]] = (refs.get(code) as { $ref: string }).$ref
    }
    if (Object.keys(mapping).length === schemas.size) return { discriminator: { propertyName, mapping } }
  }
  return {}
}
