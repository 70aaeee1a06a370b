/** The routes of one registration, and what is inferred for each. */
import t, { type Test } from 'tap'
import cors from '@fastify/cors'
import rateLimit from '@fastify/rate-limit'
import Fastify, { type FastifyInstance, type RouteOptions } from 'fastify'
import { declareErrors, standardErrors } from 'fastify-api-errors'
import { resolveRules } from '../../lib/infer/custom-rules.js'
import { loadParser } from '../../lib/infer/code/parse-function.js'
import { createRouteErrors, findCoveredRoute, type RouteErrors, type RouteErrorsOptions } from '../../lib/infer/route-errors.js'
import type { RouteRecord } from '../../lib/infer/route-record.js'
import { thrown } from '../helpers/thrown.js'

t.before(loadParser)

type Started = { readonly app: FastifyInstance, readonly routeErrors: RouteErrors, readonly find: (url: string, method?: string) => RouteRecord }

/** Returns the inference for an application with some routes, before `setReady`. */
async function start (t: Test, register: (app: FastifyInstance) => unknown, options: Partial<RouteErrorsOptions> = {}): Promise<Started> {
  const app = Fastify({ exposeHeadRoutes: false })
  t.teardown(() => app.close())
  const routeErrors = createRouteErrors({
    app,
    errors: standardErrors,
    hasRateLimitHeaders: true,
    rules: resolveRules({}, standardErrors),
    getPolicies: () => [],
    getLimitErrors: () => [],
    handlesErrors: () => true,
    ...options
  })
  app.addHook('onRoute', function (route) { routeErrors.addRoute(route, this) })
  await register(app)
  await app.ready()
  return { app, routeErrors, find: (url, method = 'GET') => routeErrors.findRoutes(method, url)[0] as RouteRecord }
}

const handler = async (): Promise<string> => 'ok'
const codesOf = ({ routeErrors, find }: Started, url: string, method = 'GET'): string[] => routeErrors.listErrors(find(url), method).map(({ code }) => code)

t.test('each error has its status, its rule and the reason; its issues if the status has them', async t => {
  const { routeErrors, find } = await start(t, app => {
    app.get('/queues/:id', { schema: { querystring: { type: 'object', required: ['limit'], properties: { limit: { type: 'integer' } } } } }, handler)
  })
  t.strictSame(routeErrors.listErrors(find('/queues/:id'), 'GET'), [
    { code: 'internal_error', status: 500, rule: 'handler', reason: 'Any handler can fail.' },
    { code: 'invalid_parameter', status: 400, rule: 'parameters', reason: 'The query can fail its schema: required, type.', issues: ['required', 'type'] },
    { code: 'resource_not_found', status: 404, rule: 'resource', reason: 'A path parameter identifies a resource.' }
  ])
  t.strictSame(routeErrors.listStatuses(find('/queues/:id'), 'GET').map(({ status, definitions }) => [status, definitions.map(({ code }) => code)]), [
    [400, ['invalid_parameter']], [404, ['resource_not_found']], [500, ['internal_error']]
  ])
})

t.test('a route is found by its method and its pattern, and `/` below a prefix by both of its URLs', async t => {
  const { routeErrors } = await start(t, async app => {
    app.get('/queues', { constraints: { version: '1.0.0' } }, handler)
    app.get('/queues', { constraints: { version: '2.0.0' } }, handler)
    app.route({ method: ['POST', 'PUT'], url: '/queues', handler })
    await app.register(async scope => { scope.get('/', handler) }, { prefix: '/users' })
  })
  const count = (method: string, url: string): number => routeErrors.findRoutes(method, url).length
  for (const isReady of [false, true]) {
    if (isReady) routeErrors.setReady()
    t.strictSame([count('GET', '/queues'), count('post', '/queues'), count('PUT', '/queues'), count('PATCH', '/queues'), count('GET', '/users'), count('GET', '/users/'), count('GET', '/none')],
      [2, 1, 1, 0, 1, 1, 0], `ready: ${isReady}`)
  }
})

t.test('findings are inferred again until the application is ready, and then only once', async t => {
  let calls = 0
  const { routeErrors, find } = await start(t, app => { app.get('/', handler) }, {
    findInferredErrors: () => {
      calls++
      return []
    }
  })
  const list = (isSecured: boolean): number[] => routeErrors.listStatuses(find('/'), 'GET', isSecured).map(({ status }) => status)
  t.strictSame([list(false), list(false)], [[500], [500]])
  t.equal(calls, 2)
  routeErrors.setReady()
  t.strictSame([list(false), list(false), list(true), list(true)], [[500], [500], [401, 403, 500], [401, 403, 500]])
  t.equal(calls, 5, 'once without credentials; with them, the rule of security reads the findings again')
})

