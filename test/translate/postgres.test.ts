import t from 'tap'
import { check, serve } from './cases/case.js'
import { database } from './cases/postgres.js'
import { pgliteSource, pgSource, postgresjsSource } from './cases/postgres-drivers.js'
import { runOnPostgres } from './cases/postgres-run.js'
import * as recorded from './cases/recorded.js'

t.test('a Postgres server', t => runOnPostgres(t, [pgSource, postgresjsSource]))

t.test('PGlite', async t => {
  const db = await pgliteSource.open()
  const { ask, app } = await serve({ db, open: pgliteSource.open, closedPort: 0, silentPort: 0 }, pgliteSource.cases, database)
  for (const given of pgliteSource.cases) await check(t, ask, given)
  await db.close()
  await app.close()
})

t.test('as recorded from Postgres in other languages and through mappers', async t => {
  const cases = recorded.replay(recorded.postgres)
  const { ask, app } = await serve(undefined, cases, recorded.database)
  for (const given of cases) await check(t, ask, given)
  await app.close()
})
