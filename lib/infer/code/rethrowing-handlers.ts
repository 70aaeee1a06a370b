/**
 * Reads the source of an error handler of the application. If the handler passes on every error, this plugin still
 * responds to all of them.
 */
import type { AnyNode, CallExpression } from 'acorn'
import { getOuterErrorHandler, getOriginalErrorHandler } from '../../fastify/guard-functions.js'
import { getCalleeName, getLastName, getParameterNames, listChildren, parseFunction } from './parse-function.js'

/**
 * Returns whether the errors that one error handler receives reach another: both are the same, or each handler between
 * them passes errors on.
 */
export function reachesErrorHandler (handler: object, target: unknown): boolean {
  for (let at: object | undefined = handler; at !== undefined; at = getOuterErrorHandler(at)) {
    if (at === target) return true
    if (!passesErrorsOn(at)) return false
  }
  return false
}

const known = new WeakMap<object, boolean>()

/**
 * Returns whether the source of an error handler clearly passes on every error unchanged: `throw error`,
 * `reply.send(error)` or `app.errorHandler(error, request, reply)`. The handler may log the error, change its message,
 * set headers and close the connection. A handler that responds itself, even to some errors, does not pass on every
 * error.
 */
export function passesErrorsOn (handler: object): boolean {
  const original = getOriginalErrorHandler(handler)
  let passes = known.get(original)
  if (passes === undefined) known.set(original, passes = readHandler(original))
  return passes
}

/**
 * Returns whether an error handler clearly responds to every error. Its source throws nothing, and only logs the error
 * or reads its properties.
 */
export function handlesEveryError (handler: object): boolean {
  const node = parseFunction(getOriginalErrorHandler(handler))
  const [error = ''] = node === undefined ? [] : getParameterNames(node)
  return node !== undefined && isSelfContained(node.body, error)
}

const logMethods: ReadonlySet<string> = new Set(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'log'])

function isSelfContained (node: AnyNode, error: string): boolean {
  switch (node.type) {
    case 'ThrowStatement':
      return false
    case 'Identifier':
      return node.name !== error
    case 'MemberExpression':
      return isNamed(node.object, error) || isSelfContained(node.object, error)
    case 'Property':
      return isSelfContained(node.value, error)
    case 'CallExpression':
      if (logMethods.has(getCalleeName(node))) return true
      break
    case 'BinaryExpression':
      if (node.operator === 'instanceof') return true
      break
  }
  return listChildren(node).every(child => isSelfContained(child, error))
}

/** The names of the parameters of a handler. */
interface Names {
  readonly error: string
  readonly reply: string | undefined
}

function readHandler (handler: object): boolean {
  const node = parseFunction(handler)
  if (node === undefined || node.generator) return false
  const [error, , reply] = getParameterNames(node)
  if (error === undefined) return false
  const names: Names = { error, reply }
  if (node.body.type !== 'BlockStatement') return passesOn(node.body, names)
  const last = node.body.body.at(-1)
  return last !== undefined && endsWithError(last, names) && isHarmless(node.body, names, false)
}

function endsWithError (node: AnyNode, names: Names): boolean {
  if (node.type === 'ThrowStatement') return isNamed(node.argument, names.error)
  if (node.type === 'ReturnStatement') {
    return node.argument !== null && node.argument !== undefined && passesOn(node.argument, names)
  }
  return node.type === 'ExpressionStatement' && !isNamed(node.expression, names.error) &&
    passesOn(node.expression, names)
}

/** Returns whether an expression is the error, which is sent if it is returned, or whether it sends the error. */
function passesOn (node: AnyNode, names: Names): boolean {
  if (node.type === 'AwaitExpression') return passesOn(node.argument, names)
  if (node.type !== 'CallExpression') return isNamed(node, names.error)
  return isNamed(node.arguments[0], names.error) &&
    (callsOuterHandler(node) || (getCalleeName(node) === 'send' && isReplyWithHeaders(node.callee, names)))
}

/**
 * The usual names of a scope; a compiler can add a number. A handler that called its own scope's handler would call
 * itself.
 */
const scopeNames = /^(app|fastify|server|instance|parent|root)\d*$/

