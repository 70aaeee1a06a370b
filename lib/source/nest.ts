/**
 * Follows the handlers of NestJS, which are functions of NestJS that call guards, pipes and the method of a controller.
 * It relies on names of variables in NestJS 11, which are not documented. test/integrations/source/nest.test.ts fails
 * if they change.
 */
import type { Node } from 'typescript'
import { getNamedStatus } from '../infer/code/status-names.js'
import { isObject } from '../support/is-object.js'
import { externalError, httpError } from './error-values.js'
import type { Inspector } from './inspector.js'
import type { LibraryCall, LibraryContext } from './library-context.js'
import { literal, native, undefinedValues, listNumbers, listTexts, object, unknown, type Values } from './values.js'

/** The variables of NestJS that hold the method of a controller, and what runs before it. */
interface NestRoute {
  readonly instance: object
  readonly callback: object
  readonly guards: readonly object[]
  readonly params: readonly NestParam[]
}

/**
 * A parameter of the method. `type` is 0 for the request, 1 for the reply, and 3 to 5 for the body, the query and the
 * path.
 */
interface NestParam {
  readonly index: number
  readonly type: unknown
  readonly data?: unknown
  /** The class of the parameter. */
  readonly metatype?: unknown
  readonly pipes: readonly object[]
}

const maxDepth = 5

/** Returns the parts of a route of NestJS; `undefined` if a handler does not belong to NestJS. */
export function findNestRoute (inspector: Inspector, handler: object, depth = 0): NestRoute | undefined {
  const variables = readVariables(inspector, handler, 3)
  const { instance, callback, fnCanActivate, fnApplyPipes, handler: wrapped, targetCallback } = variables
  if ('fnCanActivate' in variables && typeof callback === 'function') {
    const { guards = [] } = readVariables(inspector, fnCanActivate, 2) as { readonly guards?: readonly object[] }
    const { paramsOptions = [], pipes = [] } = readVariables(inspector, fnApplyPipes, 2) as {
      readonly paramsOptions?: readonly NestParam[],
      readonly pipes?: readonly object[]
    }
    return {
      instance: instance as object,
      callback,
      guards,
      params: paramsOptions.map(param => ({ ...param, pipes: [...pipes, ...param.pipes] }))
    }
  }
  const inner = targetCallback ?? wrapped
  return typeof inner === 'function' && depth < maxDepth ? findNestRoute(inspector, inner, depth + 1) : undefined
}

/** Returns the variables in the innermost scopes of a function. */
function readVariables (inspector: Inspector, fn: unknown, scopes: number): Readonly<Record<string, unknown>> {
  return typeof fn === 'function'
    ? Object.assign({}, ...inspector.getScopes(fn).slice(0, scopes).reverse()) as Readonly<Record<string, unknown>>
    : {}
}

/** Runs the guards and the pipes of a route, and the method of its controller. */
export function runNestRoute (
  machine: LibraryContext,
  { instance, callback, guards, params }: NestRoute,
  request: Values,
  reply: Values,
  node: Node
): Values {
  const http = object({
    fields: new Map([['getRequest', [native('getRequest', () => request)]], ['getResponse', [native('getResponse', () =>
      reply)]]])
  })
  const context = object({
    fields: new Map<string, Values>([
      ['switchToHttp', [native('switchToHttp', () => [http])]],
      ['getType', [native('getType', () => [literal('http')])]],
      ['getHandler', [native('getHandler', () => [machine.live(callback)])]],
      ['getClass', [
        native('getClass', () => [machine.live((instance as { readonly constructor: object }).constructor)])
      ]]
    ])
  })
  for (const guard of guards) {
    const passed = callMethod(machine, guard, 'canActivate', [[context]], node)
    // A guard of a package that is not modeled can have any result.
    const isFollowed = machine.read([machine.live(guard)], 'canActivate', node).some(value =>
      value.kind === 'function' || (value.kind === 'live' && machine.findSource(value) !== undefined)
    )
    if (
      isFollowed && passed.some(value => value.kind === 'unknown' || (value.kind === 'literal' && value.value !== true))
    ) machine.throwValues([httpError(403, 'ForbiddenException')], node)
  }
  const args: Values[] = Array.from({
    length: Math.max((callback as () => unknown).length, ...params.map(({ index }) => index + 1))
  }, () => undefinedValues)
  for (const param of params) {
    const { index, type, data, pipes } = param
    const part = parts[Number(type)]
    // Most decorators of applications return the user of the request.
    const whole = type === 0
      ? request
      : type === 1
        ? reply
        : part === undefined
          ? [{ ...unknown(), isStored: true }]
          : machine.read(request, part, node)
    let value = typeof data === 'string' ? machine.read(whole, data, node) : whole
    if (typeof type === 'string' || typesWithPipes.has(type)) {
      for (const pipe of pipes) value = runPipe(machine, pipe, param, value, node)
    }
    args[index] = value
  }
  return machine.call([machine.live(callback)], [machine.live(instance)], args, node)
}

