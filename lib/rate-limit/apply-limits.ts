/** Counts a request under its limits, sets the header fields, and returns the error if a limit is exceeded. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { callSafely } from '../support/call-safely.js'
import { copyErrorFor } from '../support/redact.js'
import type { standardErrors } from '../catalog/standard-errors.js'
import { createExceededError, setRetryAfter } from './429-response.js'
import { getHeaderFields, type HeaderField } from './header-fields.js'
import { isStoreFailure, type Limit, type LimitOutcome, type LimitResult, type StoreFailure } from './limit.js'
import type { RateLimitOptions } from './policies.js'
import { createStoreFailureHandler } from './store-failure.js'

/**
 * The reason for rejecting a request. The error can be any value, because `errorResponseBuilder` can return any value.
 */
export interface LimitError {
  readonly error: unknown
}

/**
 * Counts a request under limits and sets the header fields. Returns an error if a limit is exceeded, because throwing
 * costs as much as counting. Returns a promise only if there is something to wait for.
 */
export type ApplyLimits = (
  limits: readonly Limit[],
  request: FastifyRequest,
  reply: FastifyReply
) => LimitError | undefined | Promise<LimitError | undefined>

/**
 * The property of a request with the results so far. Several hooks may count one request, and the header fields show
 * all limits.
 */
const limitResults = Symbol('fastify-api-errors.limitResults')

interface CountedRequest {
  [limitResults]?: readonly LimitResult[] | null
}

/** The values that are needed to respond to a counted request. */
interface Context {
  readonly errors: typeof standardErrors
  readonly retryHeaders: boolean
  readonly fields: readonly HeaderField[]
  readonly handleStoreFailures: ReturnType<typeof createStoreFailureHandler>
}

/**
 * Returns the function that applies limits, for one registration of the plugin.
 *
 * @param retryHeaders whether a wait time of less than a second is sent as `Retry-After-Ms`
 */
export function createApplyLimits (
  app: FastifyInstance,
  options: RateLimitOptions,
  errors: typeof standardErrors,
  retryHeaders: boolean
): ApplyLimits {
  const context: Context = {
    errors,
    retryHeaders,
    fields: getHeaderFields(options),
    handleStoreFailures: createStoreFailureHandler(app.log, errors)
  }
  if (!app.hasRequestDecorator(limitResults)) app.decorateRequest(limitResults, null)
  return (limits, request: FastifyRequest & CountedRequest, reply) => {
    // `reply.callNotFound()` runs hooks a second time.
    const counted = request[limitResults]
    const pending = counted ? limits.filter(limit => !counted.some(result => result.limit === limit)) : limits
    const outcomes = pending.map(limit => limit.check(request))
    return outcomes.some(outcome => outcome instanceof Promise)
      ? Promise.all(outcomes).then(settled => handleOutcomes(context, settled, request, reply))
      : handleOutcomes(context, outcomes as ReadonlyArray<LimitOutcome | undefined>, request, reply)
  }
}

function handleOutcomes (
  { errors, retryHeaders, fields, handleStoreFailures }: Context,
  outcomes: ReadonlyArray<LimitOutcome | undefined>,
  request: FastifyRequest & CountedRequest,
  reply: FastifyReply
): LimitError | undefined {
  const results = [...request[limitResults] ?? []]
  const failures: StoreFailure[] = []
  let exceeded: LimitResult | undefined
  for (const outcome of outcomes) {
    if (outcome === undefined) continue
    if (isStoreFailure(outcome)) {
      failures.push(outcome)
      continue
    }
    results.push(outcome)
    callPolicyFunctions(outcome, request)
    // If several limits are exceeded, the longest wait is used. After a shorter wait, the client would be rejected
    // again.
    if (outcome.isExceeded && (exceeded === undefined || outcome.ttl > exceeded.ttl)) exceeded = outcome
  }
  request[limitResults] = results
  if (isNonEmpty(results)) { for (const { name, value } of fields) reply.header(name, value(results)) }
  if (exceeded !== undefined) {
    setRetryAfter(reply, exceeded, retryHeaders)
    const policies = results.filter(result => result.isExceeded).map(({ limit }) => limit.name)
    return { error: createExceededError(exceeded, policies, request, errors) }
  }
  const unavailable = failures.length === 0 ? undefined : handleStoreFailures(failures, request)
  return unavailable === undefined ? undefined : { error: unavailable }
}

function isNonEmpty (results: readonly LimitResult[]): results is readonly [LimitResult, ...LimitResult[]] {
  return results.length > 0
}

function callPolicyFunctions (result: LimitResult, request: FastifyRequest): void {
  callPolicyFunction(result.isExceeded ? 'onExceeded' : 'onExceeding', result, request)
  if (result.isBanned) callPolicyFunction('onBanReach', result, request)
}

function callPolicyFunction (
  name: 'onBanReach' | 'onExceeded' | 'onExceeding',
  { limit, key }: LimitResult,
  request: FastifyRequest
): void {
  const callback = limit.policy[name]
  if (callback === undefined) return
  callSafely(() => callback(request, key), err => {
    request.log.error({ err: copyErrorFor(request, err) }, `The function '${name}' of the policy '${limit.name}' failed.`)
  })
}
