/** Starts a MariaDB server for a test. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { endTogether } from '../../helpers/end-together.js'
import { freePort } from '../../helpers/free-port.js'

/** A MariaDB server for one test. */
export interface MariadbServer {
  readonly port: number
  /** Ends it like a power failure. */
  readonly kill: () => Promise<void>
}

/** The path of the program. Debian has servers in /usr/sbin, which is not on every PATH. */
function programOf (name: string): string | undefined {
  return [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'].map(folder => join(folder, name)).find(path => {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** Starts a server on a free port of the loopback address. `undefined` if MariaDB is not installed (Debian: `mariadb-server`). */
export async function startMariadb (): Promise<MariadbServer | undefined> {
  const install = programOf('mariadb-install-db')
  const program = programOf('mariadbd')
  if (install === undefined || program === undefined) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'mariadb-'))
  const user = process.getuid?.() === 0 ? ['--user=root'] : []
  const { status, stderr } = spawnSync(install, ['--no-defaults', `--datadir=${folder}`, ...user, '--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve'], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`mariadb-install-db failed: ${stderr}`)
  const port = await freePort()
  const server = spawn(program, [
    '--no-defaults', `--datadir=${folder}`, ...user, `--port=${port}`, '--bind-address=127.0.0.1', `--socket=${join(folder, 'socket')}`,
    `--pid-file=${join(folder, 'pid')}`, '--skip-name-resolve', '--innodb-flush-log-at-trx-commit=0', '--innodb-flush-method=nosync', '--sync-frm=OFF', '--innodb-lock-wait-timeout=1', '--innodb-buffer-pool-size=8M'
  ], { stdio: ['ignore', 'ignore', 'pipe'] })
  endTogether(server)
  let log = ''
  server.stderr.on('data', chunk => { log += String(chunk) })
  const ended = once(server, 'exit')
  const up = new Promise<void>(resolve => server.stderr.on('data', () => { if (log.includes('ready for connections')) resolve() }))
  await Promise.race([up, ended.then(() => { throw new Error(`mariadbd ended: ${log}`) })])
  return {
    port,
    async kill () {
      server.kill('SIGKILL')
      await ended
      await rm(folder, { recursive: true, force: true })
    }
  }
}
