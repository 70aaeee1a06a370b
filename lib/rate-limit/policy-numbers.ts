/** The numbers of a policy: `max`, `timeWindow` and `cost`, each fixed or returned by a function for each request. */
import { parse } from '@lukeed/ms'
import type { FastifyRequest } from 'fastify'
import { describeValue } from '../support/describe-value.js'
import type { RateLimitPolicy } from './policies.js'

/** A number of a policy, or a function that returns it. */
export interface PolicyNumber {
  /** Returns the number; `undefined` if the value is invalid. */
  readonly read: (value: unknown) => number | undefined
  /** A description of the valid values, for messages. */
  readonly expected: string
}

/** The maximum cost of a request. A larger number probably has another unit, such as bytes or milliseconds. */
const maxCost = 1000

/** The numbers of a policy. */
export const policyNumbers: Readonly<Record<'max' | 'timeWindow' | 'cost', PolicyNumber>> = {
  max: {
    read: value => readInteger(value, 0, Number.MAX_SAFE_INTEGER),
    expected: 'a non-negative integer'
  },
  timeWindow: {
    read: value => readInteger(typeof value === 'string' ? parse(value) : value, 1, Number.MAX_SAFE_INTEGER),
    expected: "a positive integer (milliseconds), or a string such as '1 minute'"
  },
  cost: {
    read: value => readInteger(value, 0, maxCost),
    expected: `an integer from 0 to ${maxCost}`
  }
}

function readInteger (value: unknown, minimum: number, maximum: number): number | undefined {
  return Number.isInteger(value) && (value as number) >= minimum && (value as number) <= maximum
    ? value as number
    : undefined
}

/** A number of a policy, or the function that returns it for a request. */
export type NumberSource = number | ((request: FastifyRequest, key: string) => Promise<number>)

/**
 * Returns the number of a policy, or the function that returns it. That function rejects with a TypeError if the
 * function of the policy returns an invalid number.
 */
export function createNumberSource (
  name: string,
  property: keyof typeof policyNumbers,
  value: NonNullable<RateLimitPolicy[keyof typeof policyNumbers]>
): NumberSource {
  const { read, expected } = policyNumbers[property]
  if (typeof value !== 'function') return read(value) as number
  return async (request, key) => {
    const returned: unknown = await value(request, key)
    const number = read(returned)
    if (number === undefined) {
      throw new TypeError(
        `fastify-api-errors: ${property} of the rate limit ${describeValue(name)}: expected the function to return ${expected}, got ${describeValue(returned)}.`
      )
    }
    return number
  }
}

/** Returns the number for a request. */
export async function resolveNumber (source: NumberSource, request: FastifyRequest, key: string): Promise<number> {
  return typeof source === 'number' ? source : source(request, key)
}
