/** Functions whose result Fastify uses immediately, so that they must not return a promise. */
import t from 'tap'
import { expectSynchronous, guardResult } from '../../lib/fastify/guard-synchronous.js'
import { watchRejections } from '../helpers/unhandled-rejections.js'

t.test('an async function is rejected at the start', async t => {
  t.throws(() => { expectSynchronous('serverOptions()', 'genReqId', async () => 'a') }, { message: /^serverOptions\(\): genReqId: expected a function that returns its result, not a promise, got/ })
  t.doesNotThrow(() => { expectSynchronous('serverOptions()', 'genReqId', () => 'a') })
  t.doesNotThrow(() => { expectSynchronous('serverOptions()', 'genReqId', undefined) })
})

t.test('a promise as a result throws, and its rejection is handled', async t => {
  const rejections = watchRejections(t)
  const guarded = guardResult('genReqId', () => Promise.reject(new Error('lost')), () => true)
  t.throws(() => guarded(), new TypeError('genReqId: expected the function to return its result, got a promise.'))
  t.strictSame(await rejections(), [])
})

t.test('any other result, this and the arguments are passed on', async t => {
  const calls: unknown[] = []
  const guarded = guardResult('genReqId', function (this: unknown, ...args) { calls.push([this, ...args]); return 'a' }, () => true)
  t.equal(Reflect.apply(guarded, 'the server', [1, 2, 3, 4]), 'a')
  t.strictSame(calls, [['the server', 1, 2, 3, 4]])
})

t.test('without a registration of the plugin, a promise is passed on as Fastify alone does', async t => {
  t.equal(await guardResult('genReqId', async () => 'a', () => false)(), 'a')
})
