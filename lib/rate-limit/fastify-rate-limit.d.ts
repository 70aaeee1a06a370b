/** Types of the stores of @fastify/rate-limit, which publishes types for its plugin only. */
declare module '@fastify/rate-limit/store/LocalStore.js' {
  import type { FastifyRateLimitStore } from '@fastify/rate-limit'

  const LocalStore: new (continueExceeding: boolean, exponentialBackoff: boolean, cache?: number) => FastifyRateLimitStore
  export default LocalStore
}

declare module '@fastify/rate-limit/store/RedisStore.js' {
  import type { FastifyRateLimitStore } from '@fastify/rate-limit'

  const RedisStore: new (continueExceeding: boolean, exponentialBackoff: boolean, redis: unknown, nameSpace: string) => FastifyRateLimitStore
  export default RedisStore
}
