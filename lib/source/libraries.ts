/** Models functions of well-known packages: the errors that they throw, return or send. */
import type { Node } from 'typescript'
import { getSource } from '../infer/code/parse-function.js'
import { getNamedStatus } from '../infer/code/status-names.js'
import { canStringsFail, isZodSchema } from '../infer/schemas/zod-schemas.js'
import { listPathParameters } from '../support/path-parameters.js'
import { catalogError, codedError, externalError, httpError, plainError } from './error-values.js'
import type { LibraryCall, LibraryContext, Progress } from './library-context.js'
import { listFormatErrors } from './databases/constraint-errors.js'
import { callContainer } from './awilix.js'
import { isFreeText, isInput, isNullish } from './interpreter/compare-values.js'
import { endPath, saveProgress } from './interpreter/state/progress.js'
import { createDocument, isMongooseModel } from './databases/mongoose.js'
import { nestExceptions, nestPassport, nestReflector, nestThrottler } from './nest.js'
import { callNeverthrow } from './neverthrow.js'
import { drizzleCondition, kyselyExpression, startQuery } from './databases/query-builders.js'
import { callTypeorm } from './databases/typeorm.js'
import {
  literal,
  native,
  undefinedValues,
  isRandom,
  isStored,
  listNumbers,
  object,
  promise,
  random,
  union,
  unknown,
  type FunctionValue,
  type ObjectValue,
  type Value,
  type Values
} from './values.js'

type Handler = (machine: LibraryContext, call: LibraryCall, name: string) => Values | undefined

/** The functions of each package. */
const libraries: Readonly<Record<string, Handler>> = {
  'http-errors': httpErrors,
  '@fastify/sensible': sensible,
  'http-errors-enhanced': httpErrors,
  'fastify-http-errors-enhanced': httpErrors,
  '@fastify/error': fastifyError,
  '@hapi/boom': boom,
  boom,
  '@fastify/jwt': jwt,
  'fast-jwt': fastJwt,
  '@fastify/auth': auth,
  '@fastify/basic-auth': basicAuth,
  '@fastify/bearer-auth': bearerAuth,
  '@fastify/csrf-protection': throwing({ csrfProtection: ['FST_CSRF_MISSING_SECRET', 'FST_CSRF_INVALID_TOKEN'] }),
  '@fastify/multipart': multipart,
  '@nestjs/common': nestExceptions,
  '@nestjs/core': nestReflector,
  '@nestjs/passport': nestPassport,
  '@nestjs/throttler': nestThrottler,
  'fastify-api-errors': apiErrors,
  awilix: callContainer,
  'drizzle-orm': drizzleCondition,
  kysely: kyselyExpression,
  neverthrow: callNeverthrow,
  bson: objectId,
  mongodb: objectId,
  mongoose: objectId,
  '@fastify/mongodb': objectId,
  typeorm: callTypeorm,
  zod,
  'abstract-level': level,
  undici: upstream,
  axios: upstream,
  got: upstream,
  ky: upstream,
  'node-fetch': upstream,
  'http-assert': (machine, call) => sensible(machine, call, 'assert')
}

/** Calls a function of a package. Returns `undefined` if the function is not modeled. */
export function callLibrary (machine: LibraryContext, call: LibraryCall): Values | undefined {
  const name = call.callee.path.split('.').at(-1) ?? ''
  // The hash of a random value is random.
  if (/^(Hash|Hmac)\.update$/.test(call.callee.path) && call.args[0]?.every(isRandom) === true) return [random()]
  const status = statusOfClass(call.live?.value)
  if (status !== undefined) return [httpError(status, name)]
  if (isMongooseModel(call.live?.value) && call.node !== undefined) {
    const { node } = call
    return [createDocument(call.live.value, call.args, () => machine.project.checker.getTypeAtLocation(node))]
  }
  const handler = Object.hasOwn(libraries, call.callee.from)
    ? libraries[call.callee.from]
    : /^@(aws-sdk|smithy)\//.test(call.callee.from) ? aws : undefined
  const written = nameAt(machine, call.node) ?? name
  const ofPackage = handler === undefined
    ? undefined
    : handler(machine, call, handler === sensible || name === '' ? written : name)
  return ofPackage ?? callOrThrow(machine, call, written) ?? machine.externalErrors.callQuery(machine, call, written) ??
    startQuery(machine, call, written)
}

