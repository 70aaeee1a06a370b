/** The store of idempotency keys in a real Postgres server, and in PGlite. */
import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import t from 'tap'
import { createIdempotencyTable, postgresStore } from 'fastify-api-errors/idempotency'
import { startPostgres } from '../../helpers/postgres.js'
import { checkStore, createClaim } from '../../../guards/idempotency/store-contract.js'

const day = 24 * 60 * 60 * 1000

const server = await startPostgres()
t.teardown(() => server.stop())
const pool = new pg.Pool(server.address())
t.teardown(() => pool.end())

t.test('it behaves like every store, with a pool', async t => {
  await pool.query(createIdempotencyTable())
  await pool.query(createIdempotencyTable()) // a second time changes nothing
  await checkStore(t, postgresStore({ client: pool }))
})

t.test('it behaves like every store, with PGlite and a table in a schema', async t => {
  const pglite = await PGlite.create()
  t.teardown(() => pglite.close())
  await pglite.exec(`create schema shop; ${createIdempotencyTable('shop.keys')}`)
  await checkStore(t, postgresStore({ client: pglite, table: 'shop.keys' }))
})

t.test('a claim, a response and a release are one statement each; expired entries are deleted with every 100th claim', async t => {
  await pool.query(createIdempotencyTable('few'))
  const statements: string[] = []
  const client = {
    async query (text: string, values: unknown[]) {
      statements.push(text.split(' ', 1).join())
      return await pool.query(text, values)
    }
  }
  const store = postgresStore({ client, table: 'few' })
  const count = async (): Promise<unknown> => (await pool.query('select count(*)::int from few')).rows
  for (let index = 1; index <= 99; index++) {
    await store.claim(`${index}`, createClaim('a'))
    await store.complete(`${index}`, createClaim('a'), 'the response', index === 1 ? day : 1)
  }
  t.strictSame(statements, Array.from({ length: 198 }, () => 'INSERT'))
  t.strictSame(await count(), [{ count: 99 }])
  await store.claim('100', createClaim('a'))
  await store.release('100', createClaim('a'))
  t.strictSame(statements.slice(198), ['DELETE', 'INSERT', 'DELETE'])
  while ((await pool.query('select 1 from few')).rowCount !== 1);
  t.strictSame((await pool.query('select key from few')).rows, [{ key: '1' }])
})

t.test('entries that cannot be deleted do not affect the claim', async t => {
  const client = { query: async (text: string) => (text.startsWith('DELETE') ? await Promise.reject(new Error('no right to delete')) : { rows: [{ fingerprint: 'a', token: 'b', response: null }] }) }
  const store = postgresStore({ client })
  for (let index = 1; index <= 100; index++) t.strictSame(await store.claim('a', createClaim('a')), { fingerprint: 'a', response: undefined })
})

t.test('an error of Postgres is the error of the store', async t => {
  await t.rejects(Promise.resolve(postgresStore({ client: pool, table: 'no_such_table' }).claim('a', createClaim('first'))), { code: '42P01' })
})

t.test('invalid options are rejected with one sentence', t => {
  t.throws(() => postgresStore({ client: {} } as never), { message: 'postgresStore: client: expected a client or a pool with query(text, values), got an empty object.' })
  t.throws(() => postgresStore({ client: pool, table: 'a; drop table b' }), { message: 'postgresStore: table: expected the name of a table, such as \'idempotency_keys\', got "a; drop table b".' })
  t.throws(() => createIdempotencyTable('"x"'), { message: 'createIdempotencyTable: table: expected the name of a table, such as \'idempotency_keys\', got "\\"x\\"".' })
  t.throws(() => postgresStore({ client: pool, schema: 'a' } as never), { message: 'postgresStore: schema: unknown option, expected one of client, table.' })
  t.end()
})
