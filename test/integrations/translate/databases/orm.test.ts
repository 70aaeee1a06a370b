/** The failures of ORMs and query builders. cases/orms.ts lists them. */
import t from 'tap'
import { check, serve } from './cases/case.js'
import { ormSources } from './cases/orms.js'
import { runOnPostgres } from './cases/postgres-run.js'
import * as recorded from './cases/recorded.js'

t.test('each failure of an ORM or query builder on a Postgres server has its documented response', t => runOnPostgres(t, ormSources))

t.test('recorded errors of ORMs have the same responses', async t => {
  const cases = recorded.replay(recorded.orm)
  const { send, app } = await serve(undefined, cases, recorded.database)
  for (const given of cases) await check(t, send, given)
  await app.close()
})
