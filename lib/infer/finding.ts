/** What a rule finds about a route. */
import type { JsonObject } from '../support/is-object.js'

/** A code that follows from a fact about a route. */
export interface Finding {
  readonly code: string
  /** A sentence that states the reason. */
  readonly reason: string
  /** The codes that its issues can have. Empty if it has no issues, and absent if any code is possible. */
  readonly issues?: readonly string[]
  /** The message of the error, if the source gives it a constant one. */
  readonly message?: string
  /** The schemas of bodies that are sent with its status unchanged. */
  readonly bodies?: readonly JsonObject[]
}
