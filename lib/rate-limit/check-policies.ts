import type { RateLimitOptions as RouteRateLimit } from '@fastify/rate-limit'
import type { RouteOptions } from 'fastify'
import { describeValue } from '../support/describe-value.js'
import { policyNumbers, type PolicyNumber } from './policy-numbers.js'
import { headerFields } from './header-fields.js'
import { listPolicyNames, rateLimitHooks, type PolicyChoice, type RateLimitBehaviour, type RateLimitOptions, type RateLimitPolicy } from './policies.js'
import { isObject } from '../support/is-object.js'

/** What an option takes, and whether a value is that. */
interface Rule {
  readonly takes: string
  readonly fits: (value: unknown) => boolean
}

type Rules<Options> = { readonly [Name in keyof Required<Options>]: Rule }

const isFunction = (value: unknown): boolean => typeof value === 'function'
const isWhole = (least: number, most = Number.MAX_SAFE_INTEGER) => (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most

const flag: Rule = { takes: 'true or false', fits: value => typeof value === 'boolean' }
const callback: Rule = { takes: 'a function of (request, key)', fits: isFunction }
const text: Rule = { takes: 'a text', fits: value => typeof value === 'string' }
const oneOf = (...values: readonly unknown[]): Rule => ({ takes: values.map(describeValue).join(' or '), fits: value => values.includes(value) })
const orFunction = ({ takes, read }: PolicyNumber): Rule => ({
  takes: `${takes}, or a function of (request, key)`, fits: value => isFunction(value) || read(value) !== undefined
})

const behaviour: Rules<RateLimitBehaviour> = {
  allowList: {
    takes: 'an array of keys, or a function of (request, key)',
    fits: value => isFunction(value) || (Array.isArray(value) && value.every(key => typeof key === 'string'))
  },
  ban: { takes: 'a whole number of 0 or more', fits: isWhole(0) },
  banStatus: oneOf(403, 429),
  cache: { takes: 'a whole number of 1 or more', fits: isWhole(1) },
  continueExceeding: flag,
  exponentialBackoff: flag,
  ipv6Subnet: { takes: 'a whole number from 0 to 128', fits: isWhole(0, 128) },
  onBanReach: callback,
  onExceeded: callback,
  onExceeding: callback,
  skipOnError: flag
}

const policyRules: Rules<RateLimitPolicy> = {
  max: orFunction(policyNumbers.max),
  timeWindow: orFunction(policyNumbers.timeWindow),
  key: { takes: "'ip', 'api-key', or a function of the request", fits: value => value === 'ip' || value === 'api-key' || isFunction(value) },
  cost: orFunction(policyNumbers.cost),
  skip: { takes: 'a function of the request', fits: isFunction },
  hook: oneOf(...rateLimitHooks),
  groupId: text,
  ...behaviour
}

const optionRules: Rules<RateLimitOptions> = {
  policies: {
    takes: "an object with one policy or more, like { general: { max: 100, timeWindow: '1 minute' } }",
    fits: value => isObject(value) && Object.keys(value).length > 0
  },
  default: { takes: "a policy's name, several in an array, or false", fits: () => true }, // checked against the policies
  redis: { takes: 'a client of ioredis', fits: value => isObject(value) && isFunction(value.defineCommand) },
  nameSpace: text,
  headers: oneOf(...Object.keys(headerFields), false),
  onStoreError: oneOf('allow', 'deny'),
  storeTimeout: { takes: 'milliseconds, a whole number of 1 or more', fits: isWhole(1) },
  ...behaviour
}

/** The settings of @fastify/rate-limit on a route that are read; it takes others, which mean nothing there. */
const routeRules: Rules<Pick<RateLimitPolicy, 'max' | 'timeWindow' | 'hook' | 'groupId'> & Pick<RouteRateLimit, 'keyGenerator' | 'errorResponseBuilder'>> = {
  max: policyRules.max,
  timeWindow: policyRules.timeWindow,
  hook: policyRules.hook,
  groupId: policyRules.groupId,
  keyGenerator: { takes: 'a function of the request', fits: isFunction },
  errorResponseBuilder: { takes: 'a function of (request, context)', fits: isFunction },
  ...behaviour
}

/**
 * Checks the `rateLimit` option.
 *
 * @throws TypeError with one sentence that names the option, what it got and what it takes
 */
export function checkRateLimit (options: RateLimitOptions): void {
  if (!isObject(options)) fault("the option 'rateLimit'", options, 'an object with policies')
  checkKnown('rateLimit', options, optionRules)
  check(options, optionRules, ['policies'], name => `the option 'rateLimit.${name}'`)
  for (const [name, policy] of Object.entries<RateLimitPolicy>(options.policies)) {
    const option = `rateLimit.policies.${name}`
    if (!/^[\x20-\x7e]+$/.test(name)) throw new TypeError(`fastify-api-errors: the option '${option}' has a name that no header can carry; it takes one of printable ASCII.`)
    if (!isObject(policy)) fault(`the option '${option}'`, policy, "a policy, like { max: 100, timeWindow: '1 minute' }")
    checkKnown(option, policy, policyRules)
    check(policy, policyRules, ['max', 'timeWindow'], property => `the option '${option}.${property}'`)
    if (policy.key === 'api-key' && policy.hook === 'onRequest') {
      fault(`the option '${option}.hook'`, policy.hook, "a hook that runs after the guard of the API keys, like 'preValidation'")
    }
  }
  checkChoice(options.default, options.policies, "the option 'rateLimit.default'")
}

/**
 * Checks what a route says about its limits.
 *
 * @throws TypeError with one sentence that names the route, what it got and what it takes
 */
export function checkRoute ({ method, url, config }: Pick<RouteOptions, 'method' | 'url' | 'config'>, { policies }: RateLimitOptions): void {
  const of = `of ${String(method)} ${url}`
  checkChoice(config?.rateLimitPolicy, policies, `config.rateLimitPolicy ${of}`)
  const settings: unknown = config?.rateLimit ?? false
  if (settings === false) return
  if (!isObject(settings)) fault(`config.rateLimit ${of}`, settings, 'the settings of @fastify/rate-limit, or false')
  check(settings, routeRules, [], name => `config.rateLimit.${name} ${of}`)
}

/**
 * Checks a route of an application without the `rateLimit` option: there is no policy that it could name.
 *
 * @throws TypeError with one sentence that names the route, and what it got
 */
export function checkUnlimitedRoute ({ method, url, config }: Pick<RouteOptions, 'method' | 'url' | 'config'>): void {
  checkChoice(config?.rateLimitPolicy, {}, `config.rateLimitPolicy of ${String(method)} ${url}`)
}

function checkChoice (choice: PolicyChoice | undefined, policies: RateLimitOptions['policies'], subject: string): void {
  const names = Object.keys(policies).map(describeValue)
  const takes = names.length === 0 ? "false, for the option 'rateLimit' is not set" : `${names.join(', ')}, several in an array, or false`
  if (choice === undefined || choice === false) return
  if (typeof choice !== 'string' && !Array.isArray(choice)) fault(subject, choice, takes)
  for (const name of listPolicyNames(choice)) if (!Object.hasOwn(policies, name)) fault(subject, name, takes)
}

function checkKnown (option: string, options: object, rules: Readonly<Record<string, Rule>>): void {
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(rules, name)) {
      throw new TypeError(`fastify-api-errors: '${option}.${name}' is not an option; it takes ${Object.keys(rules).join(', ')}.`)
    }
  }
}

function check (options: object, rules: Readonly<Record<string, Rule>>, required: readonly string[], subject: (name: string) => string): void {
  for (const [name, { takes, fits }] of Object.entries(rules)) {
    const value: unknown = (options as Readonly<Record<string, unknown>>)[name]
    if (value === undefined && !required.includes(name)) continue
    if (!fits(value)) fault(subject(name), value, takes)
  }
}

function fault (subject: string, got: unknown, takes: string): never {
  throw new TypeError(`fastify-api-errors: ${subject} is ${describeValue(got)}; it takes ${takes}.`)
}
