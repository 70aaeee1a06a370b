import { describe } from '../catalog/define-errors.js'

/** Refuses an option with one sentence: what it got, and what it takes. */
export function fault (caller: string, option: string, got: unknown, takes: string): never {
  throw new TypeError(`${caller}: the option '${option}' is ${describe(got)}; it takes ${takes}.`)
}
