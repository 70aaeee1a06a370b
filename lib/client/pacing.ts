/**
 * `withPacing`: delays requests that an API would reject because of its rate limits. It has its own entry point,
 * `fastify-api-errors/client/pacing`, so that programs without pacing do not load it.
 */
import { sleep } from './backoff.js'
import { checkOptions, isAmount } from './check-options.js'
import { readLimits, type ReportedLimit } from './reported-limits.js'

/** The options of {@link withPacing}. */
export interface PacingOptions {
  /**
   * The longest wait, in milliseconds. A request that would have to wait longer is sent, and the API decides. @default
   * 30000
   */
  readonly maxDelay?: number
}

type Fetch = typeof fetch

/** A limit, as far as the client knows it. */
interface Limit {
  /** The requests that can still be sent in the window. */
  remaining: number
  /** The end of the window, in milliseconds of `performance.now()`. */
  endsAt: number
  /** The requests that each window allows. */
  quota: number | undefined
  /** The length of a window in seconds. */
  window: number
  /** The requests that have no response yet, so that the API may not have counted them. */
  pending: number
  /** The route whose response reported the limit first. */
  readonly route: string
  /** Whether another route reported it too. */
  isShared: boolean
}

/** The maximum numbers of limits and of routes in memory. The least recently used are deleted. */
const [maxLimits, maxRoutes] = [100, 1000]

/**
 * Returns a `fetch` that delays a request while a limit is used up, so that the API does not reject it with a 429. The
 * limits are in `RateLimit` and `RateLimit-Policy` of the responses (draft-ietf-httpapi-ratelimit-headers-11).
 *
 * A limit applies to a method and URL if the last response to them reported it. The query is ignored. A limit that
 * responses of several URLs reported applies to the whole origin, except to URLs whose responses have no limits. The
 * first requests are not delayed, because no limit is known yet. At most 100 limits and 1,000 URLs are remembered. Each
 * credential has its own limits, so call `withPacing` for each.
 *
 * The promise rejects as soon as the `signal` of the request is aborted, even while it waits.
 *
 * @throws TypeError with one sentence if `fetch` or an option is invalid
 * @example
 * const patient = withRetry(withPacing(fetch))
 */
export function withPacing (fetch: Fetch, options: PacingOptions = {}): Fetch {
  const { maxDelay } = checkOptions<Required<PacingOptions>>('withPacing', fetch, options, {
    maxDelay: [30_000, 'milliseconds, 0 or more', isAmount]
  })
  const limits = new Map<string, Limit>()
  const routes = new Map<string, readonly Limit[]>()

  function findLimits (origin: string, route: string): readonly Limit[] {
    return routes.get(route) ??
      [...limits].flatMap(([key, limit]) => limit.isShared && key.startsWith(`${origin} `) ? limit : [])
  }

  function updateLimit (key: string, route: string, { remaining, seconds, quota, window }: ReportedLimit): Limit {
    const limit = limits.get(key) ?? { remaining, endsAt: 0, quota, window, pending: 0, route, isShared: false }
    limit.isShared ||= limit.route !== route
    setLast(limits, maxLimits, key, limit)
    return Object.assign(limit, {
      remaining: remaining - limit.pending,
      endsAt: performance.now() + seconds * 1000,
      quota,
      window
    })
  }

  return async (input, init) => {
    const request = typeof input === 'object' && 'url' in input ? input : undefined
    const [url, origin = ''] = /^(\w+:\/\/[^/?#]*)?[^?#]*/.exec(request?.url ?? String(input)) as unknown as [
      string,
      string?
    ]
    const route = `${(init?.method ?? request?.method ?? 'GET').toUpperCase()} ${url}`
    const latest = performance.now() + maxDelay
    let used = findLimits(origin, route)
    for (let delay = getDelay(used); delay > 0 && performance.now() + delay <= latest; delay = getDelay(used)) {
      await sleep(delay, init?.signal ?? request?.signal)
      used = findLimits(origin, route)
    }
    const response = await countPending(used, async () => await fetch(input, init))
    const reported = readLimits(response.headers)
    // A proxy's response has no limits, so it does not remove those of the route.
    if (reported.length > 0 || !routes.has(route)) {
      setLast(routes, maxRoutes, route, reported.map(limit => updateLimit(`${origin} ${limit.name}`, route, limit)))
    }
    return response
  }
}

/** Counts a request under its limits until it has a response. */
async function countPending (limits: readonly Limit[], send: () => Promise<Response>): Promise<Response> {
  for (const limit of limits) {
    limit.remaining--
    limit.pending++
  }
  try {
    return await send()
  } finally {
    for (const limit of limits) limit.pending--
  }
}

/** Returns the milliseconds until each limit allows another request. */
function getDelay (limits: readonly Limit[]): number {
  const now = performance.now()
  return Math.max(
    0,
    ...limits.map(limit => {
      if (limit.endsAt <= now) startWindow(limit, now)
      return limit.remaining > 0 ? 0 : limit.endsAt - now
    })
  )
}

/** Without a quota, nothing is known about the new window until the next response. */
function startWindow (limit: Limit, now: number): void {
  limit.remaining = (limit.quota ?? Infinity) - limit.pending
  limit.endsAt = now + limit.window * 1000
}

/** Sets an entry as the last one, and deletes the first one if there are too many. */
function setLast<T> (map: Map<string, T>, maxSize: number, key: string, value: T): void {
  map.delete(key)
  map.set(key, value)
  const [first] = map.keys()
  if (map.size > maxSize) map.delete(first as string)
}
