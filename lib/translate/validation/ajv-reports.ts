/** Reads the reports of Ajv, TypeBox 1, and other validators that use the same form. */
import { getKeywordIssue, issueCodeByKeyword, issueKinds, parsePointer } from '../../catalog/issues.js'
import { listDataKeywords, isDataReference } from './data-limits.js'
import {
  hasProperty,
  maxReported,
  quotesAnyValue,
  repeatsValue,
  getValueAt,
  type FailedKeyword,
  type ValidationReport
} from './failed-keyword.js'
import { resolveUnions } from './unions.js'
import { isObject } from '../../support/is-object.js'

/** One entry of a report: a failed keyword, and its place in the schema. */
interface Entry {
  readonly failures: readonly FailedKeyword[]
  readonly keyword: string
  readonly instancePath: string
  /** The path of the keyword in the schema. In Ajv, it ends with the keyword. In TypeBox, it does not. */
  readonly schemaPath: string
  readonly params: Readonly<Record<string, unknown>>
}

/** Keywords whose subschemas do not all have to match. Failures inside them do not help the client. */
const trials: ReadonlySet<string> = new Set(['contains', 'propertyNames'])
const unions: ReadonlySet<string> = new Set(['anyOf', 'oneOf'])

/**
 * Returns the failed keywords in a report. Ajv and TypeBox 1 report the failures inside a keyword immediately before
 * the keyword itself, so a stack is enough to group them.
 */
export function readAjvReports (report: ValidationReport): FailedKeyword[] {
  const { validation, schema } = report
  const entries: Entry[] = []
  for (const reported of validation) {
    if (isObject(reported) && reported.emUsed === true) continue // replaced by ajv-errors
    const given = readEntry(reported, report)
    const entry = isRequestLimit(given, report) ? withoutLimit(given) : given
    const { keyword, schemaPath } = entry
    if (unions.has(keyword)) {
      const inside = popEntries(
        entries,
        candidate => isBelow(candidate, schemaPath) || isReferred(candidate, entry, schema)
      )
      entries.push({
        ...entry,
        failures: entry.failures.map(failure => ({ ...failure, branches: listBranches(entry, inside, schema) }))
      })
    } else if (trials.has(keyword)) {
      popEntries(entries, candidate => isBelow(candidate, schemaPath))
      entries.push(entry)
    } else if (keyword === 'if') {
      // A failure in `then` or `else` is more useful, but TypeBox reports only the `if`.
      const parent = getParent(schemaPath)
      if (!entries.some(candidate => isBelow(candidate, `${parent}/then`) || isBelow(candidate, `${parent}/else`))) {
        entries.push(entry)
      }
    } else if (keyword.startsWith('unevaluated')) {
      // If a schema that would evaluate fields has failed, its fields count as unevaluated, even if the schema allows
      // them.
      if (!entries.some(candidate => isApplied(candidate, entry))) entries.push(entry)
    } else if (isOwnKeyword(keyword)) {
      entries.push(withInner(entry, popEntries(entries, candidate => isBelow(candidate, schemaPath))))
    } else {
      entries.push(entry)
    }
  }
  return entries.flatMap(({ failures }) => failures)
}

/** The keywords under which JSON Type Definition reports absent fields, and unknown fields at their own path. */
const ofTypeDefinition: ReadonlySet<string> = new Set(['properties', 'optionalProperties'])

function readEntry (reported: unknown, report: ValidationReport): Entry {
  const given = isObject(reported) ? reported : {}
  const params = isObject(given.params) ? given.params : {}
  const name = typeof given.keyword === 'string' ? given.keyword : 'invalid'
  const definition = ofTypeDefinition.has(name) ? params.error : undefined
  const isUnknown = definition === 'additional'
  const keyword = isUnknown ? 'additionalProperties' : definition === 'missing' ? 'required' : name
  const path = typeof given.instancePath === 'string' ? given.instancePath : ''
  const instancePath = isUnknown ? getParent(path) : path
  const reportedPath = typeof given.schemaPath === 'string' ? given.schemaPath : ''
  return {
    keyword,
    instancePath,
    schemaPath: reportedPath.endsWith(`/${keyword}`) ? reportedPath : `${reportedPath}/${keyword}`,
    params,
    failures: readFailures({ keyword, instancePath, params, message: given.message }, report)
  }
}

interface Reported extends Pick<Entry, 'keyword' | 'instancePath' | 'params'> {
  readonly message: unknown
}

