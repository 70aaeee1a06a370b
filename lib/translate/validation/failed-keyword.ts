/** What a validator reports, in terms of JSON Schema. */
import type { IssueLocation } from '../../catalog/issues.js'

/** More of a report is not read, because a body of one megabyte can lead to a million entries. */
export const maxReported = 1000

/** One fault that a validator found, as a keyword of JSON Schema. */
export interface FailedKeyword {
  /** The keyword of JSON Schema that failed. */
  readonly keyword: string
  /** The path to the invalid field, which may be absent or unknown. */
  readonly path: readonly string[]
  /** What the keyword requires, by the names that Ajv uses. */
  readonly params: Readonly<Record<string, unknown>>
  /** A sentence that replaces that of the keyword: one that the application wrote for the caller, or one without the limit. */
  readonly message?: string
  /** What failed in each branch of an `anyOf` or `oneOf`. Absent or empty if the branches are not known. */
  readonly branches?: ReadonlyArray<readonly FailedKeyword[]>
}

/** What a validator reported, and what it validated. */
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
export function valueAt (value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, part) => isIn(at, part) ? (at as Record<string, unknown>)[part] : undefined, value)
}

/** Returns whether a value has an own property. */
export function isIn (value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
}
