/** The failures of SQLite. cases/sqlite.ts lists them. */
import { isBuiltin } from 'node:module'
import t, { type Test } from 'tap'
import { check, serve } from './cases/case.js'
import * as recorded from './cases/recorded.js'
import { betterSqliteSource, database, nodeSqliteSource, openSqlite, type SqliteSource } from './cases/sqlite.js'

async function tryAll (t: Test, source: SqliteSource): Promise<void> {
  const world = openSqlite(source)
  const { send, app } = await serve(world, source.cases, database)
  for (const given of source.cases) await check(t, send, given)
  await app.close()
  world.remove()
}

t.test('each failure of better-sqlite3 has its documented response', t => tryAll(t, betterSqliteSource))

// This is not a failure with CI=true, because Node 20 has no SQLite.
t.test('each failure of node:sqlite has its documented response', { skip: isBuiltin('node:sqlite') ? false : `Node ${process.version} has no node:sqlite` }, t => tryAll(t, nodeSqliteSource))

t.test('recorded errors of node:sqlite, sqlite3 and Knex have the same responses', async t => {
  const cases = recorded.replay(recorded.sqlite)
  const { send, app } = await serve(undefined, cases, recorded.database)
  for (const given of cases) await check(t, send, given)
  await app.close()
})
