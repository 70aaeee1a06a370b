/** One kind of answer that was sent. */
export interface LedgerEntry {
  /** The method and the pattern of the route, `GET /queues/:id`; `null` for answers without a route. */
  readonly route: string | null
  readonly status: number
  readonly code: string
  /** How often it was sent. */
  readonly count: number
  /** Whether the documentation of the route has it. */
  readonly documented: boolean
}

/** Counts the error answers of an application. */
export interface Ledger {
  readonly record: (route: string | null, status: number, code: string) => void
  readonly entries: (isDocumented: (route: string | null, status: number, code: string) => boolean) => LedgerEntry[]
}

/** Makes an empty ledger. It holds one number for each (route, status, code), however many answers there are. */
export function createLedger (): Ledger {
  const counts = new Map<string, { route: string | null, status: number, code: string, count: number }>()
  return {
    record (route, status, code) {
      const key = `${code} ${status} ${route ?? ''}`
      const entry = counts.get(key)
      if (entry !== undefined) entry.count++
      else counts.set(key, { route, status, code, count: 1 })
    },
    entries: isDocumented => [...counts.values()].map(entry => ({
      ...entry, documented: isDocumented(entry.route, entry.status, entry.code)
    }))
  }
}
