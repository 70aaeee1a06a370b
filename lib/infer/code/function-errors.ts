/**
 * Finds the errors that the code of a function throws, returns or sends directly. It follows calls of decorators,
 * because the application has their functions. `fastify-api-errors infer` finds the errors of functions in other
 * modules.
 */
import type {
  AnyNode,
  AssignmentExpression,
  AwaitExpression,
  CallExpression,
  Identifier,
  IfStatement,
  MemberExpression,
  NewExpression,
  TryStatement
} from 'acorn'
import { codeForStatus } from '../../catalog/standard-errors.js'
import { getComposedHook } from '../../fastify/composed-hooks.js'
import { findDecorator, getMethod, type GetDecorator } from './find-decorator.js'
import { classifyOwner, findFactoryCode, type Use } from './error-factories.js'
import { findClass, findLibraryStatus, findStatus, isStatusProperty, readClass } from './error-statuses.js'
import { statusProperties } from '../../translate/error-status.js'
import { findPluginErrors } from '../known-plugins.js'
import { listReachable } from './literal-values.js'
import { findLocalVariables, type LocalVariables } from './local-variables.js'
import {
  getCalleeName,
  getLastName,
  getParameterNames,
  getSource,
  listChildren,
  parseClass,
  parseFunction
} from './parse-function.js'
import { usesProperty } from './request-properties.js'
import { describeSentBody } from './sent-bodies.js'
import { getNamedStatus } from './status-names.js'
import { callsToBody } from './streamed-errors.js'
import { isObject, type JsonObject } from '../../support/is-object.js'

/** An error that a function throws or sends. */
export interface FunctionError {
  readonly code: string
  /**
   * How the error leaves the function. Verifying a token throws errors of @fastify/jwt, and @fastify/static sends
   * files.
   */
  readonly by:
    | 'throws'
    | 'sends'
    | 'verifies a token'
    | 'requests a token'
    | 'calls another service'
    | 'sends a file'
    | 'writes to a stream'
    | `is of ${string}`
  /** The schemas of the bodies with this status that are sent unchanged, because they contain more than a message. */
  readonly bodies?: readonly JsonObject[]
  /**
   * The message that the code gives to the error, if it is a constant. Absent if it is the message of the definition,
   * here or elsewhere.
   */
  readonly message?: string
  /** The functions that a hook puts on the request, if they throw the error and the hook itself does not. */
  readonly requestFunctions?: readonly string[]
  /**
   * The names in the lookups whose missing record causes the error: `id` for
   * `const user = await find(id); if (!user) throw new Gone()`.
   */
  readonly lookups?: readonly string[]
}

/** The known properties of the application in which a function runs. */
export interface FunctionContext {
  /** Returns whether the catalog has a code. */
  readonly isCode: (name: string) => boolean
  /** Returns whether a value is the factory of a code of the catalog. */
  readonly isFactory: (value: unknown, code: string) => boolean
  readonly getDecorator: GetDecorator
}

/** The errors of `request.jwtVerify()`. */
const tokenErrors: readonly FunctionError[] = ['invalid_request', 'unauthorized', 'invalid_token', 'token_expired'].map(
  code => ({ code, by: 'verifies a token' })
)

const upstreamErrors: readonly string[] = ['bad_gateway', 'gateway_timeout']

/**
 * The errors of the methods of the decorators of @fastify/oauth2 that send a request to another service. The first one
 * also checks the state in the URL.
 */
const tokenRequests: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['getAccessTokenFromAuthorizationCodeFlow', ['invalid_request', ...upstreamErrors]],
  ['getNewAccessTokenUsingRefreshToken', upstreamErrors],
  ['revokeToken', upstreamErrors],
  ['revokeAllToken', upstreamErrors]
])

/** The maximum depth of followed decorator calls. */
const maxDepth = 5

