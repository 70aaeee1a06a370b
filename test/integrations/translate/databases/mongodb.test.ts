/** The failures of the MongoDB driver. cases/mongodb.ts lists them. */
import t from 'tap'
import { freePort } from '../../../helpers/free-port.js'
import { startMongo } from '../../helpers/mongo-wire.js'
import { check, serve } from './cases/case.js'
import { database, mongodbSource, openMongo, replies } from './cases/mongodb.js'

t.test('each failure of the MongoDB driver has its documented response', async t => {
  const server = await startMongo(command => replies[String(Object.values(command)[0])] ?? { ok: 1 })
  const world = openMongo(server.url, await freePort())
  const { send, app } = await serve(world, mongodbSource.cases, database)
  for (const given of mongodbSource.cases) await check(t, send, given)
  await app.close()
  await world.close()
  server.stop()
})
