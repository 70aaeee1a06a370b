/** The list of incompletely covered files. */
import t from 'tap'
import { listUncovered } from './coverage.js'

t.test('incompletely covered files are listed', async t => {
  const all = { pct: 100 }
  const summary = {
    total: { lines: { pct: 90 }, statements: all, branches: all, functions: all },
    '/lib/a.ts': { lines: all, statements: all, branches: all, functions: all },
    '/lib/b.ts': { lines: all, statements: all, branches: { pct: 99.5 }, functions: { pct: 50 } },
    '/lib/source/c.ts': { lines: { pct: 0 }, statements: all, branches: all, functions: all }
  }
  t.strictSame(listUncovered(summary), [
    '/lib/b.ts: expected 100 % of its branches to be covered, got 99.5 %.',
    '/lib/b.ts: expected 100 % of its functions to be covered, got 50 %.',
    '/lib/source/c.ts: expected 100 % of its lines to be covered, got 0 %.'
  ])
})
