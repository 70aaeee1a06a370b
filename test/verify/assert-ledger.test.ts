/** The check at the end of a test suite. */
import { AssertionError } from 'node:assert'
import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import apiErrors, { assertLedger, type LedgerEntry } from 'fastify-api-errors'

async function build (): Promise<FastifyInstance> {
  const app = Fastify()
  await app.register(apiErrors, { log: false })
  const { errors } = app.apiErrors
  app.get('/queues/:id', { config: { errors: ['resource_gone'] } }, async () => { throw errors.resource_gone?.() })
  // The plugin does not follow calls of other functions.
  const lock = (): never => { throw errors.resource_locked?.() }
  app.get('/draws/:id', async () => lock())
  return app
}

/** Returns the message of the assertion that a function throws. */
function failure (run: () => unknown): string {
  try {
    run()
  } catch (fault) {
    if (fault instanceof AssertionError) return fault.message
  }
  throw new Error('no assertion failed')
}

t.test('if every response is documented, it returns the codes without a test', async t => {
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

t.test('it fails on an undocumented response, and explains what to do', async t => {
  const app = await build()
  await app.inject('/draws/1')
  await app.inject('/draws/1')
  t.equal(failure(() => assertLedger(app)), `These responses are not documented. Add their codes to config.errors of the route, or to declareErrors() of its scope:
  GET /draws/:id: 423 resource_locked, sent 2 times`)
})

t.test('it fails on an error that a handler sends in another format', async t => {
  const app = Fastify()
  await app.register(apiErrors, { log: false, sentErrors: 'report' })
  app.get('/queues/:id', (_request, reply) => { reply.code(404).send({ message: 'No queue has this id.' }) })
  await app.inject('/queues/1')
  t.equal(failure(() => assertLedger(app)), `These responses do not have the format of the API. Throw an error from the catalog, declare the status in schema.response, or set sentErrors: 'convert':
  GET /queues/:id: 404, sent once`)
})

t.test('it can fail on documented codes that no test has triggered', async t => {
  const app = await build()
  t.equal(failure(() => assertLedger(app, { unexercised: 'fail', except: ['internal_error'] })), `These codes are documented, but no test has triggered them. Test them, or add them to 'except':
  resource_not_found: GET /draws/:id, and 1 more
  resource_gone: GET /queues/:id`)
  await app.inject('/queues/1')
  t.strictSame(assertLedger(app, { unexercised: 'fail', except: ['internal_error', 'resource_not_found'] }), { undocumented: [], unexercised: [] })
})

t.test('responses of a whole suite are checked for undocumented errors and untested codes', async t => {
  const responses: LedgerEntry[] = [
    { route: 'GET /draws/:id', status: 423, code: 'resource_locked', count: 1, documented: false },
    { route: 'GET /queues/:id', status: 410, code: 'resource_gone', count: 3, documented: true }
  ]
  t.equal(failure(() => assertLedger({ apiErrors: { ledger: () => [], reference: () => ({ codes: [{ code: 'unseen', routes: ['GET /a'] }] }) } }, { responses, unexercised: 'fail' })),
    `These responses are not documented. Add their codes to config.errors of the route, or to declareErrors() of its scope:
  GET /draws/:id: 423 resource_locked, sent once
These codes are documented, but no test has triggered them. Test them, or add them to 'except':
  unseen: GET /a`)
})

t.test("'except' has codes of the catalog", async t => {
  const app = await build()
  t.throws(() => assertLedger(app, { except: ['intrenal_error'] }), new TypeError('assertLedger: except: expected codes of the catalog, got "intrenal_error".'))
})

t.test('invalid input is reported with one sentence', async t => {
  const scoped = Fastify()
  await scoped.register(async scope => { await scope.register(apiErrors) })
  const expected = 'assertLedger: app: expected the instance, or the scope, that registers fastify-api-errors, got'
  t.throws(() => assertLedger(scoped), new TypeError(`${expected} an object.`))
  t.throws(() => assertLedger(undefined as never), new TypeError(`${expected} undefined.`))
  const app = await build()
  for (const [options, sentence] of [
    [{ answers: [] }, 'answers: unknown option, expected one of responses, unexercised, except.'],
    [{ except: 'x' }, 'except: expected an array of codes, got "x".'],
    [{ unexercised: 'warn' }, 'unexercised: expected \'list\' or \'fail\', got "warn".'],
    [{ responses: '.ledger' }, 'responses: expected the result of readLedger(), got ".ledger".'],
    [{ responses: [{ route: 'GET /queues/:id' }] }, 'responses: expected the result of readLedger(), got an array.']
  ] as const) t.throws(() => assertLedger(app, options as object), new TypeError(`assertLedger: ${sentence}`))
})