/** Returns the errors of a function, each once. */
export function readFunctionErrors (fn: object, context: FunctionContext): readonly FunctionError[] {
  const found = readFunction(fn, context, new Set())
  const byCode = new Map<string, FunctionError>()
  for (const error of listFound(found)) {
    // A streamed error has no status, so the function can also throw it.
    const key = error.by === 'writes to a stream' ? `${error.code} in a stream` : error.code
    const known = byCode.get(key)
    const bodies = [...known?.bodies ?? [], ...error.bodies ?? []]
    const lookups = [...known?.lookups ?? [], ...error.lookups ?? []]
    const { message, requestFunctions: added, ...rest } = error
    const functions = added === undefined || (known !== undefined && known.requestFunctions === undefined)
      ? undefined
      : [...known?.requestFunctions ?? [], ...added]
    const first = known === undefined ? message : message && known.message
    byCode.set(key, {
      ...rest,
      ...(first !== undefined && { message: first }),
      ...(bodies.length > 0 && { bodies }),
      ...(lookups.length > 0 && { lookups }),
      ...(functions !== undefined && { requestFunctions: functions })
    })
  }
  return [...byCode.values()]
}

/** The errors in a piece of code. A thrown error can be caught, but a sent error cannot. */
interface Found {
  readonly thrown: readonly FunctionError[]
  readonly sent: readonly FunctionError[]
}

const nothing: Found = { thrown: [], sent: [] }

function joinFound (...all: readonly Found[]): Found {
  return { thrown: all.flatMap(({ thrown }) => thrown), sent: all.flatMap(({ sent }) => sent) }
}

function readFunction (fn: object, context: FunctionContext, callers: ReadonlySet<object>): Found {
  if (isTokenCheck(fn)) return { thrown: tokenErrors, sent: [] }
  if (isVerifier(fn)) return withoutMalformed({ thrown: tokenErrors, sent: [] })
  if (callers.has(fn) || callers.size >= maxDepth) return nothing
  const composed = getComposedHook(fn)
  if (composed !== undefined) return readComposed(composed, context, new Set([...callers, fn]))
  const known = findPluginErrors(fn)
  if (known !== undefined) {
    return { thrown: known.codes.map(code => ({ code, by: `is of ${known.plugin}` as const })), sent: [] }
  }
  const node = parseFunction(fn)
  if (node === undefined) return nothing
  const [request, reply] = getParameterNames(node)
  const variables = findLocalVariables(node)
  const reader = {
    context,
    callers: new Set([...callers, fn]),
    request,
    reply,
    body: node.body,
    caught: new Set(listCaught(node.body)),
    variables,
    isDeferred: false
  }
  const body = readNode(node.body, reader)
  return node.body.type === 'BlockStatement'
    ? body
    : joinFound(body, readResult(node.body, reader, 'returned'), readFetch(node.body, reader))
}

/** Reads the functions of a hook of @fastify/auth, which sets the status 401 on an error without a status. */
function readComposed (functions: readonly object[], context: FunctionContext, callers: ReadonlySet<object>): Found {
  const found = joinFound(...functions.map(fn => readFunction(fn, context, callers)))
  return found.thrown.length + found.sent.length === 0 ? createThrown(401) : found
}

/**
 * Returns whether a function is the decorator of @fastify/jwt that verifies a token. Its options can change its name on
 * requests.
 */
export function isTokenCheck (fn: unknown): boolean {
  return typeof fn === 'function' && fn.name === 'requestVerify' && getSource(fn).includes('jwtVerifyName')
}

/** Returns whether a function is `app.jwt.verify()` of @fastify/jwt, which receives a token and not a request. */
function isVerifier (fn: object): boolean {
  return (fn as { readonly name?: unknown }).name === 'verify' && getSource(fn).includes('checkAndMergeVerifyOptions')
}

/** Removes the error of a malformed header. */
function withoutMalformed (found: Found): Found {
  return { ...found, thrown: found.thrown.filter(({ code }) => code !== 'invalid_request') }
}

