/** The four formats of `check`. */
import t from 'tap'
import { checkFormats, getCheckCode, type CheckResult } from '../../lib/cli/print-check.js'

const changed: CheckResult = {
  lockfile: {
    path: 'errors.lock.json',
    size: '2 codes and 1 route',
    changes: [
      { severity: 'breaking', subject: 'queue_closed', explanation: 'the status changed from 409 to 410.' },
      { severity: 'notable', subject: 'GET /a|b', explanation: 'it can now return 100% more.' },
      { severity: 'fine', subject: 'queue_full', explanation: 'the code is new.' }
    ]
  },
  inferred: { path: 'errors.inferred.json', changes: ['GET /queues: gained 404 resource_not_found, thrown at src/queues.ts by find'] },
  changelog: { path: 'errors.changelog.json', changes: ['2030-01-31, queue_full: the code is new.'] }
}
const unchanged: CheckResult = {
  lockfile: { path: 'errors.lock.json', size: '2 codes and 1 route', changes: [] },
  inferred: { path: 'errors.inferred.json', changes: [] },
  changelog: { path: 'errors.changelog.json', changes: [] }
}

t.test('text lists each change, with a summary', async t => {
  t.equal(checkFormats.text(changed), `breaking  queue_closed: the status changed from 409 to 410.
notable   GET /a|b: it can now return 100% more.
fine      queue_full: the code is new.

1 breaking, 1 notable, 1 fine. If the changes are intended, accept them with 'fastify-api-errors lock'.
GET /queues: gained 404 resource_not_found, thrown at src/queues.ts by find

errors.inferred.json is out of date. Run 'fastify-api-errors infer --write' and commit it.
2030-01-31, queue_full: the code is new.

errors.changelog.json is out of date. Run 'fastify-api-errors changelog' and commit it.`)
  t.equal(checkFormats.text(unchanged), 'No changes: 2 codes and 1 route match errors.lock.json.\nerrors.inferred.json is up to date.\nerrors.changelog.json is up to date.')
})

t.test('json has the changes of all files', async t => {
  t.strictSame(JSON.parse(checkFormats.json(changed)), { changes: changed.lockfile?.changes, inferred: changed.inferred?.changes, changelog: changed.changelog?.changes })
  t.strictSame(JSON.parse(checkFormats.json({})), { changes: [], inferred: [], changelog: [] })
})

t.test('github has one annotation for each change, and the summaries of text', async t => {
  t.equal(checkFormats.github(changed), `::error file=errors.lock.json,title=fastify-api-errors::queue_closed: the status changed from 409 to 410.
::warning file=errors.lock.json,title=fastify-api-errors::GET /a|b: it can now return 100%25 more.
::notice file=errors.lock.json,title=fastify-api-errors::queue_full: the code is new.

1 breaking, 1 notable, 1 fine. If the changes are intended, accept them with 'fastify-api-errors lock'.
::error file=errors.inferred.json,title=fastify-api-errors::GET /queues: gained 404 resource_not_found, thrown at src/queues.ts by find

errors.inferred.json is out of date. Run 'fastify-api-errors infer --write' and commit it.
::error file=errors.changelog.json,title=fastify-api-errors::2030-01-31, queue_full: the code is new.

errors.changelog.json is out of date. Run 'fastify-api-errors changelog' and commit it.`)
  t.equal(checkFormats.github(unchanged), checkFormats.text(unchanged))
})

t.test('markdown has a table', async t => {
  t.equal(checkFormats.markdown(changed), `| | what | change |
|---|---|---|
| breaking | \`queue_closed\` | the status changed from 409 to 410. |
| notable | \`GET /a\\|b\` | it can now return 100% more. |
| fine | \`queue_full\` | the code is new. |

1 breaking, 1 notable, 1 fine. If the changes are intended, accept them with 'fastify-api-errors lock'.

- GET /queues: gained 404 resource_not_found, thrown at src/queues.ts by find

errors.inferred.json is out of date. Run 'fastify-api-errors infer --write' and commit it.

- 2030-01-31, queue_full: the code is new.

errors.changelog.json is out of date. Run 'fastify-api-errors changelog' and commit it.`)
  t.equal(checkFormats.markdown(unchanged), 'No changes: 2 codes and 1 route match errors.lock.json.\n\nerrors.inferred.json is up to date.\n\nerrors.changelog.json is up to date.')
  t.equal(checkFormats.markdown({}), '')
})

t.test('the exit code is 1 if a change is breaking, or a file is out of date', async t => {
  t.equal(getCheckCode(changed), 1)
  t.equal(getCheckCode(unchanged), 0)
  t.equal(getCheckCode({}), 0)
  t.equal(getCheckCode({ lockfile: { ...changed.lockfile!, changes: changed.lockfile!.changes.slice(1) } }), 0)
  t.equal(getCheckCode({ inferred: changed.inferred! }), 1)
  t.equal(getCheckCode({ changelog: changed.changelog! }), 1)
})
