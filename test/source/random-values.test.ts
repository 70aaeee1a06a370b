/** Functions that return random values, which violate no unique constraint. */
import t from 'tap'
import { returnsRandomValue } from '../../lib/source/random-values.js'

t.test('functions of node:crypto and of packages for identifiers return random values', async t => {
  for (const [from, path, isRandom] of [
    ['node:crypto', 'randomUUID', true], ['node:crypto', 'default.randomBytes', true], ['nanoid', 'nanoid', true], ['', 'Math.random', true],
    ['uuid', 'v4', true], ['uuid', 'v7', true], ['uuid', 'v5', false], ['node:crypto', 'createHash', false], ['', 'Math.max', false], ['lodash', 'v4', false]
  ] as const) {
    t.equal(returnsRandomValue({ kind: 'external', id: 1, from, path } as never), isRandom, `${from} ${path}`)
  }
})
