/** Registers the limits of an application: in its hooks, on its routes, and for its not-found handler. */
import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction, RouteOptions } from 'fastify'
import type { standardErrors } from '../catalog/standard-errors.js'
import { getRouteMark } from '../fastify/early-routes.js'
import type { Routes } from '../fastify/routes.js'
import { markInternal } from '../fastify/guard-hooks.js'
import { findOwner, isOwner } from '../fastify/registrations.js'
import { setUnroutedHook } from '../fastify/unrouted-requests.js'
import { handleThrownPromise } from '../support/call-safely.js'
import { createApplyLimits, type ApplyLimits, type LimitError } from './apply-limits.js'
import { checkDefault, checkRoute } from './check-policies.js'
import { createLimitFactory, getPolicyHook, type Limit } from './limit.js'
import {
  createRoutePolicy,
  createRoutePolicyName,
  getRoutePolicies,
  rateLimitHooks,
  type GivenRateLimit,
  type RateLimitHook,
  type RateLimitOptions,
  type RateLimitPolicy
} from './policies.js'

type Hook = (request: FastifyRequest, reply: FastifyReply) => Promise<void>

/** Hooks to register with the not-found handler, because it does not run hooks of routes. */
export interface NotFoundHandlerHooks {
  readonly preValidation: Hook[]
  readonly preHandler: Hook[]
}

/** The limits of one registration of the plugin. */
interface Limiter {
  readonly options: RateLimitOptions
  /** The limits by the names of their policies, including those of the outer registration. */
  readonly limits: ReadonlyMap<string, Limit>
  readonly createLimit: (name: string, policy: RateLimitPolicy) => Limit
  readonly applyLimits: ApplyLimits
  /**
   * The scope whose `onRequest` hook counts requests. Nested registrations also use this hook, so that a request is
   * counted once.
   */
  readonly hookScope: object
}

/** The limiters by the scope of their registration. */
const limiters = new WeakMap<object, Limiter>()

/** The limits to count in `onRequest`. */
interface OnRequestLimits {
  readonly limiter: Limiter
  readonly limits: readonly Limit[]
}

/** The property of a route's config with these limits, so that a request can access them. */
const onRequestLimits = Symbol('fastify-api-errors.onRequestLimits')

interface LimitedConfig {
  readonly [onRequestLimits]?: OnRequestLimits
}

/**
 * These limits for routes that were registered before the plugin, by their mark, because Fastify has already copied
 * their config.
 */
const earlyOnRequestLimits = new WeakMap<object, OnRequestLimits>()
let hasEarlyLimits = false

/**
 * Limits each route of a registration by the policies that it lists, and requests without a route by the default
 * policies. In a scope, routes can also list policies of the outer registration.
 *
 * @param own the `rateLimit` option of the registration
 * @param options the same, including inherited options
 * @throws TypeError if the option or a route lists a policy that does not exist
 */
export function registerLimits (
  app: FastifyInstance,
  routes: Routes,
  own: GivenRateLimit | undefined,
  options: RateLimitOptions,
  errors: typeof standardErrors,
  retryHeaders: boolean
): NotFoundHandlerHooks {
  checkDefault(options)
  const limiter = createLimiter(app, own, options, errors, retryHeaders)
  limiters.set(app, limiter)
  if (limiter.hookScope === app) addOnRequestHook(app)
  setUnroutedHook(app, (request, reply) => limitUnrouted(limiter, request, reply))
  routes.forEach((route, scope, isEarly) => {
    if (isOwner(app, scope)) limitRoute(limiter, route, scope, isEarly)
  })
  const defaults = getDefaultLimits(limiter)
  const createNotFoundHooks = (...names: readonly RateLimitHook[]): Hook[] =>
    createHooks(limiter.applyLimits, defaults.filter(({ policy }) => names.includes(getPolicyHook(policy))))
  return {
    preValidation: createNotFoundHooks('preParsing', 'preValidation'),
    preHandler: createNotFoundHooks('preHandler')
  }
}

function createLimiter (
  app: FastifyInstance,
  own: GivenRateLimit | undefined,
  options: RateLimitOptions,
  errors: typeof standardErrors,
  retryHeaders: boolean
): Limiter {
  const owner = findOwner(Object.getPrototypeOf(app))
  const outer = owner === undefined ? undefined : limiters.get(owner)
  const policies = own?.policies ?? {}
  // A registration without its own options inherits them, so an outer limiter exists.
  const createLimit = own === undefined
    ? (outer as Limiter).createLimit
    : createLimitFactory(options, policies, createGroupPrefix(app), app.server)
  const limits = Object.keys(policies).map(name =>
    [name, createLimit(name, options.policies[name] as RateLimitPolicy)] as const
  )
  return {
    options,
    limits: new Map([...outer?.limits ?? [], ...limits]),
    createLimit,
    applyLimits: createApplyLimits(app, options, errors, retryHeaders),
    hookScope: outer?.hookScope ?? app
  }
}

/** The prefixes of the registrations with limits, by server. */
const prefixes = new WeakMap<object, string[]>()

/**
 * Returns a prefix that separates the counts of a registration from those of other registrations on the server; empty
 * at the root.
 */
