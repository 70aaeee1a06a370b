/** What a rule finds about a route. */

/** A code that follows from a fact about a route. */
export interface Finding {
  readonly code: string
  /** A sentence that names the fact. */
  readonly reason: string
  /** The codes that its issues can have. Empty: it has no issues. Absent: any code. */
  readonly issues?: readonly string[]
}
