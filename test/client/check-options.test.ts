/** The options of the client, each with its default and its rule. */
import t from 'tap'
import { checkOptions, isAmount } from '../../lib/client/check-options.js'
import { thrown } from '../helpers/thrown.js'

const rules = {
  attempts: [3, 'a positive integer', (value: unknown) => Number.isInteger(value) && Number(value) > 0],
  maxDelay: [30_000, 'milliseconds', isAmount]
} as const

t.test('absent options have their defaults', async t => {
  t.strictSame(checkOptions('withRetry', fetch, {}, rules), { attempts: 3, maxDelay: 30_000 })
  t.strictSame(checkOptions<{ attempts: number, maxDelay: number }>('withRetry', fetch, { attempts: 1, maxDelay: undefined } as never, rules), { attempts: 1, maxDelay: 30_000 })
})

t.test('an invalid option is rejected with one sentence', async t => {
  for (const [given, options, message] of [
    [undefined, {}, 'fetch: expected a function, got undefined.'],
    [fetch, null, 'options: expected an object, got null.'],
    [fetch, { tries: 3 }, 'tries: unknown option, expected one of attempts, maxDelay.'],
    [fetch, { attempts: 0 }, 'attempts: expected a positive integer, got 0.'],
    [fetch, { maxDelay: '5' }, 'maxDelay: expected milliseconds, got "5".']
  ] as const) t.equal(thrown(() => checkOptions('withRetry', given, options as never, rules)), `TypeError: withRetry: ${message}`)
})

t.test('an amount is a number of at least 0', async t => {
  for (const [value, expected] of [[0, true], [0.5, true], [Infinity, true], [-1, false], [NaN, false], ['1', false], [undefined, false]] as const) {
    t.equal(isAmount(value), expected, String(value))
  }
})
