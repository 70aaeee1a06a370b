/**
 * Models the results of neverthrow: functions return an error as a value, and their callers turn it into a response.
 */
import type { Node } from 'typescript'
import { isAsync as isAsyncFunction } from './interpreter/syntax.js'
import type { LibraryCall, LibraryContext } from './library-context.js'
import {
  literal,
  native,
  object,
  promise,
  union,
  unknown,
  type ObjectValue,
  type ThrownError,
  type Value,
  type Values
} from './values.js'

interface Context {
  readonly machine: LibraryContext
  readonly node: Node
}

/** Calls a function of neverthrow. Returns `undefined` if the function is not modeled. */
export function callNeverthrow (
  machine: LibraryContext,
  { args, node }: LibraryCall,
  name: string
): Values | undefined {
  const context: Context = { machine, node: node as Node }
  const [first = [], second = []] = args
  switch (name) {
    case 'ok':
      return [createResult(context, 'value', first)]
    case 'err':
      return [createResult(context, 'error', first)]
    case 'okAsync':
      return [createAsync(context, [createResult(context, 'value', first)])]
    case 'errAsync':
      return [createAsync(context, [createResult(context, 'error', first)])]
    case 'fromSafePromise': {
      let values: Values = []
      const throws = machine.catch(() => {
        values = machine.await(first)
      })
      return [createAsync(context, [createResult(context, 'value', values)], throws)]
    }
    case 'fromPromise':
      return [createAsync(context, callCatching(context, () => machine.await(first), second))]
    case 'fromThrowable':
      return [native(name, (given, _, at) => {
        // Result and ResultAsync have this method. Only the type of the call distinguishes them.
        const isAsync = machine.project.checker.getTypeAtLocation(at).getProperty('then') !== undefined
        const call = (): Values => machine.call(first, [], given, at)
        const results = callCatching({ machine, node: at }, isAsync ? () => machine.await(call()) : call, second)
        return isAsync ? [createAsync({ machine, node: at }, results)] : results
      })]
    case 'combine':
    case 'combineWithAllErrors':
      return combine(context, machine.listElements(first, context.node))
    case 'safeTry': {
      // The generator yields the failed results, and returns the last one.
      const results = union(machine.listElements(machine.await(machine.call(first, [], [], node)), context.node), [
        createResult(context, 'value', [unknown()])
      ])
      return first.some(value => value.kind === 'function' && isAsyncFunction(machine.project.ts, value.node))
        ? [createAsync(context, results)]
        : results
    }
    default:
      return undefined
  }
}

/** Returns a result that succeeded with a `value` or failed with an `error`. */
function createResult (context: Context, state: 'value' | 'error', values: Values): ObjectValue {
  const isOk = state === 'value'
  const made = object({ fields: new Map([[state, values]]) })
  const method = (name: string, call: (context: Context, args: readonly Values[]) => Values): void => {
    made.fields.set(name, [native(name, (args, _, node) => call({ machine: context.machine, node }, args))])
  }
  const run = ({ machine, node }: Context, fn: Values = []): Values => machine.call(fn, [], [values], node)
  method('isOk', () => [literal(isOk)])
  method('isErr', () => [literal(!isOk)])
  method('match', (at, [onValue, onError]) => run(at, isOk ? onValue : onError))
  method('map', (at, [fn]) => isOk ? [createResult(at, state, run(at, fn))] : [made])
  method('mapErr', (at, [fn]) => isOk ? [made] : [createResult(at, state, run(at, fn))])
  method('andThen', (at, [fn]) => isOk ? run(at, fn) : [made])
  method('orElse', (at, [fn]) => isOk ? [made] : run(at, fn))
  method('andThrough', (at, [fn]) => isOk ? union([made], run(at, fn).filter(isFailed)) : [made])
  method('asyncAndThen', (at, [fn]) => isOk ? run(at, fn) : [createAsync(at, [made])])
  method(
    'asyncMap',
    (at, [fn]) => [createAsync(at, isOk ? [createResult(at, state, at.machine.await(run(at, fn)))] : [made])]
  )
  for (const name of ['andTee', 'orTee']) {
    method(name, (at, [fn]) => {
      // Errors of the function are ignored.
      if (isOk === (name === 'andTee')) {
        at.machine.catch(() => {
          run(at, fn)
        })
      }
      return [made]
    })
  }
  method('unwrapOr', (_, [other = []]) => isOk ? values : other)
  // On the other state, they throw.
  method('_unsafeUnwrap', () => isOk ? values : [])
  method('_unsafeUnwrapErr', () => isOk ? [] : values)
  method('safeUnwrap', () => [made])
  // A generator that yields a failed result ends.
  made.fields.set('__@iterator', isOk ? [] : [made])
  return made
}

function isFailed (value: Value): boolean {
  return value.kind === 'object' && value.fields.has('error')
}

/** The methods of an asynchronous result whose result is again an asynchronous result. */
const chaining: ReadonlySet<string> = new Set(['map', 'mapErr', 'andThen', 'orElse', 'andThrough', 'andTee', 'orTee'])

/** Returns an asynchronous result: a promise with the methods of a result. */
function createAsync ({ machine }: Context, results: Values, throws: readonly ThrownError[] = []): Value {
  const members = (name: string): Values | undefined => {
    if (!chaining.has(name) && !['match', 'unwrapOr', 'safeUnwrap'].includes(name)) return undefined
    return [native(name, (args, _, node) => {
      let values: Values = []
      const failures = machine.catch(() => {
        machine.rethrow(throws)
        values = machine.await(
          machine.call(
            machine.read(results, name, node),
            results,
            args.map((arg, index) => settling(machine, name, index, arg)),
            node
          )
        )
      })
      return [chaining.has(name) ? createAsync({ machine, node }, values, failures) : promise(values, failures)]
    })]
  }
  return { ...promise(results, throws), members }
}

/** Waits for the promise of a callback, except that of a callback whose result is a result. */
function settling (machine: LibraryContext, name: string, index: number, callback: Values): Values {
  if (index > 0 && name !== 'match') return callback
  return [native(name, (args, self, node) => machine.await(machine.call(callback, self, args, node)))]
}

/** Runs code. The errors that it throws become the error of a result. */
function callCatching (context: Context, run: () => Values, toError: Values): Values {
  const { machine, node } = context
  let values: Values = []
  const errors = machine.getCaughtValues(machine.catch(() => {
    values = run()
  }))
  return [
    createResult(context, 'value', values),
    createResult(context, 'error', toError.length === 0 ? errors : machine.call(toError, [], [errors], node))
  ]
}

/** Returns the result of several results: the list of their values, or their errors. */
function combine (context: Context, list: Values): Values {
  const { machine } = context
  const hasPromise = list.some(value => value.kind === 'promise')
  const results = machine.await(list)
  const read = (name: string): Values =>
    union(...results.map(each => each.kind === 'object' ? each.fields.get(name) ?? [] : [unknown()]))
  const errors = read('error')
  const combined: Values = [
    createResult(context, 'value', [object({ isArray: true, elements: read('value') })]),
    ...errors.length === 0 ? [] : [createResult(context, 'error', errors)]
  ]
  return hasPromise ? [createAsync(context, combined)] : combined
}
