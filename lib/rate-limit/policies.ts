import type { FastifyRequest } from 'fastify'

/** One limit, counted under its own name. */
export interface RateLimitPolicy {
  /** Requests in one window. */
  readonly max: number
  /** The length of the window: milliseconds, or a text like '1 minute'. */
  readonly timeWindow: number | string
  /** Whom it counts: the address of the caller, or what a function says. @default 'ip' */
  readonly key?: 'ip' | ((request: FastifyRequest) => string)
}

/** The `rateLimit` option. */
export interface RateLimitOptions<Name extends string = string> {
  /** The limits by name. */
  readonly policies: Readonly<Record<Name, RateLimitPolicy>>
  /** The limits of a route that names none. @default false: such a route is not limited */
  readonly default?: PolicyChoice<Name>
  /** An ioredis client, for one count over several processes. Absent: each process counts by itself, in memory. */
  readonly redis?: unknown
  /** What the keys in the store begin with. @default 'fastify-api-errors-' */
  readonly nameSpace?: string
}

/** A name, several names, or none. */
export type PolicyChoice<Name extends string = string> = Name | readonly Name[] | false

/** The names of a choice. */
export function namesOf (choice: PolicyChoice | undefined): readonly string[] {
  if (choice === undefined || choice === false) return []
  return typeof choice === 'string' ? [choice] : choice
}
