import type { ErrorDefinition, ErrorStatus } from '../catalog/definition.js'
import type { Format } from '../formats/format.js'
import { findDiscriminator, namesCode, narrowProperties, createCodeSchema } from './bodies.js'
import { issuesByCode, type StatusErrors } from '../infer/group-by-status.js'
import { componentName, createHashedNames, schemaName, statusNames } from './names.js'
import type { DocumentContext, DocumentSettings, Refer } from './settings.js'
import type { JsonObject } from '../support/is-object.js'

/** The schemas of error bodies in one document: one a code, with others for places with fewer issues, and one a status. */
export interface DocumentSchemas {
  /** The schema of the bodies of a group: a reference, or a union with a discriminator. */
  readonly ofGroup: (group: StatusErrors, format: Format) => JsonObject
  /** Whether the issues of a group are fewer than those that its codes have elsewhere in the document. */
  readonly isNarrowed: (group: StatusErrors) => boolean
}

interface CodeSchema {
  /** The name of its component. */
  readonly name: string
  readonly code: string
  readonly schema: JsonObject
  /** The schema of the bodies by itself. */
  readonly body: JsonObject
  /** The same as text, for comparison. */
  readonly text: string
}

/** Makes the schemas of a document; they are added to its components as they are asked for. */
export function createSchemas (
  { errors, formats, docUrl, addSchemas }: DocumentSettings, { version, groups }: DocumentContext, refer: Refer
): DocumentSchemas {
  /** The codes that the document shows, and what their issues can be anywhere in it. */
  const shown = issuesByCode([...groups].flatMap(({ issues }) => [...issues].map(([code, some]) => ({ code, issues: some }))))
  if (addSchemas) for (const code of Object.keys(errors)) if (!shown.has(code)) shown.set(code, undefined)
  const byStatus = new Map<ErrorStatus, ErrorDefinition[]>()
  for (const code of [...shown.keys()].sort()) {
    const definition = errors[code] as ErrorDefinition
    byStatus.set(definition.status, [...byStatus.get(definition.status) ?? [], definition])
  }
  const suffixOf = (format: Format): string => format === formats[0] ? '' : componentName(format.name)
  const made = new Map<Format, Map<string, CodeSchema>>(formats.map(format => [format, new Map()]))
  const hashedName = createHashedNames()

  /** Whether these issues of a code are fewer than it has elsewhere. */
  const isFewer = (code: string, issues: readonly string[] | undefined): issues is readonly string[] =>
    issues !== undefined && issues.length > 0 && shown.get(code)?.every(issue => issues.includes(issue)) !== true

  function schemaOf (definition: ErrorDefinition, format: Format, issues?: readonly string[]): CodeSchema {
    const { code } = definition
    const told = isFewer(code, issues) ? issues.join() : ''
    const ofFormat = made.get(format) as Map<string, CodeSchema>
    let found = ofFormat.get(`${code} ${told}`)
    if (found === undefined) {
      const body = createCodeSchema(definition, format, docUrl, told === '' ? shown.get(code) : issues, version)
      const own = { code, name: schemaName(code) + suffixOf(format), schema: body, body, text: JSON.stringify(body) }
      found = told === '' ? own : narrowed(schemaOf(definition, format), own, told)
      ofFormat.set(`${code} ${told}`, found)
    }
    return found
  }

  /** The schema of a code and what is less here, as a component; the one of the code where nothing is. */
  function narrowed (wide: CodeSchema, own: CodeSchema, told: string): CodeSchema {
    const closer = narrowProperties(wide.body, own.body)
    if (closer === undefined) return wide
    return { ...own, name: hashedName(own.name, told), schema: { allOf: [refer('schemas', wide.name, () => wide.schema), closer] } }
  }

  const distinct = (schemas: readonly CodeSchema[]): CodeSchema[] => [...new Map(schemas.map(found => [found.text, found])).values()]
  const allOf = (status: ErrorStatus, format: Format): CodeSchema[] => distinct((byStatus.get(status) as ErrorDefinition[]).map(definition => schemaOf(definition, format)))

  /** One schema for some codes, whose own schemas are components where they tell the code. */
  function union (members: readonly CodeSchema[]): JsonObject {
    const refs: JsonObject[] = members.map(({ name, schema, code, text }) => namesCode(text, code) ? { ...refer('schemas', name, () => schema) } : schema)
    const [only] = refs
    if (only !== undefined && refs.length === 1) return only
    const told = findDiscriminator(members.map(({ body }) => body))
    if (told === undefined) return { anyOf: refs }
    const mapping = Object.fromEntries(told.values.map((value, index) => [value, refs[index]?.$ref]))
    return { oneOf: refs, discriminator: { propertyName: told.propertyName, mapping } }
  }

  const ofStatus = (status: ErrorStatus, format: Format): JsonObject => ({ ...refer('schemas', statusNames[status] + suffixOf(format), () => union(allOf(status, format))) })

  const [first] = formats
  if (addSchemas && first !== undefined) for (const status of byStatus.keys()) ofStatus(status, first)

  return {
    isNarrowed: ({ issues }) => [...issues].some(([code, some]) => isFewer(code, some)),
    ofGroup ({ status, definitions, issues }, format) {
      const members = distinct(definitions.map(definition => schemaOf(definition, format, issues.get(definition.code))))
      const all = allOf(status, format)
      const isWhole = members.length === all.length && members.every(({ text }, index) => text === all[index]?.text)
      return isWhole ? ofStatus(status, format) : union(members)
    }
  }
}
