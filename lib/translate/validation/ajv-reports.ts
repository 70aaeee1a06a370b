import { issueKinds, parsePointer } from '../../catalog/issues.js'
import { dataKeywords, isData } from './data-limits.js'
import { isIn, valueAt, type FailedKeyword, type ValidationReport } from './failed-keyword.js'
import { isObject } from '../../support/is-object.js'

/** A failed keyword as Ajv and TypeBox 1 report it, and where in the schema it stands. */
interface Entry {
  readonly failures: readonly FailedKeyword[]
  readonly keyword: string
  readonly instancePath: string
  /** The path of the keyword in the schema. Ajv's ends with the keyword, TypeBox's does not. */
  readonly schemaPath: string
  readonly params: Readonly<Record<string, unknown>>
}

/** Keywords that try schemas of which not all need to hold; the reports of those tell the caller nothing by themselves. */
const trials: ReadonlySet<string> = new Set(['contains', 'propertyNames'])
const unions: ReadonlySet<string> = new Set(['anyOf', 'oneOf'])

/**
 * The failures in a report of Ajv, of TypeBox 1, or of another that reports like them. Both put what failed inside a
 * keyword right before the keyword itself: a stack is enough to put it back in its place.
 */
export function readAjvReports (report: ValidationReport): FailedKeyword[] {
  const { validation, schema, value } = report
  const entries: Entry[] = []
  for (const reported of validation) {
    const given = readEntry(reported, value)
    const entry = isOfRequest(given, report) ? withoutLimit(given) : given
    const { keyword, schemaPath } = entry
    if (unions.has(keyword)) {
      const inside = pop(entries, candidate => isBelow(candidate, schemaPath) || isReferred(candidate, entry, schema))
      entries.push({ ...entry, failures: entry.failures.map(failure => ({ ...failure, branches: listBranches(entry, inside, schema) })) })
    } else if (trials.has(keyword)) {
      pop(entries, candidate => isBelow(candidate, schemaPath))
      entries.push(entry)
    } else if (keyword === 'if') {
      // What failed in `then` or `else` says more; TypeBox reports the `if` alone.
      const parent = getParent(schemaPath)
      if (!entries.some(candidate => isBelow(candidate, `${parent}/then`) || isBelow(candidate, `${parent}/else`))) entries.push(entry)
    } else if (keyword.startsWith('unevaluated')) {
      // Where a schema that would evaluate fields failed, its fields count as not evaluated, known or not.
      if (!entries.some(candidate => isApplied(candidate, entry))) entries.push(entry)
    } else {
      entries.push(entry)
    }
  }
  return entries.flatMap(({ failures }) => failures)
}

function readEntry (reported: unknown, value: unknown): Entry {
  const given = isObject(reported) ? reported : {}
  const keyword = typeof given.keyword === 'string' ? given.keyword : 'invalid'
  const instancePath = typeof given.instancePath === 'string' ? given.instancePath : ''
  const reportedPath = typeof given.schemaPath === 'string' ? given.schemaPath : ''
  const params = isObject(given.params) ? given.params : {}
  return {
    keyword,
    instancePath,
    schemaPath: reportedPath.endsWith(`/${keyword}`) ? reportedPath : `${reportedPath}/${keyword}`,
    params,
    failures: keyword === '~refine' ? [refinement(instancePath, params)] : listPaths(instancePath, params, value).map(path => ({ keyword, path, params }))
  }
}

/**
 * Whether the limit of a keyword is, or may be, a value of the request (Ajv's `$data`). Inside a schema that is referred to,
 * Ajv gives the path as the `$ref` is written there: `#` is then that schema and not the route's, and what has a `$ref`
 * itself is not where the path says.
 */
function isOfRequest ({ keyword, schemaPath }: Entry, { schema, sharedSchema, sharedWithData }: ValidationReport): boolean {
  const at = schemaPath.indexOf('#')
  if (at === -1) return false
  const mentions = (candidate: unknown): boolean => dataKeywords(candidate).has(keyword)
  const shared = sharedWithData?.().filter(mentions) ?? []
  // Hardly a schema uses $data, and to look a keyword up by its path costs more than the rest of an issue.
  if (shared.length === 0 && !mentions(schema)) return false
  const places = at > 0 ? [sharedSchema?.(schemaPath.slice(0, at))] : [schema, ...shared]
  const limits = places.map(place => schemaAt(place, schemaPath.slice(at))).filter(limit => limit !== undefined)
  return limits.length === 0 || limits.some(isData)
}

/** The sentence of the keyword would repeat the value that was sent as its limit; the name of a format is its code, even. */
function withoutLimit (entry: Entry): Entry {
  const keyword = entry.keyword === 'format' ? 'invalid' : entry.keyword
  return { ...entry, failures: entry.failures.map(({ path }) => ({ keyword, path, params: {}, message: issueKinds.invalid.message({}) })) }
}

