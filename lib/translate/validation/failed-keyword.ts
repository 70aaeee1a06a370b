/** The types of a validator's report, in terms of JSON Schema. */
import type { IssueLocation } from '../../catalog/issues.js'
import { isObject } from '../../support/is-object.js'

/** The maximum number of entries in a report that are read. A body of one megabyte can cause a million entries. */
export const maxReported = 1000

/** One validation error, as a failed JSON Schema keyword. */
export interface FailedKeyword {
  /** The JSON Schema keyword that failed. */
  readonly keyword: string
  /** The path to the invalid field. The field may be absent or unknown. */
  readonly path: readonly string[]
  /** The parameters of the keyword, with Ajv's names. */
  readonly params: Readonly<Record<string, unknown>>
  /** A message that replaces the keyword's message: the application's message, or a message without the limit. */
  readonly message?: string
  /**
   * Whether the message is of a library, and has the same information as the keyword and its parameters. @default false
   */
  readonly isOfLibrary?: boolean
  /** The failures in each branch of an `anyOf` or `oneOf`. Absent or empty if the branches are unknown. */
  readonly branches?: ReadonlyArray<readonly FailedKeyword[]>
}

/** A validator's report, and the validated data. */
export interface ValidationReport {
  readonly location: IssueLocation
  readonly validation: readonly unknown[]
  /** The schema of the route. */
  readonly schema: unknown
  readonly value: unknown
  /** Returns a schema that was added to the application, by its `$id`. */
  readonly sharedSchema?: (id: string) => unknown
  /** Returns the added schemas in which a limit is a value of the request (Ajv's `$data`). */
  readonly sharedWithData?: () => readonly unknown[]
}

/** Reads the reports of one validator; returns `undefined` if another validator made the report. */
export type ReadReport = (report: ValidationReport) => FailedKeyword[] | undefined

/** Returns the value at a path; `undefined` if there is none. */
export function getValueAt (value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, part) => hasProperty(at, part) ? (at as Record<string, unknown>)[part] : undefined,
    value
  )
}

/** Returns whether a value has an own property. */
export function hasProperty (value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
}

/** The maximum number of values of a request that are compared with a message. */
const maxCompared = 10_000

/**
 * Returns whether a message contains a value of the request as JSON: a string, or a number of several digits. The
 * templates of ajv-errors insert values as JSON, from any field. Also returns true if there are too many values to
 * compare.
 */
export function quotesAnyValue (message: string, sent: unknown): boolean {
  const numbers = new Set(message.match(/-?\d[\d.e+-]{2,}\d/gi))
  if (numbers.size === 0 && !message.includes('"')) return false
  const values = [sent]
  for (let compared = 0; values.length > 0; compared++) {
    const value = values.pop()
    if (compared === maxCompared) return true
    if (isObject(value)) {
      for (const inner of Object.values(value)) values.push(inner)
    } else if (typeof value === 'number' && numbers.has(JSON.stringify(value))) return true
    // The template may have quotes around the value.
    else if (typeof value === 'string' && value.length < message.length && message.includes(JSON.stringify(value))) {
      return true
    }
  }
  return false
}

/** Returns whether a message contains the value that was sent. */
export function repeatsValue (message: string, value: unknown): boolean {
  if (typeof value === 'object') return false
  const text = String(value)
  return text !== '' && message.includes(text)
}
