/** Finds the values that the variables of a function can have at a position in its code. */
import type { AnyNode, VariableDeclaration } from 'acorn'
import { listChildren } from './parse-function.js'

/** The variables that a function declares. */
export interface LocalVariables {
  /**
   * Returns the values that a variable can have at a position: `undefined` for a value that is not visible, such as the
   * value of a parameter. Returns `undefined` if the function does not declare the variable.
   */
  readonly getValues: (name: string, position: number) => ReadonlyArray<AnyNode | undefined> | undefined
  /**
   * Returns the value of a variable that gets a value only once, before the position; `undefined` for another variable.
   */
  readonly getOnlyValue: (name: string, position: number) => AnyNode | undefined
}

interface Range {
  readonly start: number
  readonly end: number
}

/** A value that a variable gets. */
interface Write extends Range {
  readonly value: AnyNode | undefined
  /** The code that runs only if this write runs: the function, or a branch in it. */
  readonly branch: Range
}

interface Scope extends Range {
  readonly isFunction: boolean
  readonly variables: Map<string, Write[]>
}

interface Binding {
  readonly name: string
  readonly value: AnyNode | undefined
}

interface Assignment extends Write {
  readonly name: string
}

/** Finds the variables of a function. */
export function findLocalVariables (fn: AnyNode): LocalVariables {
  const scopes: Scope[] = []
  const assignments: Assignment[] = []
  collect(fn, { scopes, assignments, parents: [], branch: fn })
  const findWrites = (name: string, position: number): Write[] | undefined => {
    return scopes.findLast(scope => contains(scope, position) && scope.variables.has(name))?.variables.get(name)
  }
  for (const assignment of assignments) findWrites(assignment.name, assignment.start)?.push(assignment)
  return {
    getValues: (name, position) => {
      const writes = findWrites(name, position)?.filter(({ end }) => end <= position)
      const isOverwritten = (write: Write, later: Write): boolean =>
        later.start > write.start && (contains(later.branch, write.start) || contains(later.branch, position))
      return writes?.filter(write => !writes.some(later => isOverwritten(write, later))).map(({ value }) => value)
    },
    getOnlyValue: (name, position) => {
      const [write, ...others] = findWrites(name, position) ?? []
      // A value before the variable could contain the variable itself: `var cache = cache || {}`.
      return write !== undefined && others.length === 0 && write.end <= position ? write.value : undefined
    }
  }
}

function contains ({ start, end }: Range, position: number): boolean {
  return start <= position && position < end
}

interface Collector {
  /** An inner scope comes after the outer ones. */
  readonly scopes: Scope[]
  readonly assignments: Assignment[]
  /** The scopes around the node, the innermost last. */
  readonly parents: readonly Scope[]
  readonly branch: Range
}

function collect (node: AnyNode, outer: Collector): void {
  if (node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration') {
    declare(listBindings(node.id as AnyNode, undefined), { start: node.start, end: node.start }, outer)
  }
  const collector = opensScope(node) ? openScope(node, outer) : outer
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      declare(
        node.params.flatMap(param => listBindings(param, undefined)),
        { start: node.start, end: node.start },
        collector
      )
      break
    case 'CatchClause':
      if (node.param) declare(listBindings(node.param, undefined), { start: node.start, end: node.start }, collector)
      break
    case 'ForInStatement':
    case 'ForOfStatement':
      if (node.left.type !== 'VariableDeclaration') {
        collector.assignments.push(
          ...listBindings(node.left, undefined).map(binding => ({
            ...binding,
            start: node.left.start,
            end: node.left.end,
            branch: node.body
          }))
        )
      }
      break
    case 'VariableDeclaration':
      declareVariables(node, collector)
      break
    case 'AssignmentExpression':
      for (const { name, value } of listBindings(node.left, node.right)) {
        // `||=` and its kind can leave the earlier value.
        collector.assignments.push({
          name,
          value,
          start: node.start,
          end: node.end,
          branch: node.operator === '=' ? collector.branch : node
        })
      }
  }
  for (const child of listChildren(node)) {
    collect(child, isBranch(node, child) ? { ...collector, branch: child } : collector)
  }
}

function isFunction ({ type }: AnyNode): boolean {
  return type === 'FunctionDeclaration' || type === 'FunctionExpression' || type === 'ArrowFunctionExpression'
}

function opensScope (node: AnyNode): boolean {
  return isFunction(node) ||
    ['BlockStatement', 'ForStatement', 'ForInStatement', 'ForOfStatement', 'SwitchStatement', 'CatchClause'].includes(
      node.type
    )
}

function openScope (node: AnyNode, outer: Collector): Collector {
  const scope: Scope = { start: node.start, end: node.end, isFunction: isFunction(node), variables: new Map() }
  outer.scopes.push(scope)
  return { ...outer, parents: [...outer.parents, scope] }
}

/** Returns whether a child of a node does not always run when the node runs. */
function isBranch (node: AnyNode, child: AnyNode): boolean {
  switch (node.type) {
    case 'IfStatement':
    case 'ConditionalExpression':
      return child !== node.test
    case 'LogicalExpression':
      return child === node.right
    case 'TryStatement':
      return child !== node.finalizer
    case 'SwitchStatement':
      return child !== node.discriminant
    case 'ForStatement':
    case 'ForInStatement':
    case 'ForOfStatement':
    case 'WhileStatement':
      return child === node.body
    default:
      return isFunction(node)
  }
}

function declareVariables ({ kind, declarations }: VariableDeclaration, collector: Collector): void {
  for (const { id, init, start, end } of declarations) {
    declare(listBindings(id, init ?? undefined), { start, end }, collector, kind === 'var')
  }
}

function declare (
  bindings: readonly Binding[],
  { start, end }: Range,
  { parents, branch }: Collector,
  isHoisted = false
): void {
  const scope = parents.findLast(({ isFunction }) => isFunction || !isHoisted)
  for (const { name, value } of bindings) {
    const writes = scope?.variables.get(name) ?? []
    scope?.variables.set(name, [...writes, { value, start, end, branch }])
  }
}

/** Returns the variables of a pattern with their values: `errors.clash` for `const { clash } = errors`. */
function listBindings (pattern: AnyNode, value: AnyNode | undefined): readonly Binding[] {
  switch (pattern.type) {
    case 'Identifier':
      return [{ name: pattern.name, value }]
    case 'ObjectPattern':
      return pattern.properties.flatMap(property =>
        property.type === 'Property' && property.key.type === 'Identifier' && !property.computed
          ? listBindings(property.value, value && createMember(value, property.key))
          : listBindings(property, undefined)
      )
    case 'ArrayPattern':
      return pattern.elements.flatMap(element => element === null ? [] : listBindings(element, undefined))
    case 'AssignmentPattern':
      return listBindings(pattern.left, undefined)
    case 'RestElement':
      return listBindings(pattern.argument, undefined)
    case 'Property':
      return listBindings(pattern.value, undefined)
    default:
      return []
  }
}

function createMember (object: AnyNode, property: AnyNode): AnyNode {
  return {
    type: 'MemberExpression',
    object,
    property,
    computed: false,
    optional: false,
    start: object.start,
    end: object.end
  } as AnyNode
}
