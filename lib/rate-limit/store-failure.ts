import type { FastifyBaseLogger } from 'fastify'
import type { ApiError } from '../catalog/api-error.js'
import type { standardErrors } from '../catalog/standard-errors.js'
import type { StoreFailure } from './limit.js'

/** Milliseconds between two warnings about a store that fails. */
const warningInterval = 60_000

/**
 * Says what happens to a request while the store fails: `undefined`, and it passes, or the error that it is answered
 * with. The log is warned, once a minute at most.
 */
export function createStoreFailureHandler (
  onStoreError: 'allow' | 'deny', log: FastifyBaseLogger, errors: typeof standardErrors
): (failures: readonly StoreFailure[]) => ApiError | undefined {
  let silentUntil = -Infinity
  return failures => {
    const denied = failures.find(({ limit }) => !(limit.policy.skipOnError ?? onStoreError === 'allow'))
    const now = performance.now()
    if (now >= silentUntil) {
      silentUntil = now + warningInterval
      log.warn({ err: failures[0]?.cause }, `The store of the rate limits fails: requests ${denied === undefined ? 'pass without a limit' : 'are answered with 503'}.`)
    }
    return denied === undefined ? undefined : errors.service_unavailable({ cause: denied.cause })
  }
}