interface Reader {
  readonly context: FunctionContext
  readonly callers: ReadonlySet<object>
  /** The names of the parameters. */
  readonly request: string | undefined
  readonly reply: string | undefined
  /** The body of the function. */
  readonly body: AnyNode
  /** The names of the variables of its `catch` clauses. */
  readonly caught: ReadonlySet<string>
  readonly variables: LocalVariables
  /** Whether the request does not wait for the code, so its errors do not reach the response. */
  readonly isDeferred: boolean
}

function listCaught (node: AnyNode): string[] {
  const own = node.type === 'CatchClause' && node.param?.type === 'Identifier' ? [node.param.name] : []
  return [...own, ...listChildren(node).flatMap(listCaught)]
}

function readNode (node: AnyNode, reader: Reader): Found {
  switch (node.type) {
    case 'TryStatement':
      return readTry(node, reader)
    case 'IfStatement':
      return readIf(node, reader)
    case 'ThrowStatement':
      return joinFound(
        readNode(node.argument, reader),
        reader.isDeferred ? nothing : readResult(node.argument, reader, 'thrown')
      )
    case 'ReturnStatement':
      return node.argument
        ? joinFound(
          readNode(node.argument, reader),
          reader.isDeferred ? nothing : readResult(node.argument, reader, 'returned'),
          readFetch(node.argument, reader)
        )
        : nothing
    case 'AwaitExpression':
      return joinFound(readChildren(node, reader), readRejection(node, reader), readFetch(node.argument, reader))
    case 'CallExpression':
      return joinFound(readParts(node, reader), readCall(node, reader))
    case 'AssignmentExpression':
      return joinFound(readAssigned(node, reader), readAssignment(node, reader))
    default:
      return readChildren(node, reader)
  }
}

function readChildren (node: AnyNode, reader: Reader): Found {
  return joinFound(...listReachable(node, reader.variables).map(child => readNode(child, reader)))
}

/** Reads `if (!user) throw ...`, where the variable has the result of a lookup. */
function readIf (node: IfStatement, reader: Reader): Found {
  const variable = findMissingVariable(node.test)
  const lookups = variable === undefined ? [] : listLookupNames(variable, reader)
  const mark = (error: FunctionError): FunctionError =>
    lookups.length === 0 ? error : { ...error, lookups: [...error.lookups ?? [], ...lookups] }
  return joinFound(
    ...listReachable(node, reader.variables).map(child => {
      const found = readNode(child, reader)
      return child === node.consequent ? { thrown: found.thrown.map(mark), sent: found.sent.map(mark) } : found
    })
  )
}

/**
 * Returns the variable that shows a missing record if a condition is true: `!user`, `user === null`,
 * `!user || user.isDeleted`, `error`.
 */
function findMissingVariable (test: AnyNode): Identifier | undefined {
  if (test.type === 'Identifier') return /^err(or)?$/.test(test.name) ? test : undefined
  if (test.type === 'LogicalExpression') return test.operator === '||' ? findMissingVariable(test.left) : undefined
  if (test.type === 'UnaryExpression') {
    return test.operator === '!' && test.argument.type === 'Identifier'
      ? test.argument
      : undefined
  }
  if (test.type !== 'BinaryExpression' || !/^===?$/.test(test.operator) || test.left.type !== 'Identifier') {
    return undefined
  }
  const { right } = test
  return (right.type === 'Literal' && right.value === null) ||
      (right.type === 'UnaryExpression' && right.operator === 'void') || getLastName(right) === 'undefined'
    ? test.left
    : undefined
}

/** The usual names of functions that check a value or a permission. */
const checkingFunctions = /valid|^(can|is|has|check|verify|ensure|assert|authori[sz]e)/i

/** Returns the names in the awaited call whose result a variable has, and in the values of its arguments. */
function listLookupNames ({ name, start }: Identifier, { variables }: Reader): readonly string[] {
  const [given, ...others] = variables.getValues(name, start) ?? []
  // const { user, error } = await find(id)
  const value = given?.type === 'MemberExpression' ? given.object : given
  if (value?.type !== 'AwaitExpression' || others.length > 0) return []
  const nodes = listNodes(value.argument)
  if (nodes.some(node => node.type === 'CallExpression' && checkingFunctions.test(getCalleeName(node)))) return []
  const values = nodes.flatMap(node =>
    node.type === 'Identifier' ? variables.getValues(node.name, node.start) ?? [] : []
  )
  return [...nodes, ...values.flatMap(each => each === undefined ? [] : listNodes(each))].map(getLastName).filter(
    each => each !== ''
  )
}

