/** The API key guard of the example. */
import { apiKey, hashKey } from 'fastify-api-errors/api-key'
import type { Database } from './database.js'

/** The type of `request.apiKey` in this API. */
export interface KeyRecord {
  readonly id: string
  readonly organizationId: string
  readonly scopes: readonly string[]
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
  readonly allowedIps: readonly string[] | null
}

declare module 'fastify' {
  interface FastifyRequest {
    apiKey: KeyRecord | null
  }
}

/** Returns the hook that requires a key with a scope. */
export type Guard = ReturnType<typeof createGuard>

/** Creates the guard. The database has only the hashes of the keys. */
export function createGuard (database: Database) {
  async function lookup (key: string): Promise<KeyRecord | null> {
    const { rows: [record] } = await database.query<KeyRecord>(
      `select id, organization_id as "organizationId", scopes, expires_at as "expiresAt", revoked_at as "revokedAt", allowed_ips as "allowedIps"
       from api_keys where hash = $1`,
      [hashKey(key)]
    )
    return record ?? null
  }
  return (scope: string) => apiKey({ lookup, scopes: [scope] })
}
