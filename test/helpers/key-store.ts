/** A store of API keys for the tests of the guard. */
import { PGlite } from '@electric-sql/pglite'
import { generateKey, hashKey, type ApiKeyRecord } from 'fastify-api-errors/api-key'

/** API keys in a real Postgres, stored by hash, as an application does. */
export interface KeyStore {
  /** The option of `apiKey`. */
  readonly lookup: (key: string) => Promise<StoredKey | undefined>
  /** Issues a key. Omitted fields are null, except scopes, which are empty. */
  readonly issue: (record?: Partial<Omit<StoredKey, 'id'>>) => Promise<{ readonly id: string, readonly key: string }>
  /** Every issued key. */
  readonly issued: readonly string[]
  readonly query: (sql: string, values: unknown[]) => Promise<unknown>
  readonly close: () => Promise<void>
}

/** A row of the table. */
export interface StoredKey extends ApiKeyRecord {
  readonly id: string
  readonly scopes: string[]
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
  readonly allowedIps: string[] | null
}

export async function createKeyStore (): Promise<KeyStore> {
  const database = new PGlite()
  await database.exec(`create table api_keys (
    id uuid primary key default gen_random_uuid(),
    hash text not null unique,
    scopes text[] not null default '{}',
    expires_at timestamptz,
    revoked_at timestamptz,
    allowed_ips text[]
  )`)
  const issued: string[] = []
  return {
    issued,
    query: (sql, values) => database.query(sql, values),
    async lookup (key) {
      const { rows: [record] } = await database.query<StoredKey>(
        `select id, scopes, expires_at as "expiresAt", revoked_at as "revokedAt", allowed_ips as "allowedIps"
         from api_keys where hash = $1`, [hashKey(key)])
      return record
    },
    async issue ({ scopes = [], expiresAt = null, revokedAt = null, allowedIps = null } = {}) {
      const key = generateKey({ prefix: 'launch_test' })
      issued.push(key)
      const { rows: [row] } = await database.query<{ id: string }>(
        'insert into api_keys (hash, scopes, expires_at, revoked_at, allowed_ips) values ($1, $2, $3, $4, $5) returning id',
        [hashKey(key), scopes, expiresAt, revokedAt, allowedIps])
      return { id: (row as { id: string }).id, key }
    },
    close: async () => { await database.close() }
  }
}
