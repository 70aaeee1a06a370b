import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { callSafely } from '../support/call-safely.js'
import type { standardErrors } from '../catalog/standard-errors.js'
import { getHeaderFields, toSeconds } from './header-fields.js'
import { isStoreFailure, type StoreFailure, type Limit, type Outcome, type LimitResult } from './limit.js'
import { createStoreFailureHandler } from './store-failure.js'
import type { RateLimitOptions } from './policies.js'
import { createExceededError } from './rate-limit-exceeded.js'

/** What a request beyond a limit is answered with: an error, or whatever an `errorResponseBuilder` made. */
export interface Rejection {
  readonly error: unknown
}

/**
 * Counts a request under limits, and tells the caller what is left of them. It gives the refusal of a request beyond a
 * limit, for to throw it costs as much as to count; and a promise only where there is something to wait for.
 */
export type Enforce = (limits: readonly Limit[], request: FastifyRequest, reply: FastifyReply) => Rejection | undefined | Promise<Rejection | undefined>

/** Makes the enforcer of an application. */
export function createEnforcer (
  app: FastifyInstance, options: RateLimitOptions, errors: typeof standardErrors
): Enforce {
  const { onStoreError = 'allow' } = options
  const fields = getHeaderFields(options)
  const outageAnswer = createStoreFailureHandler(onStoreError, app.log, errors)

  // Limits of several hooks count one request, and the answer tells of all of them.
  const verdictsOf = Symbol('fastify-api-errors.verdicts')
  interface Counted { [verdictsOf]: readonly LimitResult[] | null }
  app.decorateRequest(verdictsOf, null)

  function finish (outcomes: ReadonlyArray<Outcome | undefined>, request: FastifyRequest & Partial<Counted>, reply: FastifyReply): Rejection | undefined {
    const verdicts = [...request[verdictsOf] ?? []]
    const failures: StoreFailure[] = []
    let refused: LimitResult | undefined
    for (const outcome of outcomes) {
      if (outcome === undefined) continue
      if (isStoreFailure(outcome)) {
        failures.push(outcome)
        continue
      }
      verdicts.push(outcome)
      notify(outcome, request)
      // Of several, the longest wait wins: after a shorter one the caller would be refused again.
      if (outcome.isExceeded && (refused === undefined || outcome.ttl > refused.ttl)) refused = outcome
    }
    request[verdictsOf] = verdicts
    if (isFilled(verdicts)) for (const { name, value } of fields) reply.header(name, value(verdicts))
    if (refused !== undefined) {
      reply.header('retry-after', String(toSeconds(refused.ttl)))
      return { error: createExceededError(refused, request, errors) }
    }
    const unavailable = failures.length === 0 ? undefined : outageAnswer(failures)
    return unavailable === undefined ? undefined : { error: unavailable }
  }

  return (limits, request: FastifyRequest & Partial<Counted>, reply) => {
    // `reply.callNotFound()` runs hooks a second time.
    const counted = request[verdictsOf]
    const due = counted ? limits.filter(limit => !counted.some(verdict => verdict.limit === limit)) : limits
    const outcomes = due.map(limit => limit.check(request))
    return outcomes.some(outcome => outcome instanceof Promise)
      ? Promise.all(outcomes).then(settled => finish(settled, request, reply))
      : finish(outcomes as ReadonlyArray<Outcome | undefined>, request, reply)
  }
}

function isFilled (verdicts: readonly LimitResult[]): verdicts is readonly [LimitResult, ...LimitResult[]] {
  return verdicts.length > 0
}

function notify (verdict: LimitResult, request: FastifyRequest): void {
  call(verdict.isExceeded ? 'onExceeded' : 'onExceeding', verdict, request)
  if (verdict.isBanned) call('onBanReach', verdict, request)
}

function call (name: 'onBanReach' | 'onExceeded' | 'onExceeding', { limit, key }: LimitResult, request: FastifyRequest): void {
  const callback = limit.policy[name]
  if (callback === undefined) return
  callSafely(() => callback(request, key), err => { request.log.error({ err }, `The function '${name}' of the policy '${limit.name}' failed.`) })
}