function readFailures (
  { keyword, instancePath, params, message }: Reported,
  report: ValidationReport
): FailedKeyword[] {
  if (keyword === '~refine') return [readRefinement(instancePath, params)]
  if (keyword === 'errorMessage' && Array.isArray(params.errors)) return readReplaced(params.errors, message, report)
  const failures = listPaths(instancePath, params, report.value).map(path => ({ keyword, path, params }))
  return isAuthored(keyword, message) && !repeatsValue(message, getValueAt(report.value, parsePointer(instancePath)))
    ? failures.map(failure => ({ ...failure, message }))
    : failures
}

/**
 * Reads the failures that ajv-errors has replaced with the application's message. The message is sent for each failure.
 */
function readReplaced (replaced: readonly unknown[], message: unknown, report: ValidationReport): FailedKeyword[] {
  // ajv-errors marks the replaced failures, and never replaces its own failures.
  const validation = replaced.slice(0, maxReported).flatMap(entry =>
    isObject(entry) && entry.keyword !== 'errorMessage' ? [{ ...entry, emUsed: false }] : []
  )
  const failures = resolveUnions(readAjvReports({ ...report, validation }))
  const sent = typeof message === 'string' && !quotesAnyValue(message, report.value) ? { message } : {}
  return failures.map(failure => ({ ...failure, ...sent }))
}

/** Returns whether a keyword is not a JSON Schema keyword. */
function isOwnKeyword (keyword: string): boolean {
  return !['invalid', 'format', 'errorMessage', '~refine'].includes(keyword) && !issueCodeByKeyword.has(keyword)
}

/**
 * Returns the entry of a keyword that represents other keywords, such as an Ajv macro. It has the fields and messages
 * of the inner failures, with the code of the keyword. The schema of the route does not show the codes of inner
 * failures.
 */
function withInner (entry: Entry, inside: readonly Entry[]): Entry {
  if (inside.length === 0) return entry
  const [own] = entry.failures
  const innerFailures = resolveUnions(inside.flatMap(({ failures }) => failures))
  const failures = innerFailures.map(({ keyword, path, params, message }) => ({
    keyword: entry.keyword,
    path,
    params: {},
    message: own?.message ?? message ?? getKeywordIssue(keyword, params).message
  }))
  return { ...entry, failures }
}

/** Returns whether a custom keyword has its own message. Otherwise, Ajv adds a default message. */
function isAuthored (keyword: string, message: unknown): message is string {
  return typeof message === 'string' && isOwnKeyword(keyword) && !/^must pass ".*" keyword validation$/s.test(message)
}

/**
 * Returns whether the limit of a keyword is, or may be, a value of the request (Ajv's `$data`). Inside a referenced
 * schema, Ajv reports the path as written in the `$ref`. `#` then refers to that schema instead of the route's schema,
 * and a keyword after another `$ref` is not at the reported path.
 */
function isRequestLimit (
  { keyword, schemaPath }: Entry,
  { schema, sharedSchema, sharedWithData }: ValidationReport
): boolean {
  const at = schemaPath.indexOf('#')
  if (at === -1) return false
  const mentions = (candidate: unknown): boolean => listDataKeywords(candidate).has(keyword)
  const shared = sharedWithData?.().filter(mentions) ?? []
  // Few schemas use $data, and looking up a keyword by its path costs more than the rest of an issue.
  if (shared.length === 0 && !mentions(schema)) return false
  const places = at > 0 ? [sharedSchema?.(schemaPath.slice(0, at))] : [schema, ...shared]
  const limits = places.map(place => getSchemaAt(place, schemaPath.slice(at))).filter(limit => limit !== undefined)
  return limits.length === 0 || limits.some(isDataReference)
}

/**
 * Removes a limit that is a value of the request, because the message would repeat it. For a format, it would also be
 * the code.
 */
function withoutLimit (entry: Entry): Entry {
  const keyword = entry.keyword === 'format' ? 'invalid' : entry.keyword
  return {
    ...entry,
    failures: entry.failures.map(({ path }) => ({ keyword, path, params: {}, message: issueKinds.invalid.message({}) }))
  }
}

/** Reads TypeBox's `Refine`, a custom check with its own message. */
function readRefinement (instancePath: string, { message }: Entry['params']): FailedKeyword {
  const own = typeof message === 'string' && message !== 'Refine Error'
  return { keyword: 'invalid', path: parsePointer(instancePath), params: {}, ...(own && { message }) }
}

/**
 * Returns the paths of the invalid fields. The parameters contain absent and unknown fields: one field in Ajv, and all
 * fields in TypeBox.
 */
