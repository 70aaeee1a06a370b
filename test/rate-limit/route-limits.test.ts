/** The documented responses of limited routes. */
import rateLimit from '@fastify/rate-limit'
import Fastify from 'fastify'
import { Redis } from 'ioredis'
import t from 'tap'
import apiErrors, { type RateLimitOptions } from 'fastify-api-errors'

const minute = '1 minute'
const policies = {
  general: { max: 100, timeWindow: minute },
  strict: { max: 5, timeWindow: minute, ban: 3 },
  soft: { max: 5, timeWindow: minute, ban: 3, banStatus: 429 }
} satisfies RateLimitOptions['policies']

/** Returns the codes and reasons of the limits of routes, from `explain`. */
async function explained (options: Partial<RateLimitOptions> | undefined, { foreign = false } = {}): Promise<Record<string, string[]>> {
  const app = Fastify()
  await app.register(apiErrors, options === undefined ? {} : { rateLimit: { policies, ...options } })
  if (foreign) await app.register(rateLimit, { global: false })
  const handler = async () => ({ ok: true })
  app.get('/default', handler)
  app.get('/none', { config: { rateLimitPolicy: false } }, handler)
  app.get('/own', { config: { rateLimit: { max: 1, ban: 1 } } }, handler)
  app.get('/off', { config: { rateLimit: false } }, handler)
  if (options !== undefined) app.get('/several', { config: { rateLimitPolicy: ['strict', 'soft'] } }, handler)
  await app.ready()
  const routes = ['/default', '/none', '/own', '/off', ...options === undefined ? [] : ['/several']]
  const found = Object.fromEntries(routes.map(url => [
    url, app.apiErrors.explain('GET', url).filter(({ code }) => code !== 'internal_error').map(({ code, reason }) => `${code}: ${reason}`)
  ]))
  await app.close()
  return found
}

const own = ["rate_limit_exceeded: The route is limited by 'GET /own'.", "forbidden: The limit 'GET /own' bans clients that keep exceeding it."]
const several = ["rate_limit_exceeded: The route is limited by 'strict', 'soft'.", "forbidden: The limit 'strict' bans clients that keep exceeding it."]

t.test('a limited route documents 429, and a ban documents 403', async t => {
  t.strictSame(await explained({ default: 'general' }), {
    '/default': ["rate_limit_exceeded: The route is limited by 'general'."], '/none': [], '/own': own, '/off': [], '/several': several
  })
  t.strictSame(await explained({ banStatus: 429 }), {
    '/default': [], '/none': [], '/own': own.slice(0, 1), '/off': [], '/several': several.slice(0, 1)
  }, 'the options apply to all limits')
})

t.test("with Redis and onStoreError 'deny' it documents 503", async t => {
  const redis = new Redis({ lazyConnect: true })
  const lost = (name: string): string => `service_unavailable: The limit '${name}' rejects all requests while Redis fails.`
  t.strictSame(await explained({ default: 'general', redis, onStoreError: 'deny' }), {
    '/default': ["rate_limit_exceeded: The route is limited by 'general'.", lost('general')],
    '/none': [],
    '/own': [...own, lost('GET /own')],
    '/off': [],
    '/several': [...several, lost('strict'), lost('soft')]
  })
  const general = "rate_limit_exceeded: The route is limited by 'general'."
  t.strictSame((await explained({ default: 'general', redis }))['/default'], [general])
  t.strictSame((await explained({ default: 'general', redis, skipOnError: false }))['/default'], [general, lost('general')])
  t.strictSame((await explained({ default: 'general', onStoreError: 'deny' }))['/default'], [general], 'memory does not fail')
})

t.test('config.rateLimit is also documented if the application registered @fastify/rate-limit', async t => {
  t.strictSame(await explained(undefined), { '/default': [], '/none': [], '/own': [], '/off': [] }, 'config.rateLimit is not read')
  t.strictSame(await explained(undefined, { foreign: true }), { '/default': [], '/none': [], '/own': own, '/off': [] })
  const redis = new Redis({ lazyConnect: true })
  t.strictSame((await explained({ redis, onStoreError: 'deny' }, { foreign: true }))['/own'], own, 'it does not use our store')
})
