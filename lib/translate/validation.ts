import { fieldOf, issueOfKeyword, pathOf, pointerOf, type Issue, type IssueLocation } from '../catalog/issues.js'
import { isObject, type Translator } from './translator.js'

/** The parts of a request that Fastify validates, by the name it gives them. */
export const validationLocations: Readonly<Record<string, IssueLocation>> = {
  body: 'body',
  querystring: 'query',
  params: 'path',
  headers: 'header'
}

/** An answer lists this many issues at most: a list with 10,000 wrong items would else be answered with megabytes. */
export const maxIssues = 100

/** One failed keyword, as Ajv and the compilers that follow it report it. */
interface Failure {
  readonly keyword: string
  readonly instancePath: string
  readonly schemaPath: string
  readonly params: Readonly<Record<string, unknown>>
}

/** The errors of Fastify's validation: Ajv's, TypeBox's own compiler's, and those of others that report the same shape. */
export const validationTranslator: Translator = {
  name: 'validation',
  translate (error, { errors }) {
    if (!isObject(error) || !Array.isArray(error.validation)) return undefined
    const location = validationLocations[String(error.validationContext)]
    if (location === undefined) return undefined
    const issues = issuesOf(error.validation, location)
    if (location === 'header') return errors.invalid_request({ issues, cause: error, message: 'A header of the request is not valid.' })
    if (location !== 'body') {
      const param = issues[0]?.field
      return errors.invalid_parameter({ issues, cause: error, ...(param !== undefined && { param }) })
    }
    return issues.length > 0 && issues.every(issue => issue.code === 'required')
      ? errors.missing_required_field({ issues, cause: error })
      : errors.validation_error({ issues, cause: error })
  }
}

/** The issues that a list of failed keywords comes to: one for each field and code, in the order of the list. */
export function issuesOf (validation: readonly unknown[], location: IssueLocation): Issue[] {
  const issues = new Map<string, Issue>()
  for (const failure of withoutBranches(validation.map(failureOf))) {
    for (const path of pathsOf(failure)) {
      const issue: Issue = { in: location, field: fieldOf(path), pointer: pointerOf(path), ...issueOfKeyword(failure.keyword, failure.params) }
      const key = `${issue.code} ${issue.pointer}`
      if (!issues.has(key)) issues.set(key, issue)
      if (issues.size === maxIssues) return [...issues.values()]
    }
  }
  return [...issues.values()]
}

function failureOf (value: unknown): Failure {
  const failure = isObject(value) ? value : {}
  return {
    keyword: typeof failure.keyword === 'string' ? failure.keyword : 'invalid',
    instancePath: typeof failure.instancePath === 'string' ? failure.instancePath : '',
    schemaPath: typeof failure.schemaPath === 'string' ? failure.schemaPath : '',
    params: isObject(failure.params) ? failure.params : {}
  }
}

/** The fields that a failure is about: an absent or an unknown one is named by its parameters, not by its path. */
function pathsOf ({ instancePath, params }: Failure): string[][] {
  const parent = pathOf(instancePath)
  if (Array.isArray(params.requiredProperties)) return params.requiredProperties.map(name => [...parent, String(name)]) // TypeBox's compiler
  if (Array.isArray(params.additionalProperties)) return params.additionalProperties.map(name => [...parent, String(name)])
  const name = params.missingProperty ?? params.additionalProperty ?? params.unevaluatedProperty ?? params.propertyName
  return [name === undefined ? parent : [...parent, String(name)]]
}

/**
 * Ajv reports a failed `anyOf` together with the failures of each of its branches. Where only one branch has the type
 * of the value (a nullable text, say), its failures tell the caller more; otherwise the branches are noise.
 */
function withoutBranches (failures: readonly Failure[]): readonly Failure[] {
  let kept = failures
  for (const union of failures.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf')) {
    const branches = branchesOf(union, kept)
    const fitting = branches.filter(branch => !branch.some(failure =>
      failure.instancePath === union.instancePath && (failure.keyword === 'type' || failure.keyword === 'const')))
    const [only] = fitting
    const told = fitting.length === 1 ? only : [union]
    const gone = new Set([union, ...branches.flat()].filter(failure => told?.includes(failure) !== true))
    kept = kept.filter(failure => !gone.has(failure))
  }
  return kept
}

function branchesOf (union: Failure, failures: readonly Failure[]): Failure[][] {
  const branches = new Map<string, Failure[]>()
  const prefix = `${union.schemaPath}/`
  for (const failure of failures) {
    if (!failure.schemaPath.startsWith(prefix)) continue
    const name = failure.schemaPath.slice(prefix.length).split('/', 1).join()
    branches.set(name, [...branches.get(name) ?? [], failure])
  }
  return [...branches.values()]
}
