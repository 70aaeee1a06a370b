/** Routes with an idempotency key in the OpenAPI document, in `explain()`, in the reference, and in the lockfile. */
import { Validator } from '@seriousme/openapi-schema-validator'
import t from 'tap'
import { idempotency, memoryStore, type IdempotencyOptions } from 'fastify-api-errors/idempotency'
import { parseKeyHeader } from '../../../lib/guards/idempotency/key.js'
import { createLock } from '../../../lib/verify/lockfile.js'
import { createApp, documentOf, type Document, type Json } from '../../openapi/documents.js'
import { findFaults } from '../../helpers/portable-patterns.js'

const guard = (options: Partial<IdempotencyOptions> = {}): ReturnType<typeof idempotency> => idempotency({ store: memoryStore(), ...options })

const handler = async (): Promise<string> => 'ok'

const schema = { type: 'string', maxLength: 255, pattern: '^([!#-+.-:<-~-]+|\\x22[ !#-Z^-~]+\\x22)$' }
const parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'A random value, such as a UUID, in quotes or without. Send the same value each time you repeat the request.',
  required: true,
  schema,
  example: '"8e03978e-40d5-43dd-bc93-6894a57f9324"'
}

/** Returns the codes that a response of a document describes. */
function codesOf (document: Document, path: string, method: string, status: number): string[] {
  const response = document.paths[path]?.[method]?.responses[status] as { readonly $ref?: string }
  const name = String(response.$ref).replace('#/components/responses/', '')
  const { content } = document.components.responses?.[name] as { readonly content: Record<string, { readonly examples: object }> }
  return Object.keys(content['application/json']?.examples ?? {})
}

const headersOf = (document: Document, path: string, method: string): unknown => (document.paths[path]?.[method]?.responses[200] as Json).headers

for (const version of ['3.0.3', '3.1.0']) {
  t.test(`OpenAPI ${version} has the codes, the header of the request, and the header of successful responses`, async t => {
    const app = await createApp({ openapi: { openapi: version } }, app => {
      app.post('/orders', { preHandler: guard() }, handler)
      app.post('/optional', { preHandler: guard({ required: false, header: 'X-Key', onStoreError: 'allow' }) }, handler)
      app.post('/plain', handler)
    })
    t.teardown(() => app.close())
    const document = documentOf(app)
    t.strictSame(await new Validator().validate(structuredClone(document)), { valid: true })
    t.strictSame([400, 409, 422, 503].map(status => codesOf(document, '/orders', 'post', status)), [
      ['invalid_request', 'idempotency_key_missing'], ['idempotency_in_progress'], ['idempotency_key_reused'], ['service_unavailable']
    ])
    t.strictSame([400, 409, 422].map(status => codesOf(document, '/optional', 'post', status)), [['invalid_request'], ['idempotency_in_progress'], ['idempotency_key_reused']])
    t.notOk('503' in (document.paths['/optional']?.post?.responses as object))
    t.strictSame(document.paths['/orders']?.post?.parameters, [parameter])
    t.strictSame(document.paths['/optional']?.post?.parameters, [{ ...parameter, name: 'X-Key', required: false }])
    t.equal(document.paths['/plain']?.post?.parameters, undefined)
    const replayed = { 'Idempotency-Replayed': { $ref: '#/components/headers/Idempotency-Replayed' } }
    t.strictSame([headersOf(document, '/orders', 'post'), headersOf(document, '/optional', 'post'), headersOf(document, '/plain', 'post')], [replayed, replayed, undefined])
    t.strictSame(document.components.headers?.['Idempotency-Replayed'], {
      description: 'Present if this is a stored response that is sent again because the request was repeated.', schema: { type: 'string', enum: ['true'] }, example: 'true'
    })
    t.ok('Retry-After' in (document.components.responses?.IdempotencyInProgress?.headers as object), 'a 409 has Retry-After')
  })
}

t.test('the pattern of the header is portable, and the guard accepts what it matches', async t => {
  t.strictSame(findFaults(schema.pattern), [])
  for (const header of ['8e03978e-40d5-43dd-bc93-6894a57f9324', '"two words, and more"', parameter.example]) {
    t.match(header, new RegExp(schema.pattern))
    t.not(parseKeyHeader(header), undefined)
  }
  for (const header of ['two words', 'a,b', '"open']) {
    t.notMatch(header, new RegExp(schema.pattern))
    t.equal(parseKeyHeader(header), undefined)
  }
})

t.test('a guard of a scope is documented on the methods that it covers, and a header that a route describes is kept', async t => {
  const app = await createApp({}, app => app.register(async scope => {
    scope.addHook('preHandler', guard())
    scope.route({ method: ['GET', 'PUT'], url: '/thing', handler })
    scope.patch('/own', { schema: { headers: { type: 'object', properties: { 'idempotency-key': { type: 'string', minLength: 8 }, 'x-tenant': { type: 'string' } } } } }, handler)
  }))
  t.teardown(() => app.close())
  const document = documentOf(app)
  t.strictSame([document.paths['/thing']?.get?.parameters, document.paths['/thing']?.put?.parameters], [undefined, [parameter]])
  t.strictSame(document.paths['/own']?.patch?.parameters, [
    { schema: { type: 'string', minLength: 8 }, in: 'header', name: 'idempotency-key', required: false },
    { schema: { type: 'string' }, in: 'header', name: 'x-tenant', required: false }
  ])
  const declared = (method: string): string[] => app.apiErrors.explain(method, '/thing').filter(({ rule }) => rule === 'declared').map(({ code }) => code)
  t.strictSame(declared('GET'), [])
  t.strictSame(declared('PUT'), ['idempotency_key_missing', 'invalid_request', 'idempotency_in_progress', 'idempotency_key_reused', 'service_unavailable'])
})

t.test('the reference and the lockfile have the codes, and the requests of the reference have a key', async t => {
  const app = await createApp({}, app => { app.post('/orders', { preHandler: guard() }, handler) })
  t.teardown(() => app.close())
  const { codes } = app.apiErrors.reference()
  const requestOf = (name: string): unknown => codes.find(({ code }) => code === name)?.request
  t.strictSame(requestOf('idempotency_key_missing'), { method: 'POST', path: '/orders', headers: {}, times: 1, certain: true })
  t.strictSame(requestOf('idempotency_in_progress'), { method: 'POST', path: '/orders', headers: { 'idempotency-key': parameter.example }, times: 1, certain: false })
  const { routes } = createLock(app.apiErrors.reference())
  t.ok(JSON.stringify(routes).includes('idempotency_in_progress'))
})
