/** The delay before a retry. */
import { getEventListeners } from 'node:events'
import fc from 'fast-check'
import t from 'tap'
import { backoff, sleep } from '../../lib/client/backoff.js'

t.test('sleep() waits and then removes its listener', async t => {
  const controller = new AbortController()
  const start = performance.now()
  await sleep(50, controller.signal)
  t.ok(performance.now() - start >= 49)
  t.equal(getEventListeners(controller.signal, 'abort').length, 0)
  await sleep(0, undefined)
  await sleep(0, null)
  controller.abort()
  await t.rejects(sleep(10_000, controller.signal), { name: 'AbortError' }, 'aborted before it started')
})

t.test('sleep() waits longer than one timer can', async t => {
  const controller = new AbortController()
  const outcome = sleep(2 ** 40, controller.signal).then(() => 'slept', () => 'aborted')
  setTimeout(() => controller.abort(), 20)
  t.equal(await outcome, 'aborted')
})

t.test('the delay is random, and its upper bound doubles up to maxDelay', async t => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 2000 }), fc.nat({ max: 1000 }), fc.nat({ max: 100_000 }), (attempt, baseDelay, maxDelay) => {
    const delay = backoff(attempt, baseDelay, maxDelay)
    t.ok(delay >= 0 && delay <= maxDelay && delay <= baseDelay * Math.min(2 ** (attempt - 1), 2 ** 50))
  }))
  for (const [attempt, bound] of [[1, 100], [2, 200], [3, 400], [4, 800], [5, 1000], [6, 1000]] as const) {
    const delays = Array.from({ length: 2000 }, () => backoff(attempt, 100, 1000))
    t.ok(Math.max(...delays) > bound * 0.95 && Math.min(...delays) < bound * 0.05, `from 0 to ${bound}`)
  }
})
