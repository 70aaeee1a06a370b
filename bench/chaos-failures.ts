/** Chooses the failures of the chaos benchmark. They depend on the seed, so that all clients meet the same failures. */
import { createHash } from 'node:crypto'

/** What happens to an attempt instead of a response, with its probability. */
export const failures = {
  'drop before': 0.08,
  'drop after': 0.08,
  429: 0.08,
  503: 0.08,
  409: 0.06,
  'die before': 0.0025,
  'die after': 0.0025
} as const

export type Failure = `${keyof typeof failures}` | 'ok'

/** The share of orders that the server always rejects with a 409 that a retry cannot change. */
export const rejectedShare = 0.05

/** Returns a number from 0 to 1 that depends only on the parts. */
export function randomOf (...parts: ReadonlyArray<string | number>): number {
  return createHash('sha256').update(JSON.stringify(parts)).digest().readUInt32BE(0) / 2 ** 32
}

/**
 * Returns what happens to an attempt.
 *
 * @param attempt 1 for the first attempt
 */
export function chooseFailure (seed: string, order: string, attempt: number): Failure {
  let rest = randomOf(seed, order, attempt)
  for (const [failure, probability] of Object.entries(failures)) {
    rest -= probability
    if (rest < 0) return failure as Failure
  }
  return 'ok'
}

export function isAlwaysRejected (seed: string, order: string): boolean {
  return randomOf(seed, order, 'refused') < rejectedShare
}