/** The parts of the request, by the type of a parameter. */
const parts: Readonly<Record<number, string>> = { 3: 'body', 4: 'query', 5: 'params', 6: 'headers' }

/**
 * The types of parameters for which NestJS runs pipes: the body, the query, the path, files and the raw body. It also
 * runs them for decorators of the application, whose type is a string.
 */
const typesWithPipes: ReadonlySet<unknown> = new Set([3, 4, 5, 8, 9, 12])

/** The pipes of NestJS that reject a value with 400. */
const parsing = /^Parse(Int|Float|Bool|UUID|Enum|Array|Date)Pipe$/

function runPipe (machine: LibraryContext, pipe: object, param: NestParam, value: Values, node: Node): Values {
  if (parsing.test(pipe.constructor.name)) {
    machine.throwValues([httpError(400, 'BadRequestException')], node)
    return [unknown()]
  }
  if ('validatorOptions' in pipe && 'exceptionFactory' in pipe) {
    if (hasConstraints(param)) throwInvalid(machine, pipe as unknown as ValidationPipe, param, node)
    return value
  }
  return callMethod(machine, pipe, 'transform', [value, [unknown()]], node)
}

/** The properties of the `ValidationPipe` of NestJS. */
interface ValidationPipe {
  readonly exceptionFactory: () => unknown
  readonly errorHttpStatusCode: number
}

/**
 * The part of the storage of class-validator that lists the constraints of a class. class-validator puts its storage on
 * `globalThis`.
 */
interface Constraints {
  readonly getTargetValidationMetadatas: (
    target: unknown,
    schema: undefined,
    always: boolean,
    strictGroups: boolean
  ) => ReadonlyArray<{ readonly type: string }>
}

/** Returns whether class-validator can reject a parameter. A condition, such as `@IsOptional()`, rejects nothing. */
function hasConstraints ({ type, metatype }: NestParam): boolean {
  const { classValidatorMetadataStorage: storage } = globalThis as {
    readonly classValidatorMetadataStorage?: Constraints
  }
  const found = Number(type) in parts
    ? storage?.getTargetValidationMetadatas(metatype, undefined, false, false)
    : undefined
  return found?.some(each => each.type !== 'conditionalValidation') === true
}

/** Throws the error that a `ValidationPipe` creates. The plugin also reads a list of errors of class-validator. */
function throwInvalid (machine: LibraryContext, pipe: ValidationPipe, { type }: NestParam, node: Node): void {
  const factory = machine.live(pipe.exceptionFactory)
  const made = machine.findSource(factory) === undefined
    ? [httpError(pipe.errorHttpStatusCode, 'HttpException')]
    : machine.await(machine.call([factory], [machine.live(pipe)], [[unknown()]], node))
  const errors = made.filter(value => value.kind === 'object' && value.error !== undefined)
  machine.throwValues(
    errors.length > 0 ? errors : [externalError(type === 3 ? 'validation_error' : 'invalid_parameter')],
    node
  )
}

