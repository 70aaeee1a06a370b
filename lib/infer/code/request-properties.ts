/** Determines which properties of the request a function uses. */
import type { AnyNode } from 'acorn'
import { findInTree, getLastName, getParameterNames, listChildren, parseFunction } from './parse-function.js'

/**
 * Returns whether a handler or a hook can use a property of the request. If it passes the request to another function,
 * it can use each of them.
 */
export function canUseProperty (fn: object, name: string): boolean {
  const node = parseFunction(fn)
  if (node === undefined) return true
  const [request] = getParameterNames(node)
  // A pattern such as `({ getUser })` has the name of the property.
  return node.params.some(param => mentions(param, name)) || usesProperty(node.body, request, name)
}

/** Returns whether code uses a property of the request, or passes the request on. */
export function usesProperty (node: AnyNode, request: string | undefined, name: string): boolean {
  if (node.type === 'MemberExpression' && node.object.type === 'Identifier' && node.object.name === request) {
    return getLastName(node) === name || node.computed
  }
  return (node.type === 'Identifier' && node.name === request) ||
    listChildren(node).some(child => usesProperty(child, request, name))
}

function mentions (node: AnyNode, name: string): boolean {
  return findInTree(node, each => each.type === 'Identifier' && each.name === name ? each : undefined) !== undefined
}

/** The properties of the request without credentials. */
const withoutCredentials: ReadonlySet<string> = new Set(['params', 'body', 'query', 'log', 'id'])

/**
 * Returns whether a handler cannot check credentials. Such a handler reads no property that can contain them, and does
 * not pass on the request or the reply.
 */
export function ignoresCredentials (handler: object): boolean {
  const node = parseFunction(handler)
  if (node === undefined || node.params.some(({ type }) => type !== 'Identifier')) return false
  const [request, reply] = getParameterNames(node)
  const ignores = (each: AnyNode): boolean => {
    if (each.type === 'ThisExpression') return false
    if (each.type === 'Identifier') return ![request, reply, 'arguments'].includes(each.name)
    if (each.type !== 'MemberExpression' || each.object.type !== 'Identifier') return listChildren(each).every(ignores)
    return each.object.name === request
      ? withoutCredentials.has(getLastName(each))
      : each.object.name === reply || ignores(each.object)
  }
  return ignores(node.body)
}