/**
 * Reads a function that a hook puts on the request: `request.getUser = async () => { ... }`. Its errors occur only on
 * routes that call it.
 */
function readAssigned (node: AssignmentExpression, reader: Reader): Found {
  const found = readChildren(node, reader)
  const name = findSetFunction(node, reader.request)
  if (name === undefined) return found
  const callers = listCallers(name, reader)
  const mark = (error: FunctionError): FunctionError => ({
    ...error,
    requestFunctions: [...error.requestFunctions ?? [], ...callers]
  })
  return { thrown: found.thrown.map(mark), sent: found.sent.map(mark) }
}

/** Returns the name of a function that an assignment puts on the request. */
function findSetFunction (node: AnyNode, request: string | undefined): string | undefined {
  if (node.type !== 'AssignmentExpression' || !/^(Arrow)?FunctionExpression$/.test(node.right.type)) return undefined
  return node.left.type === 'MemberExpression' && node.left.object.type === 'Identifier' &&
      node.left.object.name === request
    ? getLastName(node.left)
    : undefined
}

/** Returns the name of a function on the request, and of the functions on the request that call it. */
function listCallers (name: string, { body, request }: Reader, known: readonly string[] = []): readonly string[] {
  const names = [...known, name]
  const callers = listNodes(body).flatMap(node => {
    const caller = findSetFunction(node, request)
    return caller !== undefined && !names.includes(caller) &&
        usesProperty((node as AssignmentExpression).right, request, name)
      ? [caller]
      : []
  })
  return callers.reduce(
    (found, caller) => found.includes(caller) ? found : listCallers(caller, { body, request } as Reader, found),
    names as readonly string[]
  )
}

function listNodes (node: AnyNode): AnyNode[] {
  return [node, ...listChildren(node).flatMap(listNodes)]
}

/** Reads `await Promise.reject(error)`. */
function readRejection ({ argument }: AwaitExpression, reader: Reader): Found {
  return argument.type === 'CallExpression' && isRejection(argument) && !reader.isDeferred
    ? readResult(argument, reader, 'thrown')
    : nothing
}

/** The errors of `await fetch(url)`. */
const fetchErrors: readonly FunctionError[] = ['bad_gateway', 'gateway_timeout'].map(code => ({
  code,
  by: 'calls another service'
}))

/**
 * Reads a promise that the request waits for: `fetch(url)`, `fetch(url).then(...)` and `Promise.all([fetch(url)])`. A
 * variable of the function can have the same name.
 */
function readFetch (node: AnyNode, reader: Reader): Found {
  return isFetch(node, reader) && !reader.isDeferred ? { thrown: fetchErrors, sent: [] } : nothing
}

function isFetch (node: AnyNode | null, reader: Reader): boolean {
  if (node?.type === 'AwaitExpression') return isFetch(node.argument, reader)
  if (node?.type !== 'CallExpression') return false
  const { callee, arguments: args } = node
  if (callee.type === 'Identifier') {
    return callee.name === 'fetch' && reader.variables.getValues('fetch', node.start) === undefined
  }
  if (callee.type !== 'MemberExpression') return false
  const [list] = args
  if (getLastName(callee) === 'all' && list?.type === 'ArrayExpression') {
    return list.elements.some(element => isFetch(element, reader))
  }
  return getLastName(callee) === 'then' && args.length === 1 && isFetch(callee.object, reader)
}

function isRejection ({ callee }: CallExpression): boolean {
  return callee.type === 'MemberExpression' && callee.object.type === 'Identifier' &&
    callee.object.name === 'Promise' && getLastName(callee) === 'reject'
}

