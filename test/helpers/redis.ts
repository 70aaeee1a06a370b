/** Starts a Redis server for a test. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Redis, type RedisOptions } from 'ioredis'
import type { Test } from 'tap'
import { absent } from './absent.js'
import { endTogether } from './end-together.js'
import { freePort } from './free-port.js'

/** A Redis server for one test. */
export interface RedisServer {
  readonly port: number
  /** Returns a client that is closed when the test ends. It connects to the server, or to a given port in front of it. */
  readonly client: (options?: Omit<RedisOptions, 'replyMapping'>, port?: number) => Redis
  /** Returns how often clients and scripts called a command since the last `CONFIG RESETSTAT`. */
  readonly calls: (command: string) => Promise<number>
  /** Returns the CPU time of the server in microseconds. */
  readonly cpu: () => Promise<number>
  /** Sends a signal to the server. */
  readonly signal: (name: NodeJS.Signals) => void
  /** Starts it again on the same port, after it was killed. */
  readonly restart: () => Promise<void>
}

/** The Redis or Valkey server of this machine; `undefined` if there is none. */
export const redisBinary: string | undefined = (process.env.PATH ?? '').split(delimiter)
  .flatMap(folder => ['redis-server', 'valkey-server'].map(name => join(folder, name)))
  .find(file => {
    try {
      accessSync(file, constants.X_OK)
      return true
    } catch {
      return false
    }
  })

/** Skips a test that needs Redis if there is none. With CI=true, that is a failure. */
export function lacksRedis (t: Test): boolean {
  if (redisBinary === undefined) absent(t, 'redis-server is not installed (Debian: apt-get install redis-server)')
  return redisBinary === undefined
}

/** Starts a server on a free port of the loopback address until the test ends. */
export async function startRedis (t: { readonly teardown: (end: () => unknown) => unknown }, ...settings: readonly string[]): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'redis-'))
  const port = await freePort()
  const clients: Redis[] = []

  function start (): ChildProcess {
    const child = spawn(redisBinary as string, [
      '--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no', ...settings
    ], { stdio: 'ignore' })
    endTogether(child)
    return child
  }
  let server = start()

  const client: RedisServer['client'] = (options = {}, at = port) => {
    const redis = new Redis({ ...options, host: '127.0.0.1', port: at })
    redis.on('error', () => {}) // Otherwise, ioredis prints the error.
    clients.push(redis)
    return redis
  }

  async function untilReady (): Promise<void> {
    const probe = new Redis(port, '127.0.0.1', { retryStrategy: () => 20, maxRetriesPerRequest: null })
    probe.on('error', () => {})
    await probe.ping()
    probe.disconnect()
  }

  async function info (section: string, name: string): Promise<number> {
    const redis = client()
    const text = await redis.info(section)
    redis.disconnect()
    return Number(new RegExp(`^${name}[:=]([\\d.]+)`, 'm').exec(text)?.[1] ?? 0)
  }

  t.teardown(async () => {
    for (const redis of clients) redis.disconnect()
    if (server.exitCode === null && server.signalCode === null) {
      server.kill('SIGKILL')
      await once(server, 'exit')
    }
    await rm(folder, { recursive: true, force: true })
  })
  await untilReady()
  return {
    port,
    client,
    calls: command => info('commandstats', `cmdstat_${command}:calls`),
    cpu: async () => (await info('cpu', 'used_cpu_user') + await info('cpu', 'used_cpu_sys')) * 1e6,
    signal: name => { server.kill(name) },
    async restart () {
      while (server.exitCode === null && server.signalCode === null) await delay(5)
      server = start()
      await untilReady()
    }
  }
}
