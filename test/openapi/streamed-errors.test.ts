/** The errors that a handler writes into a stream, in documents of each version. */
import { Readable } from 'node:stream'
import { Type } from '@sinclair/typebox'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { defineErrors, standardErrors, type ApiErrorsOptions } from 'fastify-api-errors'
import { exampleRequestId } from '../../lib/catalog/error-headers.js'
import { createApp, documentOf, resolved, type Json } from './documents.js'

const errors = defineErrors(standardErrors, {
  export_deleted: { status: 410, message: 'The export was deleted.', description: 'A person deleted it.', action: 'Create a new export.' }
})

async function * rows (): AsyncGenerator<object> {
  yield { id: 1 }
  throw errors.resource_gone()
}

/** Adds a route for each kind of stream. */
function addRoutes (app: FastifyInstance): void {
  app.get('/rows', async (_request, reply) => {
    async function * lines (): AsyncGenerator<string> {
      try {
        for await (const row of rows()) yield `${JSON.stringify(row)}\n`
        throw errors.export_deleted()
      } catch (error) {
        yield `${JSON.stringify({ error: app.apiErrors.toBody(error, reply) })}\n`
      }
    }
    return await reply.type('application/x-ndjson').send(Readable.from(lines()))
  })
  app.get('/events', { config: { errors: ['resource_gone'] } }, async (_request, reply) => {
    async function * events (): AsyncGenerator<string> {
      try {
        for await (const row of rows()) yield `data: ${JSON.stringify(row)}\n\n`
      } catch (error) {
        yield `event: error\ndata: ${JSON.stringify(app.apiErrors.toBody(error, reply))}\n\n`
      }
    }
    return await reply.type('text/event-stream').send(Readable.from(events()))
  })
}

const start = async (openapi: string, plugin: ApiErrorsOptions = {}): Promise<FastifyInstance> => {
  const app = await createApp({ plugin: { errors, log: false, ...plugin }, openapi: { openapi }, server: { genReqId: () => 'req_1' } }, addRoutes)
  t.teardown(() => app.close())
  return app
}

const responseOf = (app: FastifyInstance, path: string, method = 'get'): Json => {
  const document = documentOf(app)
  return resolved(document.paths[path]?.[method]?.responses['200'], document) as Json
}

const text = 'If an error occurs after the response has started, it is the last'
const codesOfRows = '`export_deleted`, `internal_error`'

t.test('OpenAPI 3.0 and 3.1 have a string, with an example for each code', async t => {
  const deleted = `{"error":{"code":"export_deleted","message":"The export was deleted.","request_id":"${exampleRequestId}"}}\n`
  const failed = `{"error":{"code":"internal_error","message":"Something went wrong on our side.","request_id":"${exampleRequestId}"}}\n`
  for (const version of ['3.0.3', '3.1.0']) {
    const app = await start(version)
    t.strictSame(responseOf(app, '/rows'), {
      description: `A stream. ${text} line: ${codesOfRows}.`,
      content: {
        'application/x-ndjson': {
          schema: { type: 'string', description: `${text} line: ${codesOfRows}.` },
          examples: { export_deleted: { summary: 'The export was deleted.', value: deleted }, internal_error: { summary: 'Something went wrong on our side.', value: failed } }
        }
      }
    }, version)
    t.match(responseOf(app, '/events'), {
      description: `A stream. ${text} event: \`resource_gone\`, \`internal_error\`.`,
      content: { 'text/event-stream': { examples: { resource_gone: { value: /^event: error\ndata: \{"code":"resource_gone",.*\}\n\n$/ } } } }
    })
  }
})

interface Items { readonly content: Readonly<Record<string, { readonly itemSchema: { readonly anyOf: readonly [Json, Json] }, readonly examples: Json }>> }

