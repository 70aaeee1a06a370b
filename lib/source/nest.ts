/**
 * Follows the handlers of NestJS, which are functions of NestJS that call guards, pipes and the method of a controller. It relies on names
 * of variables in NestJS 11, which are not documented. test/integrations/source/nest.test.ts fails if they change.
 */
import type { Node } from 'typescript'
import { httpError } from './error-values.js'
import type { Inspector } from './inspect.js'
import type { LibraryCall, LibraryContext } from './library-context.js'
import { getStatusByName } from './status-names.js'
import { literal, native, undefinedValues, listNumbers, object, unknown, type Values } from './values.js'

/** The variables of NestJS that hold the method of a controller, and what runs before it. */
interface NestRoute {
  readonly instance: object
  readonly callback: object
  readonly guards: readonly object[]
  readonly params: readonly NestParam[]
}

/** A parameter of the method. `type` is 0 for the request, 1 for the reply, and 3 to 5 for the body, the query and the path. */
interface NestParam {
  readonly index: number
  readonly type: unknown
  readonly data?: unknown
  readonly pipes: readonly object[]
}

const maxDepth = 5

/** Returns the parts of a route of NestJS; `undefined` if a handler does not belong to NestJS. */
export function findNestRoute (inspector: Inspector, handler: object, depth = 0): NestRoute | undefined {
  const variables = readVariables(inspector, handler, 3)
  const { instance, callback, fnCanActivate, fnApplyPipes, handler: wrapped, targetCallback } = variables
  if ('fnCanActivate' in variables && typeof callback === 'function') {
    const { guards = [] } = readVariables(inspector, fnCanActivate, 2) as { readonly guards?: readonly object[] }
    const { paramsOptions = [] } = readVariables(inspector, fnApplyPipes, 2) as { readonly paramsOptions?: readonly NestParam[] }
    return { instance: instance as object, callback, guards, params: paramsOptions }
  }
  const inner = targetCallback ?? wrapped
  return typeof inner === 'function' && depth < maxDepth ? findNestRoute(inspector, inner, depth + 1) : undefined
}

/** Returns the variables in the innermost scopes of a function. */
function readVariables (inspector: Inspector, fn: unknown, scopes: number): Readonly<Record<string, unknown>> {
  return typeof fn === 'function' ? Object.assign({}, ...inspector.getScopes(fn).slice(0, scopes).reverse()) as Readonly<Record<string, unknown>> : {}
}

/** Runs the guards and the pipes of a route, and the method of its controller. */
export function runNestRoute (machine: LibraryContext, { instance, callback, guards, params }: NestRoute, request: Values, reply: Values, node: Node): Values {
  const http = object({ fields: new Map([['getRequest', [native('getRequest', () => request)]], ['getResponse', [native('getResponse', () => reply)]]]) })
  const context = object({
    fields: new Map<string, Values>([
      ['switchToHttp', [native('switchToHttp', () => [http])]],
      ['getType', [native('getType', () => [literal('http')])]],
      ['getHandler', [native('getHandler', () => [machine.live(callback)])]],
      ['getClass', [native('getClass', () => [machine.live((instance as { readonly constructor: object }).constructor)])]]
    ])
  })
  for (const guard of guards) {
    const passed = callMethod(machine, guard, 'canActivate', [[context]], node)
    if (passed.some(value => value.kind === 'unknown' || (value.kind === 'literal' && value.value !== true))) machine.throwValues([httpError(403, 'ForbiddenException')], node)
  }
  const args: Values[] = Array.from({ length: Math.max((callback as () => unknown).length, ...params.map(({ index }) => index + 1)) }, () => undefinedValues)
  for (const { index, type, data, pipes } of params) {
    const part = parts[Number(type)]
    const whole = type === 0 ? request : type === 1 ? reply : part === undefined ? [unknown()] : machine.read(request, part, node)
    let value = typeof data === 'string' ? machine.read(whole, data, node) : whole
    for (const pipe of pipes) value = runPipe(machine, pipe, value, node)
    args[index] = value
  }
  return machine.call([machine.live(callback)], [machine.live(instance)], args, node)
}

/** The parts of the request, by the type of a parameter. */
const parts: Readonly<Record<number, string>> = { 3: 'body', 4: 'query', 5: 'params', 6: 'headers' }

/** The pipes of NestJS that reject a value with 400. */
const parsing = /^Parse(Int|Float|Bool|UUID|Enum|Array|Date)Pipe$/

function runPipe (machine: LibraryContext, pipe: object, value: Values, node: Node): Values {
  if (parsing.test(pipe.constructor.name)) {
    machine.throwValues([httpError(400, 'BadRequestException')], node)
    return [unknown()]
  }
  return callMethod(machine, pipe, 'transform', [value, [unknown()]], node)
}

/** Calls a method of an object of the running application, and waits for its result. */
function callMethod (machine: LibraryContext, owner: object, name: string, args: readonly Values[], node: Node): Values {
  const self: Values = [machine.live(owner)]
  return machine.await(machine.call(machine.read(self, name, node), self, args, node))
}

/** Models the exceptions of NestJS: `new NotFoundException()` and `new HttpException(body, HttpStatus.CONFLICT)`. */
export function nestExceptions (_: LibraryContext, { args: [, given = []] }: LibraryCall, name: string): Values | undefined {
  if (!name.endsWith('Exception')) return undefined
  const [named] = given.flatMap(value => value.kind === 'external' ? getStatusByName((value.path.split('.').at(-1) as string).replaceAll('_', '')) ?? [] : [])
  const status = name === 'HttpException' ? listNumbers(given)[0] ?? named : getStatusByName(name.slice(0, -'Exception'.length))
  return status === undefined ? undefined : [httpError(status, name)]
}
