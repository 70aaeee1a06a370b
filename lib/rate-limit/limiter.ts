import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify'
import type { standardErrors } from '../catalog/standard-errors.js'
import type { Routes } from '../fastify/early-routes.js'
import { markInternal } from '../fastify/hooks.js'
import { checkRoute } from './check-policies.js'
import { createEnforcer, type Rejection } from './enforcer.js'
import { createLimits, getPolicyHook, type Limit } from './limit.js'
import { getRoutePolicies, rateLimitHooks, routePolicy, routePolicyName, type RateLimitOptions } from './policies.js'

type Hook = (request: FastifyRequest, reply: FastifyReply) => Promise<void>

/** Hooks for the not-found handler, which does not run those of routes. */
export interface NotFoundHooks {
  readonly preValidation: Hook[]
  readonly preHandler: Hook[]
}

/** The limits of a route that count before all other hooks: on its config, where a request finds them. */
const firstLimits = Symbol('fastify-api-errors.firstLimits')

interface LimitedConfig {
  readonly [firstLimits]?: readonly Limit[]
}

/**
 * Limits the routes that are registered from now on, each by the policies that it names, and requests without a route by
 * the default ones.
 */
export function registerLimiter (app: FastifyInstance, routes: Routes, options: RateLimitOptions, errors: typeof standardErrors): NotFoundHooks {
  const createLimit = createLimits(options)
  const policies = new Map(Object.entries(options.policies).map(([name, policy]) => [name, createLimit(name, policy)]))
  const limitsOf = (names: readonly string[]): Limit[] => names.map(name => policies.get(name) as Limit)
  const enforce = createEnforcer(app, options, errors)
  const hooksFor = (limits: readonly Limit[]): Hook[] =>
    limits.length === 0
      ? []
      : [markInternal(async (request: FastifyRequest, reply: FastifyReply) => {
          const refusal = await enforce(limits, request, reply)
          if (refusal !== undefined) throw toError(refusal)
        })]

  const defaults = limitsOf(getRoutePolicies({}, options))
  const firstDefaults = defaults.filter(countsFirst)

  // Fastify has copied the config of a route that was registered before.
  const early = new Map<string, readonly Limit[]>()
  const firstOf = ({ method, routeOptions: { config, url } }: FastifyRequest): readonly Limit[] | undefined =>
    (config as LimitedConfig)[firstLimits] ?? (early.size === 0 ? undefined : early.get(`${method} ${url}`))

  app.addHook('onRequest', markInternal((request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction) => {
    const limits = request.is404 ? firstDefaults : firstOf(request)
    const refusal = limits === undefined ? undefined : enforce(limits, request, reply)
    if (refusal instanceof Promise) refusal.then(settled => finish(done, settled), (error: unknown) => finish(done, { error }))
    else finish(done, refusal)
  }))

  routes.forEach((route, scope, isEarly) => {
    checkRoute(route, options)
    const named = limitsOf(getRoutePolicies(route, options))
    const others = named.filter(limit => !countsFirst(limit))
    const settings = route.config?.rateLimit
    // Where the application registered @fastify/rate-limit itself, that one reads the setting.
    if (settings && !scope.hasPlugin('@fastify/rate-limit')) others.push(createLimit(routePolicyName(route), routePolicy(settings)))
    const first = named.filter(countsFirst)
    if (first.length > 0 && isEarly) for (const method of [route.method].flat()) early.set(`${method} ${route.url}`, first)
    else if (first.length > 0) route.config = Object.assign({ ...route.config }, { [firstLimits]: first })
    for (const name of rateLimitHooks) {
      const limits = others.filter(limit => getPolicyHook(limit.policy) === name)
      // A copy: the array may be that of other routes, too.
      if (limits.length > 0) route[name] = [...[route[name] ?? []].flat(), ...hooksFor(limits)] as never
    }
  })

  return {
    preValidation: hooksFor(defaults.filter(({ policy }) => ['preParsing', 'preValidation'].includes(getPolicyHook(policy)))),
    preHandler: hooksFor(defaults.filter(({ policy }) => getPolicyHook(policy) === 'preHandler'))
  }
}

function finish (done: HookHandlerDoneFunction, refusal: Rejection | undefined): void {
  if (refusal === undefined) done()
  else done(toError(refusal))
}

/** Fastify lets a request pass where the error is nothing. */
function toError ({ error }: Rejection): Error {
  return (error as Error | undefined) || new Error('A function of a rate-limit policy gave nothing to answer with.')
}

function countsFirst ({ policy }: Limit): boolean {
  return getPolicyHook(policy) === 'onRequest'
}
