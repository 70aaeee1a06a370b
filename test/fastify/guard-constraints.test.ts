/** Constraint strategies of an application whose functions return promises. */
import t from 'tap'
import { guardConstraint } from '../../lib/fastify/guard-constraints.js'
import { createApp, listen, sendRequest } from '../helpers/http.js'

const values = new Map<unknown, unknown>()
const strategy = {
  name: 'tenant',
  storage: () => ({ get: (key: unknown) => values.get(key), set: (key: unknown, value: unknown) => { values.set(key, value) } }),
  deriveConstraint: (request: { tenant: unknown }) => request.tenant
}

type Done = (error: unknown, value?: unknown) => void

type Guarded = typeof strategy & {
  deriveConstraint: (request: unknown, context?: unknown, done?: Done) => unknown
  validate?: (value: unknown) => void
}

const guard = (value: unknown): Guarded => guardConstraint('serverOptions()', 'constraints.tenant', value, () => true) as Guarded

t.test('a strategy works as before', async t => {
  const { name, storage, deriveConstraint, validate } = guard({ ...strategy, validate: () => { throw new Error('invalid') } })
  storage().set('a', 'handler of a')
  t.strictSame([name, storage().get('a'), deriveConstraint({ tenant: 'a' })], ['tenant', 'handler of a', 'a'])
  t.throws(() => validate?.('b'), new Error('invalid'))
})

t.test('an async deriveConstraint is rejected at the start', async t => {
  t.throws(() => guard({ ...strategy, deriveConstraint: async () => 'a' }), { message: /^serverOptions\(\): constraints\.tenant: expected a function that returns its result, not a promise/ })
})

t.test('a promise of deriveConstraint or of the store throws', async t => {
  t.throws(() => guard({ ...strategy, deriveConstraint: () => Promise.resolve('a') }).deriveConstraint({}), { message: 'constraints.tenant: expected the function to return its result, got a promise.' })
  const { storage } = guard({ ...strategy, storage: () => ({ get: () => Promise.resolve(), set: () => {} }) })
  t.throws(() => storage().get('a'), { message: 'constraints.tenant: storage.get: expected the function to return its result, got a promise.' })
})

t.test('the callback gets the first result or rejection only', async t => {
  const derive = (deriveConstraint: unknown): Promise<unknown[]> => new Promise(resolve => {
    const calls: unknown[] = []
    guard({ ...strategy, deriveConstraint }).deriveConstraint({}, {}, (...args) => calls.push(args))
    setImmediate(() => resolve(calls))
  })
  const fault = new Error('lost')
  t.strictSame(await derive((_request: unknown, _context: unknown, done: Done) => { done(null, 'a') }), [[null, 'a']])
  t.strictSame(await derive((_request: unknown, _context: unknown, _done: unknown) => Promise.reject(fault)), [[fault]])
  t.strictSame(await derive((_request: unknown, _context: unknown, done: Done) => { done(null, 'a'); return Promise.reject(fault) }), [[null, 'a']])
})

t.test('a callback without an error, and a rejection without a reason, end the request', async t => {
  const derive = (deriveConstraint: unknown, isActive = true): Promise<unknown[]> => new Promise(resolve => {
    (guardConstraint('serverOptions()', 'constraints.tenant', { ...strategy, deriveConstraint }, () => isActive) as Guarded)
      .deriveConstraint({}, {}, (...args) => { resolve(args) })
  })
  t.strictSame(await derive((_request: unknown, _context: unknown, done: Done) => { done(undefined, 'a') }), [null, 'a'])
  t.strictSame(await derive((_request: unknown, _context: unknown, done: (...args: unknown[]) => void) => { done() }), [null])
  t.strictSame(await derive((_request: unknown, _context: unknown, _done: Done) => Promise.reject()), [new Error('A constraint was rejected with undefined.')]) // eslint-disable-line prefer-promise-reject-errors
  t.strictSame(await derive((_request: unknown, _context: unknown, done: Done) => { done(undefined, 'a') }, false), [undefined, 'a'], 'without the plugin')
})

t.test('an async constraint that fails without a reason gets a response over a socket', async t => {
  const deriveConstraint = (request: { readonly url: string }, _context: unknown, done: Done): unknown => {
    if (request.url === '/rejects') return Promise.reject() // eslint-disable-line prefer-promise-reject-errors
    done(undefined, 'a')
    return undefined
  }
  const app = await createApp({}, { routerOptions: { constraints: { tenant: { ...strategy, storage: createStorage, deriveConstraint } as never } } })
  app.get('/done', { constraints: { tenant: 'a' } }, async () => 'ok')
  const port = await listen(t, app)
  t.match(await sendRequest(port, 'GET', '/done'), { status: 200, body: 'ok' })
  t.match(await sendRequest(port, 'GET', '/rejects'), { status: 500, body: { code: 'internal_error' } })
})

/** Returns a store of handlers for one router. */
function createStorage (): ReturnType<typeof strategy.storage> {
  const handlers = new Map<unknown, unknown>()
  return { get: key => handlers.get(key), set: (key, value) => { handlers.set(key, value) } }
}

t.test('a value that is not a strategy is returned unchanged, because Fastify rejects it', async t => {
  for (const value of [undefined, null, 'tenant', {}, { storage: () => {} }]) t.equal(guard(value), value)
})