/** Returns the name of the called function: `notFound` for `app.httpErrors.notFound()`. */
function nameAt ({ project: { ts } }: LibraryContext, node: Node | undefined): string | undefined {
  if (node === undefined || !(ts.isCallExpression(node) || ts.isNewExpression(node))) return undefined
  const at = ts.skipPartiallyEmittedExpressions(node.expression)
  return ts.isPropertyAccessExpression(at) ? at.name.text : ts.isIdentifier(at) ? at.text : undefined
}

/** Returns the status on the prototype of a class. The classes of http-errors have it there. */
function statusOfClass (fn: object | undefined): number | undefined {
  if (typeof fn !== 'function') return undefined
  const prototype = Object.getOwnPropertyDescriptor(fn, 'prototype')?.value as object | undefined
  const status = typeof prototype === 'object' && prototype !== null
    ? Object.getOwnPropertyDescriptor(prototype, 'statusCode')?.value
    : undefined
  return typeof status === 'number' && status >= 400 && status <= 599 ? status : undefined
}

function httpErrors (_: LibraryContext, { args }: LibraryCall, name: string): Values | undefined {
  const status = getNamedStatus(name)
  if (status !== undefined) return [httpError(status, name)]
  if (
    !['default', 'createError', 'HttpErrors', 'HttpError', 'createHttpError', 'getHttpError', 'http-errors', '']
      .includes(name)
  ) return undefined
  const numbers = listNumbers(args.flat())
  const fields = args.flatMap(values =>
    values.flatMap(value => value.kind === 'object' && value.error === undefined ? [...value.fields] : [])
  )
  if (numbers.length > 0) return numbers.map(each => httpError(each, 'HttpError', fields))
  const given = args.flat().filter(value => value.kind === 'object' && value.error !== undefined)
  return given.length > 0 ? given : [httpError(500, 'InternalServerError', fields)]
}

function sensible (machine: LibraryContext, call: LibraryCall, name: string): Values | undefined {
  const { args, node, self } = call
  if (name === 'to') {
    const throws = machine.catch(() => {
      machine.await(args[0] ?? [])
    })
    return [
      promise([
        object({ isArray: true, fields: new Map([['0', machine.getCaughtValues(throws)], ['1', [unknown()]]]) })
      ], [])
    ]
  }
  const isAssertion = name === 'assert' ||
    /^assert\b|^(ok|equal|notEqual|strictEqual|notStrictEqual|deepEqual|notDeepEqual)$/.test(name)
  if (isAssertion) {
    const numbers = args.slice(1).flatMap(listNumbers).filter(status => status >= 400)
    for (const status of numbers.length > 0 ? numbers : [500]) {
      machine.throwValues([httpError(status, 'HttpError')], node as Node)
    }
    return undefinedValues
  }
  const made = httpErrors(machine, call, name)
  if (made === undefined || !self.some(value => value.kind === 'object' && value.role === 'reply')) return made
  machine.throwValues(made, node as Node)
  return self
}

function fastifyError (machine: LibraryContext, { args, live }: LibraryCall, name: string): Values | undefined {
  const closed = live === undefined
    ? undefined
    : machine.inspector.getScopes(live.value).find(scope =>
      Object.hasOwn(scope, 'code') && Object.hasOwn(scope, 'statusCode')
    )
  const made = (code: Values, status: Values): Values => [object({
    fields: new Map<string, Values>([['code', code], ['statusCode', status], ['name', [literal('FastifyError')]], [
      'message',
      [unknown()]
    ]]),
    error: { origin: 'thrown', names: ['FastifyError', 'Error'], isUncertain: false }
  })]
  if (name === 'FastifyError' && closed !== undefined) {
    return made([literal(String(closed.code))], [literal(Number(closed.statusCode))])
  }
  if (!['createError', 'default', ''].includes(name)) return undefined
  const [code = [], , status] = args
  return [native('FastifyError', () => made(code, status ?? [literal(500)]))]
}

