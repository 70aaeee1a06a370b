/** Stores idempotency keys in Redis, so that several processes share them. */
import { expectKnownOptions, expectOption } from '../../support/expect-option.js'
import { omitCommand } from '../../support/omit-command.js'
import type { IdempotencyStore } from './store.js'

/** The options of {@link redisStore}. */
export interface RedisStoreOptions {
  /** A client of ioredis or node-redis, or of a cluster. The application opens and closes its connection. */
  readonly client: object
  /** The beginning of the keys in Redis. @default 'fastify-api-errors-idempotency-' */
  readonly nameSpace?: string
}

const optionNames = Object.keys({ client: true, nameSpace: true } satisfies Record<keyof RedisStoreOptions, true>)

/**
 * Each key is a hash with the fields fingerprint, token and response. Redis expires it. Each script uses one key, so
 * all of them work in a cluster.
 */
const scripts = {
  /** ARGV: fingerprint, token, milliseconds. */
  claim: `
    local entry = redis.call('HMGET', KEYS[1], 'fingerprint', 'response')
    if entry[1] then return entry end
    redis.call('HSET', KEYS[1], 'fingerprint', ARGV[1], 'token', ARGV[2])
    redis.call('PEXPIRE', KEYS[1], ARGV[3])
    return false
  `,
  /** ARGV: fingerprint, token, response, milliseconds. */
  complete: `
    local token = redis.call('HGET', KEYS[1], 'token')
    if token and token ~= ARGV[2] then return 0 end
    redis.call('HSET', KEYS[1], 'fingerprint', ARGV[1], 'token', ARGV[2], 'response', ARGV[3])
    redis.call('PEXPIRE', KEYS[1], ARGV[4])
    return 1
  `,
  /** ARGV: token. */
  release: `
    if redis.call('HGET', KEYS[1], 'token') == ARGV[1] then redis.call('DEL', KEYS[1]) end
    return 0
  `
} as const

/** Runs a script with one key. */
type RunScript = (script: string, key: string, args: readonly string[]) => Promise<unknown>

/**
 * Returns a store in Redis. Each of its methods is one command, so a claim is one round trip. Redis must keep keys
 * until they expire, so set its `maxmemory-policy` to `noeviction`.
 *
 * @throws TypeError if an option is invalid
 * @example
 * const guard = idempotency({ store: redisStore({ client: new Redis() }) })
 */
export function redisStore (options: RedisStoreOptions): IdempotencyStore {
  expectKnownOptions('redisStore', '', options, optionNames)
  const { client, nameSpace = 'fastify-api-errors-idempotency-' } = options
  expectOption(
    'redisStore',
    'client',
    typeof (client as { readonly eval?: unknown } | undefined)?.eval === 'function',
    'a client of ioredis or node-redis',
    client
  )
  expectOption('redisStore', 'nameSpace', typeof nameSpace === 'string', 'a string', nameSpace)
  const run = createRunner(client)
  return {
    async claim (key, { fingerprint, token, ttl }) {
      const entry = await run(scripts.claim, nameSpace + key, [fingerprint, token, String(ttl)]) as
        | readonly [string, string | null]
        | null
      return entry === null ? undefined : { fingerprint: entry[0], response: entry[1] ?? undefined }
    },
    complete: async (key, { fingerprint, token }, response, ttl) =>
      await run(scripts.complete, nameSpace + key, [fingerprint, token, response, String(ttl)]) === 1,
    async release (key, { token }) {
      await run(scripts.release, nameSpace + key, [token])
    }
  }
}

/** Returns a function that runs scripts with either client. Only a client of ioredis has `defineCommand`. */
function createRunner (client: object): RunScript {
  if (Reflect.has(client, 'defineCommand')) {
    const ioredis = client as { readonly eval: (script: string, keys: number, ...args: string[]) => Promise<unknown> }
    return (script, key, args) =>
      ioredis.eval(script, 1, key, ...args).catch((error: unknown) => {
        throw omitCommand(error)
      })
  }
  const nodeRedis = client as {
    readonly eval: (
      script: string,
      options: { readonly keys: readonly string[], readonly arguments: readonly string[] }
    ) => Promise<unknown>
  }
  return (script, key, args) => nodeRedis.eval(script, { keys: [key], arguments: args })
}
