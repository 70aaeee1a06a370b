/** The list of tested failures: docs/failures.md, docs/failures.json, and the search of docs/failures.html in a real browser. */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { standardErrors, type StandardCode } from 'fastify-api-errors'
import { listFailures } from '../../scripts/docs/failure-list.js'
import { absent } from '../helpers/absent.js'
import { startChromium } from './helpers/chromium.js'

const page = new URL('../../docs/failures.html', import.meta.url)
const rows = JSON.parse(readFileSync(new URL('../../docs/failures.json', import.meta.url), 'utf8')) as Array<Record<string, unknown>>

t.test('failures.json has every failure with its response', async t => {
  t.equal(rows.length, listFailures().length)
  for (const { code, status, outcome } of rows) {
    if (code === null) t.match({ status, outcome }, { status: null, outcome: /./ })
    else t.equal(status, standardErrors[code as StandardCode].status)
  }
  t.strictSame(rows.find(({ source, what }) => source === 'PostgreSQL, pg' && what === 'A required value is missing'), {
    source: 'PostgreSQL, pg', what: 'A required value is missing', status: 422, code: 'missing_required_field'
  })
})

t.test('the table of failures.md counts every failure', async t => {
  const text = readFileSync(new URL('../../docs/failures.md', import.meta.url), 'utf8')
  const counts = [...text.matchAll(/^\| [^|]+ \| (\d+) \|/gm)].map(([, count]) => Number(count))
  t.equal(counts.reduce((sum, count) => sum + count, 0), rows.length)
})

t.test('failures.html has a search field', async t => {
  const browser = await startChromium()
  if (browser === undefined) return absent(t, 'chromium is not installed')
  t.teardown(() => browser.close())
  const window = await browser.newPage()
  const complaints: string[] = []
  window.on('console', message => complaints.push(message.text()))
  window.on('pageerror', error => complaints.push(String(error)))
  await window.goto(page.href)
  t.equal(await window.getByRole('status').textContent(), `${rows.length} of ${rows.length} failures`)
  t.equal(await window.locator('tbody tr:visible').count(), rows.length)
  await window.getByLabel('Search').fill('kysely deadlock')
  t.strictSame(await window.locator('tbody tr:visible td').allTextContents(), [
    'PostgreSQL, kysely', 'Two transactions wait for each other (deadlock)', '409 concurrent_modification'
  ])
  t.equal(await window.getByRole('status').textContent(), `1 of ${rows.length} failures`)
  await window.getByLabel('Search').fill('')
  t.equal(await window.locator('tbody tr:visible').count(), rows.length)
  t.strictSame(complaints, [])
})
