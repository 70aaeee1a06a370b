/** Parses the source of a function, and reads the names in it. */
import type { AnyNode, AssignmentProperty, Property } from 'acorn'
import { isObject } from '../../support/is-object.js'

/** A function as a syntax tree. */
export type FunctionNode = Extract<AnyNode, { type: 'FunctionExpression' | 'ArrowFunctionExpression' }>

let acorn: Pick<typeof import('acorn'), 'parseExpressionAt'>

/** Loads the parser. Its file is large, and a process that registers no plugin does not need it. */
export async function loadParser (): Promise<void> {
  acorn = await import('acorn')
}

/** Returns the source of a function. */
export function getSource (fn: object): string {
  return Function.prototype.toString.call(fn)
}

/**
 * The maximum length of a source, in characters. Only generated code is longer, and finding its errors would take
 * seconds.
 */
const maxSource = 50_000

/**
 * The syntax trees of the sources that were parsed last. Several rules read the same function, and routes can share
 * their source.
 */
const recent = new Map<string, FunctionNode | undefined>()

/**
 * The maximum number of these trees, and the maximum length of their sources. A tree needs much more memory than its
 * source.
 */
const [maxRecent, maxRecentSource] = [50, 2000]

/**
 * Returns a function as a syntax tree; `undefined` for a function without source, such as a bound function, and for one
 * that is too long.
 */
export function parseFunction (fn: object): FunctionNode | undefined {
  if (typeof fn !== 'function') return undefined
  const source = getSource(fn)
  if (source.length > maxSource) return undefined
  if (recent.has(source)) return recent.get(source)
  const node = parseSource(source)
  if (source.length > maxRecentSource) return node
  if (recent.size >= maxRecent) recent.clear()
  recent.set(source, node)
  return node
}

function parseSource (source: string): FunctionNode | undefined {
  // This throws if the parser is not loaded. Inside `try`, the mistake would be hidden, and `undefined` would be kept.
  const { parseExpressionAt } = acorn
  for (const text of [`(${source})`, `({${source}}).a`]) {
    try {
      const found = findFunction(parseExpressionAt(text, 0, { ecmaVersion: 'latest' }))
      if (found !== undefined) return found
    } catch {
      // The source of a method is not an expression, and the source of a bound function is not JavaScript.
    }
  }
  return undefined
}

function findFunction (node: AnyNode): FunctionNode | undefined {
  if (node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression') return node
  if (node.type !== 'MemberExpression' || node.object.type !== 'ObjectExpression') return undefined
  return (node.object.properties[0] as Property).value as FunctionNode
}

/** Returns whether a function takes arguments. A function without source, such as a bound one, can take some. */
export function takesArguments (fn: object): boolean {
  const node = parseFunction(fn)
  return node === undefined || node.params.length > 0 ||
    findInTree(node.body, each => each.type === 'Identifier' && each.name === 'arguments' ? each : undefined) !==
      undefined
}

/** Returns a class as a syntax tree; `undefined` for another function. */
export function parseClass (value: object): AnyNode | undefined {
  const { parseExpressionAt } = acorn
  try {
    const node = parseExpressionAt(getSource(value), 0, { ecmaVersion: 'latest' })
    return node.type === 'ClassExpression' ? node : undefined
  } catch {
    return undefined // a function of the runtime
  }
}

/** Returns the nodes directly below a node. */
export function listChildren (node: AnyNode): AnyNode[] {
  const children: AnyNode[] = []
  for (const value of Object.values(node) as unknown[]) {
    // flat() and filter() would create two more lists, and this function runs for each node.
    if (Array.isArray(value)) {
      for (const each of value) if (isNode(each)) children.push(each)
    } else if (isNode(value)) children.push(value)
  }
  return children
}

/** Calls `find` with a node and then the nodes below it, and returns the first result that is not `undefined`. */
export function findInTree<Result> (node: AnyNode, find: (node: AnyNode) => Result | undefined): Result | undefined {
  let found = find(node)
  for (const child of listChildren(node)) found ??= findInTree(child, find)
  return found
}

function isNode (value: unknown): value is AnyNode {
  return isObject(value) && typeof value.type === 'string'
}

/** Returns the names of the parameters; `undefined` for a parameter that is a pattern. */
export function getParameterNames ({ params }: FunctionNode): ReadonlyArray<string | undefined> {
  return params.map(param => param.type === 'Identifier' ? param.name : undefined)
}

/** Returns the last name of the called function: `notFound` for `app.httpErrors.notFound()`. */
export function getCalleeName ({ callee }: { readonly callee: AnyNode }): string {
  return getLastName(callee)
}

/** Returns the name of a property of an object. */
export function getPropertyName ({ key }: Property | AssignmentProperty): string {
  return key.type === 'Identifier' ? key.name : String((key as { readonly value: unknown }).value)
}

/**
 * Returns the last name of an expression: `notFound` for `app.httpErrors.notFound` and `httpErrors['notFound']`;
 * otherwise an empty string.
 */
export function getLastName (node: AnyNode): string {
  if (node.type === 'Identifier') return node.name
  if (node.type !== 'MemberExpression') return ''
  if (node.property.type === 'Literal') return String(node.property.value)
  return node.property.type === 'Identifier' && !node.computed ? node.property.name : ''
}