function createGroupPrefix ({ server, prefix }: FastifyInstance): string {
  const usedPrefixes = prefixes.get(server) ?? []
  prefixes.set(server, [...usedPrefixes, prefix])
  const count = usedPrefixes.filter(other => other === prefix).length
  return `${prefix}${prefix === '' ? '' : ' '}${count === 0 ? '' : `#${count + 1} `}`
}

function addOnRequestHook (app: FastifyInstance): void {
  app.addHook(
    'onRequest',
    markInternal((request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction) => {
      const found = request.is404 ? findDefaultLimits(request.server) : findOnRequestLimits(request.routeOptions.config)
      if (found === undefined || found.limiter.hookScope !== app) {
        done()
        return
      }
      const limitError = found.limiter.applyLimits(found.limits, request, reply)
      if (limitError instanceof Promise) awaitLimitError(limitError).then(settled => callDone(done, settled), done)
      else callDone(done, limitError)
    })
  )
}

/**
 * Counts a request that gets a response before any hook runs, under all default policies, including policies with a
 * later hook.
 */
async function limitUnrouted (
  limiter: Limiter,
  request: FastifyRequest,
  reply: FastifyReply
): Promise<Error | undefined> {
  const limitError = await awaitLimitError(limiter.applyLimits(getDefaultLimits(limiter), request, reply))
  return limitError === undefined ? undefined : toError(limitError)
}

function findOnRequestLimits (config: object): OnRequestLimits | undefined {
  return (config as LimitedConfig)[onRequestLimits] ?? findEarlyLimits(config)
}

function findEarlyLimits (config: object): OnRequestLimits | undefined {
  const mark = hasEarlyLimits ? getRouteMark(config) : undefined
  return mark && earlyOnRequestLimits.get(mark)
}

/** Returns the limits for a request without a route, by the scope of the not-found handler. */
function findDefaultLimits (scope: object): OnRequestLimits | undefined {
  const limiter = limiters.get(findOwner(scope) as object)
  return limiter === undefined ? undefined : { limiter, limits: getDefaultLimits(limiter).filter(countsOnRequest) }
}

/** Returns the limits for requests without a route. */
function getDefaultLimits (limiter: Limiter): Limit[] {
  return getLimits(limiter, {})
}

/** Returns the limits that a route lists, or the default limits. */
function getLimits ({ limits, options }: Limiter, route: Pick<RouteOptions, 'config'>): Limit[] {
  return getRoutePolicies(route, options).map(name => limits.get(name) as Limit)
}

function limitRoute (limiter: Limiter, route: RouteOptions, scope: FastifyInstance, isEarly: boolean): void {
  checkRoute(route, limiter.options)
  const named = getLimits(limiter, route)
  const laterLimits = named.filter(limit => !countsOnRequest(limit))
  const settings = route.config?.rateLimit
  // If the application registered @fastify/rate-limit itself, that plugin reads the setting.
  if (settings && !scope.hasPlugin('@fastify/rate-limit')) {
    laterLimits.push(limiter.createLimit(createRoutePolicyName(route), createRoutePolicy(settings, route)))
  }
  const onRequest = { limiter, limits: named.filter(countsOnRequest) }
  if (onRequest.limits.length > 0 && isEarly) {
    hasEarlyLimits = true
    earlyOnRequestLimits.set(getRouteMark(route.config) as object, onRequest)
  } else if (onRequest.limits.length > 0) {
    route.config = Object.assign({ ...route.config }, { [onRequestLimits]: onRequest })
  }
  for (const name of rateLimitHooks) {
    const limits = laterLimits.filter(limit => getPolicyHook(limit.policy) === name)
    // A copy, because routes may share the array.
    if (limits.length > 0) {
      route[name] = [...[route[name] ?? []].flat(), ...createHooks(limiter.applyLimits, limits)] as never
    }
  }
}

/** Returns one hook that applies limits, or none if there are no limits. */
function createHooks (applyLimits: ApplyLimits, limits: readonly Limit[]): Hook[] {
  if (limits.length === 0) return []
  return [markInternal(async (request: FastifyRequest, reply: FastifyReply) => {
    const limitError = await awaitLimitError(applyLimits(limits, request, reply))
    if (limitError !== undefined) throw toError(limitError)
  })]
}

/** Waits for the error of a limit. If a policy's function throws, the error is returned in the same form. */
async function awaitLimitError (limitError: ReturnType<ApplyLimits>): Promise<LimitError | undefined> {
  try {
    return await limitError
  } catch (error) {
    return { error }
  }
}

function callDone (done: HookHandlerDoneFunction, limitError: LimitError | undefined): void {
  if (limitError === undefined) done()
  else done(toError(limitError))
}

/** Returns an error that is not falsy, because Fastify continues with a request if the error is falsy. */
function toError ({ error }: LimitError): Error {
  return (handleThrownPromise(error) as Error | undefined) ||
    new Error('A function of a rate limit policy failed without an error.')
}

function countsOnRequest ({ policy }: Limit): boolean {
  return getPolicyHook(policy) === 'onRequest'
}
