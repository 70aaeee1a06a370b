/** The headers that an application adds to its errors are documented as they are sent. */
import { Type } from '@sinclair/typebox'
import { Ajv } from 'ajv'
import { Validator } from '@seriousme/openapi-schema-validator'
import t from 'tap'
import { defineErrors, defineFormat, standardErrors, type Format } from 'fastify-api-errors'
import { code, codeAs, constant, field, message, requestId } from 'fastify-api-errors/format'
import { createApp, documentOf, resolved, type Document, type Json } from './documents.js'

const errors = defineErrors(standardErrors, {
  queue_closed: { status: 409, message: 'The queue is closed.', headers: { 'X-Reason': 'closed', Link: ['</queues>; rel="up"', '</help>; rel="help"'] } },
  queue_full: { status: 409, message: 'The queue is full.', headers: { 'x-reason': 'full', 'Content-Type': 'text/plain', 'Set-Cookie': ['a=1', 'b=2'] } },
  teapot: { status: 418, message: 'I am a teapot.', headers: { 'Retry-After': '5', 'X-Tea': 'green' } }
})

const format = defineFormat({
  name: 'amazon',
  fields: { code, message },
  headers: {
    'X-Amzn-ErrorType': codeAs(code => `${code}Exception`),
    'X-Amzn-RequestId': requestId,
    'X-Status': constant(({ status }) => status === 409 ? status : undefined),
    'X-Size': field({ schema: ({ status }) => status === 500 ? Type.Integer() : Type.Null(), value: ({ status }) => status === 500 ? 7 : undefined, optional: true })
  }
})

const headersOf = (document: Document, status: string): Json =>
  (resolved(document.paths['/']?.get?.responses[status], document) as { readonly headers: Json }).headers

const createOwnApp = (plugin: { readonly format?: Format, readonly negotiate?: boolean }, openapi = '3.1.0'): ReturnType<typeof createApp> => createApp({ plugin: { errors, ...plugin }, openapi: { openapi } }, app => {
  app.get('/', { config: { errors: [errors.queue_closed, errors.queue_full, errors.teapot] } }, async request => { throw errors[(request.query as { code: 'teapot' }).code]() })
})

t.test('headers of definitions list the values of their codes', async t => {
  const app = await createOwnApp({})
  t.teardown(() => app.close())
  const { 'X-Reason': reason, Link: link, 'Set-Cookie': cookie, ...others } = headersOf(documentOf(app), '409')
  t.strictSame(reason, { description: 'Sent with `queue_closed`, `queue_full`.', required: true, schema: { type: 'string', enum: ['closed', 'full'] }, example: 'closed' })
  t.strictSame(link, { description: 'Sent with `queue_closed`.', schema: { type: 'string', enum: ['</queues>; rel="up", </help>; rel="help"'] }, example: '</queues>; rel="up", </help>; rel="help"' })
  t.strictSame(cookie, { description: 'Sent with `queue_full`.', schema: { type: 'string', enum: ['a=1', 'b=2'] }, example: 'a=1' })
  t.strictSame(Object.keys(others), ['X-Request-Id', 'Cache-Control', 'X-Should-Retry'])
  t.strictSame(Object.keys(headersOf(documentOf(app), '418')), ['Retry-After', 'X-Tea', 'X-Request-Id', 'Cache-Control', 'X-Should-Retry'])
})

t.test('headers of a format are documented for the codes that have them', async t => {
  const app = await createOwnApp({ format })
  t.teardown(() => app.close())
  const { 'X-Amzn-ErrorType': errorType, 'X-Amzn-RequestId': id, 'X-Status': status, 'X-Size': size } = headersOf(documentOf(app), '409')
  t.strictSame(errorType, {
    description: 'Sent with `queue_closed`, `queue_full`.', required: true, schema: { type: 'string', enum: ['queue_closedException', 'queue_fullException'] }, example: 'queue_closedException'
  })
  t.strictSame(id, { description: 'The id of the request.', required: true, schema: { type: 'string' }, example: 'req_4mXq1VbE0s6RkYt2' })
  t.strictSame(status, { description: 'Sent with `queue_closed`, `queue_full`.', required: true, schema: { type: 'integer', enum: [409] }, example: 409 })
  t.strictSame(size, { description: 'Sent with `queue_closed`, `queue_full`.', schema: { type: 'null' } })
  t.strictSame(Object.keys(headersOf(documentOf(app), '418')).filter(name => name.startsWith('X-S')), ['X-Should-Retry', 'X-Size'])
})

t.test('schemas of codes that differ are alternatives', async t => {
  const mixed = defineFormat({ name: 'mixed', fields: { code }, headers: { 'X-Kind': field({ schema: ({ code }) => code === 'queue_full' ? Type.Integer() : Type.String(), value: ({ code }) => code === 'queue_full' ? 1 : 'a' }) } })
  const app = await createOwnApp({ format: mixed })
  t.teardown(() => app.close())
  t.strictSame(headersOf(documentOf(app), '409')['X-Kind'], {
    description: 'Sent with `queue_closed`, `queue_full`.', required: true, schema: { anyOf: [{ type: 'string' }, { type: 'integer' }] }, example: 'a'
  })
})

t.test('with negotiation, a header of a format is optional, because a client can request the other format', async t => {
  const app = await createOwnApp({ format, negotiate: true })
  t.teardown(() => app.close())
  t.equal((headersOf(documentOf(app), '409')['X-Amzn-ErrorType'] as Json).required, undefined)
  const { headers } = await app.inject({ url: '/?code=teapot', headers: { accept: 'application/problem+json' } })
  t.equal(headers['x-amzn-errortype'], undefined)
})

for (const openapi of ['3.0.3', '3.1.0']) {
  t.test(`in OpenAPI ${openapi}, the document is valid, and every response has the documented headers`, async t => {
    const app = await createOwnApp({ format }, openapi)
    t.teardown(() => app.close())
    const document = documentOf(app)
    t.strictSame(await new Validator().validate(structuredClone(document)), { valid: true })
    t.notMatch((app as unknown as { swagger: (options: object) => string }).swagger({ yaml: true }), /[&*]a\d/, 'in YAML, without anchors and aliases')
    const ajv = new Ajv({ coerceTypes: true, strict: false, validateFormats: false })
    for (const [code, status] of [['queue_closed', 409], ['queue_full', 409], ['teapot', 418]] as const) {
      const response = await app.inject(`/?code=${code}`)
      t.equal(response.statusCode, status)
      for (const [name, header] of Object.entries(headersOf(document, String(status))) as ReadonlyArray<[string, { readonly required?: boolean, readonly schema: object }]>) {
        const values = [response.headers[name.toLowerCase()] ?? []].flat()
        if (header.required === true) t.not(values.length, 0, `${code}: ${name}`)
        for (const value of values) t.ok(ajv.validate({ type: 'object', properties: { value: header.schema } }, { value }), `${code}: ${name}: ${String(value)}`)
      }
    }
  })
}
