/** The failures of SQLite. cases/sqlite.ts lists them. */
import { isBuiltin } from 'node:module'
import t, { type Test } from 'tap'
import { check, serve } from './cases/case.js'
import * as recorded from './cases/recorded.js'
import { betterSqliteSource, database, nodeSqliteSource, openSqlite, type SqliteSource } from './cases/sqlite.js'

async function tryAll (t: Test, source: SqliteSource): Promise<void> {
  const world = openSqlite(source)
  const { ask, app } = await serve(world, source.cases, database)
  for (const given of source.cases) await check(t, ask, given)
  await app.close()
  world.remove()
}

t.test('better-sqlite3', t => tryAll(t, betterSqliteSource))

// This is not a failure with CI=true, because Node 20 has no SQLite.
t.test('node:sqlite', { skip: isBuiltin('node:sqlite') ? false : `Node ${process.version} has no node:sqlite` }, t => tryAll(t, nodeSqliteSource))

t.test('errors recorded from node:sqlite, sqlite3 and Knex', async t => {
  const cases = recorded.replay(recorded.sqlite)
  const { ask, app } = await serve(undefined, cases, recorded.database)
  for (const given of cases) await check(t, ask, given)
  await app.close()
})