t.test('OpenAPI 3.2 has the schema of an item, and each error that is sent is valid against it', async t => {
  const app = await start('3.2.0')
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  const lines = (responseOf(app, '/rows') as unknown as Items).content['application/x-ndjson']
  const [, line] = lines?.itemSchema.anyOf ?? []
  t.match(line, { type: 'object', required: ['error'], properties: { error: Object } })
  const sent = (await app.inject('/rows')).body.trim().split('\n').map(each => JSON.parse(each) as { readonly error?: { code: string } })
  const validateLine = ajv.compile(line as Json)
  t.strictSame(sent.map(({ error }) => error?.code), [undefined, 'resource_gone'])
  t.strictSame(sent.map(each => validateLine(each)), [false, false], 'rows() throws a code that the source does not show')
  t.ok(validateLine({ error: { ...sent[1]?.error, code: 'export_deleted' } }), JSON.stringify(validateLine.errors))
  t.match(lines?.examples.export_deleted, { serializedValue: /^\{"error":\{"code"/ })

  const events = (responseOf(app, '/events') as unknown as Items).content['text/event-stream']
  const [, event] = events?.itemSchema.anyOf ?? []
  t.match(event, { required: ['event', 'data'], properties: { event: { const: 'error' }, data: { type: 'string', contentMediaType: 'application/json' } } })
  const [, name, data] = /event: (.*)\ndata: (.*)\n\n$/.exec((await app.inject('/events')).body) ?? []
  t.ok(ajv.validate(event as Json, { event: name, data }))
  t.ok(ajv.validate((event as { properties: { data: { contentSchema: Json } } }).properties.data.contentSchema, JSON.parse(String(data))), 'because config.errors lists it')
})

t.test('an error in a stream has no status, so the operation does not list the status', async t => {
  const document = documentOf(await start('3.1.0'))
  t.strictSame(Object.keys(document.paths['/rows']?.get?.responses ?? {}), ['200', '500'])
  t.strictSame(Object.keys(document.paths['/events']?.get?.responses ?? {}), ['200', '410', '500'])
})

t.test('with several formats, an error has one of their schemas', async t => {
  const app = await start('3.2.0', { negotiate: true })
  const [, line] = (responseOf(app, '/rows') as unknown as Items).content['application/x-ndjson']?.itemSchema.anyOf ?? []
  t.match(line, { properties: { error: { anyOf: [{ oneOf: Array }, { oneOf: Array }] } } })
})

t.test('what a route declares for its stream is kept, and the items of OpenAPI 3.2 get the error', async t => {
  const declare = async (openapi: string, response: object, method: 'GET' | 'HEAD' = 'GET'): Promise<Json> => {
    const app = await createApp({ plugin: { errors, log: false }, openapi: { openapi }, swagger: { exposeHeadRoutes: true } }, app => {
      app.route({
        method,
        url: '/rows',
        schema: { response },
        handler: async (_request, reply) => await reply.type('application/x-ndjson').send(JSON.stringify({ ok: false, error: app.apiErrors.toBody(new Error('No.'), reply) }))
      })
    })
    t.teardown(() => app.close())
    return documentOf(app).paths['/rows']?.[method.toLowerCase()]?.responses as Json
  }
  const content = { 'application/x-ndjson': { schema: Type.String(), itemSchema: Type.Object({ id: Type.Integer() }) } }
  const declared = { description: 'Rows.', content: { 'application/x-ndjson': { schema: { type: 'string' } } } }
  t.match(await declare('3.2.0', { 200: { description: 'Rows.', content } }), {
    200: { description: 'Rows.', content: { 'application/x-ndjson': { itemSchema: { anyOf: [{ type: 'object', properties: { id: { type: 'integer' } } }, { description: `${text} line: \`internal_error\`.` }] } } } }
  })
  for (const version of ['3.1.0', '3.2.0']) t.strictSame((await declare(version, { 200: declared }))[200], declared, version)
  const made = await declare('3.1.0', { 201: { description: 'Made.', type: 'object', properties: {} } })
  t.match(made, { 201: { description: 'Made.', content: { 'application/json': {} } } })
  t.strictSame((made[201] as { readonly content: Json }).content['application/x-ndjson'], { schema: { type: 'string', description: `${text} line: \`internal_error\`.` } }, 'the other properties of the line are not known, so it has no example')
  t.match(await declare('3.1.0', { 404: { description: 'Missing.', type: 'object', properties: {} } }), { 200: { content: { 'application/x-ndjson': {} } } })
  t.equal((await declare('3.1.0', {}, 'HEAD'))[200], undefined, 'a response to HEAD has no stream')
})

t.test('an event without a name has only data, and examples that the route declares are kept', async t => {
  const app = await createApp({ plugin: { errors, log: false }, openapi: { openapi: '3.2.0' } }, app => {
    app.get('/events', async (_request, reply) => await reply.type('text/event-stream').send(`data: ${JSON.stringify(app.apiErrors.toBody(new Error('No.'), reply))}\n\n`))
    const content = { 'application/x-ndjson': { schema: Type.String(), itemSchema: Type.Object({ id: Type.Integer() }), examples: { row: { serializedValue: '{"id":1}\n' } } } }
    app.get('/rows', { schema: { response: { 200: { description: 'Rows.', content } } } }, async (_request, reply) =>
      await reply.type('application/x-ndjson').send(`${JSON.stringify(app.apiErrors.toBody(new Error('No.'), reply))}\n`))
  })
  t.teardown(() => app.close())
  t.match(responseOf(app, '/events'), { content: { 'text/event-stream': { examples: { internal_error: { serializedValue: /^data: \{"code":"internal_error"/ } } } } })
  const { examples } = (responseOf(app, '/rows') as unknown as Items).content['application/x-ndjson'] ?? {}
  t.match(examples, { row: { serializedValue: '{"id":1}\n' }, internal_error: { serializedValue: /^\{"code":"internal_error"/ } })
})
