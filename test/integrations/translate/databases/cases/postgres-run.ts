/** Runs the Postgres cases of all drivers on one server. */
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import type { Test } from 'tap'
import { freePort } from '../../../../helpers/free-port.js'
import { startPostgres } from '../../../helpers/postgres.js'
import { check, serve, type Case } from './case.js'
import { database, death, schema, type Open, type PostgresWorld } from './postgres.js'
import type { PostgresSource } from './postgres-drivers.js'

/** Tests every source on a separate database of one server, then ends the server. */
export async function runOnPostgres (t: Test, sources: readonly PostgresSource[]): Promise<void> {
  const server = await startPostgres()
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const sockets: Socket[] = []
  silent.on('connection', socket => { sockets.push(socket.on('error', () => {})) })
  const ports = { closedPort: await freePort(), silentPort: (silent.address() as AddressInfo).port }
  await server.execute('postgres', "create role crowded login superuser password 'password' connection limit 0")
  await server.execute('postgres', 'alter role crowded nosuperuser')

  const started: Array<Awaited<ReturnType<typeof start>>> = []
  for (const source of sources) {
    const name = `through_${source.name.replaceAll(/\W/g, '_')}`
    await server.execute('postgres', `create database ${name}`)
    await server.execute(name, schema)
    started.push(await start(source, source.open(server, name), ports))
  }
  for (const { source, send } of started) {
    await t.test(source.name, async t => {
      for (const given of source.cases) if (!death.includes(given)) await check(t, send, given)
    })
  }

  const [whileItWorks, whenItIsGone] = death as readonly [Case<PostgresWorld>, Case<PostgresWorld>]
  await t.test('the server stops', async t => {
    const working = Promise.all(started.filter(({ source }) => source.cases.includes(whileItWorks)).map(({ send }) => check(t, send, whileItWorks)))
    await server.untilBusy(started.length)
    await server.kill()
    await working
    for (const { source, send, app, world } of started) {
      await t.test(source.name, t => check(t, send, whenItIsGone))
      await app.close()
      await world.db.close().catch(() => {}) // Some clients send a last message to the server.
    }
  })
  for (const socket of sockets) socket.destroy()
  silent.close()
}

async function start (source: PostgresSource, open: Open, ports: { readonly closedPort: number, readonly silentPort: number }) {
  const world: PostgresWorld = { db: await open(), open, ...ports }
  return { source, world, ...await serve(world, source.cases, database) }
}