/** The functions that call a callback later, when the request does not wait for it. */
const deferringFunctions: ReadonlySet<string> = new Set([
  'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'nextTick', 'on', 'once', 'addListener',
  'addEventListener'
])

/** Reads the called expression and the arguments of a call. */
function readParts (node: CallExpression, reader: Reader): Found {
  const { callee, arguments: args } = node
  const name = getCalleeName(node)
  // `send` overwrites the status if its argument is an error.
  const isError = isSend(node, reader) && listFound(readArgument(node, reader, 'returned')).length > 0
  const called = isError ? nothing : readNode(callee, reader)
  const given = joinFound(
    ...args.map(argument => readNode(argument, deferringFunctions.has(name) ? { ...reader, isDeferred: true } : reader))
  )
  const rejected = callee.type === 'MemberExpression' ? listRejectionHandlers(name, args) : []
  return joinFound(given, rejected.some(handler => !passesOnError(handler)) ? { ...called, thrown: [] } : called)
}

/**
 * Returns the functions that receive the error of a promise: the argument of `catch`, and the second argument of
 * `then`.
 */
function listRejectionHandlers (name: string, args: readonly AnyNode[]): readonly AnyNode[] {
  if (name === 'catch') return args.slice(0, 1)
  return name === 'then' ? args.slice(1, 2) : []
}

function passesOnError (handler: AnyNode): boolean {
  if (handler.type === 'Identifier') return passingFunctions.test(handler.name)
  if (handler.type !== 'FunctionExpression' && handler.type !== 'ArrowFunctionExpression') return false
  const [name] = getParameterNames(handler)
  return name !== undefined && passesOn(handler.body, name)
}

/** The usual names of functions that receive an error. */
const passingFunctions = /^(send|done|next|reject|cb|callback)$/

function listFound ({ thrown, sent }: Found): readonly FunctionError[] {
  return [...thrown, ...sent]
}

function readTry ({ block, handler, finalizer }: TryStatement, reader: Reader): Found {
  const tried = readNode(block, reader)
  const rest = joinFound(
    ...[handler?.body, finalizer].filter(node => node !== null && node !== undefined).map(node =>
      readNode(node, reader)
    )
  )
  if (handler === null || handler === undefined) return joinFound(tried, rest)
  const name = handler.param?.type === 'Identifier' ? handler.param.name : undefined
  const streamed = callsToBody(handler.body)
    ? tried.thrown.map(({ code }): FunctionError => ({ code, by: 'writes to a stream' }))
    : []
  return joinFound(rest, {
    sent: [...tried.sent, ...streamed],
    thrown: name !== undefined && passesOn(handler.body, name) ? tried.thrown : []
  })
}

/** Returns whether code throws or passes on the error in a variable. A returned value can be a result. */
function passesOn (node: AnyNode, name: string): boolean {
  const isError = (value: AnyNode | null | undefined): boolean => value?.type === 'Identifier' && value.name === name
  if (node.type === 'ThrowStatement' && isError(node.argument)) return true
  if (node.type === 'CallExpression' && passingFunctions.test(getCalleeName(node)) && isError(node.arguments[0])) {
    return true
  }
  return listChildren(node).some(child => passesOn(child, name))
}

/** Reads a value that is thrown, returned or passed on. */
function readResult (node: AnyNode, reader: Reader, use: Use): Found {
  switch (node.type) {
    case 'AwaitExpression':
      return readResult(node.argument, reader, use)
    case 'ChainExpression':
      return readResult(node.expression, reader, use)
    case 'AssignmentExpression':
      return readResult(node.right, reader, use)
    case 'SequenceExpression':
      return readResult(node.expressions.at(-1) as AnyNode, reader, use)
    case 'ConditionalExpression':
      return joinFound(
        ...listReachable(node, reader.variables).filter(child => child !== node.test).map(child =>
          readResult(child, reader, use)
        )
      )
    case 'LogicalExpression':
      return joinFound(...listReachable(node, reader.variables).map(child => readResult(child, reader, use)))
    case 'Identifier':
      return readVariable(node.name, node.start, reader, use === 'thrown' ? use : 'returned variable')
    // An object in a variable is usually a result and not an error.
    case 'NewExpression':
      return use !== 'returned variable' || /(Error|Exception)$/.test(getLastName(node.callee))
        ? readNew(node, reader)
        : nothing
    case 'CallExpression':
      return isRejection(node) ? readArgument(node, reader, 'thrown') : readFactory(node, reader, use)
    default:
      return nothing
  }
}

