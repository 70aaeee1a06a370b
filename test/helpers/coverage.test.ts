/** The corrected coverage data, and the list of incompletely covered files. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { completeCoverage, listUncovered } from './coverage.js'

t.test('the data of a process that was killed while it wrote it is removed', async t => {
  const folder = t.testdir({
    sources: { 'a.ts': 'export const a = 1\n', 'b.ts': 'export const b = 2\n', 'types.ts': 'export type A = 1\n' },
    coverage: {}
  })
  const [sources, coverage] = [join(folder, 'sources'), join(folder, 'coverage')]
  const getUrl = (name: string): string => pathToFileURL(join(sources, name)).href
  const functions = [{ functionName: '', isBlockCoverage: true, ranges: [{ startOffset: 0, endOffset: 19, count: 1 }] }]
  const whole = JSON.stringify({ result: [{ url: getUrl('a.ts'), functions }, { url: 'node:fs', functions }] })
  writeFileSync(join(coverage, 'whole.json'), whole)
  writeFileSync(join(coverage, 'cut.json'), whole.slice(0, 40))
  writeFileSync(join(coverage, 'empty.json'), '')
  completeCoverage(coverage, sources)
  const read = (name: string): unknown => JSON.parse(readFileSync(join(coverage, name), 'utf8'))
  t.strictSame(readdirSync(coverage).sort(), ['unloaded.json', 'whole.json'])
  t.strictSame(read('whole.json'), { result: [{ url: getUrl('a.ts'), functions }] })
  t.strictSame(read('unloaded.json'), {
    result: [{ url: getUrl('b.ts'), functions: [{ functionName: '', isBlockCoverage: true, ranges: [{ startOffset: 0, endOffset: 19, count: 0 }] }] }]
  })
})

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