function boom (_: LibraryContext, { args }: LibraryCall, name: string): Values | undefined {
  const given = args.flatMap(values =>
    values.flatMap(value => value.kind === 'object' ? listNumbers(value.fields.get('statusCode') ?? []) : [])
  )
  const status = given[0] ?? getNamedStatus(name) ??
    (['Boom', 'boomify', 'default', ''].includes(name) ? 500 : undefined)
  if (status === undefined) return undefined
  return [object({
    fields: new Map<string, Values>([
      ['isBoom', [literal(true)]],
      ['isServer', [literal(status >= 500)]],
      ['output', [object({ fields: new Map([['statusCode', [literal(status)]]]) })]],
      ['message', [unknown()]]
    ]),
    error: { origin: 'thrown', names: ['Boom', 'Error'], isUncertain: false }
  })]
}

function rejecting (
  machine: LibraryContext,
  codes: readonly string[],
  node: Node | undefined,
  possible: readonly string[] = []
): Values {
  return [promise(
    [unknown()],
    machine.catch(() => {
      machine.throwValues(codes.map(codedError), node as Node)
      machine.throwValues(possible.map(codedError), node as Node, true)
    })
  )]
}

function jwt (machine: LibraryContext, call: LibraryCall, name: string): Values | undefined {
  const { args, node, live } = call
  if (name === 'sign' || name === 'replySign') machine.tokens.add(machine.inspector, call)
  if (name === 'requestVerify' || name === 'jwtVerify') {
    const done = args.find(values => values.some(value => value.kind === 'function'))
    const isOfCookie = machine.read(args[0] ?? [], 'onlyCookie', node as Node).some(only =>
      only.kind === 'literal' && only.value === true
    )
    const { decoratorName = 'user' } = live === undefined
      ? {}
      : Object.assign({}, ...machine.inspector.getScopes(live.value)) as { readonly decoratorName?: string }
    const verified = `verified ${decoratorName} ${String(isOfCookie)}`
    // Only a header can be malformed. A token that an earlier hook has verified is valid.
    const codes = machine.properties?.has(verified) === true
      ? []
      : [
          ...isOfCookie ? [] : ['FST_JWT_BAD_REQUEST'],
          'FST_JWT_NO_AUTHORIZATION_IN_HEADER',
          'FST_JWT_AUTHORIZATION_TOKEN_EXPIRED',
          'FST_JWT_AUTHORIZATION_TOKEN_INVALID'
        ]
    const made = rejecting(machine, codes, node)
    machine.setProperty(verified, [literal(true)])
    machine.setProperty(decoratorName, [{ ...unknown(), isStored: true, isPresent: true }])
    if (done === undefined) return made
    const failures = machine.catch(() => {
      machine.await(made)
    }).map(({ value }) => value)
    return machine.call(done, [], [union(failures, undefinedValues), [unknown()]], node)
  }
  if (name === 'verify') {
    // @fastify/jwt rejects an empty token before it verifies it.
    const missing = isFreeText(args[0] ?? []) ? [externalError('unauthorized')] : []
    machine.throwValues([codedError('FAST_JWT_EXPIRED'), codedError('FAST_JWT_MALFORMED'), ...missing], node as Node)
    return [unknown()]
  }
  return undefined
}

function fastJwt (machine: LibraryContext, { node }: LibraryCall, name: string): Values | undefined {
  if (name === 'createVerifier') {
    return [native('verify', (_, __, at) =>
      fastJwt(machine, {
        callee: { kind: 'external', from: '', path: '', node: undefined },
        self: [],
        args: [],
        node: at,
        live: undefined
      }, 'verify') as Values)]
  }
  if (name !== 'verify' && name !== 'verifier') return undefined
  machine.throwValues([codedError('FAST_JWT_EXPIRED'), codedError('FAST_JWT_MALFORMED')], node as Node)
  return [unknown()]
}

/**
 * Models `app.auth([a, b])`. With alternatives, the response is the error of the last function. If all must pass, it is
 * the error of any function.
 */
