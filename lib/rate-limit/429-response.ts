/** The response to a request beyond a limit: a 429, or a 403 for a ban, with `Retry-After`. */
import { format } from '@lukeed/ms'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { specificMessages } from '../catalog/specific-messages.js'
import type { standardErrors } from '../catalog/standard-errors.js'
import { toSeconds } from './header-fields.js'
import type { LimitResult } from './limit.js'
import type { RoutePolicy } from './policies.js'

/**
 * Returns the error for a request beyond a limit: 429 `rate_limit_exceeded` with `meta`, 403 `forbidden` for a ban, or
 * the result of the route's `errorResponseBuilder`.
 *
 * @param policies the names of all limits that the request exceeded
 */
export function createExceededError (
  result: LimitResult,
  policies: readonly string[],
  request: FastifyRequest,
  errors: typeof standardErrors
): unknown {
  const { limit, max, timeWindow, ttl, isBanned } = result
  const { banStatus = 403, errorResponseBuilder } = limit.policy as RoutePolicy
  const retryAfter = toSeconds(ttl)
  const isForbidden = isBanned && banStatus === 403
  if (errorResponseBuilder !== undefined) {
    return errorResponseBuilder(request, {
      statusCode: isForbidden ? 403 : 429,
      ban: isBanned,
      max,
      ttl,
      after: format(retryAfter * 1000, true)
    })
  }
  return isForbidden
    ? errors.forbidden({ message: specificMessages.banned, retryAfter })
    : errors.rate_limit_exceeded({
      meta: {
        policy: limit.name,
        ...(policies.length > 1 && { policies: [...policies] }),
        limit: max,
        window: toSeconds(timeWindow),
        retry_after: retryAfter
      },
      retryAfter
    })
}

/**
 * Sets `Retry-After`.
 *
 * @param retryHeaders whether a wait time of less than a second is also sent as `Retry-After-Ms`
 */
export function setRetryAfter (reply: FastifyReply, { ttl, isBanned }: LimitResult, retryHeaders: boolean): void {
  reply.header('retry-after', String(toSeconds(ttl)))
  // Banned clients are not asked to retry.
  if (retryHeaders && ttl < 1000 && !isBanned) reply.header('retry-after-ms', String(Math.max(1, Math.ceil(ttl))))
}
