/** The `rateLimit` option: its types, and the policies that apply to a route. */
import type { RateLimitOptions as RouteRateLimit } from '@fastify/rate-limit'
import type { FastifyRequest, RouteOptions } from 'fastify'
import { hooksBeforeHandler } from '../fastify/hook-names.js'

type Awaitable<T> = T | Promise<T>

/** The families of header fields. A response has the fields of one family. */
export type HeaderFamily = 'ratelimit' | 'x-ratelimit' | 'draft-6'

/** The hooks in which a request can be counted, in the order in which they run. */
export const rateLimitHooks: typeof hooksBeforeHandler = hooksBeforeHandler

/** A hook in which a request can be counted. */
export type RateLimitHook = (typeof hooksBeforeHandler)[number]

/** Options of one policy. In the `rateLimit` option, they apply to all policies. */
export interface SharedLimitOptions {
  /**
   * Clients that are never limited: keys, IP addresses and CIDR ranges, or a function that returns true for requests of
   * such clients. The full address is compared, regardless of `ipv6Subnet`. @default none
   */
  readonly allowList?: readonly string[] | ((request: FastifyRequest, key: string) => Awaitable<boolean>)
  /**
   * The number of requests beyond the limit, regardless of their cost, after which the client is banned for the rest of
   * the window. @default no ban
   */
  readonly ban?: number
  /** The response to a banned client: 403 `forbidden`, or 429 `rate_limit_exceeded`. @default 403 */
  readonly banStatus?: 403 | 429
  /**
   * Without Redis: the maximum number of tracked clients. If there are more, the least recently seen clients are
   * evicted. @default 5000
   */
  readonly cache?: number
  /** Whether each request beyond the limit restarts the window. @default false */
  readonly continueExceeding?: boolean
  /** Whether each request beyond the limit, except the first, doubles the window, up to one day. @default false */
  readonly exponentialBackoff?: boolean
  /** The prefix length in bits. IPv6 addresses with the same prefix count as one client. @default 64 */
  readonly ipv6Subnet?: number
  /** Called for each request that a ban rejects. */
  readonly onBanReach?: (request: FastifyRequest, key: string) => void
  /** Called for each request beyond the limit. */
  readonly onExceeded?: (request: FastifyRequest, key: string) => void
  /** Called for each request within the limit. */
  readonly onExceeding?: (request: FastifyRequest, key: string) => void
  /**
   * Whether requests are allowed while the store fails. Takes precedence over `onStoreError`. @default depends on
   * `onStoreError`
   */
  readonly skipOnError?: boolean
}

/**
 * A named limit that counts requests in fixed windows. A window starts with the first request of a client and ends
 * `timeWindow` later. If a function of the policy throws or returns an invalid value, the response is `internal_error`,
 * and the reason is logged.
 *
 * @example
 * const login: RateLimitPolicy = { max: 10, timeWindow: '1 minute', ban: 20 }
 * const plan: RateLimitPolicy = { max: (request, key) => limitOfPlan(key), timeWindow: '1 hour', key: 'api-key' }
 */
export interface RateLimitPolicy extends SharedLimitOptions {
  /**
   * The number of requests in one window: a non-negative integer, or a function that returns it, for example to limit
   * by plan.
   */
  readonly max: number | ((request: FastifyRequest, key: string) => Awaitable<number>)
  /** The length of the window: milliseconds, a string such as '1 minute', or a function that returns either. */
  readonly timeWindow: number | string | ((request: FastifyRequest, key: string) => Awaitable<number | string>)
  /**
   * What identifies a client: `'ip'` for the IP address, `'api-key'` for the API key that the guard found
   * (`request.apiKey.id`), or a function that returns a key. Without a key, or if the function returns `undefined`, the
   * IP address is used.
   * @default 'ip'
   */
  readonly key?: 'ip' | 'api-key' | ((request: FastifyRequest) => Awaitable<string | number | undefined>)
  /**
   * The number of requests that one request counts as, from 0 to 1,000. With 0, the request is not limited. @default 1
   */
  readonly cost?: number | ((request: FastifyRequest, key: string) => Awaitable<number>)
  /** Returns true for a request that is neither counted nor limited. @default every request is counted */
  readonly skip?: (request: FastifyRequest) => Awaitable<boolean>
  /**
   * The hook in which requests are counted: `'onRequest'`, `'preParsing'`, `'preValidation'` or `'preHandler'`. With
   * `onRequest`, they are counted before every hook that is registered after the plugin, so failed authentication
   * attempts also count. With any other hook, they are counted after the route's own hooks of the same type.
   * @default 'onRequest', and 'preValidation' for `key: 'api-key'`
   */
  readonly hook?: RateLimitHook
  /**
   * Policies with the same `groupId` share one count, also those of other registrations on the server. If a route lists
   * several of them, its requests count once for each. @default the policy's name
   */
  readonly groupId?: string
}

/**
 * The `rateLimit` option. Its {@link SharedLimitOptions} apply to every policy that does not set its own values.
 *
 * @example
 * await app.register(apiErrors, {
 *   rateLimit: { policies: { general: { max: 100, timeWindow: '1 minute' } }, default: 'general', redis: new Redis() }
 * })
 */