function listPaths (instancePath: string, params: Entry['params'], value: unknown): string[][] {
  const parent = parsePointer(instancePath)
  const single = params.missingProperty ?? params.additionalProperty ?? params.unevaluatedProperty ??
    params.propertyName ?? params.tag
  if (single !== undefined) return [[...parent, String(single)]]
  const several = params.requiredProperties ?? params.additionalProperties ?? params.unevaluatedProperties ??
    params.propertyNames
  if (Array.isArray(several)) return several.map(name => [...parent, String(name)])
  if (Array.isArray(params.dependencies)) {
    return params.dependencies.filter(name => !hasProperty(getValueAt(value, parent), String(name))).map(
      name => [...parent, String(name)]
    )
  }
  return [parent]
}

function popEntries (entries: Entry[], belongs: (entry: Entry) => boolean): Entry[] {
  const from = entries.findLastIndex(entry => !belongs(entry)) + 1
  return entries.splice(from)
}

function isBelow ({ schemaPath }: Entry, parent: string): boolean {
  return schemaPath.startsWith(`${parent}/`)
}

function isAtOrBelow ({ instancePath }: Entry, parent: string): boolean {
  return instancePath === parent || instancePath.startsWith(`${parent}/`)
}

/** Returns whether a failure comes from a schema that applies to the same object, in place or by a `$ref`. */
function isApplied (candidate: Entry, { instancePath, schemaPath }: Entry): boolean {
  const parent = getParent(schemaPath)
  if (!isAtOrBelow(candidate, instancePath)) return false
  return !isBelow(candidate, parent) ||
    /^\/(allOf|anyOf|oneOf|then|else|dependentSchemas)\b/.test(candidate.schemaPath.slice(parent.length))
}

/**
 * Returns whether a failure comes from a `$ref` in a branch. Ajv reports it under the path of the referenced schema. It
 * is at or below the value of the union, and no keyword next to the union explains it.
 */
function isReferred (candidate: Entry, union: Entry, schema: unknown): boolean {
  if (!isAtOrBelow(candidate, union.instancePath)) return false
  const parent = getParent(union.schemaPath)
  if (!isBelow(candidate, parent)) return true
  const [sibling = ''] = parsePointer(candidate.schemaPath.slice(parent.length))
  const beside = getSchemaAt(schema, parent)
  return beside !== undefined && !hasProperty(beside, sibling)
}

/** Returns the failures of a union by branch, or none if they cannot be assigned to branches. */
function listBranches (union: Entry, inside: readonly Entry[], schema: unknown): FailedKeyword[][] {
  const members = getSchemaAt(schema, union.schemaPath)
  const branches = new Map<string, FailedKeyword[]>()
  for (const entry of inside) {
    const name = isBelow(entry, union.schemaPath)
      ? parsePointer(entry.schemaPath.slice(union.schemaPath.length))[0]
      : findReferringBranch(entry, members)
    if (name === undefined) return []
    branches.set(name, [...branches.get(name) ?? [], ...entry.failures])
  }
  return [...branches.values()]
}

/**
 * Returns the only branch that leads to the schema of a failure, by its name or by any `$ref`; `undefined` if there may
 * be several.
 */
function findReferringBranch ({ schemaPath }: Entry, members: unknown): string | undefined {
  const name = schemaPath.slice(0, schemaPath.indexOf('#'))
  if (!Array.isArray(members)) return name
  const texts = getTexts(members)
  const referring = (text: string): string[] => texts.flatMap((schema, at) => schema.includes(text) ? [String(at)] : [])
  const named = referring(`"$ref":"${name}#`)
  const [only, ...others] = named.length > 0 ? named : referring('"$ref":')
  return others.length === 0 ? only : undefined
}

const textsByMembers = new WeakMap<readonly unknown[], readonly string[]>()

/** Returns the branches of a union as JSON. They are cached, because a report may need them a thousand times. */
function getTexts (members: readonly unknown[]): readonly string[] {
  let texts = textsByMembers.get(members)
  if (texts === undefined) textsByMembers.set(members, texts = members.map(member => JSON.stringify(member)))
  return texts
}

function getParent (schemaPath: string): string {
  return schemaPath.slice(0, schemaPath.lastIndexOf('/'))
}

/** Returns the part of a schema at a path that begins with `#`; `undefined` if there is none. */
function getSchemaAt (schema: unknown, schemaPath: string): unknown {
  if (!schemaPath.startsWith('#')) return undefined
  return getValueAt(schema, parsePointer(decodeFragment(schemaPath.slice(1))))
}

/** Decodes a path in a schema. Ajv encodes the names of properties for a URI; TypeBox does not. */
function decodeFragment (path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
