/** Selects the failures to report for a failed union. */
import type { FailedKeyword } from './failed-keyword.js'

/**
 * Replaces each failed union with the most useful failures that are correct for any branch. The union itself has too
 * little information, and the failures of all its branches together are misleading.
 */
export function resolveUnions (failures: readonly FailedKeyword[]): readonly FailedKeyword[] {
  if (!failures.some(isUnion)) return failures
  return failures.flatMap(failure =>
    isUnion(failure) ? resolve(failure, failure.branches.map(resolveUnions)) : [failure]
  )
}

type Union = FailedKeyword & Required<Pick<FailedKeyword, 'branches'>>

function isUnion (failure: FailedKeyword): failure is Union {
  return failure.branches !== undefined && failure.branches.length > 0
}

function resolve (union: FailedKeyword, branches: ReadonlyArray<readonly FailedKeyword[]>): readonly FailedKeyword[] {
  const { path } = union
  const fitting = branches.filter(branch => !branch.some(failure => isSame(failure.path, path) && isMismatch(failure)))
  const [only] = fitting
  if (only === undefined) return [findValues(path, branches) ?? findTypes(path, branches) ?? union]
  if (fitting.length === 1) return only

  // For objects that differ by a constant: the branch with the constant that was sent, or the allowed constants.
  const isTag = (failure: FailedKeyword): boolean => failure.path.length === path.length + 1 && isConstant(failure)
  const tagged = fitting.filter(branch => !branch.some(isTag))
  if (tagged.length === 1) return tagged.flat()
  if (tagged.length === 0) {
    const tags = fitting.map(branch => branch.find(isTag) as FailedKeyword)
    const [{ path: at }] = tags as [FailedKeyword, ...FailedKeyword[]]
    return tags.every(tag => isSame(tag.path, at)) ? [createEnum(at, tags.flatMap(getConstants))] : [union]
  }

  const common = only.filter(failure =>
    fitting.every(branch =>
      branch.some(({ keyword, path }) => keyword === failure.keyword && isSame(path, failure.path))
    )
  )
  return common.length > 0 ? common : [union]
}

/** Returns the values of all branches, if every branch is a constant or null. */
function findValues (
  path: readonly string[],
  branches: ReadonlyArray<readonly FailedKeyword[]>
): FailedKeyword | undefined {
  if (!branches.some(branch => branch.some(isConstant))) return undefined
  const values: unknown[] = []
  for (const branch of branches) {
    const here = branch.filter(failure => isSame(failure.path, path))
    const constant = here.find(isConstant)
    if (constant !== undefined) values.push(...getConstants(constant))
    else if (here.some(({ keyword, params }) => keyword === 'type' && params.type === 'null')) values.push(null)
    else return undefined
  }
  return createEnum(path, values)
}

/** Returns the types of all branches, if every branch fails by its type. */
function findTypes (
  path: readonly string[],
  branches: ReadonlyArray<readonly FailedKeyword[]>
): FailedKeyword | undefined {
  const types = branches.map(branch => branch.find(failure => failure.keyword === 'type' && isSame(failure.path, path)))
  if (types.includes(undefined)) return undefined
  return { keyword: 'type', path, params: { type: [...new Set(types.flatMap(failure => failure?.params.type))] } }
}

function createEnum (path: readonly string[], allowedValues: readonly unknown[]): FailedKeyword {
  return { keyword: 'enum', path, params: { allowedValues } }
}

function getConstants ({ keyword, params }: FailedKeyword): readonly unknown[] {
  return keyword === 'const' ? [params.allowedValue] : params.allowedValues as readonly unknown[]
}

function isConstant ({ keyword, params, message }: FailedKeyword): boolean {
  return (keyword === 'const' && message === undefined) || (keyword === 'enum' && Array.isArray(params.allowedValues))
}

function isMismatch (failure: FailedKeyword): boolean {
  return failure.keyword === 'type' || isConstant(failure)
}

function isSame (a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((part, at) => part === b[at])
}