function readVariable (name: string, position: number, reader: Reader, use: Use): Found {
  const values = reader.variables.getValues(name, position) ?? []
  return joinFound(...values.map(value => value === undefined ? nothing : readResult(value, reader, use)))
}

function createThrown (status: number | undefined): Found {
  const code = codeForStatus(status)
  return code === undefined || status === 500 ? nothing : { thrown: [{ code, by: 'throws' }], sent: [] }
}

function createSent (status: number | undefined): Found {
  return { thrown: [], sent: createThrown(status).thrown.map(({ code }) => ({ code, by: 'sends' })) }
}

/**
 * Reads `new HttpError(403)`, `new AppError('...', { statusCode: 403 })` and `new Forbidden()`. If the class is from
 * another module, and so is not visible, the status is derived from its name. Almost all applications use such names
 * for this status.
 */
function readNew (node: NewExpression, reader: Reader): Found {
  const status = findStatus(node.arguments) ?? findLibraryStatus(node.callee) ?? findClassStatus(node.callee, reader) ??
    getNamedStatus(getLastName(node.callee))
  return status === 'none' ? nothing : createThrown(status)
}

/**
 * Returns the status of a visible class, which is in the function or in a decorator; `'none'` if the class sets no
 * status; `undefined` if the class is not visible.
 */
function findClassStatus (callee: AnyNode, reader: Reader): number | 'none' | undefined {
  if (callee.type === 'Identifier') {
    const found = findClass(reader.body, callee.name)
    return found && (readClass(found) ?? 'none')
  }
  const value = callee.type === 'MemberExpression'
    ? findDecorator(callee.object, getLastName(callee), reader.request, reader.context.getDecorator)
    : undefined
  if (typeof value !== 'function') return undefined
  const ofPrototype = statusProperties.map(name => getMethod(value.prototype, name)).find(status =>
    codeForStatus(status) !== undefined
  )
  return ofPrototype as number | undefined ?? readClass(parseClass(value)) ?? 'none'
}

/**
 * Reads a call whose result is thrown: `errors.queue_full()`, `httpErrors.notFound()`, `createError(404)`,
 * `Object.assign(error, { statusCode: 404 })`.
 */
function readFactory (node: CallExpression, reader: Reader, use: Use): Found {
  const { callee } = node
  const context = {
    ...reader,
    ...reader.context,
    findProperty: (owner: MemberExpression, name: string) => findProperty(owner, name, reader)
  }
  const code = findFactoryCode(callee, use, context)
  if (code !== undefined) return { thrown: [{ code, by: 'throws', ...readMessage(node.arguments[0]) }], sent: [] }
  const name = getCalleeName(node)
  if (
    callee.type === 'MemberExpression' && /^(\w*[eE]rrors?|[bB]oom)$/.test(getLastName(callee.object)) &&
    ['catalog', 'library'].includes(classifyOwner(callee.object, name, context))
  ) {
    const status = getNamedStatus(name)
    if (status !== undefined) return createThrown(status)
  }
  if (name === 'assign' && node.arguments[0]?.type === 'CallExpression') {
    return readResult(node.arguments[0], reader, use)
  }
  return use !== 'returned variable' && /error|exception|^assign$/i.test(name)
    ? createThrown(findStatus(node.arguments))
    : nothing
}

