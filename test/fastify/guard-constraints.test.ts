/** Constraint strategies of an application whose functions return promises. */
import t from 'tap'
import { guardConstraint } from '../../lib/fastify/guard-constraints.js'

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

t.test('a value that is not a strategy is returned unchanged, because Fastify rejects it', async t => {
  for (const value of [undefined, null, 'tenant', {}, { storage: () => {} }]) t.equal(guard(value), value)
})