function auth (machine: LibraryContext, { self, args, node }: LibraryCall, name: string): Values | undefined {
  if (name !== '_auth') return undefined
  const functions = machine.read(self, 'functions', node as Node)
  const [options] = machine.read(self, 'options', node as Node)
  const settings = options?.kind === 'live' ? options.value as { readonly relation?: string } : {}
  const list = functions.flatMap(value =>
    value.kind === 'live' && Array.isArray(value.value) ? value.value as unknown[] : []
  )
  const isAll = settings.relation === 'and'
  const asked = (isAll ? list : list.slice(-1)).flatMap(each =>
    Array.isArray(each) ? (isAll ? each.slice(-1) : each) as unknown[] : [each]
  )
  const ends: Progress[] = []
  const throws = machine.catch(() => {
    for (const fn of asked) machine.await(callHook(machine, [machine.liveValue(fn)], [], args, node))
    ends.push(saveProgress(machine))
  })
  if (isAll || list.length === 1) machine.mergeProgress(ends)
  // @fastify/auth sets 401 before it passes on the error.
  const thrown = throws.map(error => error.statuses.length > 0 ? error : { ...error, statuses: [401] })
  machine.rethrow(thrown)
  return [unknown()]
}

/** Calls a hook that can finish or fail by calling a callback. */
export function callHook (
  machine: LibraryContext,
  hook: Values,
  self: Values,
  args: readonly Values[],
  node: Node | undefined
): Values {
  const ends: Progress[] = []
  const done = native('done', ([error = undefinedValues], _, at) => {
    machine.sendErrors(
      error.filter(value => value.kind !== 'literal' && !(value.kind === 'unknown' && value.contents.length === 0)),
      at
    )
    const mayPass = error.some(value =>
      value.kind === 'unknown' || (value.kind === 'literal' && !value.isInSource) || isNullish(value)
    )
    if (mayPass) ends.push(saveProgress(machine))
    else endPath(machine)
    return undefinedValues
  })
  const values = machine.call(hook, self, [...args.slice(0, 2), [done], [done]], node)
  machine.mergeProgress(ends)
  return values
}

function basicAuth (machine: LibraryContext, call: LibraryCall, name: string): Values | undefined {
  if (name !== 'basicAuth') return undefined
  machine.throwValues([codedError('FST_BASIC_AUTH_MISSING_OR_BAD_AUTHORIZATION_HEADER')], call.node as Node)
  const { validate } = call.live === undefined
    ? {}
    : Object.assign({}, ...[...machine.inspector.getScopes(call.live.value)].reverse()) as {
      readonly validate?: unknown
    }
  if (typeof validate === 'function') {
    const done = native('done', ([error = undefinedValues], _, at) => {
      machine.throwValues(error.filter(value => value.kind === 'object'), at)
      return undefinedValues
    })
    const throws = machine.catch(() => {
      machine.await(
        machine.call(
          [machine.live(validate)],
          [],
          [[unknown()], [unknown()], ...call.args.slice(0, 2), [done]],
          call.node
        )
      )
    })
    machine.rethrow(throws.map(error => ({ ...error, statuses: error.statuses.length > 0 ? error.statuses : [401] })))
  }
  return [unknown()]
}

function bearerAuth (machine: LibraryContext, { node }: LibraryCall, name: string): Values | undefined {
  if (name !== 'verifyBearerAuth') return undefined
  machine.throwValues(
    ['FST_BEARER_AUTH_MISSING_AUTHORIZATION_HEADER', 'FST_BEARER_AUTH_INVALID_AUTHORIZATION_HEADER'].map(codedError),
    node as Node
  )
  return [unknown()]
}

/** `new ObjectId(id)` of MongoDB throws an error for any string that is not an identifier. */
function objectId (
  machine: LibraryContext,
  { args: [first = []], node }: LibraryCall,
  name: string
): Values | undefined {
  if (node === undefined || !/^ObjectI[dD]$/.test(name)) return undefined
  if (isFreeText(first)) machine.throwValues(listFormatErrors([first], { name: 'BSONError' }), node)
  return [unknown(() => machine.project.checker.getTypeAtLocation(node), [], false, isInput(first))]
}

