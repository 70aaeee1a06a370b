/** Handles requests while the store fails: they are allowed, or rejected with 503. */
import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import type { ApiError } from '../catalog/api-error.js'
import type { standardErrors } from '../catalog/standard-errors.js'
import { copyErrorFor } from '../support/redact.js'
import type { StoreFailure } from './limit.js'

/** Milliseconds between two warnings about a store that fails. */
const warningInterval = 60_000

/**
 * Returns a function that handles the failures for a request. It returns the error to send, or `undefined` if the
 * request is allowed. It logs a warning, at most once a minute.
 */
export function createStoreFailureHandler (
  log: FastifyBaseLogger,
  errors: typeof standardErrors
): (failures: readonly StoreFailure[], request: Pick<FastifyRequest, 'headers'>) => ApiError | undefined {
  let nextWarning = -Infinity
  return (failures, request) => {
    const denied = failures.find(({ limit }) => limit.policy.skipOnError === false)
    const now = performance.now()
    if (now >= nextWarning) {
      nextWarning = now + warningInterval
      log.warn(
        { err: copyErrorFor(request, failures[0]?.cause) },
        `The rate limit store failed. Requests are ${denied === undefined ? 'not limited' : 'rejected with 503'}.`
      )
    }
    return denied === undefined ? undefined : errors.service_unavailable({ cause: denied.cause })
  }
}
