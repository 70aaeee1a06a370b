/** Evaluates object literals, array literals and templates, and iterates over values. */
import { types } from 'node:util'
import type { Expression, Node } from 'typescript'
import {
  type ObjectValue,
  type UnknownValue,
  type Value,
  type Values,
  literal,
  nextId,
  object,
  listTexts,
  union,
  unknown,
  isRandom
} from '../values.js'
import type { Machine } from './state/machine.js'
import { readMember } from './members.js'
import { getType } from './nodes.js'
import { readVariable } from './variables.js'

export function evaluateAs (machine: Machine, node: Expression & { readonly expression: Expression }): Values {
  const values = machine.evaluate(node.expression)
  const { ts } = machine.project
  if (!ts.isAsExpression(node) || ts.isConstTypeReference(node.type)) return values
  return values.map(value =>
    value.kind === 'unknown' && value.contents.length === 0 && !value.isCaught
      ? { ...value, id: nextId(), type: () => getType(machine, node) }
      : value
  )
}

interface Span {
  readonly expression: Expression
  readonly literal: { readonly text: string }
}

/** Evaluates a template. In a tagged template, each value is replaced with a `?`. */
export function evaluateTemplate (machine: Machine, head: string, spans: readonly Span[], isTagged = false): Values {
  let text = head
  let isKnown = true
  let hasRandom = false
  for (const span of spans) {
    const values = machine.evaluate(span.expression)
    const [only] = values
    hasRandom ||= values.length > 0 && values.every(isRandom)
    if (values.length === 1 && only?.kind === 'literal' && !isTagged) text += String(only.value)
    else {
      isKnown = false
      text += listTexts(values)[0] ??
        (values.some(value => value.kind !== 'unknown' && value.kind !== 'literal') && isTagged
          ? getTableName(machine, values)
          : '?')
    }
    text += span.literal.text
  }
  return isKnown ? [literal(text)] : [{ kind: 'text', text, isRandom: hasRandom }]
}

/** Returns the table name of an ORM object in an SQL template. */
function getTableName (machine: Machine, values: Values): string {
  return values.flatMap(value => value.kind === 'live' ? machine.externalErrors.findTable(value.value) ?? [] : [])[0] ??
    '?'
}

export function evaluateObject (
  machine: Machine,
  node: Expression & { readonly properties: Iterable<Node> }
): ObjectValue {
  const { ts } = machine.project
  const made = object()
  for (const property of node.properties) {
    if (ts.isSpreadAssignment(property)) {
      for (const value of machine.evaluate(property.expression)) spreadInto(machine, made, value, property)
    } else if (ts.isShorthandPropertyAssignment(property)) {
      made.fields.set(property.name.text, readVariable(machine, property.name))
    } else if (ts.isPropertyAssignment(property)) {
      const name = machine.toPropertyName(property.name)
      const values = machine.evaluate(property.initializer)
      if (name === undefined) made.elements = union(made.elements, values)
      else made.fields.set(name, values)
    } else if (ts.isMethodDeclaration(property)) {
      const name = machine.toPropertyName(property.name)
      if (name !== undefined) {
        made.fields.set(name, [{
          kind: 'function',
          id: nextId(),
          node: property,
          env: machine.current.frame,
          self: undefined,
          home: undefined
        }])
      }
    }
  }
  return made
}

function spreadInto (machine: Machine, target: ObjectValue, value: Value, node: Node): void {
  if (value.kind === 'object') {
    for (const [name, values] of value.fields) target.fields.set(name, values)
    target.elements = union(target.elements, value.elements)
  } else if (value.kind === 'live' && !types.isProxy(value.value)) {
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(value.value))) {
      if (descriptor.get === undefined) target.fields.set(name, [machine.liveValue(descriptor.value)])
    }
  } else {
    target.elements = union(target.elements, [value.kind === 'unknown' ? value : unknown()])
    if (value.kind === 'unknown') {
      for (const [name, values] of target.fields) {
        if (mayHaveProperty(machine, value, name)) {
          target.fields.set(name, union(values, machine.readMemberByType(value, name, node)))
        }
      }
    }
  }
}

/**
 * Returns whether an unknown object can have a property: if its type has it, or if the client can send any properties.
 */
function mayHaveProperty (
  { project: { ts, checker } }: Machine,
  { type: getValueType, isUnchecked }: UnknownValue,
  name: string
): boolean {
  const type = getValueType?.()
  if (type === undefined || (type.flags & ts.TypeFlags.Any) !== 0) return isUnchecked === true
  return checker.getPropertyOfType(checker.getNonNullableType(type), name) !== undefined
}

export function evaluateArray (machine: Machine, elements: readonly Expression[]): ObjectValue {
  const { ts } = machine.project
  const made = object({ isArray: true })
  elements.forEach((element, index) => {
    const values = ts.isSpreadElement(element)
      ? machine.listElements(machine.evaluate(element.expression), element)
      : machine.evaluate(element)
    if (!ts.isSpreadElement(element)) made.fields.set(String(index), values)
    made.elements = union(made.elements, values)
  })
  return made
}

/** Returns the elements of an iteration. A generator throws its errors during the iteration. */
export function listElements (machine: Machine, values: Values, node: Node): Values {
  return union(...values.map(value => {
    if (value.kind === 'object') {
      if (value.isArray || value.fields.size === 0) {
        return value.elements.length > 0
          ? value.elements
          : value.isArray
            ? []
            : [unknown()]
      }
      const iterate = readMember(machine, value, '__@iterator', node)
      return iterate
    }
    if (value.kind === 'promise') {
      machine.rethrow(value.throws)
      return machine.listElements(value.value, node)
    }
    if (value.kind === 'live' && !types.isProxy(value.value)) {
      if (Array.isArray(value.value)) return value.value.slice(0, 40).map(each => machine.liveValue(each))
      if (value.value instanceof Map) {
        return [...value.value.entries()].slice(0, 40).map(([key, each]) =>
          object({
            isArray: true,
            fields: new Map([['0', [machine.liveValue(key)]], ['1', [machine.liveValue(each)]]])
          })
        )
      }
      if (value.value instanceof Set) return [...value.value].slice(0, 40).map(each => machine.liveValue(each))
    }
    if (value.kind === 'unknown') {
      return [unknown(() => {
        const type = value.type?.()
        return type === undefined
          ? undefined
          : machine.project.checker.getIndexTypeOfType(type, machine.project.ts.IndexKind.Number) ?? undefined
      }, value.contents)]
    }
    return [unknown()]
  }))
}
