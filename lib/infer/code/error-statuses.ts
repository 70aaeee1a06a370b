/** Finds the status of an error in the code that creates it: in arguments and in classes. */
import type { AnyNode } from 'acorn'
import { codeForStatus } from '../../catalog/standard-errors.js'
import { statusProperties } from '../../translate/error-status.js'
import { findInTree, getLastName } from './parse-function.js'
import { getNamedStatus } from './status-names.js'

/** Returns whether a property holds the status of an error or a reply. */
export function isStatusProperty (name: string): boolean {
  return (statusProperties as readonly string[]).includes(name)
}

/** The usual names of http-errors, whose classes are named after statuses. */
const httpErrorsNames = /^(create(Http)?Errors?|[hH]ttpErrors)$/

/** Returns the status of a class of http-errors: `createError.NotFound`. */
export function findLibraryStatus (callee: AnyNode): number | undefined {
  return callee.type === 'MemberExpression' && httpErrorsNames.test(getLastName(callee.object))
    ? getNamedStatus(getLastName(callee))
    : undefined
}

/** Returns the declaration of a class below a node. */
export function findClass (node: AnyNode, name: string): AnyNode | undefined {
  return findInTree(node, each => each.type === 'ClassDeclaration' && each.id?.name === name ? each : undefined)
}

/**
 * Returns the status that a class sets on each of its errors: as a field, in the constructor, or as an argument of
 * `super()`.
 */
export function readClass (node: AnyNode | undefined): number | undefined {
  return node && findInTree(node, each => findStatus(listStatusValues(each)))
}

function listStatusValues (node: AnyNode): readonly AnyNode[] {
  if (node.type === 'PropertyDefinition') {
    return !node.static && node.key.type === 'Identifier' && isStatusProperty(node.key.name) && node.value
      ? [node.value]
      : []
  }
  if (node.type === 'AssignmentExpression') {
    return node.left.type === 'MemberExpression' && node.left.object.type === 'ThisExpression' &&
        isStatusProperty(getLastName(node.left))
      ? [node.right]
      : []
  }
  return node.type === 'CallExpression' && node.callee.type === 'Super' ? node.arguments : []
}

/** Returns the status among some arguments: a number or a constant, or a property with a usual name. */
export function findStatus (nodes: readonly AnyNode[]): number | undefined {
  for (const node of nodes) {
    const number = node.type === 'Literal' && typeof node.value === 'number' ? node.value : getConstantStatus(node)
    if (codeForStatus(number) !== undefined) return number
    if (node.type !== 'ObjectExpression') continue
    const values = node.properties.flatMap(property =>
      property.type === 'Property' && !property.computed && property.key.type === 'Identifier' &&
        isStatusProperty(property.key.name)
        ? [property.value]
        : []
    )
    const status = findStatus(values)
    if (status !== undefined) return status
  }
  return undefined
}

/**
 * Returns the status of a constant of another module, from its name: `StatusCodes.NOT_FOUND`, `HttpStatus.NotFound`,
 * `constants.HTTP_STATUS_NOT_FOUND`.
 */
function getConstantStatus (node: AnyNode): number | undefined {
  if (node.type !== 'MemberExpression') return undefined
  const { object } = node
  const names = [
    getLastName(node),
    getLastName(object),
    object.type === 'MemberExpression' ? getLastName(object.object) : ''
  ]
  return /status/i.test(names.join()) ? getNamedStatus(getLastName(node).replace('HTTP_STATUS_', '')) : undefined
}
