/** The list of failures at the end of a run. */
import { join } from 'node:path'
import t from 'tap'
import { listFailedTests } from './failed-tests.js'

t.test('the assertion that failed is listed, and not the tests around it', async t => {
  const results = t.testdir({
    'output.tap': `# Subtest: test/catalog/a.test.ts
    # Subtest: outer
        # Subtest: inner
            ok 1 - first
            not ok 2 - second
              ---
              diff: |
                -1
                +  not ok 2 - text
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
    1..2
not ok 1 - test/catalog/a.test.ts # time=5ms
  ---
  exitCode: 1
  ...

# Subtest: test/b.test.ts
    ok 1 - passes
    1..1
ok 2 - test/b.test.ts # time=5ms

# Subtest: test/c.test.ts
    not ok 1 - only
    1..1
not ok 3 - test/c.test.ts # time=5ms

`
  })
  t.strictSame(listFailedTests(join(results, 'output.tap')), [
    'test/catalog/a.test.ts\n            not ok 2 - second\n              ---\n              diff: |\n                -1\n                +  not ok 2 - text\n              ...',
    'test/catalog/a.test.ts\n            not ok 3 - third',
    'test/catalog/a.test.ts\n        not ok 3 - direct',
    'test/c.test.ts\n    not ok 1 - only'
  ])
})

t.test('a process that ends with an error is listed although its assertions passed', async t => {
  const results = t.testdir({
    'output.tap': `# Subtest: test/a.test.ts
    not ok 1 - only
    1..1
not ok 1 - test/a.test.ts # time=5ms

# Subtest: test/b.test.ts
    ok 1 - passes
    1..1
not ok 2 - test/b.test.ts # time=5ms
  ---
  exitCode: null
  signal: SIGTERM
  ...

# Subtest: test/c.test.ts
not ok 3 - test/c.test.ts # time=5ms
  ---
  output that was cut`
  })
  t.strictSame(listFailedTests(join(results, 'output.tap')), [
    'test/a.test.ts\n    not ok 1 - only',
    'test/b.test.ts\nnot ok 2 - test/b.test.ts # time=5ms\n  ---\n  exitCode: null\n  signal: SIGTERM\n  ...',
    'test/c.test.ts\nnot ok 3 - test/c.test.ts # time=5ms\n  ---\n  output that was cut'
  ])
})

t.test('a run without output has no failures', async t => {
  t.strictSame(listFailedTests(join(t.testdir({}), 'absent')), [])
})