/** `schema.parse(value)` of zod throws an error that only a translator of the application or a `catch` handles. */
function zod (machine: LibraryContext, { self, args, node }: LibraryCall, name: string): Values | undefined {
  const [first = []] = args
  if (name === 'string' && args.length === 0) return [{ ...unknown(), accepts: 'string' }]
  if (name === 'object') {
    const [shape] = first
    if (
      shape?.kind !== 'object' || shape.elements.length > 0 ||
      [...shape.fields.values()].flat().some(value => value.kind !== 'unknown' || value.accepts !== 'string')
    ) return undefined
    const names = listPathParameters(machine.readRoute().path)
    return [...shape.fields.keys()].every(name => names.includes(name))
      ? [{ ...unknown(), accepts: 'path' }]
      : undefined
  }
  if (name !== 'parse' && name !== 'parseAsync') return undefined
  const made = (at: Node): Value => ({
    ...unknown(() => machine.project.checker.getAwaitedType(machine.project.checker.getTypeAtLocation(at))),
    isInput: isInput(first)
  })
  const failed = (at: Node): void => {
    if (isPathOfStrings(machine, self, first)) return
    machine.throwValues([object({ error: { origin: 'thrown', names: ['ZodError', 'Error'], isUncertain: false } })], at)
  }
  if (name === 'parseAsync') {
    return [promise(
      [made(node as Node)],
      machine.catch(() => {
        failed(node as Node)
      })
    )]
  }
  failed(node as Node)
  return [made(node as Node)]
}

/** Returns whether a schema accepts all parameters of a path, which are always strings. */
function isPathOfStrings (machine: LibraryContext, schemas: Values, values: Values): boolean {
  if (!values.every(value => value.kind === 'unknown' && value.part === 'params')) return false
  const names = new Set(listPathParameters(machine.readRoute().path))
  return schemas.length > 0 && schemas.every(schema =>
    schema.kind === 'live'
      ? isZodSchema(schema.value) && !canStringsFail(schema.value, names)
      : schema.kind === 'unknown' && schema.accepts === 'path'
  )
}

/** Narrows the error in a `catch` by `isApiError(error, errors.queue_closed)`. */
function apiErrors (_: LibraryContext, { args }: LibraryCall, name: string): Values {
  if (name !== 'isApiError') return [unknown()]
  const [errors = [], factories = []] = args
  const codes = factories.map(factory =>
    factory.kind === 'live' ? Object.getOwnPropertyDescriptor(factory.value, 'code')?.value as unknown : undefined
  )
  return union(errors.map(error => {
    if (error.kind !== 'object' || error.error === undefined) return unknown()
    if (error.error.origin !== 'catalog') return literal(false)
    const [code] = error.fields.get('code') as Values
    return code?.kind !== 'literal' || codes.includes(undefined)
      ? unknown()
      : literal(codes.length === 0 || codes.includes(code.value))
  }))
}

function throwing (codes: Readonly<Record<string, readonly string[]>>): Handler {
  return (machine, { node }, name) => {
    if (!Object.hasOwn(codes, name)) return undefined
    machine.throwValues((codes[name] as readonly string[]).map(codedError), node as Node)
    return [unknown()]
  }
}

function multipart (machine: LibraryContext, { node }: LibraryCall, name: string): Values | undefined {
  if (!['file', 'files', 'parts', 'saveRequestFiles', 'formData'].includes(name) && !/[mM]ultipart|File/.test(name)) {
    return undefined
  }
  return rejecting(machine, [], node, ['FST_INVALID_MULTIPART_CONTENT_TYPE', 'FST_REQ_FILE_TOO_LARGE'])
}

/**
 * `db.get(key)` of Level rejects if no value has the key. abstract-level 2 returns `undefined` instead. A key that the
 * code lists before is not missing.
 */