export interface RateLimitOptions<Name extends string = string> extends SharedLimitOptions {
  /** The policies by name. Optional in a scope that inherits policies. */
  readonly policies: Readonly<Record<Name, RateLimitPolicy>>
  /** The policies for routes that list none, and for requests without a route. @default false (they are not limited) */
  readonly default?: PolicyChoice<Name>
  /**
   * An ioredis client, or an ioredis cluster client, so that several processes share one count. The application opens
   * and closes the connection. If absent, each process counts in its own memory.
   */
  readonly redis?: object
  /** The prefix of the keys in Redis. @default 'fastify-api-errors-' */
  readonly nameSpace?: string
  /**
   * The header fields on every response of a limited route. `'ratelimit'`: `RateLimit-Policy` and `RateLimit` of
   * draft-ietf-httpapi-ratelimit-headers-11. `'x-ratelimit'`: `X-RateLimit-*`. `'draft-6'`: the fields of version 06 of
   * the draft. `false`: none.
   * @default 'ratelimit'
   */
  readonly headers?: HeaderFamily | false
  /**
   * What happens to requests while Redis fails: `'allow'` allows them without a limit and without header fields, and
   * `'deny'` rejects them with 503 `service_unavailable`. @default 'allow'
   */
  readonly onStoreError?: 'allow' | 'deny'
  /** The milliseconds after which a Redis command without a response is treated as failed. @default 200 */
  readonly storeTimeout?: number
}

/** The `rateLimit` option of a registration. In a scope, all policies can be inherited. */
export type GivenRateLimit = Omit<RateLimitOptions, 'policies'> & Partial<Pick<RateLimitOptions, 'policies'>>

/** The name of a policy, several names, or `false` for none. */
export type PolicyChoice<Name extends string = string> = Name | readonly Name[] | false

/** Returns the names of a choice, each once. */
export function listPolicyNames (choice: PolicyChoice | undefined): readonly string[] {
  if (choice === undefined || choice === false) return []
  return typeof choice === 'string' ? [choice] : [...new Set(choice)]
}

/**
 * Returns the names of the policies that apply to a route. The route's own setting takes precedence over the default.
 */
export function getRoutePolicies (
  route: Pick<RouteOptions, 'config'>,
  options: Pick<RateLimitOptions, 'default'>
): readonly string[] {
  const config = route.config ?? {}
  if (config.rateLimitPolicy !== undefined) return listPolicyNames(config.rateLimitPolicy)
  return config.rateLimit === undefined ? listPolicyNames(options.default) : []
}

/** The policy that `config.rateLimit` of a route describes. */
export interface RoutePolicy extends RateLimitPolicy, Pick<RouteRateLimit, 'errorResponseBuilder'> {}

/**
 * Returns the name of a policy as a string of a structured field (RFC 9651, section 4.1.6). Names have only printable
 * ASCII, so the string is the same as in JSON.
 */
export function formatPolicyName (name: string): string {
  return JSON.stringify(name)
}

/** Returns the name of the policy that `config.rateLimit` of a route describes. */
export function createRoutePolicyName (route: Pick<RouteOptions, 'method' | 'url'>): string {
  return formatRoutePolicy(listMethods(route), route)
}

/**
 * Returns the methods of a route. HEAD is listed as GET, because Fastify adds a HEAD route for each GET route and both
 * share a limit.
 */
function listMethods ({ method }: Pick<RouteOptions, 'method'>): string[] {
  return [...new Set([method].flat().map(name => name.toUpperCase() === 'HEAD' ? 'GET' : name.toUpperCase()))]
}

function formatRoutePolicy (methods: readonly string[], { url }: Pick<RouteOptions, 'url'>): string {
  return `${methods.join()} ${url}`.replace(/[^\x20-\x7e]+/g, text => encodeURIComponent(text.toWellFormed()))
}

/**
 * Returns `config.rateLimit` of a route as a policy. The defaults are the same as in @fastify/rate-limit: 1,000
 * requests in a minute. Routes that differ only by a constraint (a version or a host) have separate counts.
 */
export function createRoutePolicy (
  settings: RouteRateLimit,
  route: Pick<RouteOptions, 'method' | 'url' | 'constraints'>
): RoutePolicy {
  const { max = 1000, timeWindow = 60_000, keyGenerator, groupId = createRouteGroup(route), ...behavior } = settings
  return {
    ...behavior,
    max,
    timeWindow,
    groupId,
    ...(keyGenerator !== undefined && { key: keyGenerator })
  } as RoutePolicy
}

function createRouteGroup (route: Pick<RouteOptions, 'method' | 'url' | 'constraints'>): string {
  const methods = listMethods(route)
  const constraints = Object.entries(route.constraints ?? {}).map(([name, value]) => `${name}=${String(value)}`)
  // The HEAD route that Fastify adds has only this method, also if its GET route has several.
  return [formatRoutePolicy(methods.includes('GET') ? ['GET'] : methods, route), ...constraints.sort()].join(' ')
}
