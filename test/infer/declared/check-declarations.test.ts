/** Codes that a route declares and the catalog does not have. The start fails with one sentence. */
import t from 'tap'
import { declareErrors } from 'fastify-api-errors'
import { createApp } from '../../openapi/documents.js'

const handler = async (): Promise<string> => ''

t.test('an unknown code is rejected with the route and the place that declares it', async t => {
  await t.rejects(createApp({}, app => {
    declareErrors(app, ['no_such_code' as never])
    app.get('/a', handler)
  }), { message: 'fastify-api-errors: the errors of GET /a: expected codes of the option \'errors\', got "no_such_code". The scope of the route declares it.' })
  await t.rejects(createApp({}, app => { app.get('/a', { config: { errors: ['no_such_code'] as never } }, handler) }), {
    message: 'fastify-api-errors: config.errors of GET /a: expected codes of the option \'errors\', got "no_such_code".'
  })
  await t.rejects(createApp({}, app => { app.get('/a', { config: { errors: [undefined] as never } }, handler) }), {
    message: "fastify-api-errors: config.errors of GET /a: expected codes of the option 'errors', got undefined."
  })
  await t.rejects(createApp({}, app => { app.get('/a', { config: { errors: true as never } }, handler) }), {
    message: 'fastify-api-errors: config.errors of GET /a: expected a list of codes or factories, or false, got true.'
  })
})
