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
   * Whether the response is documented for the route. Responses without a route, and responses of routes that are
   * excluded from the documentation, count as documented.
   */
  readonly documented: boolean
}

/** The properties that distinguish one kind of response from another. */
export type ResponseKind = Pick<LedgerEntry, 'route' | 'status' | 'code'>

/** A route by its method and its pattern, and both as one name. */
export interface RouteName {
  readonly name: string
  readonly method: string
  readonly url: string
}

/** A {@link ResponseKind} whose route has not been joined to one string. */
export interface SentKind {
  readonly route: RouteName | null
  readonly status: number
  readonly code: string | null
}

/** A response that was sent, by its request. */
export interface RecentResponse {
  readonly requestId: string
  /** When it was sent, in milliseconds since 1970. */
  readonly at: number
}

/** A kind of error response, with its last responses. */
export interface RecentEntry extends LedgerEntry {
  /** The last responses, the latest first. */
  readonly recent: readonly RecentResponse[]
}

/** Counts error responses by route, status and code. */
export interface Ledger {
  /** Counts a response. Returns whether it is the first of its kind. */
  readonly record: (kind: SentKind, requestId?: string) => boolean
  readonly entries: (isDocumented: (kind: SentKind) => boolean) => LedgerEntry[]
  /** Remembers the last responses of each kind from now on. */
  readonly remember: () => void
  /** Returns the entries with the responses that it remembers. */
  readonly recentEntries: (isDocumented: (kind: SentKind) => boolean) => RecentEntry[]
}

/** The responses of each kind that a ledger remembers. */
const maxRecent = 5

/** The characters of a request id that a ledger remembers. A client can choose the id. */
const maxIdLength = 200

/**
 * The kinds of responses that a ledger counts for each route. An application can create codes from the data of
 * requests.
 */
export const maxKinds = 1000

type Counted = SentKind & { count: number, recent: readonly RecentResponse[] }

/** Creates an empty ledger. It stores one number for each route, status and code, however many responses there are. */
export function createLedger (): Ledger {
  const counts: Counted[] = []
  // A route has few kinds of errors. Comparing them costs less than building a key for each response.
  const byRoute = new Map<string | undefined, Counted[]>()
  let isRemembering = false

  function addRecent (counted: Counted, requestId: string): void {
    counted.recent = [
      { requestId: requestId.slice(0, maxIdLength), at: Date.now() },
      ...counted.recent.slice(0, maxRecent - 1)
    ]
  }

  const listEntries = (isDocumented: (kind: SentKind) => boolean): RecentEntry[] =>
    counts.map(({ recent, ...kind }) => {
      return { ...kind, route: kind.route?.name ?? null, documented: isDocumented(kind), recent }
    })

  return {
    record ({ route, status, code }, requestId = '') {
      let routeEntries = byRoute.get(route?.name)
      if (routeEntries === undefined) byRoute.set(route?.name, routeEntries = [])
      const entry = routeEntries.find(entry => entry.code === code && entry.status === status)
      if (entry === undefined && routeEntries.length === maxKinds) return false
      const counted = entry ?? { route, status, code, count: 0, recent: [] }
      counted.count++
      if (isRemembering) addRecent(counted, requestId)
      if (entry !== undefined) return false
      routeEntries.push(counted)
      counts.push(counted)
      return true
    },
    entries: isDocumented => listEntries(isDocumented).map(({ recent, ...entry }) => entry),
    remember () {
      isRemembering = true
    },
    recentEntries: listEntries
  }
}

/**
 * Merges the entries of several ledgers into one entry for each route, status and code. An entry is documented if it is
 * documented in each ledger.
 */
export function mergeEntries (entries: readonly LedgerEntry[]): LedgerEntry[] {
  const merged = new Map<string, LedgerEntry>()
  for (const entry of entries) {
    const key = JSON.stringify([entry.route, entry.status, entry.code])
    const earlier = merged.get(key)
    merged.set(
      key,
      earlier === undefined
        ? entry
        : { ...entry, count: earlier.count + entry.count, documented: earlier.documented && entry.documented }
    )
  }
  return [...merged.values()]
}

/** Merges the entries of several ledgers with their last responses, the latest first. */
export function mergeRecentEntries (entries: readonly RecentEntry[]): RecentEntry[] {
  const isSame = (a: ResponseKind, b: ResponseKind): boolean =>
    a.route === b.route && a.status === b.status && a.code === b.code
  return mergeEntries(entries).map(merged => ({
    ...merged,
    recent: entries.filter(entry => isSame(entry, merged)).flatMap(({ recent }) => recent).sort((a, b) => b.at - a.at)
      .slice(0, maxRecent)
  }))
}
