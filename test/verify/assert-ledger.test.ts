import { AssertionError } from 'node:assert'
import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import apiErrors, { assertLedger, type LedgerEntry } from 'fastify-api-errors'

async function build (): Promise<FastifyInstance> {
  const app = Fastify()
  await app.register(apiErrors, { log: false })
  const { errors } = app.apiErrors
  app.get('/queues/:id', { config: { errors: ['resource_gone'] } }, async () => { throw errors.resource_gone?.() })
  app.get('/draws/:id', async () => { throw errors.resource_locked?.() })
  return app
}

/** What a function throws, as an assertion. */
function failure (run: () => unknown): string {
  try {
    run()
  } catch (fault) {
    if (fault instanceof AssertionError) return fault.message
  }
  throw new Error('no assertion failed')
}

t.test('where every answer is documented, it tells what is left to be tested', async t => {
  const app = await build()
  await app.inject('/queues/1')
  t.strictSame(assertLedger(app), {
    undocumented: [],
    unexercised: [
      { code: 'resource_not_found', routes: ['GET /draws/:id', 'GET /queues/:id'] },
      { code: 'internal_error', routes: ['GET /draws/:id', 'GET /queues/:id'] }
    ]
  })
})

t.test('it fails on an undocumented answer, and says what to do', async t => {
  const app = await build()
  await app.inject('/draws/1')
  await app.inject('/draws/1')
  t.equal(failure(() => assertLedger(app)), `These answers are not documented. Name their codes in config.errors of the route, or in declareErrors() of its scope:
  GET /draws/:id: 423 resource_locked, sent 2 times`)
})

t.test('it fails on an error that a handler sends in a shape of its own', async t => {
  const app = Fastify()
  await app.register(apiErrors, { log: false, sentErrors: 'report' })
  app.get('/queues/:id', (_request, reply) => { reply.code(404).send({ message: 'No queue has this id.' }) })
  await app.inject('/queues/1')
  t.equal(failure(() => assertLedger(app)), `These answers have a shape of their own. Throw an error of the catalog, declare the status in schema.response, or set sentErrors: 'convert':
  GET /queues/:id: 404, sent once`)
})

t.test('it can fail on codes that are documented and that no test has seen', async t => {
  const app = await build()
  t.equal(failure(() => assertLedger(app, { unexercised: 'fail', except: ['internal_error'] })), `These codes are documented, and no test has seen them. Test them, or name them in 'except':
  resource_not_found: GET /draws/:id, and 1 more
  resource_gone: GET /queues/:id`)
  await app.inject('/queues/1')
  t.strictSame(assertLedger(app, { unexercised: 'fail', except: ['internal_error', 'resource_not_found'] }), { undocumented: [], unexercised: [] })
})

t.test('both at once, for the answers of a whole suite', async t => {
  const answers: LedgerEntry[] = [
    { route: 'GET /draws/:id', status: 423, code: 'resource_locked', count: 1, documented: false },
    { route: 'GET /queues/:id', status: 410, code: 'resource_gone', count: 3, documented: true }
  ]
  t.equal(failure(() => assertLedger({ apiErrors: { ledger: () => [], reference: () => ({ codes: [{ code: 'unseen', routes: ['GET /a'] }] }) } }, { answers, unexercised: 'fail' })),
    `These answers are not documented. Name their codes in config.errors of the route, or in declareErrors() of its scope:
  GET /draws/:id: 423 resource_locked, sent once
These codes are documented, and no test has seen them. Test them, or name them in 'except':
  unseen: GET /a`)
})

t.test("'except' takes codes of the catalog", async t => {
  const app = await build()
  t.throws(() => assertLedger(app, { except: ['intrenal_error'] }), new TypeError("assertLedger: 'except' has 'intrenal_error'; it takes codes of the catalog."))
})

t.test('what is wrong is said in one sentence', async t => {
  const scoped = Fastify()
  await scoped.register(async scope => { await scope.register(apiErrors) })
  const takes = 'it takes the instance, or the scope, that registers it.'
  t.throws(() => assertLedger(scoped), new TypeError(`assertLedger: the application is an object without fastify-api-errors; ${takes}`))
  t.throws(() => assertLedger(undefined as never), new TypeError(`assertLedger: the application is undefined without fastify-api-errors; ${takes}`))
  const app = await build()
  for (const [options, sentence] of [
    [{ except: 'x' }, "the option 'except' is 'x'; it takes an array of codes."],
    [{ unexercised: 'warn' }, "the option 'unexercised' is 'warn'; it takes 'list' or 'fail'."],
    [{ answers: '.ledger' }, "the option 'answers' is '.ledger'; it takes what readLedger() returns."]
  ] as const) t.throws(() => assertLedger(app, options as object), new TypeError(`assertLedger: ${sentence}`))
})
