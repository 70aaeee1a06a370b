/** Checks the `rateLimit` option, and the limits of routes, against tables of rules. */
import type { RateLimitOptions as RouteRateLimit } from '@fastify/rate-limit'
import type { RouteOptions } from 'fastify'
import { describeValue } from '../support/describe-value.js'
import { expectKnownOptions, expectOption, rejectOption } from '../support/expect-option.js'
import { isAddressOrRange } from '../support/ip-allowlist.js'
import { isObject } from '../support/is-object.js'
import { headerFields } from './header-fields.js'
import {
  listPolicyNames,
  rateLimitHooks,
  type GivenRateLimit,
  type PolicyChoice,
  type SharedLimitOptions,
  type RateLimitOptions,
  type RateLimitPolicy
} from './policies.js'
import { policyNumbers, type PolicyNumber } from './policy-numbers.js'

/** The valid values of an option, as a phrase and as a check. */
interface Rule {
  readonly expected: string
  readonly isValid: (value: unknown) => boolean
}

type Rules<Options> = { readonly [Name in keyof Required<Options>]: Rule }

const owner = 'fastify-api-errors'

const isFunction = (value: unknown): boolean => typeof value === 'function'
const isIntegerFrom = (minimum: number, maximum = Number.MAX_SAFE_INTEGER) => (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) >= minimum && (value as number) <= maximum

const flag: Rule = { expected: 'true or false', isValid: value => typeof value === 'boolean' }
const callback: Rule = { expected: 'a function of (request, key)', isValid: isFunction }
const string: Rule = { expected: 'a string', isValid: value => typeof value === 'string' }
const nonNegativeInteger: Rule = { expected: 'a non-negative integer', isValid: isIntegerFrom(0) }
const positiveInteger: Rule = { expected: 'a positive integer', isValid: isIntegerFrom(1) }
const oneOf = (...values: readonly unknown[]): Rule => ({
  expected: values.map(describeValue).join(' or '),
  isValid: value => values.includes(value)
})
const orFunction = ({ expected, read }: PolicyNumber): Rule => ({
  expected: `${expected}, or a function of (request, key)`,
  isValid: value => isFunction(value) || read(value) !== undefined
})

const behavior: Rules<SharedLimitOptions> = {
  allowList: {
    expected: 'an array of keys, addresses and CIDR ranges, or a function of (request, key)',
    isValid: value => isFunction(value) || Array.isArray(value) // checkAllowlist checks the entries
  },
  ban: nonNegativeInteger,
  banStatus: oneOf(403, 429),
  cache: positiveInteger,
  continueExceeding: flag,
  exponentialBackoff: flag,
  ipv6Subnet: { expected: 'an integer from 0 to 128', isValid: isIntegerFrom(0, 128) },
  onBanReach: callback,
  onExceeded: callback,
  onExceeding: callback,
  skipOnError: flag
}

/** Whether the keys of a policy are IP addresses. */
const isByAddress = ({ key = 'ip' }: Pick<RateLimitPolicy, 'key'>): boolean => key === 'ip'

/**
 * Checks the entries of an `allowList`, because an invalid entry would match no client.
 *
 * @param onlyAddresses whether the keys are IP addresses, so that no other string is valid
 */
function checkAllowlist (
  getPath: (index: number) => string,
  allowList: SharedLimitOptions['allowList'],
  onlyAddresses: boolean
): void {
  if (!Array.isArray(allowList)) return
  allowList.forEach((entry: unknown, index) => {
    const isValid = typeof entry === 'string' && (isAddressOrRange(entry) || (!onlyAddresses && isKey(entry)))
    expectOption(
      owner,
      getPath(index),
      isValid,
      `${onlyAddresses ? '' : 'a key, '}an IP address or a CIDR range`,
      entry
    )
  })
}

/** Returns whether an entry can be a key. An address with an invalid prefix or with spaces around it is a mistake. */
function isKey (entry: string): boolean {
  return entry !== '' && entry === entry.trim() &&
    !(entry.includes('/') && isAddressOrRange(entry.split('/', 1).join()))
}

const policyRules: Rules<RateLimitPolicy> = {
  max: orFunction(policyNumbers.max),
  timeWindow: orFunction(policyNumbers.timeWindow),
  key: {
    expected: "'ip', 'api-key', or a function of the request",
    isValid: value => value === 'ip' || value === 'api-key' || isFunction(value)
  },
  cost: orFunction(policyNumbers.cost),
  skip: { expected: 'a function of the request', isValid: isFunction },
  hook: oneOf(...rateLimitHooks),
  groupId: string,
  ...behavior
}

const optionRules: Rules<RateLimitOptions> = {
  policies: {
    expected: "an object with at least one policy, such as { general: { max: 100, timeWindow: '1 minute' } }",
    isValid: value => isObject(value) && Object.keys(value).length > 0
  },
  default: { expected: '', isValid: () => true }, // checkDefault checks it against the policies
  redis: { expected: 'a client of ioredis', isValid: value => isObject(value) && isFunction(value.defineCommand) },
  nameSpace: string,
  headers: oneOf(...Object.keys(headerFields), false),
  onStoreError: oneOf('allow', 'deny'),
  storeTimeout: { expected: 'a positive integer (milliseconds)', isValid: isIntegerFrom(1) },
  ...behavior
}

