/** The Postgres drivers that run the failures of postgres.ts. */
import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import postgres from 'postgres'
import type { PostgresAddress, PostgresServer } from '../../../helpers/postgres.js'
import { urlOf } from '../../../helpers/postgres.js'
import { variant, type Source } from './case.js'
import { death, outages, schema, violations, writesOf, type Open, type PostgresWorld } from './postgres.js'

/** A source whose connections are opened on a server. */
export interface PostgresSource extends Source<PostgresWorld> {
  readonly open: (server: PostgresServer, database: string) => Open
}

type Address = (other?: PostgresAddress) => Required<PostgresAddress>

/** Returns the address of a database on the server. */
export function addressIn (server: PostgresServer, database: string): Address {
  return other => server.address({ database, ...other })
}

/** A pool of pg, which most ORMs use, too. */
export function pgPool (address: Required<PostgresAddress>, { max, wait }: { readonly max?: number | undefined, readonly wait?: number | undefined }): pg.Pool {
  const pool = new pg.Pool({ connectionString: urlOf(address), max: max ?? 5, connectionTimeoutMillis: wait ?? 5_000 })
  // If the server ends a connection, it emits an error: on the pool if it is idle, on itself if an ORM holds it. Without a listener, the process ends.
  pool.on('error', () => {})
  pool.on('connect', client => client.on('error', () => {}))
  return pool
}

export const pgSource: PostgresSource = {
  name: 'pg',
  cases: [...violations, ...outages, ...death],
  open: (server, database) => async (settings = {}) => {
    const { max, wait, ...other } = settings
    const pool = pgPool(addressIn(server, database)(other), { max, wait })
    return { ...writesOf(sql => pool.query(sql)), close: () => pool.ended ? Promise.resolve() : pool.end() }
  }
}

export const postgresjsSource: PostgresSource = {
  name: 'postgres',
  // Its pool queues without a time limit.
  cases: variant([...violations, ...outages, ...death], { without: ['No pool connection becomes available in time'] }),
  open: (server, database) => async (settings = {}) => {
    const { max = 5, wait = 5_000, ...other } = settings
    const sql = postgres(urlOf(addressIn(server, database)(other)), { max, connect_timeout: wait / 1_000, onnotice () {} })
    return { ...writesOf(text => sql.unsafe(text)), close: () => sql.end({ timeout: 1 }) }
  }
}

/** Postgres inside the process. It has one connection, no network and no users. */
export const pgliteSource: Source<PostgresWorld> & { readonly open: Open } = {
  name: '@electric-sql/pglite',
  cases: [
    ...violations,
    ...outages.filter(({ what }) => what === 'The pool is closed')
  ],
  async open () {
    const lite = new PGlite()
    await lite.exec(schema)
    return { ...writesOf(sql => lite.query(sql)), close: () => lite.closed ? Promise.resolve() : lite.close() }
  }
}
