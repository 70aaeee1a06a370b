import type { ErrorDefinition, ErrorStatus } from '../catalog/definition.js'
import type { Format } from '../formats/format.js'
import { discriminate, isClosedOver, narrowing, schemaOfCode } from './bodies.js'
import { issuesByCode, type StatusErrors } from './groups.js'
import { componentName, schemaName, statusNames } from './names.js'
import type { DocumentContext, DocumentSettings, Refer } from './responses.js'

type Json = Record<string, unknown>

/** The schemas of error bodies in one document: one a code, one a status. */
export interface DocumentSchemas {
  /** The schema of the bodies of a group: a reference, a union with a discriminator, or either narrowed to the issues of the group. */
  readonly ofGroup: (group: StatusErrors, format: Format) => Json
  /** Whether the issues of a group are fewer than those that its codes have elsewhere in the document. */
  readonly isNarrowed: (group: StatusErrors) => boolean
}

interface CodeSchema {
  readonly code: string
  readonly schema: Json
  /** The schema as text, for comparison. */
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

  function schemaOf (definition: ErrorDefinition, format: Format): CodeSchema {
    const { code } = definition
    const ofFormat = made.get(format) as Map<string, CodeSchema>
    let found = ofFormat.get(code)
    if (found === undefined) {
      const schema = schemaOfCode(definition, format, docUrl, shown.get(code), version)
      ofFormat.set(code, found = { code, schema, text: JSON.stringify(schema) })
    }
    return found
  }

  const distinct = (definitions: readonly ErrorDefinition[], format: Format): CodeSchema[] =>
    [...new Map(definitions.map(definition => schemaOf(definition, format)).map(found => [found.text, found])).values()]

  /** One schema for some codes, whose own schemas are components where they tell the code. */
  function union (definitions: readonly ErrorDefinition[], format: Format): Json {
    const members = distinct(definitions, format)
    const refs: Json[] = members.map(({ schema, code, text }) =>
      isClosedOver(text, code) ? { ...refer('schemas', schemaName(code) + suffixOf(format), () => schema) } : schema)
    const [only] = refs
    if (only !== undefined && refs.length === 1) return only
    const told = discriminate(members.map(({ schema }) => schema))
    if (told === undefined) return { anyOf: refs }
    if (told === 'nested') return { oneOf: refs }
    const mapping = Object.fromEntries(told.values.map((value, index) => [value, refs[index]?.$ref]))
    return { oneOf: refs, discriminator: { propertyName: told.propertyName, mapping } }
  }

  const ofStatus = (status: ErrorStatus, format: Format): Json =>
    ({ ...refer('schemas', statusNames[status] + suffixOf(format), () => union(byStatus.get(status) as ErrorDefinition[], format)) })

  function ofCodes ({ status, definitions }: StatusErrors, format: Format): Json {
    const all = byStatus.get(status) as ErrorDefinition[]
    const isWhole = definitions.length === all.length || distinct(all, format).length === 1
    return isWhole ? ofStatus(status, format) : union(definitions, format)
  }

  /** The codes that the issues of a group can have; `undefined` where any, or where they are not fewer than elsewhere. */
  function fewerIssues ({ issues }: StatusErrors): readonly string[] | undefined {
    const some = [...issues.values()]
    if (some.includes(undefined)) return undefined
    const here = [...new Set(some.flat() as string[])].sort()
    const isFewer = [...issues].some(([code, own]) => own?.length !== 0 && shown.get(code)?.every(issue => here.includes(issue)) !== true)
    return isFewer ? here : undefined
  }

  const [first] = formats
  if (addSchemas && first !== undefined) for (const status of byStatus.keys()) ofStatus(status, first)

  return {
    isNarrowed: group => fewerIssues(group) !== undefined,
    ofGroup (group, format) {
      const schema = ofCodes(group, format)
      const issues = fewerIssues(group)
      if (issues === undefined) return schema
      const definition = group.definitions.find(({ code }) => group.issues.get(code)?.length !== 0) as ErrorDefinition
      const closer = narrowing(schemaOf(definition, format).schema, schemaOfCode(definition, format, docUrl, issues, version))
      return closer === undefined ? schema : { allOf: [schema, closer] }
    }
  }
}