function callsOuterHandler ({ callee, arguments: given }: CallExpression): boolean {
  return callee.type === 'MemberExpression' && getLastName(callee) === 'errorHandler' &&
    scopeNames.test(getLastName(callee.object)) && given.length === 3
}

/**
 * Returns whether a method is called on the reply, or on the result of one of its header methods:
 * `reply.header('a', 'b').send`.
 */
function isReplyWithHeaders (callee: AnyNode, names: Names): boolean {
  if (callee.type !== 'MemberExpression') return false
  const { object } = callee
  if (object.type === 'CallExpression') {
    return headerMethods.has(getCalleeName(object)) && isReplyWithHeaders(object.callee, names)
  }
  return isNamed(object, names.reply)
}

/** The methods of a reply that neither respond nor change the status. */
const headerMethods: ReadonlySet<string> = new Set([
  'header', 'headers', 'getHeader', 'getHeaders', 'hasHeader', 'removeHeader'
])

/** The properties of a reply with which a handler can neither respond nor change the status. */
const harmlessProperties: ReadonlySet<string> = new Set([
  ...headerMethods,
  'elapsedTime',
  'log',
  'request',
  'sent',
  'server',
  'statusCode'
])

/**
 * Returns whether code neither responds nor changes the error. Values that inner functions return or throw do not leave
 * the handler.
 */
function isHarmless (node: AnyNode, names: Names, isInner: boolean): boolean {
  switch (node.type) {
    case 'TryStatement':
      return false
    case 'BlockStatement':
      if (node.body.some(closesConnection)) {
        return node.body.every(each =>
          closesConnection(each) || each.type === 'ReturnStatement' || isHarmless(each, names, isInner)
        )
      }
      break
    case 'ThrowStatement':
    case 'ReturnStatement':
      if (!isInner && !endsWithError(node, names)) return false
      break
    case 'AssignmentExpression':
      if (isPartOf(node.left, names) && !isMessage(node.left, names)) return false
      break
    case 'UpdateExpression':
    case 'UnaryExpression':
      if (node.type === 'UpdateExpression' || node.operator === 'delete') return !isPartOf(node.argument, names)
      break
    case 'CallExpression':
      return isHarmlessCall(node, names, isInner)
    case 'Identifier':
      return node.name !== names.reply
    case 'MemberExpression':
      if (isNamed(node.object, names.reply)) return harmlessProperties.has(getLastName(node))
      break
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
    case 'FunctionDeclaration':
      return listChildren(node).every(child => isHarmless(child, names, true))
  }
  return listChildren(node).every(child => isHarmless(child, names, isInner))
}

/** Returns whether a statement closes the connection: `reply.raw.destroy()`. The client then receives no response. */
function closesConnection (node: AnyNode): boolean {
  if (node.type !== 'ExpressionStatement' || node.expression.type !== 'CallExpression') return false
  const { callee } = node.expression
  return callee.type === 'MemberExpression' && getLastName(callee) === 'destroy' && getLastName(callee.object) === 'raw'
}

function isHarmlessCall (node: CallExpression, names: Names, isInner: boolean): boolean {
  if (passesOn(node, names)) return !isInner
  const changesError = /^(assign|definePropert(y|ies)|setPrototypeOf)$/.test(getCalleeName(node)) &&
    isNamed(node.arguments[0], names.error)
  const isOfReply = isReplyWithHeaders(node.callee, names) && !headerMethods.has(getCalleeName(node))
  return !changesError && !isOfReply && listChildren(node).every(child => isHarmless(child, names, isInner))
}

/**
 * Returns whether an expression is the message of the error, which determines neither the status nor the code of the
 * response.
 */
function isMessage (node: AnyNode, names: Names): boolean {
  return node.type === 'MemberExpression' && isNamed(node.object, names.error) && !node.computed &&
    getLastName(node) === 'message'
}

/** Returns whether an expression is the error, the reply, or a property of one of them. */
function isPartOf (node: AnyNode, names: Names): boolean {
  if (node.type === 'MemberExpression') return isPartOf(node.object, names)
  return isNamed(node, names.error) || isNamed(node, names.reply)
}

function isNamed (node: AnyNode | null | undefined, name: string | undefined): boolean {
  return node?.type === 'Identifier' && node.name === name
}
