/** The Postgres database of the example, embedded or on a server. */
import type { PGlite } from '@electric-sql/pglite'
import pg from 'pg'

/** A Postgres database, embedded or on a server. */
export interface Database {
  readonly query: <Row>(sql: string, values?: unknown[]) => Promise<{ rows: Row[] }>
  readonly close: () => Promise<void>
}

const schema = `
  create table if not exists organizations (
    id uuid primary key default gen_random_uuid(),
    name text not null constraint organizations_name_key unique
  );
  create table if not exists api_keys (
    id uuid primary key default gen_random_uuid(),
    hash text not null constraint api_keys_hash_key unique,
    organization_id uuid not null references organizations,
    scopes text[] not null,
    expires_at timestamptz,
    revoked_at timestamptz,
    allowed_ips text[]
  );
  create table if not exists users (
    id uuid primary key default gen_random_uuid(),
    email text not null constraint users_email_key unique,
    name text not null,
    password_hash text not null
  );
  create table if not exists products (
    id uuid primary key default gen_random_uuid(),
    sku text not null constraint products_sku_key unique,
    name text not null,
    price integer not null,
    version integer not null default 1
  );
  create table if not exists queues (
    id uuid primary key default gen_random_uuid(),
    name text not null,
    open boolean not null default true
  );
  create table if not exists entries (
    id uuid primary key default gen_random_uuid(),
    queue_id uuid not null references queues,
    email text not null,
    constraint entries_queue_id_email_key unique (queue_id, email)
  );
  create table if not exists draws (
    id uuid primary key default gen_random_uuid(),
    name text not null
  );
  create table if not exists registrations (
    id uuid primary key default gen_random_uuid(),
    draw_id uuid not null references draws,
    email text not null,
    constraint registrations_draw_id_email_key unique (draw_id, email)
  );
  create table if not exists orders (
    idempotency_key text primary key,
    fingerprint text not null,
    payment_id text
  );
  create table if not exists payment_events (
    payment_id text not null,
    event text not null,
    primary key (payment_id, event)
  );
`

/**
 * Opens the database, creates its tables, and fills them.
 *
 * @param fill adds the demo data
 * @param url the URL of a Postgres server. If absent, the first query creates an embedded database in memory, which
 * takes seconds
 */
export async function openDatabase (
  fill: (database: Pick<Database, 'query'>) => Promise<void>,
  url?: string
): Promise<Database> {
  if (url === undefined) {
    let opening: Promise<PGlite> | undefined
    const open = (): Promise<PGlite> => {
      opening ??= createEmbedded(fill)
      return opening
    }
    return {
      query: async (sql, values) => (await open()).query(sql, values),
      close: async () => (await opening)?.close()
    }
  }
  const pool = new pg.Pool({ connectionString: url, connectionTimeoutMillis: 2000 })
  pool.on('error', () => {}) // the pool replaces a broken idle connection; if that fails, the next query fails
  await pool.query(schema)
  const query: Database['query'] = async <Row>(sql: string, values?: unknown[]) => {
    const { rows } = await pool.query(sql, values)
    return { rows: rows as Row[] }
  }
  await fill({ query })
  return { query, close: () => pool.end() }
}

async function createEmbedded (fill: (database: Pick<Database, 'query'>) => Promise<void>): Promise<PGlite> {
  const { PGlite } = await import('@electric-sql/pglite')
  const embedded = new PGlite()
  await embedded.exec(schema)
  await fill(embedded)
  return embedded
}
