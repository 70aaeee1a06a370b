/** Counts the error responses of an application. */

/** A kind of error response that was sent. */
export interface LedgerEntry {
  /** The method and the pattern of the route, `GET /queues/:id`. `null` for a response without a route. */
  readonly route: string | null
  readonly status: number
  /** The code. `null` for an error that a handler sent in another format (see the option `sentErrors`). */
  readonly code: string | null
  /** How often it was sent. */
  readonly count: number
  /**
   * Whether the response is documented for the route. Responses without a route, and responses of routes that are excluded from
   * the documentation, count as documented.
   */
  readonly documented: boolean
}

/** The properties that distinguish one kind of response from another. */
export type AnswerKind = Pick<LedgerEntry, 'route' | 'status' | 'code'>

/** A route by its method and its pattern, and both as one name. */
export interface RouteName {
  readonly name: string
  readonly method: string
  readonly url: string
}

/** An {@link AnswerKind} whose route has not been joined to one string. */
export interface SentKind {
  readonly route: RouteName | null
  readonly status: number
  readonly code: string | null
}

/** Counts error responses by route, status and code. */
export interface Ledger {
  /** Counts a response. Returns whether it is the first of its kind. */
  readonly record: (kind: SentKind) => boolean
  readonly entries: (isDocumented: (kind: SentKind) => boolean) => LedgerEntry[]
}

/** Creates an empty ledger. It stores one number for each route, status and code, however many responses there are. */
export function createLedger (): Ledger {
  const counts: Array<SentKind & { count: number }> = []
  // A route has few kinds of errors. Comparing them costs less than building a key for each response.
  const byRoute = new Map<string | undefined, typeof counts>()
  return {
    record ({ route, status, code }) {
      let routeEntries = byRoute.get(route?.name)
      if (routeEntries === undefined) byRoute.set(route?.name, routeEntries = [])
      const entry = routeEntries.find(entry => entry.code === code && entry.status === status)
      if (entry !== undefined) {
        entry.count++
        return false
      }
      const first = { route, status, code, count: 1 }
      routeEntries.push(first)
      counts.push(first)
      return true
    },
    entries: isDocumented => counts.map(kind => ({ ...kind, route: kind.route?.name ?? null, documented: isDocumented(kind) }))
  }
}

/** Merges the entries of several ledgers into one entry for each route, status and code. An entry is documented if it is documented in each ledger. */
export function mergeEntries (entries: readonly LedgerEntry[]): LedgerEntry[] {
  const merged = new Map<string, LedgerEntry>()
  for (const entry of entries) {
    const key = JSON.stringify([entry.route, entry.status, entry.code])
    const earlier = merged.get(key)
    merged.set(key, earlier === undefined ? entry : { ...entry, count: earlier.count + entry.count, documented: earlier.documented && entry.documented })
  }
  return [...merged.values()]
}
