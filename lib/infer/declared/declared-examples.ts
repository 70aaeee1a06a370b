/** The examples of errors that a hook declares, because they depend on its options. */
import type { ErrorExample, HeaderValues } from '../../catalog/definition.js'
import type { StandardCode } from '../../catalog/standard-errors.js'
import type { DeclaringTarget } from './declare-errors.js'

/** The example of an error, and the headers of the response. */
export interface Occurrence extends ErrorExample {
  /** The headers that this error has in addition to the headers of its code. Names are in lower case. */
  readonly headers?: HeaderValues
}

/** Examples by code. */
export type DeclaredExamples = Readonly<Partial<Record<StandardCode, Occurrence>>>

const declarations = new WeakMap<object, DeclaredExamples>()

/** Declares the examples of a hook. */
export function declareExamples (hook: object, examples: DeclaredExamples): void {
  declarations.set(hook, examples)
}

/** Returns the first example of a code that the hooks of a route declare. */
export function findDeclaredExample (targets: readonly DeclaringTarget[], code: string): Occurrence | undefined {
  for (const { target } of targets) {
    const example = declarations.get(target)?.[code as StandardCode]
    if (example !== undefined) return example
  }
  return undefined
}