/** Reads `{ message: 'No queue has this id.' }`. */
function readMessage (init: AnyNode | undefined): { readonly message?: string } {
  const properties = init?.type === 'ObjectExpression' ? init.properties : []
  for (const property of properties) {
    if (property.type !== 'Property' || property.key.type !== 'Identifier' || property.key.name !== 'message') continue
    if (property.value.type === 'Literal' && typeof property.value.value === 'string') {
      return { message: property.value.value }
    }
  }
  return {}
}

/** Returns a method of a decorator; `undefined` if the expression does not lead to a decorator. */
function findProperty (owner: MemberExpression, name: string, reader: Reader): { readonly value: unknown } | undefined {
  const decorator = findDecorator(owner.object, getLastName(owner), reader.request, reader.context.getDecorator)
  return isObject(decorator) || typeof decorator === 'function' ? { value: getMethod(decorator, name) } : undefined
}

/** Reads `error.statusCode = 409`, if the error is thrown later, and `reply.statusCode = 409`. */
function readAssignment ({ left, right }: AssignmentExpression, reader: Reader): Found {
  if (left.type !== 'MemberExpression' || !isStatusProperty(getLastName(left))) return nothing
  if (isReply(left.object, reader)) return readStatus(right, reader)
  return passesOn(reader.body, getLastName(left.object)) ? createThrown(findStatus([right])) : nothing
}

/** The error responses of @fastify/static to a request for a file (RFC 9110, sections 15.5.5, 15.5.13 and 15.5.17). */
const fileErrors: readonly FunctionError[] = ['route_not_found', 'precondition_failed', 'range_not_satisfiable'].map(
  code => ({ code, by: 'sends a file' })
)

/**
 * The positions of the status among the arguments of assertions, by method: `app.assert(user, 404)`,
 * `app.assert.equal(a, b, 403)`.
 */
const statusOfAssertion: Readonly<Record<string, number>> = {
  assert: 1,
  ok: 1,
  equal: 2,
  notEqual: 2,
  strictEqual: 2,
  notStrictEqual: 2,
  deepEqual: 2,
  notDeepEqual: 2
}

/** Reads an assertion of @fastify/sensible or http-assert. An assertion of Node has no status. */
function readAssertion ({ callee, arguments: args }: CallExpression, name: string): Found {
  const isAssertion = name === 'assert' ||
    (callee.type === 'MemberExpression' && getLastName(callee.object) === 'assert')
  const at = isAssertion && Object.hasOwn(statusOfAssertion, name) ? statusOfAssertion[name] as number : args.length
  return createThrown(findStatus(args.slice(at, at + 1)))
}

/** Reads a call of a function that receives the reply and a status: `sendError(reply, 404, 'No user.')`. */
function readHelper ({ arguments: args }: CallExpression, reader: Reader): Found {
  const isGivenReply = args.some(argument => argument.type === 'Identifier' && isReply(argument, reader))
  return isGivenReply ? createSent(findStatus(args.filter(({ type }) => type !== 'ObjectExpression'))) : nothing
}

function readCall (node: CallExpression, reader: Reader): Found {
  const name = getCalleeName(node)
  return joinFound(readAssertion(node, name), readHelper(node, reader), readMethod(node, name, reader))
}

function readMethod (node: CallExpression, name: string, reader: Reader): Found {
  const { callee } = node
  if (callee.type !== 'MemberExpression') return readCallback(node, name, reader)
  if (isReply(callee.object, reader)) {
    if (name === 'code' || name === 'status') return readStatus(node.arguments[0], reader)
    if (name === 'send') {
      const sent = toSent(readArgument(node, reader, 'returned'))
      return sent.sent.length === 0 ? readSentBody(node, reader) : sent
    }
    if (name === 'sendFile' || name === 'download') return { thrown: [], sent: fileErrors }
    const status = getNamedStatus(name)
    if (status !== undefined) return createSent(status)
  }
  const codes = tokenRequests.get(name)
  if (codes !== undefined) return { thrown: codes.map(code => ({ code, by: 'requests a token' })), sent: [] }
  return readDecorator(callee.object, name, node.arguments, reader)
}

