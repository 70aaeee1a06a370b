/**
 * Finds calls of the factories of the catalog in the code of a function. The code shows the name of a catalog, but not
 * its value. Therefore, a name alone counts only if another meaning is unlikely.
 */
import type { AnyNode, CallExpression, Expression, MemberExpression } from 'acorn'
import { evaluateLiteral } from './literal-values.js'
import type { LocalVariables } from './local-variables.js'
import { findInTree, getLastName } from './parse-function.js'

/** Where a value is used: it is thrown, it is returned or sent, or a variable that holds it is returned or sent. */
export type Use = 'thrown' | 'returned' | 'returned variable'

/** The facts about a function that the search needs. */
export interface FactoryContext {
  /** The function, or its body. */
  readonly body: AnyNode
  readonly variables: LocalVariables
  readonly isCode: (name: string) => boolean
  /** Returns whether a value is the factory of a code. */
  readonly isFactory: (value: unknown, code: string) => boolean
  /** Returns a property of a decorator; `undefined` if the expression does not lead to a decorator. */
  readonly findProperty: (owner: MemberExpression, name: string) => { readonly value: unknown } | undefined
}

/**
 * The kinds of owners of a method. A `catalog` is known by its name or value. The methods of a `library` or of its
 * classes are named after statuses. An `unknown` owner is a variable of the application. The code does not show an
 * `invisible` one.
 */
export type OwnerKind = 'catalog' | 'library' | 'unknown' | 'invisible' | 'other'

/**
 * Returns the code of the factory that an expression is: `errors.queue_full`, `(0, errors_1.clash)`, or a variable that
 * holds a factory.
 */
export function findFactoryCode (callee: AnyNode, use: Use, context: FactoryContext): string | undefined {
  switch (callee.type) {
    case 'ChainExpression':
      return findFactoryCode(callee.expression, use, context)
    case 'SequenceExpression':
      return findFactoryCode(callee.expressions.at(-1) as Expression, use, context)
    case 'Identifier': {
      const values = context.variables.getValues(callee.name, callee.start)
      if (values === undefined) {
        return context.isCode(callee.name) && (use === 'thrown' || isSnakeCase(callee.name))
          ? callee.name
          : undefined
      }
      return values.length === 1 && values[0] !== undefined ? findFactoryCode(values[0], use, context) : undefined
    }
    case 'MemberExpression': {
      const code = getMemberName(callee, context.variables)
      return context.isCode(code) && isCatalog(callee.object, code, use, context) ? code : undefined
    }
    default:
      return undefined
  }
}

/** A name of one word can also be the name of a method of another object. */
function isSnakeCase (name: string): boolean {
  return /[^a-z]/.test(name)
}

function getMemberName (node: MemberExpression, variables: LocalVariables): string {
  const literal = node.computed ? evaluateLiteral(node.property, variables) : undefined
  return literal === undefined ? getLastName(node) : String(literal.value)
}

function isCatalog (owner: AnyNode, code: string, use: Use, context: FactoryContext): boolean {
  switch (classifyOwner(owner, code, context)) {
    case 'catalog':
      return true
    case 'unknown':
      return isSnakeCase(code) || (use === 'thrown' && hasOnlyCodes(owner, context))
    case 'invisible':
      return isSnakeCase(code) && use === 'thrown'
    default:
      return false
  }
}

/** Returns what the owner of a method is. */
export function classifyOwner (owner: AnyNode, method: string, context: FactoryContext): OwnerKind {
  switch (owner.type) {
    case 'ChainExpression':
      return classifyOwner(owner.expression, method, context)
    case 'AwaitExpression':
      return classifyOwner(owner.argument, method, context)
    case 'ImportExpression':
      return 'unknown'
    case 'CallExpression':
      return isModule(owner) ? 'unknown' : 'invisible'
    case 'ThisExpression':
      return 'invisible'
    case 'Identifier': {
      const values = context.variables.getValues(owner.name, owner.start)
      if (values === undefined) return classifyName(owner.name) ?? 'unknown'
      return chooseStrictest(
        values.map(value => value === undefined ? 'invisible' : classifyOwner(value, method, context))
      )
    }
    case 'MemberExpression': {
      const name = getLastName(owner)
      const property = context.findProperty(owner, method)
      if (property !== undefined) {
        return context.isFactory(property.value, method)
          ? 'catalog'
          : classifyName(name) === undefined
            ? 'other'
            : 'library'
      }
      const root = classifyOwner(owner.object, method, context)
      return classifyName(name) ?? (root === 'catalog' ? 'unknown' : root)
    }
    default:
      return 'other'
  }
}

/**
 * Returns whether a call returns a module: `require('./errors')`, and the code that compilers add around it and after
 * `import()`.
 */
function isModule ({ callee, arguments: [first] }: CallExpression): boolean {
  if (callee.type === 'MemberExpression') {
    return getLastName(callee) === 'then' && callee.object.type === 'ImportExpression'
  }
  return /^_*require\d*$/.test(getLastName(callee)) || (first?.type === 'CallExpression' && isModule(first))
}

const kinds: readonly OwnerKind[] = ['other', 'invisible', 'library', 'unknown', 'catalog']

function chooseStrictest (found: readonly OwnerKind[]): OwnerKind {
  return kinds.find(kind => found.includes(kind)) ?? 'invisible'
}

/**
 * Returns the kind of an owner by the usual names of http-errors, Boom, error classes and catalogs; `undefined` for
 * another name.
 */
function classifyName (name: string): OwnerKind | undefined {
  if (
    /^(create(Http)?Errors?|[hH]ttpErrors?|[bB]oom|create\w*Error)$/.test(name) ||
    /^[A-Z]\w*(Error|Exception)$/.test(name)
  ) return 'library'
  return /[eE]rrors?\d*$/.test(name) ? 'catalog' : undefined
}

/** Returns whether a function uses a variable only for the factories of codes. A catalog has no other members. */
function hasOnlyCodes (owner: AnyNode, { body, isCode }: FactoryContext): boolean {
  return owner.type !== 'Identifier' ||
    findInTree(body, node => isMemberOf(node, owner.name) && !isCode(getLastName(node)) ? node : undefined) ===
      undefined
}

function isMemberOf (node: AnyNode, name: string): boolean {
  return node.type === 'MemberExpression' && node.object.type === 'Identifier' && node.object.name === name
}
