/** Counts requests in Redis, so that several processes share one count. */
import { omitCommand } from '../support/omit-command.js'
import { maxBackoff, type Count, type Store } from './store.js'

/**
 * Counts a request in one step, regardless of its cost. KEYS[1] has the total cost of the window, and KEYS[2] has the
 * number of requests beyond the limit. Both expire when the window ends.
 */
const script = `
  local cost, max, timeWindow = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
  local continueExceeding, exponentialBackoff, countsExceeding = ARGV[4] == '1', ARGV[5] == '1', ARGV[6] == '1'
  local used = redis.call('INCRBY', KEYS[1], cost)
  local isNew = used == cost
  local exceeding = 0
  if countsExceeding then
    if isNew then redis.call('DEL', KEYS[2]) end
    if used > max then exceeding = redis.call('INCR', KEYS[2]) end
  end
  local ttl = redis.call('PTTL', KEYS[1])
  local isExtended = used > max and (continueExceeding or exponentialBackoff)
  if isNew or isExtended or ttl < 0 then
    ttl = timeWindow
    if isExtended and not continueExceeding then ttl = math.min(timeWindow * 2 ^ (exceeding - 1), math.max(timeWindow, ${maxBackoff})) end
    redis.call('PEXPIRE', KEYS[1], ttl)
  end
  if exceeding > 0 then redis.call('PEXPIRE', KEYS[2], ttl) end
  return {used, exceeding, ttl}
`

/** The command of ioredis that runs the script. */
const command = 'fastifyApiErrorsCount'

type Callback<T> = (error: Error | null | undefined, value?: T) => void

/** The part of an ioredis client that is used here. */
interface RedisClient {
  readonly isCluster?: boolean
  readonly defineCommand: (name: string, definition: { readonly numberOfKeys: number, readonly lua: string }) => void
  readonly [command]: (...args: [...Array<string | number>, Callback<ReadonlyArray<number | string>>]) => void
}

/**
 * The maximum number of timed-out commands without a response while more commands are sent. A single server responds in
 * order. While a response is overdue, more commands would only make requests wait. In a cluster, other nodes may
 * respond.
 */
const maxPending = { server: 0, cluster: 1000 } as const

/**
 * Returns a store in Redis. The commands of one request are sent in one turn of the event loop, so they share a round
 * trip. In a cluster, the commands for one client go to one node.
 *
 * @param redis a client of ioredis
 * @param nameSpace the prefix of the keys
 * @param timeout milliseconds after which a command without a response is treated as failed
 */
export function createRedisStore (redis: object, nameSpace: string, timeout: number): Store {
  const client = redis as RedisClient
  client.defineCommand(command, { numberOfKeys: 2, lua: script })
  const call = createTimeout(timeout, maxPending[client.isCluster === true ? 'cluster' : 'server'])
  return groupId =>
    async (storeKey, max, timeWindow, cost, { ban, continueExceeding = false, exponentialBackoff = false }) => {
      const countsExceeding = exponentialBackoff || ban !== undefined
      const caller = `${nameSpace}{${storeKey}}`
      const [used, exceeding, ttl] = await call<ReadonlyArray<number | string>>(done =>
        client[command](
        `${caller}-${groupId}`,
        `${caller}!${groupId}`,
        cost,
        max,
        timeWindow,
        ...[continueExceeding, exponentialBackoff, countsExceeding].map(Number),
        done
        )
      )
      return { used: Number(used), exceeding: Number(exceeding), ttl: Number(ttl) } satisfies Count
    }
}

/**
 * Returns a function that rejects if a command takes too long, and immediately if too many commands have no response.
 */
function createTimeout (
  milliseconds: number,
  maxPending: number
): <T>(send: (done: Callback<T>) => void) => Promise<T> {
  let pending = 0
  return send =>
    new Promise((resolve, reject) => {
      if (pending > maxPending) {
        reject(new Error('Redis has not responded to earlier commands.'))
        return
      }
      let isTimedOut = false
      const timeOut = (): void => {
        isTimedOut = true
        pending++
        reject(new Error(`Redis did not respond within ${milliseconds} ms.`))
      }
      // In a busy process, the timer may fire before the response is read. So the response is read first.
      let immediate: NodeJS.Immediate | undefined
      const timer = setTimeout(() => {
        immediate = setImmediate(timeOut)
      }, milliseconds)
      send((error, value) => {
        clearTimeout(timer)
        clearImmediate(immediate)
        if (isTimedOut) pending--
        if (error) reject(omitCommand(error))
        else resolve(value as never)
      })
    })
}
