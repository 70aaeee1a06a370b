/** The demo data of the example. */
import { hashKey } from 'fastify-api-errors/api-key'
import type { Database } from './database.js'
import { hashPassword } from './routes/sessions.js'

const allScopes = ['users', 'organizations', 'products', 'queues', 'draws', 'orders'].flatMap(
  name => [`${name}:read`, `${name}:write`]
)

/** The demo API keys, one for each way in which a key can fail. */
export const demoKeys = {
  full: { key: 'launch_demo_5iAITGxw6n5ZzKjbHySi53aJNYWln82T1iOx', scopes: allScopes },
  reader: {
    key: 'launch_demo_oPzXi0GPD4zqL6ioVaLEonGoBwKeuN2RpEYE',
    scopes: allScopes.filter(scope => scope.endsWith(':read'))
  },
  revoked: {
    key: 'launch_demo_2OfjpkfulHCMy1NXIOKGR87vjUkV7M00eYuh',
    scopes: allScopes,
    revokedAt: new Date('2026-01-01T00:00:00Z')
  },
  expired: {
    key: 'launch_demo_WGTa2RA3asOpoP5CtmreQJ56xUEXCT3NpfpK',
    scopes: allScopes,
    expiresAt: new Date('2026-01-01T00:00:00Z')
  },
  payments: { key: 'launch_demo_KIJTxb6Mtc3VGnR7dUWzv6XlU1GrxM1FYBnF', scopes: ['payments:notify'] },
  elsewhere: {
    key: 'launch_demo_7HVe5DmWxzQV79yeJSyiyO7MmOqKMk4XW39q',
    scopes: allScopes,
    allowedIps: ['203.0.113.0/24']
  }
} as const satisfies Readonly<
  Record<string, {
    readonly key: string,
    readonly scopes: readonly string[],
    readonly revokedAt?: Date,
    readonly expiresAt?: Date,
    readonly allowedIps?: readonly string[]
  }>
>

/** The ids and credentials that the README uses. */
export const demo = {
  organization: '11111111-1111-4111-8111-111111111111',
  otherOrganization: '22222222-2222-4222-8222-222222222222',
  product: '33333333-3333-4333-8333-333333333333',
  queue: '44444444-4444-4444-8444-444444444444',
  closedQueue: '77777777-7777-4777-8777-777777777777',
  draw: '55555555-5555-4555-8555-555555555555',
  user: '66666666-6666-4666-8666-666666666666',
  email: 'ada@launch.example',
  password: 'correct horse'
} as const

/** Fills an empty database with the demo data. */
export async function seed (database: Pick<Database, 'query'>): Promise<void> {
  await database.query('insert into organizations (id, name) values ($1, $2), ($3, $4) on conflict do nothing', [
    demo.organization,
    'Acme',
    demo.otherOrganization,
    'Globex'
  ])
  await database.query('insert into products (id, sku, name, price) values ($1, $2, $3, $4) on conflict do nothing', [
    demo.product,
    'SHOE-1',
    'Shoe',
    12900
  ])
  await database.query(
    'insert into queues (id, name, open) values ($1, $2, true), ($3, $4, false) on conflict do nothing',
    [demo.queue, 'First drop', demo.closedQueue, 'Last drop']
  )
  await database.query('insert into entries (queue_id, email) values ($1, $2) on conflict do nothing', [
    demo.queue,
    demo.email
  ])
  await database.query('insert into draws (id, name) values ($1, $2) on conflict do nothing', [
    demo.draw,
    'Golden ticket'
  ])
  await database.query('insert into registrations (draw_id, email) values ($1, $2) on conflict do nothing', [
    demo.draw,
    demo.email
  ])
  await database.query(
    'insert into users (id, email, name, password_hash) values ($1, $2, $3, $4) on conflict do nothing',
    [demo.user, demo.email, 'Ada', await hashPassword(demo.password, '00ff00ff00ff00ff')]
  )
  for (const record of Object.values(demoKeys)) {
    const { key, scopes, revokedAt, expiresAt, allowedIps } = {
      revokedAt: null,
      expiresAt: null,
      allowedIps: null,
      ...record
    }
    await database.query(
      `insert into api_keys (hash, organization_id, scopes, revoked_at, expires_at, allowed_ips)
       values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
      [hashKey(key), demo.organization, scopes, revokedAt, expiresAt, allowedIps]
    )
  }
}
