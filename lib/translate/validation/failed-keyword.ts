import type { IssueLocation } from '../../catalog/issues.js'

/** One thing that a validator found wrong, in the words of JSON Schema, whichever validator it was. */
export interface FailedKeyword {
  /** The keyword of JSON Schema that failed. */
  readonly keyword: string
  /** The parts of the path to the field that is wrong, an absent one and an unknown one included. */
  readonly path: readonly string[]
  /** What the keyword asks for, by the names that Ajv uses. */
  readonly params: Readonly<Record<string, unknown>>
  /** A sentence that the application wrote for the caller, in place of the one of the keyword; or one that does without the limit. */
  readonly message?: string
  /** What failed in each branch of an `anyOf` or `oneOf`. Absent or empty: the branches are not known. */
  readonly branches?: ReadonlyArray<readonly FailedKeyword[]>
}

/** What a validator reported, and what it had checked. */
export interface ValidationReport {
  readonly location: IssueLocation
  readonly validation: readonly unknown[]
  /** The schema, as the route has it. */
  readonly schema: unknown
  readonly value: unknown
  /** A schema that was added to the application, by its `$id`. */
  readonly sharedSchema?: (id: string) => unknown
  /** Those of the added schemas in which a limit is a value of the request (Ajv's `$data`). */
  readonly sharedWithData?: () => readonly unknown[]
}

/** Reads the reports of one validator; `undefined` where a report is of another. */
export type ReadReport = (report: ValidationReport) => FailedKeyword[] | undefined

/** The value at a path; `undefined` where there is none. */
export function valueAt (value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, part) => isIn(at, part) ? (at as Record<string, unknown>)[part] : undefined, value)
}

/** Whether a value has a property of its own. */
export function isIn (value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
}
