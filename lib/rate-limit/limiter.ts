/** Registers the limits of an application: in its hooks, on its routes, and for its not-found handler. */
import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify'
import type { standardErrors } from '../catalog/standard-errors.js'
import { getRouteMark } from '../fastify/early-routes.js'
import type { Routes } from '../fastify/routes.js'
import { markInternal } from '../fastify/hooks.js'
import { createApplyLimits, type ApplyLimits, type Rejection } from './apply-limits.js'
import { createLimitFactory, getPolicyHook, type Limit } from './limit.js'
import { createRoutePolicy, createRoutePolicyName, getPoliciesOfRegistration, getRoutePolicies, rateLimitHooks, type RateLimitOptions } from './policies.js'

type Hook = (request: FastifyRequest, reply: FastifyReply) => Promise<void>

/** Hooks to register with the not-found handler, because it does not run those of routes. */
export interface NotFoundHandlerHooks {
  readonly preValidation: Hook[]
  readonly preHandler: Hook[]
}

/**
 * Limits the routes that are registered from now on, each by the policies that it names, and requests without a route by
 * the default policies.
 *
 * @param listRateLimits returns the options of the registrations around a scope, the nearest first
 */
export function registerLimiter (
  app: FastifyInstance, routes: Routes, options: RateLimitOptions, errors: typeof standardErrors, listRateLimits: (scope: object) => readonly RateLimitOptions[]
): NotFoundHandlerHooks {
  const createLimit = createLimitFactory(options)
  const policies = new Map(Object.entries(options.policies).map(([name, policy]) => [name, createLimit(name, policy)]))
  const getLimits = (names: readonly string[]): Limit[] => names.map(name => policies.get(name) as Limit)
  const applyLimits = createApplyLimits(app, options, errors)

  const defaults = getLimits(getRoutePolicies({}, options))
  const onRequestDefaults = defaults.filter(countsOnRequest)

  // The property of a route's config that has the limits to count in `onRequest`, where a request finds them.
  const onRequestLimits = Symbol('fastify-api-errors.onRequestLimits')
  // Fastify has copied the config of a route that was registered before the plugin.
  const early = new Map<unknown, readonly Limit[]>()
  const getOnRequestLimits = ({ routeOptions: { config } }: FastifyRequest): readonly Limit[] | undefined =>
    (config as { readonly [onRequestLimits]?: readonly Limit[] })[onRequestLimits] ?? (early.size === 0 ? undefined : early.get(getRouteMark(config)))

  app.addHook('onRequest', markInternal((request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction) => {
    const limits = request.is404 ? onRequestDefaults : getOnRequestLimits(request)
    const rejection = limits === undefined ? undefined : applyLimits(limits, request, reply)
    if (rejection instanceof Promise) rejection.then(settled => finish(done, settled), (error: unknown) => finish(done, { error }))
    else finish(done, rejection)
  }))

  routes.forEach((route, scope, isEarly) => {
    const around = listRateLimits(scope)
    const nearer = around.slice(0, around.indexOf(options))
    const named = getLimits(getPoliciesOfRegistration(route, options, nearer))
    const later = named.filter(limit => !countsOnRequest(limit))
    const settings = route.config?.rateLimit
    // If the application registered @fastify/rate-limit itself, that plugin reads the setting.
    if (settings && nearer.length === 0 && !scope.hasPlugin('@fastify/rate-limit')) later.push(createLimit(createRoutePolicyName(route), createRoutePolicy(settings)))
    const first = named.filter(countsOnRequest)
    if (first.length > 0 && isEarly) early.set(getRouteMark(route.config), first)
    else if (first.length > 0) route.config = Object.assign({ ...route.config }, { [onRequestLimits]: first })
    for (const name of rateLimitHooks) {
      const limits = later.filter(limit => getPolicyHook(limit.policy) === name)
      // A copy, because routes may share the array.
      if (limits.length > 0) route[name] = [...[route[name] ?? []].flat(), ...createHooks(applyLimits, limits)] as never
    }
  })

  return {
    preValidation: createHooks(applyLimits, defaults.filter(({ policy }) => ['preParsing', 'preValidation'].includes(getPolicyHook(policy)))),
    preHandler: createHooks(applyLimits, defaults.filter(({ policy }) => getPolicyHook(policy) === 'preHandler'))
  }
}

/** Returns one hook that applies limits, or none if there are no limits. */
function createHooks (applyLimits: ApplyLimits, limits: readonly Limit[]): Hook[] {
  if (limits.length === 0) return []
  return [markInternal(async (request: FastifyRequest, reply: FastifyReply) => {
    const rejection = await applyLimits(limits, request, reply)
    if (rejection !== undefined) throw toError(rejection)
  })]
}

function finish (done: HookHandlerDoneFunction, rejection: Rejection | undefined): void {
  if (rejection === undefined) done()
  else done(toError(rejection))
}

/** Fastify lets a request pass if the error is falsy. */
function toError ({ error }: Rejection): Error {
  return (error as Error | undefined) || new Error('A function of a rate-limit policy returned or threw no error.')
}

function countsOnRequest ({ policy }: Limit): boolean {
  return getPolicyHook(policy) === 'onRequest'
}
