/**
 * The formats of examples/envelopes. For each one, a server fails in each way. Every response is compared with the document, and the
 * client reads it.
 */
import { readdirSync, readFileSync } from 'node:fs'
import swagger from '@fastify/swagger'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Type } from '@sinclair/typebox'
import Fastify from 'fastify'
import t from 'tap'
import apiErrors, { defineErrors, serverOptions, standardErrors, swaggerOptions, type Format } from 'fastify-api-errors'
import { parseError, type ParseErrorOptions } from 'fastify-api-errors/client'
import { listen } from '../helpers/http.js'
import { createContract, type Document } from './conformance.js'

interface Envelope {
  readonly format: Format
  readonly read: ParseErrorOptions['read']
}

const folder = new URL('../../examples/envelopes/', import.meta.url)
const envelopes = new Map(await Promise.all(readdirSync(folder).map(async file => [file.replace('.ts', ''), await import(new URL(file, folder).href) as Envelope] as const)))

const errors = defineErrors(standardErrors, {
  queue_full: {
    status: 409,
    type: 'conflict_error',
    message: 'The queue is full.',
    description: 'The queue has no free place.',
    action: 'Wait until a place is free.',
    meta: Type.Object({ size: Type.Integer() }),
    example: { meta: { size: 3 } }
  }
})

async function createServer (format: Format) {
  const app = Fastify(serverOptions({ bodyLimit: 1000 }))
  await app.register(swagger, swaggerOptions({ openapi: { openapi: '3.1.0', info: { title: 'Envelopes', version: '1.0.0' } } }))
  await app.register(apiErrors, { errors, format, log: false, docUrl: 'https://api.example.com/errors', rateLimit: { policies: { once: { max: 1, timeWindow: 60_000 } } } })
  const body = Type.Object({ name: Type.String({ minLength: 3 }), email: Type.String({ format: 'email' }) })
  app.post('/queues', { schema: { body } }, async () => 'ok')
  app.get('/me', { config: { errors: ['unauthorized', 'forbidden'] } }, async request => { throw request.headers.authorization === undefined ? errors.unauthorized() : errors.forbidden() })
  app.get('/queues/:id', async () => { throw errors.resource_not_found() })
  app.put('/full', { config: { errors: [errors.queue_full] } }, async () => { throw errors.queue_full({ meta: { size: 7 } }) })
  app.get('/limited', { config: { rateLimitPolicy: 'once' } }, async () => 'ok')
  app.get('/broken', async () => { throw new TypeError('secret') })
  app.get('/busy', { config: { errors: ['service_unavailable'] } }, async () => { throw errors.service_unavailable() })
  await app.ready()
  return app
}

const json = { 'content-type': 'application/json' }
const failures: ReadonlyArray<readonly [code: string, route: string, init?: RequestInit & { readonly path?: string }]> = [
  ['invalid_request', 'POST /queues', { headers: json, body: '{' }],
  ['validation_error', 'POST /queues', { headers: json, body: '{"name":"a","email":"b"}' }],
  ['missing_required_field', 'POST /queues', { headers: json, body: '{"name":"abc"}' }],
  ['payload_too_large', 'POST /queues', { headers: json, body: JSON.stringify('x'.repeat(2000)) }],
  ['unsupported_media_type', 'POST /queues', { headers: { 'content-type': 'text/css' }, body: 'a' }],
  ['unauthorized', 'GET /me'],
  ['forbidden', 'GET /me', { headers: { authorization: 'Bearer a' } }],
  ['resource_not_found', 'GET /queues/{id}', { path: '/queues/7' }],
  ['queue_full', 'PUT /full'],
  ['rate_limit_exceeded', 'GET /limited'],
  ['internal_error', 'GET /broken'],
  ['service_unavailable', 'GET /busy']
]

t.equal(envelopes.size, 22)

t.test('at least 18 formats have 12 lines or fewer, without imports, comments and the reader', t => {
  const long = [...envelopes.keys()].filter(name => {
    const [text = ''] = readFileSync(new URL(`${name}.ts`, folder), 'utf8').split('/** Reads')
    return text.split('\n').filter(line => line !== '' && !/^(?:import|\/\*\*)/.test(line)).length > 12
  })
  t.strictSame(long, ['google', 'json-api', 'meta', 'paypal'])
  t.end()
})

for (const [name, { format, read }] of envelopes) {
  t.test(name, async t => {
    const app = await createServer(format)
    const document = JSON.parse(JSON.stringify(app.swagger())) as Document
    t.strictSame(await new Validator().validate(structuredClone(document) as never), { valid: true })
    const { faultsOf } = createContract(document)
    const base = `http://127.0.0.1:${await listen(t, app)}`
    await fetch(`${base}/limited`)
    for (const [code, route, { path, ...init } = {}] of failures) {
      const [method = '', pattern = ''] = route.split(' ')
      const response = await fetch(base + (path ?? pattern), { ...init, method })
      const { status, headers } = response
      t.equal(status, errors[code as 'forbidden'].status, code)
      const text = await response.clone().text()
      const isXml = format.serialize !== undefined
      const body: unknown = isXml ? Object.fromEntries([...text.matchAll(/<(\w+)>([^<]*)</g)].map(([, key, value]) => [key, key === 'status' ? Number(value) : value])) : JSON.parse(text)
      t.strictSame(faultsOf(route, { status, headers, body }), [], `${code}: the document describes the response`)

      const error = await parseError(response, undefined, { read: read as NonNullable<typeof read> })
      t.ok(error.message.length > 0 && !error.message.startsWith('HTTP '), `${code}: the client reads the message ${error.message}`)
      t.equal(error.status, status)
      if (code === 'validation_error' && text.includes('email')) t.ok(error.issues.some(({ field }) => field === 'email' || field === 'name'), `the client reads the fields of ${text}`)
      t.notMatch(text, /secret/)
    }
  })
}
