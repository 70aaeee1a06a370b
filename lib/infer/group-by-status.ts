/** Groups the errors of a route by status. Its documentation has one response for each group. */
import { carriesIssues } from '../catalog/response-content.js'
import type { AnyCatalog } from '../catalog/define-errors.js'
import type { ErrorDefinition, ErrorStatus } from '../catalog/definition.js'
import type { Finding } from './finding.js'

/** The codes of one status that a route can return. */
export interface StatusErrors {
  readonly status: ErrorStatus
  /** In the order of the catalog, in which common codes come first. */
  readonly definitions: readonly ErrorDefinition[]
  /**
   * The codes that issues can have, by error code. Empty if there are no issues, and `undefined` if any code is
   * possible.
   */
  readonly issues: ReadonlyMap<string, readonly string[] | undefined>
}

/** Groups findings by status, in ascending order. */
export type Grouper = (findings: readonly Finding[]) => readonly StatusErrors[]

/**
 * Creates the grouper of a catalog. Equal groups are the same object, so that groups that routes share are documented
 * once. Most routes of an API differ only in a few codes.
 */
export function createGrouper (errors: AnyCatalog): Grouper {
  const groups = new Map<string, StatusErrors>()
  const lists = new Map<string, readonly StatusErrors[]>()
  const listsAsFound = new Map<string, readonly StatusErrors[]>()

  function groupFindings (findings: readonly Finding[]): readonly StatusErrors[] {
    const issues = mergeIssues(
      findings.map(({ code, issues }) => ({
        code,
        issues: carriesIssues(errors[code] as ErrorDefinition) ? issues : undefined
      }))
    )
    const codes = Object.keys(errors).filter(code => issues.has(code))
    const toKey = (code: string): string => createKey(code, issues.get(code))
    const key = codes.map(toKey).join(' ')
    const known = lists.get(key)
    if (known !== undefined) return known

    const byStatus = new Map<ErrorStatus, string[]>()
    for (const code of codes) {
      const { status } = errors[code] as ErrorDefinition
      byStatus.set(status, [...byStatus.get(status) ?? [], code])
    }
    const list = [...byStatus].sort(([a], [b]) => a - b).map(([status, some]) => {
      const groupKey = some.map(toKey).join(' ')
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
    // Routes of one kind have the same findings in the same order, so their groups are found without sorting.
    const key = findings.map(({ code, issues }) => createKey(code, issues)).join(' ')
    let list = listsAsFound.get(key)
    if (list === undefined) listsAsFound.set(key, list = groupFindings(findings))
    return list
  }
}

function createKey (code: string, issues: readonly string[] | undefined): string {
  return issues === undefined ? `${code}(*)` : issues.length === 0 ? code : `${code}(${issues.join()})`
}

/** Returns the codes that issues can have, by code. If one finding allows any code, any code is possible. */
export function mergeIssues (
  findings: Iterable<{ readonly code: string, readonly issues?: readonly string[] | undefined }>
): Map<string, readonly string[] | undefined> {
  const byCode = new Map<string, readonly string[] | undefined>()
  for (const { code, issues } of findings) {
    const before = byCode.get(code)
    if (!byCode.has(code)) byCode.set(code, issues)
    else {
      byCode.set(
        code,
        before === undefined || issues === undefined ? undefined : [...new Set([...before, ...issues])].sort()
      )
    }
  }
  return byCode
}
