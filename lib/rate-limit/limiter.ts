import rateLimit, { normalizeIP } from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest, onRequestAsyncHookHandler, RouteOptions } from 'fastify'
import type { standardErrors } from '../catalog/standard-errors.js'
import { namesOf, type RateLimitOptions } from './policies.js'

/** The names of the policies that a route is counted under; what the route says wins over the default. */
export function policiesOf (route: Pick<RouteOptions, 'config'>, options: RateLimitOptions): readonly string[] {
  const config = route.config ?? {}
  if (config.rateLimitPolicy !== undefined) return namesOf(config.rateLimitPolicy)
  return config.rateLimit === undefined ? namesOf(options.default) : []
}

type Check = ReturnType<FastifyInstance['createRateLimit']>

/** Limits the routes that are registered from now on, by the policies that each of them names. */
export async function registerLimiter (
  app: FastifyInstance, options: RateLimitOptions, errors: typeof standardErrors
): Promise<void> {
  if (!app.hasPlugin('@fastify/rate-limit')) {
    await app.register(rateLimit, {
      global: false,
      nameSpace: options.nameSpace ?? 'fastify-api-errors-',
      ...(options.redis !== undefined && { redis: options.redis })
    })
  }
  const checks = new Map<string, Check>()
  for (const [name, { max, timeWindow, key = 'ip' }] of Object.entries(options.policies)) {
    const keyOf = key === 'ip' ? (request: FastifyRequest) => normalizeIP(request.ip) : key
    checks.set(name, app.createRateLimit({ max, timeWindow, keyGenerator: request => `${name}-${keyOf(request)}` }))
  }
  const hooks = new Map<string, onRequestAsyncHookHandler>()

  app.addHook('onRoute', route => {
    const names = policiesOf(route, options)
    if (names.length === 0) return
    for (const name of names) {
      if (!checks.has(name)) {
        throw new TypeError(`fastify-api-errors: config.rateLimitPolicy of ${String(route.method)} ${route.url} is '${name}'; it takes one of ${[...checks.keys()].map(known => `'${known}'`).join(', ')}.`)
      }
    }
    const id = names.join(' ')
    let hook = hooks.get(id)
    if (hook === undefined) hooks.set(id, hook = createHook(names.map(name => [name, checks.get(name) as Check]), errors))
    route.onRequest = [hook, ...[route.onRequest ?? []].flat()]
  })
}

function createHook (policies: ReadonlyArray<readonly [string, Check]>, errors: typeof standardErrors): onRequestAsyncHookHandler {
  return async request => {
    let worst: { policy: string, limit: number, window: number, retry_after: number } | undefined
    for (const [policy, check] of policies) {
      const state = await check(request)
      if (state.isAllowed || !state.isExceeded) continue
      const retryAfter = Math.max(1, state.ttlInSeconds)
      if (worst !== undefined && worst.retry_after >= retryAfter) continue
      worst = { policy, limit: state.max, window: Math.ceil(state.timeWindow / 1000), retry_after: retryAfter }
    }
    if (worst !== undefined) throw errors.rate_limit_exceeded({ meta: worst, retryAfter: worst.retry_after })
  }
}
