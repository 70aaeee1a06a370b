/**
 * What happens to the requests of the chaos benchmark. The same seed has the same fates, so that all clients meet the
 * same failures.
 */
import { createHash } from 'node:crypto'

/** What happens to an attempt instead of a response, with its probability. */
export const fates = {
  'drop before': 0.08,
  'drop after': 0.08,
  429: 0.08,
  503: 0.08,
  409: 0.06,
  'die before': 0.0025,
  'die after': 0.0025
} as const

export type Fate = `${keyof typeof fates}` | 'ok'

/** The share of orders that the server always rejects with a 409 that a retry cannot change. */
export const refused = 0.05

/** Returns a number from 0 to 1 that depends only on the parts. */
export function randomOf (...parts: ReadonlyArray<string | number>): number {
  return createHash('sha256').update(JSON.stringify(parts)).digest().readUInt32BE(0) / 2 ** 32
}

/** @param attempt 1 for the first attempt */
export function fateOf (seed: string, order: string, attempt: number): Fate {
  let rest = randomOf(seed, order, attempt)
  for (const [fate, probability] of Object.entries(fates)) {
    rest -= probability
    if (rest < 0) return fate as Fate
  }
  return 'ok'
}

export function isRefused (seed: string, order: string): boolean {
  return randomOf(seed, order, 'refused') < refused
}