function readArgument ({ arguments: [argument] }: CallExpression, reader: Reader, use: Use): Found {
  return argument === undefined ? nothing : readResult(argument, reader, use)
}

/** Reads `done(error)` and `reject(error)`. A rejection can be caught. */
function readCallback (node: CallExpression, name: string, reader: Reader): Found {
  if (!/^(done|next|reject|cb|callback)$/.test(name)) return nothing
  const found = readArgument(node, reader, 'thrown')
  return name === 'reject' ? found : toSent(found)
}

/** Returns errors as errors that no `catch` receives. */
function toSent (found: Found): Found {
  return { thrown: [], sent: listFound(found) }
}

/** Reads `reply.code(404).send({ ... })` with a body that is sent unchanged. */
function readSentBody ({ callee, arguments: [body] }: CallExpression, reader: Reader): Found {
  const schema = body === undefined ? undefined : describeSentBody(body, reader.caught)
  if (schema === undefined) return nothing
  const codes = listChainStatuses(callee, reader).map(status => codeForStatus(status) as string)
  return { thrown: [], sent: codes.map(code => ({ code, by: 'sends', bodies: [schema] })) }
}

/** Returns the statuses that a chain of calls can set: `reply.header('a', 'b').code(404)`. */
function listChainStatuses (node: AnyNode, reader: Reader): readonly number[] {
  if (node.type === 'MemberExpression') return listChainStatuses(node.object, reader)
  if (node.type !== 'CallExpression') return []
  return ['code', 'status'].includes(getCalleeName(node))
    ? listStatuses(node.arguments[0], reader.variables)
    : listChainStatuses(node.callee, reader)
}

/** Returns the statuses that an expression can have: `404`, `isReady ? 200 : 503`, or a constant of the function. */
function listStatuses (node: AnyNode | undefined, variables: LocalVariables): readonly number[] {
  if (node?.type === 'Identifier') return listStatuses(variables.getOnlyValue(node.name, node.start), variables)
  if (node?.type === 'ConditionalExpression') {
    return listReachable(node, variables).filter(child => child !== node.test).flatMap(child =>
      listStatuses(child, variables)
    )
  }
  return node === undefined ? [] : [findStatus([node])].filter(status => status !== undefined)
}

function readStatus (node: AnyNode | undefined, reader: Reader): Found {
  return joinFound(...listStatuses(node, reader.variables).map(createSent))
}

function isSend ({ callee }: CallExpression, reader: Reader): boolean {
  return callee.type === 'MemberExpression' && getLastName(callee) === 'send' && isReply(callee.object, reader)
}

/** Returns whether an expression is the reply, or a call that returns it: `reply.header('a', 'b')`. */
function isReply (node: AnyNode, reader: Reader): boolean {
  if (node.type === 'Identifier') {
    const values = reader.variables.getValues(node.name, node.start) ?? []
    const isNamedReply = node.name === reader.reply || /^(reply|rep|res|response)$/.test(node.name)
    return values.length === 0
      ? isNamedReply
      : values.every(value => value === undefined ? isNamedReply : isReply(value, reader))
  }
  return node.type === 'CallExpression' && node.callee.type === 'MemberExpression' &&
    isReply(node.callee.object, reader)
}

/** Follows a call of a decorator. */
function readDecorator (owner: AnyNode, name: string, args: readonly AnyNode[], reader: Reader): Found {
  const value = findDecorator(owner, name, reader.request, reader.context.getDecorator)
  const found = typeof value === 'function' ? readFunction(value, reader.context, reader.callers) : nothing
  return isTokenCheck(value) && args.some(readsOnlyCookie) ? withoutMalformed(found) : found
}

function readsOnlyCookie (options: AnyNode): boolean {
  return options.type === 'ObjectExpression' &&
    options.properties.some(property =>
      property.type === 'Property' && property.key.type === 'Identifier' && property.key.name === 'onlyCookie' &&
      property.value.type === 'Literal' && property.value.value === true
    )
}