function level (
  machine: LibraryContext,
  { args: [key = [], ...others], live, node }: LibraryCall,
  name: string
): Values | undefined {
  if (
    name !== 'get' || others.length > 0 || typeof live?.value !== 'function' ||
    !getSource(live.value).includes('NotFound') || !(isInput(key) || isStored(key))
  ) return undefined
  return [promise([unknown()], machine.catch(() => {
    machine.throwValues([httpError(404, 'LevelNotFoundError')], node as Node)
  }))]
}

/** Methods of HTTP clients that send a request. */
const sending: ReadonlySet<string> = new Set([
  'default', 'request', 'fetch', 'get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'stream', 'pipeline',
  'axios', 'wrap', 'ky', 'got', ''
])

function upstream (machine: LibraryContext, { node }: LibraryCall, name: string): Values | undefined {
  return sending.has(name) && node !== undefined ? machine.externalErrors.callUpstream(machine, node) : undefined
}

/** The clients of AWS send commands: `client.send(command)`, `new Upload({ ... }).done()`. */
function aws (machine: LibraryContext, { node }: LibraryCall, name: string): Values | undefined {
  return (name === 'send' || name === 'done') && node !== undefined ? machine.externalErrors.callUpstream(machine, node) : undefined
}

/** Methods of ORMs that reject if there is no record. */
const failing: ReadonlySet<string> = new Set([
  'findUniqueOrThrow', 'findFirstOrThrow', 'findOneOrFail', 'findOneByOrFail', 'executeTakeFirstOrThrow', 'orFail',
  'firstOrFail', 'findOrFail', 'findByOrFail', 'throwIfNotFound'
])

