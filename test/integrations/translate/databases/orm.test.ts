/** The failures of ORMs and query builders. cases/orms.ts lists them. */
import t from 'tap'
import { check, serve } from './cases/case.js'
import { ormSources } from './cases/orms.js'
import { runOnPostgres } from './cases/postgres-run.js'
import * as recorded from './cases/recorded.js'

t.test('ORMs and query builders on a Postgres server', t => runOnPostgres(t, ormSources))

t.test('errors recorded from ORMs', async t => {
  const cases = recorded.replay(recorded.orm)
  const { ask, app } = await serve(undefined, cases, recorded.database)
  for (const given of cases) await check(t, ask, given)
  await app.close()
})
