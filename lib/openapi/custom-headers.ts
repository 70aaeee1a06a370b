/** Describes the headers that an application adds to its errors: those of its definitions and of its format. */
import { createExampleContent } from '../catalog/response-content.js'
import type { ErrorDefinition } from '../catalog/definition.js'
import { createDeprecationHeaders, deprecationHeaders } from '../catalog/deprecation.js'
import { exampleRequestId, headerValue } from '../catalog/error-headers.js'
import { getFieldSchema, type Field } from '../formats/format.js'
import type { StatusErrors } from '../infer/group-by-status.js'
import { isHeaderOfErrors } from '../support/http-syntax.js'
import type { ReadonlyJsonObject } from '../support/is-object.js'
import type { ComponentsContext } from './components.js'
import type { HeaderUse } from './headers.js'
import { toOpenApiSchema } from './to-openapi-schema.js'

/** Returns the headers of the formats for the errors of one status. */
export function describeFormatHeaders ({ definitions }: StatusErrors, context: ComponentsContext): HeaderUse[] {
  return context.formats.flatMap(({ headers = {} }) =>
    Object.entries(headers).flatMap(([name, field]) => describeField(name, field, definitions, context) ?? [])
  )
}

/** Returns the headers of the definitions of one status. Each lists the values of its codes. */
export function describeDefinitionHeaders ({ definitions }: Pick<StatusErrors, 'definitions'>): HeaderUse[] {
  const byName = new Map<
    string,
    { readonly name: string, readonly codes: string[], readonly values: string[], readonly meanings: Set<string> }
  >()
  for (const { code, headers = {}, deprecated } of definitions) {
    const meanings = createDeprecationHeaders(deprecated)
    for (const [name, value] of Object.entries(headers)) {
      if (!isHeaderOfErrors(name)) continue
      const entry = byName.get(name.toLowerCase()) ?? { name, codes: [], values: [], meanings: new Set() }
      byName.set(name.toLowerCase(), entry)
      entry.codes.push(code)
      if (meanings[name] === value) entry.meanings.add(deprecationHeaders[name.toLowerCase()] as string)
      entry.values.push(...[headerValue(name, value)].flat())
    }
  }
  return [...byName.values()].map(({ name, codes, values, meanings }) => ({
    header: {
      name,
      description: [...meanings, describeCodes(codes)].join(' '),
      schema: { type: 'string', enum: [...new Set(values)] },
      example: values[0] as string
    },
    always: codes.length === definitions.length,
    isInFull: true
  }))
}

function describeCodes (codes: readonly string[]): string {
  return `Sent with ${codes.map(code => `\`${code}\``).join(', ')}.`
}

/** Returns the description of a header of a format for some codes; `undefined` if none of them has it. */
function describeField (
  name: string,
  field: Field,
  definitions: readonly ErrorDefinition[],
  context: ComponentsContext
): HeaderUse | undefined {
  const { formats, textFormats, docUrl, version, getSchema } = context
  const described = definitions.flatMap(definition => {
    const page = docUrl(definition.code)
    const schema = getFieldSchema(field, definition, { hasDocUrl: page !== undefined })
    const value = field.value(createExampleContent(definition, page, { requestId: exampleRequestId, instance: '/' }))
    // A header has no schema that other schemas could share.
    const converted = schema &&
      toOpenApiSchema(schema, version, { refer: (_key, _name, create) => create(), getSchema })
    return converted === undefined ? [] : [{ code: definition.code, schema: converted, value }]
  })
  if (described.length === 0) return undefined
  const { description = describeCodes(described.map(({ code }) => code)), ...schema } = mergeSchemas(
    described.map(({ schema }) => schema)
  )
  const example = described.find(({ value }) => value !== undefined)?.value
  return {
    header: { name, description: String(description), schema, example: example as string | number },
    always: described.length === definitions.length && field.optional !== true &&
      formats.length + textFormats.length === 1,
    isInFull: true
  }
}

/**
 * Returns one schema for the values of several codes. Schemas that differ only in their `enum` become one with all
 * values.
 */
function mergeSchemas (schemas: readonly ReadonlyJsonObject[]): ReadonlyJsonObject {
  const different = [...new Map(schemas.map(schema => [JSON.stringify(schema), schema])).values()]
  const [first = {}] = different
  if (different.length === 1) return first
  const withoutValues = new Set(different.map(({ enum: _values, ...rest }) => JSON.stringify(rest)))
  const lists = different.map(({ enum: values }) => values)
  if (withoutValues.size === 1 && lists.every(Array.isArray)) return { ...first, enum: [...new Set(lists.flat())] }
  return { anyOf: different }
}
