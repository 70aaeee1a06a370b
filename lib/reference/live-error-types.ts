/** The data of the page with the errors that the API sends. */

/** A kind of error response that was sent. */
export interface SentError {
  /** The method and the path of the route, `GET /queues/:id`. `null` for a response without a route. */
  readonly route: string | null
  readonly status: number
  /** `null` for an error that a handler sent in another format. */
  readonly code: string | null
  readonly count: number
  readonly documented: boolean
  /** The last responses, the latest first. */
  readonly recent: ReadonlyArray<{ readonly requestId: string, readonly at: number }>
}

/** A kind of error response, with its reasons. */
export interface LiveError extends SentError {
  /** Why the route can return the code. A reason that is a line of the source has its URL. */
  readonly reasons: ReadonlyArray<{ readonly text: string, readonly url?: string }>
}
