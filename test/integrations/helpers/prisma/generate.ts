/** Generates a Prisma client for the tests. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createProjectFolder } from '../../../helpers/project-folder.js'

const here = fileURLToPath(new URL('.', import.meta.url))
const command = fileURLToPath(new URL('../../node_modules/prisma/build/index.js', import.meta.url))

/** The part of the generated client that the tests use. */
export interface PrismaTable {
  readonly create: (query: { readonly data: object }) => Promise<unknown>
  readonly delete: (query: { readonly where: { readonly id: number } }) => Promise<unknown>
  readonly findUniqueOrThrow: (query: { readonly where: { readonly id: number } }) => Promise<unknown>
}

export interface PrismaClient {
  readonly user: PrismaTable
  readonly order: PrismaTable
  readonly $queryRawUnsafe: (sql: string) => Promise<unknown>
  readonly $executeRawUnsafe: (sql: string) => Promise<unknown>
  readonly $transaction: (run: (transaction: PrismaClient) => Promise<unknown>, options: { readonly timeout: number }) => Promise<unknown>
  readonly $disconnect: () => Promise<void>
}

/**
 * Generates the client of schema.prisma into a separate folder, as `prisma generate` does, and imports it. The engine
 * for migrations, which it would download, is not used, so any file replaces it.
 */
export async function generatePrismaClient (): Promise<{ readonly PrismaClient: new (options: { readonly adapter: unknown }) => PrismaClient, readonly remove: () => void }> {
  const folder = createProjectFolder()
  copyFileSync(join(here, 'schema.prisma'), join(folder, 'schema.prisma'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  const { status, stderr } = spawnSync(process.execPath, [command, 'generate', '--schema', 'schema.prisma'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1' }
  })
  if (status !== 0) throw new Error(`prisma generate failed: ${stderr}`)
  const { PrismaClient } = await import(pathToFileURL(join(folder, 'client/client.ts')).href)
  return { PrismaClient, remove: () => rmSync(folder, { recursive: true }) }
}
