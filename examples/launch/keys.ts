import { apiKey, hashKey } from 'fastify-api-errors/api-key'
import type { Database } from './database.js'

/** What `request.apiKey` is in this API. */
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

/** Gives the hook that lets keys with a scope through. */
export type Guard = ReturnType<typeof createGuard>

/** A guard over the keys in the database; it holds hashes only. */
export function createGuard (database: Database) {
  async function lookup (key: string): Promise<KeyRecord | null> {
    const { rows: [record] } = await database.query<KeyRecord>(
      `select id, organization_id as "organizationId", scopes, expires_at as "expiresAt", revoked_at as "revokedAt", allowed_ips as "allowedIps"
       from api_keys where hash = $1`, [hashKey(key)]
    )
    return record ?? null
  }
  return (scope: string) => apiKey({ lookup, scopes: [scope] })
}
