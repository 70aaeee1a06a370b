/** Stores idempotency keys in a table of Postgres, through the client of the application. */
import { ignoreRejection } from '../../support/call-safely.js'
import { expectKnownOptions, expectOption } from '../../support/expect-option.js'
import type { IdempotencyStore, StoredEntry } from './store.js'

/** A client or a pool of `pg`, PGlite, or anything else with this method. */
export interface PostgresClient {
  readonly query: (text: string, values: unknown[]) => Promise<{ readonly rows: readonly unknown[] }>
}

/** The options of {@link postgresStore}. */
export interface PostgresStoreOptions {
  /**
   * A client or a pool of `pg`, PGlite, or anything else with `query(text, values)`. A pool is better, because a client
   * runs one query at a time.
   */
  readonly client: PostgresClient
  /** The name of the table, with or without the name of its schema. @default 'idempotency_keys' */
  readonly table?: string
}

const optionNames = Object.keys({ client: true, table: true } satisfies Record<keyof PostgresStoreOptions, true>)

const defaultTable = 'idempotency_keys'

/**
 * The number of claims after which expired entries are deleted, and the maximum number of rows that one statement
 * deletes. This limits the size of the table.
 */
const [claimsPerPurge, rowsPerPurge] = [100, 1000]

/**
 * Returns the SQL statements that create the table of {@link postgresStore}. Use them in a migration. If the table
 * exists, they change nothing.
 *
 * @param table its name. @default 'idempotency_keys'
 * @throws TypeError if the name is invalid
 * @example
 * await pool.query(createIdempotencyTable()) // with PGlite: await db.exec(createIdempotencyTable())
 */
export function createIdempotencyTable (table: string = defaultTable): string {
  expectTableName('createIdempotencyTable', table)
  return `CREATE TABLE IF NOT EXISTS ${table} (
  key text PRIMARY KEY,
  fingerprint text NOT NULL,
  token text NOT NULL,
  response text,
  expires_at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS ${table.replace('.', '_')}_expires_at ON ${table} (expires_at);`
}

/**
 * Returns a store in Postgres. Create its table first, see {@link createIdempotencyTable}. Each of its methods is one
 * statement. Every 100 claims, expired entries are deleted.
 *
 * @throws TypeError if an option is invalid
 * @example
 * const guard = idempotency({ store: postgresStore({ client: new Pool() }) })
 */
export function postgresStore (options: PostgresStoreOptions): IdempotencyStore {
  expectKnownOptions('postgresStore', '', options, optionNames)
  const { client, table = defaultTable } = options
  expectOption(
    'postgresStore',
    'client',
    typeof client?.query === 'function',
    'a client or a pool with query(text, values)',
    client
  )
  expectTableName('postgresStore', table)
  const statements = createStatements(table)
  let claims = 0
  return {
    async claim (key, { fingerprint, token, ttl }) {
      if (++claims % claimsPerPurge === 0) ignoreRejection(client.query(statements.purge, [rowsPerPurge]))
      const { rows } = await client.query(statements.claim, [key, fingerprint, token, ttl])
      const [entry] = rows as [StoredEntry & { readonly token: string, readonly response: string | null }]
      return entry.token === token
        ? undefined
        : { fingerprint: entry.fingerprint, response: entry.response ?? undefined }
    },
    complete: async (key, { fingerprint, token }, response, ttl) =>
      (await client.query(statements.complete, [key, fingerprint, token, response, ttl])).rows.length === 1,
    async release (key, { token }) {
      await client.query(statements.release, [key, token])
    }
  }
}

function createStatements (table: string): Readonly<Record<'claim' | 'complete' | 'purge' | 'release', string>> {
  const isExpired = `${table}.expires_at <= statement_timestamp()`
  const expiresAt = (parameter: string): string =>
    `statement_timestamp() + ${parameter}::float8 * interval '1 millisecond'`
  const replaceExpired = (column: string): string =>
    `${column} = CASE WHEN ${isExpired} THEN excluded.${column} ELSE ${table}.${column} END`
  return {
    // A conflict updates the row even if nothing changes, because only an update returns the row that a parallel
    // request has just inserted.
    claim: `INSERT INTO ${table} (key, fingerprint, token, response, expires_at) VALUES ($1, $2, $3, NULL, ${expiresAt('$4')})
      ON CONFLICT (key) DO UPDATE SET ${['fingerprint', 'token', 'response', 'expires_at'].map(replaceExpired).join(', ')}
      RETURNING fingerprint, token, response`,
    complete: `INSERT INTO ${table} (key, fingerprint, token, response, expires_at) VALUES ($1, $2, $3, $4, ${expiresAt('$5')})
      ON CONFLICT (key) DO UPDATE SET fingerprint = excluded.fingerprint, token = excluded.token, response = excluded.response, expires_at = excluded.expires_at
      WHERE ${table}.token = excluded.token OR ${isExpired}
      RETURNING key`,
    release: `DELETE FROM ${table} WHERE key = $1 AND token = $2`,
    purge:
      `DELETE FROM ${table} WHERE key IN (SELECT key FROM ${table} WHERE ${isExpired} LIMIT $1 FOR UPDATE SKIP LOCKED)`
  }
}

function expectTableName (owner: string, table: unknown): void {
  const isName = typeof table === 'string' && /^[a-z_]\w*(\.[a-z_]\w*)?$/i.test(table)
  expectOption(owner, 'table', isName, "the name of a table, such as 'idempotency_keys'", table)
}
