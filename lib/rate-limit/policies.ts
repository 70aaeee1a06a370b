import type { RateLimitOptions as RouteRateLimit } from '@fastify/rate-limit'
import type { FastifyRequest, RouteOptions } from 'fastify'
import { hooksBeforeHandler } from '../fastify/hook-names.js'

type Awaitable<T> = T | Promise<T>

/** The families of fields; an answer has the fields of one. */
export type HeaderFamily = 'ratelimit' | 'x-ratelimit' | 'draft-6'

/** The hooks of a request in which it can be counted, in their order. */
export const rateLimitHooks = hooksBeforeHandler

/** A hook in which a request can be counted. */
export type RateLimitHook = (typeof hooksBeforeHandler)[number]

/** How a limit behaves: for one policy, or among the `rateLimit` options for all of them. */
export interface RateLimitBehaviour {
  /** Keys that are never limited, or a function that says so of a request. @default none */
  readonly allowList?: readonly string[] | ((request: FastifyRequest, key: string) => Awaitable<boolean>)
  /** Requests beyond the limit, in one window, until the caller is banned for the rest of it. @default no ban */
  readonly ban?: number
  /** How a ban is answered: 403 `forbidden`, or 429 `rate_limit_exceeded`. @default 403 */
  readonly banStatus?: 403 | 429
  /** Without Redis: how many callers are remembered; of more, the ones that were quiet longest are forgotten. @default 5000 */
  readonly cache?: number
  /** Whether each request beyond the limit starts the window anew. @default false */
  readonly continueExceeding?: boolean
  /** Whether each request beyond the limit doubles the window. @default false */
  readonly exponentialBackoff?: boolean
  /** The length of the prefix that counts as one IPv6 address, in bits. @default 64 */
  readonly ipv6Subnet?: number
  /** Called for each request that a ban refuses. */
  readonly onBanReach?: (request: FastifyRequest, key: string) => void
  /** Called for each request beyond the limit. */
  readonly onExceeded?: (request: FastifyRequest, key: string) => void
  /** Called for each request within the limit. */
  readonly onExceeding?: (request: FastifyRequest, key: string) => void
  /** Whether requests pass when the store does not answer; wins over `onStoreError`. @default what `onStoreError` says */
  readonly skipOnError?: boolean
}

/**
 * One limit, counted under its own name in fixed windows: a window starts with the first request of a caller, and
 * ends `timeWindow` later. Where a function of it throws, or returns something else than it may, the request is answered
 * with `internal_error`, and the log says why.
 *
 * @example
 * const login: RateLimitPolicy = { max: 10, timeWindow: '1 minute', ban: 20 }
 * const plan: RateLimitPolicy = { max: (request, key) => limitOfPlan(key), timeWindow: '1 hour', key: 'api-key' }
 */
export interface RateLimitPolicy extends RateLimitBehaviour {
  /** Requests in one window: a whole number of 0 or more, or a function of the caller (a plan's own limit). */
  readonly max: number | ((request: FastifyRequest, key: string) => Awaitable<number>)
  /** The length of the window: milliseconds, a text like '1 minute', or a function that returns one of them. */
  readonly timeWindow: number | string | ((request: FastifyRequest, key: string) => Awaitable<number | string>)
  /**
   * Whom it counts: the address of the caller, the API key that the guard found (`request.apiKey.id`), or what a
   * function returns. Where there is no key, or the function returns `undefined`, the address. @default 'ip'
   */
  readonly key?: 'ip' | 'api-key' | ((request: FastifyRequest) => Awaitable<string | number | undefined>)
  /** How many requests one counts as, 0 to 1,000; one that counts as 0 is not limited. @default 1 */
  readonly cost?: number | ((request: FastifyRequest, key: string) => Awaitable<number>)
  /** Whether a request is left out: not counted, and not limited. @default none is */
  readonly skip?: (request: FastifyRequest) => Awaitable<boolean>
  /**
   * When it counts. In `onRequest` before every hook that is registered after the plugin, so that a failed
   * authentication counts, too; in the others after the route's own hooks of that name.
   * @default 'onRequest', and 'preValidation' for `key: 'api-key'`
   */
  readonly hook?: RateLimitHook
  /** Policies with the same group share one count. @default the policy's name */
  readonly groupId?: string
}

/**
 * The `rateLimit` option. What it says of {@link RateLimitBehaviour} holds for every policy that does not say otherwise.
 *
 * @example
 * await app.register(apiErrors, {
 *   rateLimit: { policies: { general: { max: 100, timeWindow: '1 minute' } }, default: 'general', redis: new Redis() }
 * })
 */
export interface RateLimitOptions<Name extends string = string> extends RateLimitBehaviour {
  /** The limits by name. */
  readonly policies: Readonly<Record<Name, RateLimitPolicy>>
  /** The limits of a route that names none, and of requests without a route. @default false: they are not limited */
  readonly default?: PolicyChoice<Name>
  /**
   * A client of ioredis, a cluster's too, for one count over several processes. Its connection is yours: it is neither
   * opened nor closed here. Absent: each process counts by itself, in memory.
   */
  readonly redis?: object
  /** What the keys in Redis begin with. @default 'fastify-api-errors-' */
  readonly nameSpace?: string
  /**
   * The fields that tell callers what is left, on every answer of a limited route: those of the current IETF draft
   * (`RateLimit-Policy` and `RateLimit`), `X-RateLimit-*`, those of the draft's sixth edition, or none.
   * @default 'ratelimit'
   */
  readonly headers?: HeaderFamily | false
  /**
   * What happens to requests while Redis fails: they pass, unlimited and without header fields, or are answered with
   * 503 `service_unavailable`. @default 'allow'
   */
  readonly onStoreError?: 'allow' | 'deny'
  /** Milliseconds until Redis counts as failing. @default 200 */
  readonly storeTimeout?: number
}

/** A name, several names, or none. */
export type PolicyChoice<Name extends string = string> = Name | readonly Name[] | false

/** The names of a choice, each once. */
export function listPolicyNames (choice: PolicyChoice | undefined): readonly string[] {
  if (choice === undefined || choice === false) return []
  return typeof choice === 'string' ? [choice] : [...new Set(choice)]
}

/** The policies that a route is counted under; what the route says wins over the default. */
export function getRoutePolicies (route: Pick<RouteOptions, 'config'>, options: Pick<RateLimitOptions, 'default'>): readonly string[] {
  const config = route.config ?? {}
  if (config.rateLimitPolicy !== undefined) return listPolicyNames(config.rateLimitPolicy)
  return config.rateLimit === undefined ? listPolicyNames(options.default) : []
}

/** What `config.rateLimit` of a route asks for, as a policy of its own. */
export interface RoutePolicy extends RateLimitPolicy, Pick<RouteRateLimit, 'errorResponseBuilder'> {}

/** The name under which `config.rateLimit` of a route counts. */
export function routePolicyName ({ method, url }: Pick<RouteOptions, 'method' | 'url'>): string {
  return `${String(method)} ${url}`.replace(/[^\x20-\x7e]+/g, text => encodeURIComponent(text.toWellFormed()))
}

/** `config.rateLimit` as a policy. What is absent has the default of @fastify/rate-limit: 1,000 requests in a minute. */
export function routePolicy ({ max = 1000, timeWindow = 60_000, keyGenerator, ...behaviour }: RouteRateLimit): RoutePolicy {
  return { ...behaviour, max, timeWindow, ...(keyGenerator !== undefined && { key: keyGenerator }) } as RoutePolicy
}
