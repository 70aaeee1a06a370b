import { parse } from '@lukeed/ms'
import type { FastifyRequest } from 'fastify'
import { describeValue } from '../support/describe-value.js'
import type { RateLimitPolicy } from './policies.js'

/** A number that a policy has, or that a function of the policy returns. */
export interface PolicyNumber {
  /** The number; `undefined` for what is not one. */
  readonly read: (value: unknown) => number | undefined
  /** What it takes, for messages. */
  readonly takes: string
}

/** The most that one request may cost: a store counts one at a time. */
const maxCost = 1000

/** The numbers of a policy. */
export const policyNumbers: Readonly<Record<'max' | 'timeWindow' | 'cost', PolicyNumber>> = {
  max: {
    read: value => within(value, 0, Number.MAX_SAFE_INTEGER),
    takes: 'a whole number of 0 or more'
  },
  timeWindow: {
    read: value => within(typeof value === 'string' ? parse(value) : value, 1, Number.MAX_SAFE_INTEGER),
    takes: "milliseconds as a whole number of 1 or more, or a text like '1 minute'"
  },
  cost: {
    read: value => within(value, 0, maxCost),
    takes: `a whole number from 0 to ${maxCost}`
  }
}

function within (value: unknown, least: number, most: number): number | undefined {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most ? value as number : undefined
}

/** A number of a policy, or the function that gives it for a request. */
export type NumberSource = number | ((request: FastifyRequest, key: string) => Promise<number>)

/**
 * The number that a policy has.
 *
 * @throws TypeError for a request, where a function of the policy returns something else than a number that it may be
 */
export function createNumberSource (name: string, property: keyof typeof policyNumbers, value: NonNullable<RateLimitPolicy[keyof typeof policyNumbers]>): NumberSource {
  const { read, takes } = policyNumbers[property]
  if (typeof value !== 'function') return read(value) as number
  return async (request, key) => {
    const given: unknown = await value(request, key)
    const amount = read(given)
    if (amount === undefined) throw new TypeError(`fastify-api-errors: '${property}' of the rate-limit policy '${name}' returned ${describeValue(given)}; it takes ${takes}.`)
    return amount
  }
}

/** The number for a request. */
export async function resolveNumber (amount: NumberSource, request: FastifyRequest, key: string): Promise<number> {
  return typeof amount === 'number' ? amount : amount(request, key)
}
