import { carriesIssues } from '../catalog/answer.js'
import type { AnyCatalog } from '../catalog/define-errors.js'
import type { ErrorDefinition, ErrorStatus } from '../catalog/definition.js'
import type { Finding } from './rules.js'

/** The codes of one status that a route can answer with. */
export interface StatusErrors {
  readonly status: ErrorStatus
  /** In ascending order of their codes. */
  readonly definitions: readonly ErrorDefinition[]
  /** By code, the codes that issues can have; empty: there are none; `undefined`: any. */
  readonly issues: ReadonlyMap<string, readonly string[] | undefined>
}

/** Groups findings by status, in ascending order. */
export type Grouper = (findings: readonly Finding[]) => readonly StatusErrors[]

/**
 * Makes the grouper of a catalog. Equal groups are one object, so that what routes have in common is documented once:
 * most routes of an API differ in few codes.
 */
export function createGrouper (errors: AnyCatalog): Grouper {
  const groups = new Map<string, StatusErrors>()
  const lists = new Map<string, readonly StatusErrors[]>()
  const listsAsFound = new Map<string, readonly StatusErrors[]>()

  function listOf (findings: readonly Finding[]): readonly StatusErrors[] {
    const issues = issuesByCode(findings.map(({ code, issues }) => ({ code, issues: carriesIssues(errors[code] as ErrorDefinition) ? issues : undefined })))
    const codes = [...issues.keys()].sort()
    const keyOf = (code: string): string => keyOfIssues(code, issues.get(code))
    const key = codes.map(keyOf).join(' ')
    const known = lists.get(key)
    if (known !== undefined) return known

    const byStatus = new Map<ErrorStatus, string[]>()
    for (const code of codes) {
      const { status } = errors[code] as ErrorDefinition
      byStatus.set(status, [...byStatus.get(status) ?? [], code])
    }
    const list = [...byStatus].sort(([a], [b]) => a - b).map(([status, some]) => {
      const groupKey = some.map(keyOf).join(' ')
      const group = groups.get(groupKey) ?? {
        status,
        definitions: some.map(code => errors[code] as ErrorDefinition),
        issues: new Map(some.map(code => [code, issues.get(code)]))
      }
      groups.set(groupKey, group)
      return group
    })
    lists.set(key, list)
    return list
  }

  return findings => {
    // Routes of one kind have the same findings in the same order: what these come to is known without sorting them.
    const key = findings.map(({ code, issues }) => keyOfIssues(code, issues)).join(' ')
    let list = listsAsFound.get(key)
    if (list === undefined) listsAsFound.set(key, list = listOf(findings))
    return list
  }
}

function keyOfIssues (code: string, issues: readonly string[] | undefined): string {
  return issues === undefined ? `${code}(*)` : issues.length === 0 ? code : `${code}(${issues.join()})`
}

/** The codes with what their issues can be; where one finding allows any, any are possible. */
export function issuesByCode (findings: Iterable<{ readonly code: string, readonly issues?: readonly string[] | undefined }>): Map<string, readonly string[] | undefined> {
  const byCode = new Map<string, readonly string[] | undefined>()
  for (const { code, issues } of findings) {
    const before = byCode.get(code)
    if (!byCode.has(code)) byCode.set(code, issues)
    else byCode.set(code, before === undefined || issues === undefined ? undefined : [...new Set([...before, ...issues])].sort())
  }
  return byCode
}
