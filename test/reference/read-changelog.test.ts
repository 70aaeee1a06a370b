/** The changelog that an application passes to the reference. */
import { once } from 'node:events'
import { join } from 'node:path'
import t from 'tap'
import { readChangelog } from '../../lib/reference/read-changelog.js'
import { thrown } from '../helpers/thrown.js'

const entry = { date: '2030-01-31', changes: [{ severity: 'fine', subject: 'queue_full', explanation: 'the code is new.' }] }

t.test('the changelog is given as its content, or as the path of the file', async t => {
  const changelog = { version: 1, entries: [entry] }
  t.equal(readChangelog(changelog), changelog as unknown)
  const folder = t.testdir({ 'changes.json': JSON.stringify(changelog) })
  t.strictSame(readChangelog(join(folder, 'changes.json')), changelog)
})

t.test('anything else is reported with one sentence', async t => {
  const folder = t.testdir({ 'changes.json': '{}', 'broken.json': '{' })
  const expected = "TypeError: fastify-api-errors: reference.changelog: expected the output of 'fastify-api-errors changelog', got "
  for (const value of [{}, { version: 2, entries: [] }, { version: 1 }, { version: 1, entries: [7] }, { version: 1, entries: [{ ...entry, date: 1 }] }, { version: 1, entries: [{ ...entry, changes: {} }] }, { version: 1, entries: [{ ...entry, changes: [{ subject: 'a' }] }] }]) {
    t.equal(thrown(() => readChangelog(value)), `${expected}${Object.keys(value).length === 0 ? 'an empty object' : 'an object'}.`, JSON.stringify(value))
  }
  t.equal(thrown(() => readChangelog(join(folder, 'changes.json'))), `${expected}other content in ${join(folder, 'changes.json')}.`)
  const broken = join(folder, 'broken.json')
  t.match(thrown(() => readChangelog(broken)), `TypeError: fastify-api-errors: reference.changelog: expected a file that 'fastify-api-errors changelog' wrote, but ${broken} cannot be read: `)
})

t.test('a missing file is an empty changelog, with a warning', async t => {
  const warned = once(process, 'warning')
  t.strictSame(readChangelog('absent.json'), { version: 1, entries: [] })
  const [warning] = await warned as [Error & { readonly code: string }]
  t.equal(warning.code, 'FASTIFY_API_ERRORS_NO_CHANGELOG')
  t.equal(warning.message, "absent.json does not exist, so the changelog of the error reference is empty. Create it with 'fastify-api-errors changelog'.")
})