/** TypeBox's `Refine`: a check of the application's own, with its own sentence. */
function refinement (instancePath: string, { message }: Entry['params']): FailedKeyword {
  const own = typeof message === 'string' && message !== 'Refine Error'
  return { keyword: 'invalid', path: parsePointer(instancePath), params: {}, ...(own && { message }) }
}

/** The fields that a failure is about: absent and unknown ones are named by the parameters, singly by Ajv, together by TypeBox. */
function listPaths (instancePath: string, params: Entry['params'], value: unknown): string[][] {
  const parent = parsePointer(instancePath)
  const single = params.missingProperty ?? params.additionalProperty ?? params.unevaluatedProperty ?? params.propertyName ?? params.tag
  if (single !== undefined) return [[...parent, String(single)]]
  const several = params.requiredProperties ?? params.additionalProperties ?? params.unevaluatedProperties ?? params.propertyNames
  if (Array.isArray(several)) return several.map(name => [...parent, String(name)])
  if (Array.isArray(params.dependencies)) {
    return params.dependencies.filter(name => !isIn(valueAt(value, parent), String(name))).map(name => [...parent, String(name)])
  }
  return [parent]
}

function pop (entries: Entry[], belongs: (entry: Entry) => boolean): Entry[] {
  const from = entries.findLastIndex(entry => !belongs(entry)) + 1
  return entries.splice(from)
}

function isBelow ({ schemaPath }: Entry, parent: string): boolean {
  return schemaPath.startsWith(`${parent}/`)
}

function isAtOrBelow ({ instancePath }: Entry, parent: string): boolean {
  return instancePath === parent || instancePath.startsWith(`${parent}/`)
}

/** Whether a failure comes from a schema that is applied to the same object, in place or by a `$ref`. */
function isApplied (candidate: Entry, { instancePath, schemaPath }: Entry): boolean {
  const parent = getParent(schemaPath)
  if (!isAtOrBelow(candidate, instancePath)) return false
  return !isBelow(candidate, parent) || /^\/(allOf|anyOf|oneOf|then|else|dependentSchemas)\b/.test(candidate.schemaPath.slice(parent.length))
}

/**
 * Whether a failure comes from a `$ref` in a branch: Ajv reports it under the path of the schema that is referred to.
 * It is at or below the value of the union, and no keyword beside the union explains it.
 */
function isReferred (candidate: Entry, union: Entry, schema: unknown): boolean {
  if (!isAtOrBelow(candidate, union.instancePath)) return false
  const parent = getParent(union.schemaPath)
  if (!isBelow(candidate, parent)) return true
  const [sibling = ''] = parsePointer(candidate.schemaPath.slice(parent.length))
  const beside = schemaAt(schema, parent)
  return beside !== undefined && !isIn(beside, sibling)
}

/** The failures of a union by branch; none where they cannot be told apart. */
function listBranches (union: Entry, inside: readonly Entry[], schema: unknown): FailedKeyword[][] {
  const members = schemaAt(schema, union.schemaPath)
  const branches = new Map<string, FailedKeyword[]>()
  for (const entry of inside) {
    const name = isBelow(entry, union.schemaPath) ? parsePointer(entry.schemaPath.slice(union.schemaPath.length))[0] : referringBranch(entry, members)
    if (name === undefined) return []
    branches.set(name, [...branches.get(name) ?? [], ...entry.failures])
  }
  return [...branches.values()]
}

/**
 * The one branch that leads to the schema in which a failure stands, by its name or by some `$ref`; `undefined` where
 * several may.
 */
function referringBranch ({ schemaPath }: Entry, members: unknown): string | undefined {
  const name = schemaPath.slice(0, schemaPath.indexOf('#'))
  if (!Array.isArray(members)) return name
  const texts = members.map(member => JSON.stringify(member))
  const referring = (text: string): string[] => texts.flatMap((schema, at) => schema.includes(text) ? [String(at)] : [])
  const named = referring(`"$ref":"${name}#`)
  const [only, ...others] = named.length > 0 ? named : referring('"$ref":')
  return others.length === 0 ? only : undefined
}

function getParent (schemaPath: string): string {
  return schemaPath.slice(0, schemaPath.lastIndexOf('/'))
}

/** The part of the route's schema at a path that begins with `#`; `undefined` where there is none. */
function schemaAt (schema: unknown, schemaPath: string): unknown {
  if (!schemaPath.startsWith('#')) return undefined
  return valueAt(schema, parsePointer(decoded(schemaPath.slice(1))))
}

/** Ajv encodes the names of properties for a URI; TypeBox does not. */
function decoded (path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