/** The @fastify/rate-limit settings of a route that are read. Other settings have no effect. */
const routeRules: Rules<
  & Pick<RateLimitPolicy, 'max' | 'timeWindow' | 'hook' | 'groupId'>
  & Pick<RouteRateLimit, 'keyGenerator' | 'errorResponseBuilder'>
> = {
  max: policyRules.max,
  timeWindow: policyRules.timeWindow,
  hook: policyRules.hook,
  groupId: policyRules.groupId,
  keyGenerator: { expected: 'a function of the request', isValid: isFunction },
  errorResponseBuilder: { expected: 'a function of (request, context)', isValid: isFunction },
  ...behavior
}

/**
 * Checks the `rateLimit` option.
 *
 * @param isInherited whether policies are inherited, so that the option needs none itself
 * @throws TypeError with the option, what was expected and what was received
 */
export function checkRateLimit (options: GivenRateLimit, isInherited = false): void {
  // first, because options of @fastify/rate-limit belong in a policy
  checkRules(options, optionRules, isInherited ? [] : ['policies'], name => `rateLimit.${name}`)
  expectKnownOptions(owner, 'rateLimit', options, Object.keys(optionRules))
  const { policies = {} } = options
  for (const [name, policy] of Object.entries<RateLimitPolicy>(policies)) {
    checkPolicy(`rateLimit.policies.${name}`, name, policy)
  }
  checkAllowlist(
    index => `rateLimit.allowList[${index}]`,
    options.allowList,
    Object.values(policies).every(isByAddress)
  )
}

/**
 * Checks the `default` of the `rateLimit` option. In a scope, it may list policies of the outer registration.
 *
 * @param options the options, including inherited ones
 * @throws TypeError with the option, what was expected and what was received
 */
export function checkDefault (options: Pick<RateLimitOptions, 'default' | 'policies'>): void {
  checkChoice(options.default, options.policies, 'rateLimit.default')
}

function checkPolicy (path: string, name: string, policy: RateLimitPolicy): void {
  expectOption(
    owner,
    path,
    /^[\x20-\x7e]+$/.test(name),
    'a name in printable ASCII, because header fields contain it',
    name
  )
  expectOption(owner, path, isObject(policy), "a policy, such as { max: 100, timeWindow: '1 minute' }", policy)
  expectKnownOptions(owner, path, policy, Object.keys(policyRules))
  checkRules(policy, policyRules, ['max', 'timeWindow'], property => `${path}.${property}`)
  checkAllowlist(index => `${path}.allowList[${index}]`, policy.allowList, isByAddress(policy))
  expectOption(
    owner,
    `${path}.hook`,
    policy.key !== 'api-key' || policy.hook !== 'onRequest',
    "a hook that runs after the API key guard, such as 'preValidation'",
    policy.hook
  )
}

/**
 * Checks the limits of a route: `config.rateLimitPolicy` and `config.rateLimit`.
 *
 * @throws TypeError with the route, what was expected and what was received
 */
export function checkRoute (
  route: Pick<RouteOptions, 'method' | 'url' | 'config'>,
  { policies }: Pick<RateLimitOptions, 'policies'>
): void {
  const { config } = route
  checkChoice(config?.rateLimitPolicy, policies, routeOption(route, 'config.rateLimitPolicy'))
  const settings: unknown = config?.rateLimit ?? false
  if (settings === false) return
  expectOption(
    owner,
    routeOption(route, 'config.rateLimit'),
    isObject(settings),
    'the settings of @fastify/rate-limit, or false',
    settings
  )
  checkRules(settings, routeRules, [], name => routeOption(route, `config.rateLimit.${name}`))
  const { allowList, keyGenerator } = settings as
    & Pick<RateLimitPolicy, 'allowList'>
    & Pick<RouteRateLimit, 'keyGenerator'>
  checkAllowlist(
    index => routeOption(route, `config.rateLimit.allowList[${index}]`),
    allowList,
    keyGenerator === undefined
  )
}

/**
 * Checks a route of an application without the `rateLimit` option. Such a route cannot have a policy.
 *
 * @throws TypeError with the route and what was received
 */
export function checkUnlimitedRoute (route: Pick<RouteOptions, 'method' | 'url' | 'config'>): void {
  checkChoice(route.config?.rateLimitPolicy, {}, routeOption(route, 'config.rateLimitPolicy'))
}

function routeOption ({ method, url }: Pick<RouteOptions, 'method' | 'url'>, option: string): string {
  return `${option} of ${String(method)} ${url}`
}

function checkChoice (choice: PolicyChoice | undefined, policies: RateLimitOptions['policies'], option: string): void {
  const names = Object.keys(policies).map(describeValue)
  const expected = names.length === 0
    ? 'false, because the option rateLimit is not set'
    : `${names.join(', ')}, an array of them, or false`
  if (choice === undefined || choice === false) return
  if (typeof choice !== 'string' && !Array.isArray(choice)) rejectOption(owner, option, expected, choice)
  for (const name of listPolicyNames(choice)) {
    expectOption(owner, option, typeof name === 'string' && Object.hasOwn(policies, name), expected, name)
  }
}

function checkRules (
  options: object,
  rules: Readonly<Record<string, Rule>>,
  required: readonly string[],
  getPath: (name: string) => string
): void {
  for (const [name, { expected, isValid }] of Object.entries(rules)) {
    const value: unknown = (options as Readonly<Record<string, unknown>>)[name]
    if (value === undefined && !required.includes(name)) continue
    expectOption(owner, getPath(name), isValid(value), expected, value)
  }
}
