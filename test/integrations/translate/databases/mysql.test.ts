/** The failures of MySQL and MariaDB. cases/mysql.ts lists them. */
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import t from 'tap'
import { absent } from '../../../helpers/absent.js'
import { freePort } from '../../../helpers/free-port.js'
import { startMariadb } from '../../helpers/mariadb.js'
import { check, serve, type Case } from './cases/case.js'
import { database, death, mariadbSource, mysql2Source, schema, type MysqlSource, type MysqlWorld, type Open } from './cases/mysql.js'
import * as recorded from './cases/recorded.js'

async function start (source: MysqlSource, open: Open, ports: { readonly closedPort: number, readonly silentPort: number }) {
  const world: MysqlWorld = { db: await open(), open, ...ports }
  return { source, world, ...await serve(world, source.cases, database) }
}

t.test('each failure of a MariaDB server has its documented response', async t => {
  const server = await startMariadb()
  if (server === undefined) return absent(t, 'mariadbd is not installed (Debian: apt-get install mariadb-server)')
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const sockets: Socket[] = []
  silent.on('connection', socket => { sockets.push(socket.on('error', () => {})) })
  const ports = { closedPort: await freePort(), silentPort: (silent.address() as AddressInfo).port }

  const owner = await mysql2Source.open(server.port)({ database: 'mysql', max: 1 })
  await owner.query('create user crowded with max_user_connections 1')
  const started: Array<Awaited<ReturnType<typeof start>>> = []
  for (const source of [mysql2Source, mariadbSource]) {
    const name = `through_${source.name}`
    await owner.query(`create database ${name}`)
    await owner.query(`grant all on ${name}.* to crowded`)
    const open: Open = settings => source.open(server.port)({ database: name, ...settings })
    started.push(await start(source, open, ports))
    for (const sql of schema) await started.at(-1)?.world.db.query(sql)
  }
  for (const { source, send } of started) {
    await t.test(source.name, async t => {
      for (const given of source.cases) if (!death.includes(given)) await check(t, send, given)
    })
  }

  const [whileItWorks, whenItIsGone] = death as readonly [Case<MysqlWorld>, Case<MysqlWorld>]
  await t.test('the server stops', async t => {
    const working = Promise.all(started.map(({ send }) => check(t, send, whileItWorks)))
    for (let sleeping = 0; sleeping < started.length;) {
      const [rows] = await owner.query("select 1 from information_schema.processlist where state = 'User sleep'") as unknown as [readonly unknown[]]
      sleeping = rows.length
    }
    await server.kill()
    await working
    for (const { source, send, app, world } of started) {
      await t.test(source.name, t => check(t, send, whenItIsGone))
      await app.close()
      await world.db.close().catch(() => {})
    }
  })
  await owner.close().catch(() => {})
  for (const socket of sockets) socket.destroy()
  silent.close()
})

t.test('recorded errors of MySQL 8 and MariaDB have the same responses', async t => {
  const cases = recorded.replay(recorded.mysql)
  const { send, app } = await serve(undefined, cases, recorded.database)
  for (const given of cases) await check(t, send, given)
  await app.close()
})
