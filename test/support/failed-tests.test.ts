/** The list of failed assertions at the end of a run. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { listFailedTests } from './failed-tests.js'

t.test('the assertion that failed is listed, and not the tests around it', async t => {
  const results = t.testdir({})
  // The results of shared folders are in a folder whose name ends like a result.
  mkdirSync(join(results, '.tap/groups'), { recursive: true })
  mkdirSync(join(results, 'test/catalog'), { recursive: true })
  writeFileSync(join(results, 'test/catalog/a.test.ts.tap'), `TAP version 14
# Subtest: outer
    # Subtest: inner
        ok 1 - first
        not ok 2 - second
          ---
          diff: |
            -1
            +2
          ...
        not ok 3 - third
        1..3
    not ok 1 - inner
      ---
      at: x
      ...
    ok 2 - passes
    not ok 3 - direct
    not ok 4 - later # TODO
    1..4
not ok 1 - outer
ok 2 - last
not ok 3 - timeout!
  ---
  signal: SIGTERM
  ...
1..3
`)
  writeFileSync(join(results, 'test/b.test.ts.tap'), 'TAP version 14\nok 1 - passes\n1..1\n')
  t.strictSame(listFailedTests(results), [
    'test/catalog/a.test.ts\n        not ok 2 - second\n          ---\n          diff: |\n            -1\n            +2\n          ...',
    'test/catalog/a.test.ts\n        not ok 3 - third',
    'test/catalog/a.test.ts\n    not ok 3 - direct',
    'test/catalog/a.test.ts\nnot ok 3 - timeout!\n  ---\n  signal: SIGTERM\n  ...'
  ])
})

t.test('a run without results has no failures', async t => {
  t.strictSame(listFailedTests(join(t.testdir({}), 'absent')), [])
})
