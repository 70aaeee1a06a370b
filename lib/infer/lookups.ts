/** Finds handlers that query the database themselves. Their code then shows how they handle a missing record. */
import type { AnyNode } from 'acorn'
import { getCalleeName, getLastName, listChildren, parseFunction } from './parse-function.js'

/** Methods that only drivers and query builders have. */
const queries: ReadonlySet<string> = new Set(['selectFrom', 'insertInto', 'updateTable', 'deleteFrom', 'where', 'prepare', 'query', 'sql'])

/** Methods of Prisma that return `null` for a missing record. */
const reads: ReadonlySet<string> = new Set(['findUnique', 'findFirst', 'findMany'])

/** Methods of Prisma that throw for a missing record. */
const writes: ReadonlySet<string> = new Set(['update', 'delete'])

/** Returns whether a handler queries the database itself, and no query throws for a missing record. */
export function queriesDatabase (handler: object): boolean {
  const node = parseFunction(handler)
  const names = node === undefined ? [] : listCalledNames(node.body)
  if (names.some(name => /Or(Throw|Fail)$/.test(name))) return false
  return names.some(name => queries.has(name)) || (names.some(name => reads.has(name)) && !names.some(name => writes.has(name)))
}

function listCalledNames (node: AnyNode): string[] {
  const own = node.type === 'CallExpression' ? [getCalleeName(node)] : node.type === 'TaggedTemplateExpression' ? [getLastName(node.tag)] : []
  return [...own, ...listChildren(node).flatMap(listCalledNames)]
}
