/**
 * Reads the bodies that handlers send with an error status. A body with more than a message is sent unchanged, so it
 * needs a separate schema.
 */
import type { AnyNode } from 'acorn'
import type { JsonObject } from '../../support/is-object.js'
import { getCalleeName, getLastName, getPropertyName } from './parse-function.js'
import { isMessageBody, type BodyProperties, type BodyValue } from '../../support/is-message-body.js'

/**
 * Returns the schema of a body that is sent unchanged: an object or a list in the code, with more than a message. The
 * result of a call can be such an object. `undefined` for any other expression, and for a body that the plugin
 * converts.
 *
 * @param caught the names of variables that hold a caught error. @default none
 */
export function describeSentBody (node: AnyNode, caught: ReadonlySet<string> = none): JsonObject | undefined {
  if (node.type === 'AwaitExpression') return describeSentBody(node.argument, caught)
  if (node.type === 'CallExpression') return textFunctions.test(getCalleeName(node)) ? undefined : { type: 'object' }
  if (node.type === 'ArrayExpression') return { type: 'array', items: {} }
  const properties = node.type === 'ObjectExpression' ? listProperties(node.properties) : undefined
  return properties === undefined || isMessageBody(readProperties(properties, caught))
    ? undefined
    : describeObject(properties)
}

const none: ReadonlySet<string> = new Set()

/** The usual names of functions that return a string. */
const textFunctions = /^(String|stringify|toString|join|replace(All)?|t|translate)$/

type Entry = readonly [name: string, value: AnyNode]

/** Returns the properties of an object; `undefined` if not all names are visible in the code. */
function listProperties (nodes: readonly AnyNode[]): readonly Entry[] | undefined {
  const entries = nodes.map((node): Entry | undefined =>
    node.type === 'Property' && !node.computed ? [getPropertyName(node), node.value] : undefined
  )
  return entries.includes(undefined) ? undefined : entries as readonly Entry[]
}

function readProperties (entries: readonly Entry[], caught: ReadonlySet<string>): BodyProperties {
  return Object.fromEntries(entries.map(([name, value]) => [name, readValue(value, caught)]))
}

function readValue (node: AnyNode, caught: ReadonlySet<string>): BodyValue {
  if (node.type === 'Literal') return { kind: 'literal', value: node.value }
  // JSON has an error as an object.
  const isStructured = isStructure(node) || (node.type === 'Identifier' && caught.has(node.name))
  return isStructured ? { kind: 'structure', listProperties: () => readObject(node, caught) } : { kind: 'unknown' }
}

function readObject (node: AnyNode, caught: ReadonlySet<string>): BodyProperties | undefined {
  const entries = node.type === 'ObjectExpression' ? listProperties(node.properties) : undefined
  return entries === undefined ? undefined : readProperties(entries, caught)
}

/**
 * Returns whether a value is an object or a list, such as the issues of a validation library: `error.issues`,
 * `error.flatten()`.
 */
function isStructure (node: AnyNode): boolean {
  switch (node.type) {
    case 'ObjectExpression':
    case 'ArrayExpression':
      return true
    case 'MemberExpression':
      return /^(issues|\w*[eE]rrors)$/.test(getLastName(node))
    case 'CallExpression':
      return /^(format|flatten(Error)?|treeifyError|map|filter)$/.test(getCalleeName(node))
    default:
      return false
  }
}

function describeObject (entries: readonly Entry[]): JsonObject {
  // A variable can be undefined, and JSON then has no such property.
  const required = entries.flatMap(([name, value]) => describeValue(value) === undefined ? [] : [name])
  return {
    type: 'object',
    ...(required.length > 0 && { required }),
    properties: Object.fromEntries(entries.map(([name, value]) => [name, describeValue(value) ?? {}]))
  }
}

/** Returns the schema of a value in the code; `undefined` for a variable and the result of a call. */
function describeValue (node: AnyNode): JsonObject | undefined {
  switch (node.type) {
    case 'TemplateLiteral':
      return { type: 'string' }
    case 'ArrayExpression':
      return { type: 'array', items: {} }
    case 'ObjectExpression': {
      const properties = listProperties(node.properties)
      return properties === undefined ? { type: 'object' } : describeObject(properties)
    }
    case 'Literal':
      return ['string', 'number', 'boolean'].includes(typeof node.value) ? { type: typeof node.value } : {}
    default:
      return undefined
  }
}
