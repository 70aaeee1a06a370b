/** Errors that neither Fastify nor the plugin can respond to: promises inside of payloads, and replies that were hijacked. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import Fastify, { type FastifyInstance, type RouteHandlerMethod } from 'fastify'
import apiErrors, { defineErrors, defineFormat, standardErrors as errors, type ApiErrorsOptions } from 'fastify-api-errors'
import { code } from 'fastify-api-errors/format'
import { german as de } from 'fastify-api-errors/languages/de'
import { Type } from '@sinclair/typebox'
import { createApp, errorResponse, formatRequest, listen, requestId, sendRequest } from '../helpers/http.js'
import { watchRejections } from '../helpers/unhandled-rejections.js'

const rejects = (): Promise<never> => Promise.reject(new Error('secret'))

t.test('Fastify writes a promise in a payload as {}, and does not handle its rejection, with and without the plugin', async t => {
  const handlers: Readonly<Record<string, RouteHandlerMethod>> = {
    'reply.send(promise)': (_request, reply) => { reply.send(rejects()) },
    'a promise as a value': async () => ({ user: rejects() }),
    'an async toJSON': async () => ({ user: { toJSON: async () => { throw new Error('secret') } } })
  }
  for (const create of [async () => Fastify(), () => createApp()]) {
    for (const [name, handler] of Object.entries(handlers)) {
      const unhandled = watchRejections(t)
      const app: FastifyInstance = await create()
      app.get('/', handler)
      const response = await app.inject('/')
      t.strictSame([response.statusCode, response.body], [200, name === 'reply.send(promise)' ? '{}' : '{"user":{}}'], name)
      t.strictSame(await unhandled(), [new Error('secret')], name)
    }
  }
})

t.test('a promise that is sent with an error status results in the error of this status', async t => {
  const unhandled = watchRejections(t)
  const app = await createApp()
  app.get('/rejected', (_request, reply) => { reply.code(404).send(rejects()) })
  app.get('/resolved', async (_request, reply) => reply.code(404).send(Promise.resolve({ secret: 42 })))
  const port = await listen(t, app)
  for (const path of ['/rejected', '/resolved']) {
    t.strictSame(await sendRequest(port, 'GET', path), errorResponse(404, {
      code: 'resource_not_found', message: errors.resource_not_found.message, request_id: requestId
    }), path)
  }
  t.strictSame(await unhandled(), [])
})

t.test('promises in the meta of an error are omitted, and their rejections do not end the process', async t => {
  const unhandled = watchRejections(t)
  const catalog = defineErrors(errors, {
    full: {
      status: 409,
      type: 'conflict_error',
      message: 'The queue is full.',
      description: 'The queue has as many entries as it can take.',
      action: 'Try again later.',
      meta: Type.Object({ queue: Type.Unknown() }),
      example: { meta: { queue: 'a' } }
    }
  })
  const app = await createApp({ errors: catalog })
  const metas: Readonly<Record<string, () => unknown>> = {
    promise: rejects,
    toJSON: () => ({ toJSON: rejects }),
    several: () => [rejects(), { deep: rejects(), deeper: { toJSON: async () => rejects() } }],
    resolved: () => Promise.resolve('a')
  }
  for (const [name, queue] of Object.entries(metas)) app.get(`/${name}`, async () => { throw catalog.full({ meta: { queue: queue() } }) })
  app.get('/plain', async () => { throw catalog.full({ meta: { queue: { id: 1, on: new Date(0) } } }) })
  const port = await listen(t, app)
  const full = { code: 'full', message: 'The queue is full.', request_id: requestId }
  for (const name of Object.keys(metas)) t.strictSame(await sendRequest(port, 'GET', `/${name}`), errorResponse(409, full), name)
  t.strictSame(await sendRequest(port, 'GET', '/plain'), errorResponse(409, { ...full, meta: { queue: { id: 1, on: '1970-01-01T00:00:00.000Z' } } }))
  t.strictSame(await unhandled(), [])
})

t.test('after reply.hijack(), neither Fastify nor the plugin responds to an error', async t => {
  const handlers: Readonly<Record<string, RouteHandlerMethod>> = {
    'a sync handler throws': (_request, reply) => { reply.hijack(); throw new Error('secret') },
    'an async handler throws': async (_request, reply) => { reply.hijack(); throw new Error('secret') },
    'a handler returns reply.send()': async (_request, reply) => { reply.hijack(); return reply.send('late') }
  }
  for (const create of [() => Fastify(), () => { const app = Fastify(); app.register(apiErrors, { log: false }); return app }]) {
    for (const [name, handler] of Object.entries(handlers)) {
      const app = create()
      app.after(() => { app.get('/', handler) })
      const port = await listen(t, app)
      const socket = connect(port, '127.0.0.1')
      let received = ''
      socket.on('data', chunk => { received += String(chunk) })
      socket.write(formatRequest('GET', '/'))
      await sleep(30)
      t.strictSame([received, socket.closed], ['', false], name)
      socket.destroy()
      await once(socket, 'close')
    }
  }
})

t.test('a function that returns a promise instead of its result does not end the process', async t => {
  const unhandled = watchRejections(t)
  let isReady = false
  /** Returns its value while the application starts, and then a promise that is rejected. */
  const returns = <Value>(value: Value) => (): Value => isReady ? rejects() as Value : value
  const field = { schema: () => ({ type: 'string' }), value: returns('x') }
  const catalog = defineErrors(errors, { closed: { status: 409, message: 'Closed.' }, full: { status: 409, message: returns('Full.') } })
  const german = { ...de, errors: { ...de.errors, closed: returns('Zu.'), full: returns('Voll.') }, issues: { ...de.issues, required: returns('fehlt') } }
  const closed = { code: 'closed', message: 'Closed.', request_id: requestId }
  const internal = { code: 'internal_error', message: errors.internal_error.message, request_id: requestId }
  const issue = { in: 'body', field: 'name', pointer: '/name', code: 'required', message: 'is required' }
  const invalid = { code: 'missing_required_field', message: errors.missing_required_field.message, request_id: requestId, details: [issue] }
  const cases: ReadonlyArray<readonly [string, ApiErrorsOptions, string, number, unknown]> = [
    ['the message of a code', {}, '/full', 500, internal],
    ['the message of a code in a language', { languages: { default: 'en', de: german } }, '/closed', 409, closed],
    ['the phrase of an issue in a language', { languages: { default: 'en', de: german } }, '/invalid', 422, invalid],
    ['the sentence of an issue in a language', { format: 'message', languages: { default: 'en', de: { ...german, issues: de.issues, formats: { message: returns('Fehlt.') } } } },
      '/invalid', 422, { message: invalid.message, errors: { name: ['The name field is required.'] } }],
    ['a field of a format', { format: defineFormat({ name: 'own', fields: { code, field } }) }, '/closed', 500, internal],
    ['a header of a format', { format: defineFormat({ name: 'own', fields: { code }, headers: { 'x-own': field } }) }, '/closed', 500, internal],
    ['serialize', { format: defineFormat({ name: 'own', fields: { code }, serialize: returns('{}') }) }, '/closed', 500, internal],
    ['operationUrl', { reference: { path: '/errors', operationUrl: returns('/docs') } }, '/errors', 500, { ...internal, doc_url: '/errors/internal_error' }]
  ]
  for (const [name, options, url, status, body] of cases) {
    isReady = false
    const app = await createApp({ errors: catalog, ...options } as ApiErrorsOptions)
    app.get('/closed', async () => { throw catalog.closed() })
    app.get('/full', async () => { throw catalog.full() })
    app.post('/invalid', { schema: { body: { type: 'object', required: ['name'] } } }, async () => 'ok')
    await app.ready()
    isReady = true
    const response = await app.inject({ url, headers: { 'accept-language': 'de' }, ...url === '/invalid' && { method: 'POST', payload: {} } })
    t.strictSame([response.statusCode, response.json()], [status, body], name)
    t.strictSame(await unhandled(), [], name)
    await app.close()
  }
})
