/** One kind of answer that was sent. */
export interface LedgerEntry {
  /** The method and the pattern of the route, `GET /queues/:id`; `null` for answers without a route. */
  readonly route: string | null
  readonly status: number
  /** The code; `null` where a handler sent an error in a shape of its own, which the option `sentErrors` looks for. */
  readonly code: string | null
  /** How often it was sent. */
  readonly count: number
  /**
   * Whether the documentation of the route has it. Nothing is expected of answers without a route, and of routes that are
   * kept out of the documentation: theirs count as documented.
   */
  readonly documented: boolean
}

/** What tells one kind of answer from another. */
export type AnswerKind = Pick<LedgerEntry, 'route' | 'status' | 'code'>

/** Counts the error answers of an application. */
export interface Ledger {
  /** Counts an answer; returns whether it is the first of its kind. */
  readonly record: (kind: AnswerKind) => boolean
  readonly entries: (isDocumented: (kind: AnswerKind) => boolean) => LedgerEntry[]
}

/** Makes an empty ledger. It holds one number for each (route, status, code), however many answers there are. */
export function createLedger (): Ledger {
  const counts: Array<AnswerKind & { count: number }> = []
  // A route has few kinds of errors: going through them costs less than a key that is put together for each answer.
  const byRoute = new Map<string | null, typeof counts>()
  return {
    record ({ route, status, code }) {
      let ofRoute = byRoute.get(route)
      if (ofRoute === undefined) byRoute.set(route, ofRoute = [])
      const entry = ofRoute.find(entry => entry.code === code && entry.status === status)
      if (entry !== undefined) {
        entry.count++
        return false
      }
      const first = { route, status, code, count: 1 }
      ofRoute.push(first)
      counts.push(first)
      return true
    },
    entries: isDocumented => counts.map(entry => ({ ...entry, documented: isDocumented(entry) }))
  }
}

/** Adds up the entries of several ledgers: one for each (route, status, code). It is documented if each ledger says so. */
export function mergeEntries (entries: readonly LedgerEntry[]): LedgerEntry[] {
  const merged = new Map<string, LedgerEntry>()
  for (const entry of entries) {
    const key = JSON.stringify([entry.route, entry.status, entry.code])
    const same = merged.get(key)
    merged.set(key, same === undefined ? entry : { ...entry, count: same.count + entry.count, documented: same.documented && entry.documented })
  }
  return [...merged.values()]
}
