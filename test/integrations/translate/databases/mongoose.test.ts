/** The failures of Mongoose. cases/mongodb.ts lists them. */
import Fastify from 'fastify'
import apiErrors from 'fastify-api-errors'
import t from 'tap'
import { freePort } from '../../../helpers/free-port.js'
import { startMongo } from '../../helpers/mongo-wire.js'
import { check, serve } from './cases/case.js'
import { database, invalidDocuments, mongooseSource, openMongoose, replies } from './cases/mongodb.js'

t.test('each failure of Mongoose has its documented response', async t => {
  const server = await startMongo(command => replies[String(Object.values(command)[0])] ?? { ok: 1 })
  const world = openMongoose(server.url, await freePort())
  const { send, app } = await serve(world, mongooseSource.cases, database)
  for (const given of mongooseSource.cases) await check(t, send, given)
  await app.close()

  for (const { what, document, code, details } of invalidDocuments) {
    await t.test(what, async t => {
      const app = Fastify({ genReqId: () => 'req_1' })
      await app.register(apiErrors, { log: false })
      app.post('/users', request => world.users.create(request.body as Record<string, unknown>))
      const response = await app.inject({ method: 'POST', url: '/users', payload: document })
      t.equal(response.statusCode, 422)
      t.strictSame(response.json(), {
        code,
        message: code === 'validation_error' ? 'One or more fields are invalid.' : 'A required field is missing.',
        request_id: 'req_1',
        details: details.map(([field, pointer, code, message]) => ({ in: 'body', field, pointer, code, message }))
      })
    })
  }

  await t.test('an incomplete error is translated with the properties that it has', async t => {
    const app = Fastify({ genReqId: () => 'req_1' })
    await app.register(apiErrors, { log: false })
    app.post('/users', async () => {
      throw Object.assign(new Error('secret'), { name: 'ValidationError', _message: 'User validation failed', errors: { a: null, b: { kind: 'required' } } })
    })
    const response = await app.inject({ method: 'POST', url: '/users' })
    t.equal(response.statusCode, 422)
    t.strictSame(response.json(), {
      code: 'missing_required_field',
      message: 'A required field is missing.',
      request_id: 'req_1',
      details: [{ in: 'body', field: 'b', pointer: '/b', code: 'required', message: 'is required' }]
    })
  })
  await world.close()
  server.stop()
})
