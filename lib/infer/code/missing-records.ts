/**
 * Finds handlers whose code shows how they handle a missing record. They query the database themselves, catch all
 * errors, or only check the access to a tenant.
 */
import type { AnyNode } from 'acorn'
import {
  findInTree,
  getCalleeName,
  getLastName,
  getParameterNames,
  listChildren,
  parseFunction
} from './parse-function.js'

/** Methods that only drivers and query builders have. */
const queries: ReadonlySet<string> = new Set([
  'selectFrom', 'insertInto', 'updateTable', 'deleteFrom', 'where', 'prepare', 'query', 'sql'
])

/** Methods of Prisma that return `null` for a missing record. */
const reads: ReadonlySet<string> = new Set(['findUnique', 'findFirst', 'findMany'])

/** Methods of Prisma that throw for a missing record. */
const writes: ReadonlySet<string> = new Set(['update', 'delete'])

/** Returns whether a handler queries the database itself, and no query throws for a missing record. */
export function queriesDatabase (handler: object): boolean {
  const node = parseFunction(handler)
  const names = node === undefined ? [] : listCalledNames(node.body)
  if (names.some(name => /Or(Throw|Fail)$/.test(name))) return false
  return names.some(name => queries.has(name)) ||
    (names.some(name => reads.has(name)) && !names.some(name => writes.has(name)))
}

function listCalledNames (node: AnyNode): string[] {
  const own = node.type === 'CallExpression'
    ? [getCalleeName(node)]
    : node.type === 'TaggedTemplateExpression'
      ? [getLastName(node.tag)]
      : []
  return [...own, ...listChildren(node).flatMap(listCalledNames)]
}

/**
 * Returns whether a handler passes a path parameter to a function of the request, as in `request.getMembership(slug)`.
 * Such a function checks the access to a tenant, so that a missing tenant is not a 404.
 */
export function checksAccess (handler: object, parameter: string): boolean {
  const node = parseFunction(handler)
  const [request] = node === undefined ? [] : getParameterNames(node)
  if (node === undefined || request === undefined) return false
  const isCheck = (each: AnyNode): boolean =>
    each.type === 'CallExpression' && each.callee.type === 'MemberExpression' &&
    each.callee.object.type === 'Identifier' &&
    each.callee.object.name === request && each.arguments.some(argument => getLastName(argument) === parameter)
  return findInTree(node.body, each => isCheck(each) ? true : undefined) === true
}

/**
 * Returns whether a handler catches all errors of the functions that it calls, and handles them alike:
 * `catch { return reply.code(500).send({}) }`.
 */
export function catchesAll (handler: object): boolean {
  const node = parseFunction(handler)
  if (node?.body.type !== 'BlockStatement') return false
  const waits = node.body.body.filter(statement =>
    findInTree(statement, each => each.type === 'AwaitExpression' ? each : undefined) !== undefined
  )
  return waits.length > 0 && waits.every(statement => {
    if (statement.type !== 'TryStatement' || statement.handler === null || statement.handler === undefined) return false
    const { param, body } = statement.handler
    return param === null || param === undefined || (param.type === 'Identifier' && !usesError(body, param.name))
  })
}

/** Returns whether an expression is the message of an error: `error.message`. */
function isMessageOf (node: AnyNode, name: string): boolean {
  return node.type === 'MemberExpression' && node.object.type === 'Identifier' && node.object.name === name &&
    getLastName(node) === 'message'
}

/**
 * Returns whether code uses an error for more than a log entry, a message or a test of its class. The statuses that
 * such a test selects are visible in the code.
 */
function usesError (node: AnyNode, name: string, isBody = false): boolean {
  if (node.type === 'Identifier') return node.name === name
  if (
    node.type === 'TemplateLiteral' || (node.type === 'Property' && isMessageOf(node.value, name)) ||
    (isBody && isMessageOf(node, name)) || (node.type === 'BinaryExpression' && node.operator === 'instanceof')
  ) return false
  if (node.type === 'CallExpression' && node.callee.type === 'MemberExpression') {
    if (/^(log|logger|console)$/.test(getLastName(node.callee.object))) return false
    // reply.send(toBody(error.message))
    if (getLastName(node.callee) === 'send') {
      return usesError(node.callee, name) || node.arguments.some(body => usesError(body, name, true))
    }
  }
  return listChildren(node).some(child => usesError(child, name, isBody))
}