t.test('a route without our error handler has no errors, and a hidden one has errors that no document shows', async t => {
  const started = await start(t, app => {
    app.get('/ours', handler)
    app.get('/excluded', { config: { errors: false } }, handler)
    app.get('/theirs', { errorHandler: () => {} }, handler)
    app.get('/hidden', handler)
  }, {
    handlesErrors: (_scope, ofRoute) => ofRoute === undefined,
    isHidden: ({ url }) => url === '/hidden'
  })
  const { routeErrors, find } = started
  t.strictSame(Object.fromEntries(['/ours', '/excluded', '/theirs', '/hidden'].map(url => {
    const record = find(url)
    return [url, [codesOf(started, url), routeErrors.isCovered(record), routeErrors.isDocumented(record)]]
  })), {
    '/ours': [['internal_error'], true, true],
    '/excluded': [[], false, false],
    '/theirs': [[], false, true],
    '/hidden': [['internal_error'], true, false]
  })
  t.strictSame(routeErrors.listSentBodies(find('/excluded')), new Map())
})

t.test('a code that is not in the catalog is rejected: on a route immediately, on a hook when the application is ready', async t => {
  const unknown = { errors: ['quota_exceded'] } as unknown as { errors: [] }
  const authorize = async (): Promise<void> => {}
  declareErrors(authorize, ['quota_exceded' as 'resource_not_found'])
  const { routeErrors } = await start(t, app => {
    t.equal(thrown(() => app.get('/route', { config: unknown }, handler)), 'TypeError: fastify-api-errors: config.errors of GET /route: expected codes of the option \'errors\', got "quota_exceded".')
    app.get('/hook', { onRequest: authorize }, handler)
  })
  t.equal(
    thrown(() => routeErrors.setReady()),
    'TypeError: fastify-api-errors: the errors of GET /hook: expected codes of the option \'errors\', got "quota_exceded". The onRequest hook \'authorize\' of the route declares it.'
  )
})

t.test('errors that the code of a handler throws and sends, and the bodies that it sends unchanged', async t => {
  const routes = (app: FastifyInstance): void => {
    app.get('/thrown', async () => { throw standardErrors.resource_gone() })
    app.get('/sent', async (_request, reply) => reply.code(402).send({ message: 'Pay first.', plan: 'free' }))
  }
  const converted = await start(t, routes)
  t.strictSame(codesOf(converted, '/thrown'), ['internal_error', 'resource_gone'])
  t.strictSame(codesOf(converted, '/sent'), ['internal_error', 'payment_required'])
  t.strictSame([...converted.routeErrors.listSentBodies(converted.find('/sent')).keys()], [402])
  t.strictSame(converted.routeErrors.listSentBodies(converted.find('/thrown')), new Map())
  const reported = await start(t, routes, { convertsSent: false, keepsSentBodies: false })
  t.strictSame(codesOf(reported, '/sent'), ['internal_error'], 'an error that is not converted is not in our format')
  t.strictSame(reported.routeErrors.listSentBodies(reported.find('/sent')), new Map())
})

t.test('the headers of a route: our limits, the limits of @fastify/rate-limit, and CORS', async t => {
  const { routeErrors, find } = await start(t, async app => {
    await app.register(rateLimit, { max: 10 })
    app.get('/limited', handler)
    app.get('/free', { config: { rateLimit: false } }, handler)
    await app.register(async scope => {
      await scope.register(cors)
      scope.get('/shared', handler)
    })
  }, { getPolicies: ({ url }) => url === '/free' ? [] : ['general'] })
  t.strictSame(routeErrors.getHeaders(find('/limited')), { limited: true, pluginLimit: 'x-ratelimit', cors: false })
  t.strictSame(routeErrors.getHeaders(find('/free')), { limited: false, pluginLimit: undefined, cors: false })
  t.strictSame(routeErrors.getHeaders(find('/shared')), { limited: true, pluginLimit: 'x-ratelimit', cors: true })
  t.strictSame(routeErrors.getCommonHeaders(), { limited: true, pluginLimit: 'x-ratelimit', cors: false })
  const unlimited = await start(t, app => { app.get('/', handler) }, { hasRateLimitHeaders: false, getPolicies: () => ['general'] })
  t.strictSame(unlimited.routeErrors.getHeaders(unlimited.find('/')), { limited: false, pluginLimit: undefined, cors: false })
  t.strictSame(unlimited.routeErrors.getCommonHeaders(), { limited: false, pluginLimit: undefined, cors: false })
})

t.test('a route is also found by a copy of its options, which @fastify/swagger makes for HEAD routes', async t => {
  const added: RouteOptions[] = []
  const { routeErrors, find } = await start(t, app => {
    app.addHook('onRoute', route => { added.push(route) })
    app.get('/one', handler)
    app.get('/two', handler)
  })
  const [, two] = added as [RouteOptions, RouteOptions]
  const covered = { record: find('/two'), routeErrors }
  t.strictSame(findCoveredRoute(two)?.record, covered.record)
  t.equal(findCoveredRoute({ ...two })?.record, covered.record, 'the routes share a handler, so the URL decides')
  t.equal(findCoveredRoute({ ...two, url: '/three' }), undefined)
  t.equal(findCoveredRoute({ ...two, handler: async () => '' }), undefined)
})