/** Models the guards of @nestjs/passport. They throw 401 unless a subclass overrides `handleRequest`. */
export function nestPassport (machine: LibraryContext, { self, node }: LibraryCall, name: string): Values | undefined {
  if (name === 'handleRequest') {
    machine.throwValues([httpError(401, 'UnauthorizedException')], node as Node)
    return [unknown()]
  }
  if (name !== 'canActivate') return undefined
  machine.await(
    machine.call(machine.read(self, 'handleRequest', node as Node), self, [[unknown()], [unknown()], [unknown()]], node)
  )
  machine.setProperty('user', [{ ...unknown(), isStored: true, isPresent: true }])
  return [literal(true)]
}

/** Models the guard of @nestjs/throttler. `@SkipThrottle()` turns it off. */
export function nestThrottler (
  machine: LibraryContext,
  { args: [context = []], node }: LibraryCall,
  name: string
): Values | undefined {
  if (name !== 'canActivate') return undefined
  const targets = ['getHandler', 'getClass'].flatMap(method =>
    machine.call(machine.read(context, method, node as Node), [], [], node)
  )
  const isSkipped = targets.some(target =>
    target.kind === 'live' &&
    (Reflect as unknown as MetadataReflect).getMetadata('THROTTLER:SKIPdefault', target.value) === true
  )
  if (!isSkipped) machine.throwValues([httpError(429, 'ThrottlerException')], node as Node)
  return [literal(true)]
}

/** The function that reflect-metadata adds to `Reflect`. */
interface MetadataReflect {
  readonly getMetadata: (key: unknown, target: object) => unknown
}

/**
 * Models `Reflector`, which reads the metadata of decorators, such as `@Public()`. They do not change after the start.
 */
export function nestReflector (
  machine: LibraryContext,
  { self: [reflector], args: [keys = [], targets = []], node }: LibraryCall,
  name: string
): Values | undefined {
  if (!/^get(All\w*)?$/.test(name) || reflector?.kind !== 'live') return undefined
  const [only] = targets
  const list = (only?.kind === 'live' ? [only] : machine.listElements(targets, node as Node)).flatMap(value =>
    value.kind === 'live' ? [value.value] : []
  )
  const read = (reflector.value as Readonly<Record<string, (key: unknown, target: unknown) => unknown>>)[name] as (
    key: unknown,
    target: unknown
  ) => unknown
  return readMetadata(
    machine,
    keys,
    list.length === 0 ? undefined : key => read.call(reflector.value, key, name === 'get' ? list[0] : list)
  )
}

/** Models `Reflect.getMetadata(key, context.getHandler())`. */
export function reflectMetadata (
  machine: LibraryContext,
  [keys = [], targets = []]: readonly Values[]
): Values | undefined {
  const [target] = targets
  return target?.kind === 'live'
    ? readMetadata(machine, keys, key => (Reflect as unknown as MetadataReflect).getMetadata(key, target.value))
    : undefined
}

function readMetadata (
  machine: LibraryContext,
  keys: Values,
  read: ((key: unknown) => unknown) | undefined
): Values | undefined {
  const [key] = [...listTexts(keys), ...keys.flatMap(value => value.kind === 'live' ? [value.value] : [])]
  if (key === undefined || read === undefined) return undefined
  const found = read(key)
  return [isObject(found) ? machine.live(found) : literal(found as string | undefined)]
}

/** Calls a method of an object of the running application, and waits for its result. */
function callMethod (
  machine: LibraryContext,
  owner: object,
  name: string,
  args: readonly Values[],
  node: Node
): Values {
  const self: Values = [machine.live(owner)]
  return machine.await(machine.call(machine.read(self, name, node), self, args, node))
}

/** Models the exceptions of NestJS: `new NotFoundException()` and `new HttpException(body, HttpStatus.CONFLICT)`. */
export function nestExceptions (
  _: LibraryContext,
  { args: [, given = []] }: LibraryCall,
  name: string
): Values | undefined {
  if (!name.endsWith('Exception')) return undefined
  const [named] = given.flatMap(value =>
    value.kind === 'external' ? getNamedStatus(value.path.split('.').at(-1) as string) ?? [] : []
  )
  const status = name === 'HttpException' ? listNumbers(given)[0] ?? named : getNamedStatus(name)
  return status === undefined ? undefined : [httpError(status, name)]
}
