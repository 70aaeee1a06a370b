/** Finds the decorators that code uses. */
import type { AnyNode } from 'acorn'
import type { DecoratorOwner } from '../../fastify/internals.js'
import { isObject } from '../../support/is-object.js'

/** Returns the function or object with a name: a decorator of requests, of replies, or of the application. */
export type GetDecorator = (owner: DecoratorOwner, name: string) => unknown

/**
 * Returns a decorator, or a property of one: `request.isAdmin`, `app.authenticate`, `this.verifyAccess`,
 * `app.users.find`.
 */
export function findDecorator (
  owner: AnyNode,
  name: string,
  request: string | undefined,
  getDecorator: GetDecorator
): unknown {
  if (owner.type === 'ThisExpression') return getDecorator('request', name) ?? getDecorator('app', name)
  if (owner.type === 'Identifier') {
    if (owner.name === request || /^(request|req)$/.test(owner.name)) return getDecorator('request', name)
    return getDecorator('app', name) ?? getMethod(getDecorator('app', owner.name), name)
  }
  if (owner.type !== 'MemberExpression' || owner.property.type !== 'Identifier') return undefined
  if (owner.property.name === 'server') return getDecorator('app', name)
  const { name: property } = owner.property
  return getMethod(getDecorator('app', property) ?? findDecorator(owner.object, property, request, getDecorator), name)
}

/** Returns a method of an object or of a function. A getter is not called. */
export function getMethod (value: unknown, name: string): unknown {
  for (let at = value; isObject(at) || typeof at === 'function'; at = Object.getPrototypeOf(at)) {
    const property = Object.getOwnPropertyDescriptor(at, name)
    if (property !== undefined) return property.value
  }
  return undefined
}
