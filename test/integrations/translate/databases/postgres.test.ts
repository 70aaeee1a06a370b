/** The failures of Postgres. cases/postgres.ts lists them. */
import t from 'tap'
import { postgresTranslator } from '../../../../lib/translate/databases/postgres.js'
import type { TranslateContext } from '../../../../lib/translate/translator.js'
import { check, serve } from './cases/case.js'
import { database } from './cases/postgres.js'
import { pgliteSource, pgSource, postgresjsSource } from './cases/postgres-drivers.js'
import { runOnPostgres } from './cases/postgres-run.js'
import * as recorded from './cases/recorded.js'

t.test('each failure of a Postgres server has its documented response', t => runOnPostgres(t, [pgSource, postgresjsSource]))

t.test('each failure of PGlite has its documented response', async t => {
  const db = await pgliteSource.open()
  const { send, app } = await serve({ db, open: pgliteSource.open, closedPort: 0, silentPort: 0 }, pgliteSource.cases, database)
  for (const given of pgliteSource.cases) await check(t, send, given)
  await db.close()
  await app.close()
})

t.test('recorded errors of Postgres in other languages and through ORMs have the same responses', async t => {
  const cases = recorded.replay(recorded.postgres)
  const { send, app } = await serve(undefined, cases, recorded.database)
  for (const given of cases) await check(t, send, given)
  await app.close()
})

t.test('a connection to another service is left to the translator of upstreams', async t => {
  const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:8080'), { code: 'ECONNREFUSED', syscall: 'connect', address: '127.0.0.1', port: 8080 })
  for (const error of [refused, { code: 'ECONNREFUSED' }]) t.equal(postgresTranslator.translate(error, {} as TranslateContext), undefined)
})