/** Queries of Kysely that always return a row, also on a value of type `any`. */
const alwaysReturnsRow = /^(?![^]*\.(doNothing|groupBy)\()[^]*(\.insertInto\(|\.fn\s*\.(count|sum|avg|min|max)|\bcountAll\b)/

export function callOrThrow (machine: LibraryContext, call: LibraryCall, name: string): Values | undefined {
  const { args, node, self } = call
  if (!failing.has(name) || node === undefined) return undefined
  const isInsert = self.some(value => value.kind === 'promise' && value.query?.verb === 'insert')
  if (isInsert || alwaysReturnsRow.test(node.getText())) return undefined
  const lookup = machine.externalErrors.callQuery(machine, call, name.replace(/Or(Throw|Fail)$/, '')) ?? []
  const earlier = [...self, ...lookup].flatMap(value => value.kind === 'promise' ? value.throws : [])
  const custom = args.flatMap(values =>
    values.flatMap(value =>
      value.kind === 'function'
        ? machine.call([value], [], [[unknown()]], node)
        : value.kind === 'class'
          ? machine.construct([value], [], node)
          : []
    )
  )
    .filter(value => value.kind === 'object' && value.error !== undefined)
  const missing = custom.length > 0
    ? custom
    : [externalError('resource_not_found', name.startsWith('find') && !name.includes('Fail') ? { code: 'P2025' } : {})]
  return [
    promise([unknown(() => machine.project.checker.getAwaitedType(machine.project.checker.getTypeAtLocation(node)))], [
      ...earlier,
      ...machine.catch(() => {
        machine.throwValues(missing, node)
      })
    ])
  ]
}

/** Reads a member of the request, the reply or a package object that depends on more than its value. */
export function readLibraryMember (owner: Value, name: string, machine?: LibraryContext): Values | undefined {
  if (owner.kind === 'object' && owner.role === 'reply' && machine !== undefined) {
    return replyMember(machine, owner, name)
  }
  if (owner.kind === 'object' && owner.role === 'request') {
    // @fastify/awilix creates a container for each request, below the container of the application.
    if (name === 'diScope' && machine !== undefined) {
      return machine.read(
        owner.fields.get('server') ?? [],
        'diContainer',
        machine.project.program.getSourceFiles()[0] as Node
      )
    }
    if (name === 'method' && machine !== undefined) return [literal(machine.readRoute().method)]
    if ((name === 'url' || name === 'originalUrl' || name === 'routerPath') && machine !== undefined) {
      return [pathText(machine.readRoute().path)]
    }
    if (name === 'routeConfig' && machine !== undefined) return [toPlainValue(machine, machine.readRoute().config)]
    if (name === 'routeOptions' && machine !== undefined) {
      return [
        object({
          fields: new Map<string, Values>([
            ['url', [literal(machine.readRoute().path)]],
            ['method', [literal(machine.readRoute().method)]],
            ['config', [toPlainValue(machine, machine.readRoute().config)]],
            ['schema', [unknown()]]
          ])
        })
      ]
    }
    if (checkedParts.has(name)) {
      if (name === 'body') machine?.recordRead('request.body')
      return [{
        ...unknown(undefined, [], false, true),
        part: name,
        ...(machine?.readRoute().unchecked.has(name) === true && { isUnchecked: true })
      }]
    }
    return ['headers', 'raw'].includes(name) ? [unknown(undefined, [], false, true)] : undefined
  }
  return undefined
}

/** The parts of a request that a schema can check, and its cookies. */
const checkedParts: ReadonlySet<string> = new Set(['body', 'params', 'query', 'cookies'])

/** The maximum depth of a configuration, because it can contain itself. */
const maxConfigDepth = 5

/** Returns the configuration of a route. It does not change after the start, so its values decide branches. */
function toPlainValue (machine: LibraryContext, value: unknown, depth = 0): Value {
  if (typeof value === 'function') return machine.live(value)
  if (typeof value !== 'object' || value === null) {
    return typeof value === 'symbol'
      ? unknown()
      : literal(value as string)
  }
  if (depth === maxConfigDepth || ![Object.prototype, Array.prototype].includes(Object.getPrototypeOf(value))) {
    return machine.live(value)
  }
  const fields = Object.entries(value).map(([name, each]): [string, Values] => [
    name,
    [toPlainValue(machine, each, depth + 1)]
  ])
  return object({
    isArray: Array.isArray(value),
    fields: new Map(fields),
    elements: Array.isArray(value) ? fields.flatMap(([, values]) => values) : []
  })
}

/** Returns the path of a request. Each parameter can have any value. */
function pathText (path: string): Value {
  const text = path.replace(/[:*][^]*$/, '?')
  return text === path ? literal(path) : { kind: 'text', text }
}

const chained: ReadonlySet<string> = new Set([
  'header', 'headers', 'type', 'removeHeader', 'setCookie', 'clearCookie', 'cookie', 'serializer', 'trailer', 'hijack',
  'vary', 'cacheControl', 'preventCache', 'maxAge', 'etag', 'expires', 'unsignCookie'
])

function replyMember (machine: LibraryContext, reply: ObjectValue, name: string): Values | undefined {
  switch (name) {
    case 'code':
    case 'status':
    case 'writeHead':
      return [native(name, ([numbers = []], _, node) => {
        const known = listNumbers(numbers)
        if (known.length === 0) machine.reportNotFollowed(node, 'The status is unknown.')
        machine.setStatus(known, node)
        return [reply]
      })]
    case 'send':
    case 'end':
    case 'view':
    case 'sendFile':
      return [native(name, ([payload = undefinedValues], _, node) => {
        const errors = payload.filter(value => value.kind === 'object' && value.error !== undefined)
        const caught = payload.filter(value => value.kind === 'unknown' && value.isCaught)
        if (errors.length > 0) machine.sendErrors(errors, node)
        else if (caught.length > 0) machine.sendErrors([plainError(['Error'])], node)
        const promised = payload.filter(value => value.kind === 'promise')
        machine.await(promised)
        if (errors.length + caught.length < payload.length || payload.length === 0) {
          machine.sendStatuses(machine.statuses, payload)
        }
        machine.statuses = []
        endPath(machine)
        return [reply]
      })]
    case 'callNotFound':
      return [native(name, (_, __, node) => {
        machine.throwValues([catalogError('route_not_found', 404)], node)
        endPath(machine)
        return [reply]
      })]
    case 'raw':
      return [reply]
    case 'then':
      return [native(name, () => undefinedValues)]
    case 'redirect':
      return [native(name, () => [reply])]
    default:
      return chained.has(name) ? [native(name, () => [reply])] : undefined
  }
}

export type { FunctionValue }
