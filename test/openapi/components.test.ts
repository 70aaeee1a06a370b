/** The components of error responses. */
import t from 'tap'
import { defineErrors, standardErrors, type StandardCode } from 'fastify-api-errors'
import { hashedNames } from '../../lib/openapi/component-names.js'
import { Validator } from '@seriousme/openapi-schema-validator'
import { codesByStatus, createApp, documentOf } from './documents.js'

t.test('responses with different codes have different names, even if their hashes start with the same characters', async t => {
  const codes = Array.from({ length: 40 }, (_, index) => `conflict_${String.fromCharCode(97 + index / 10, 97 + index % 10)}`)
  const errors = defineErrors(standardErrors, Object.fromEntries(codes.map(code =>
    [code, { status: 409, type: 'conflict_error', message: 'No.', description: `Case ${code}.`, action: 'Choose another.' } as const])))
  const pairs = codes.flatMap((one, index) => codes.slice(index + 1).map(other => [one, other] as const))
  const before = new Map<string, readonly string[]>()
  const [first, second] = pairs.flatMap(pair => {
    const digits = String(hashedNames('Conflict', pair.join()).next().value)
    const same = before.get(digits)
    before.set(digits, pair)
    return same === undefined ? [] : [same, pair]
  }) as [readonly string[], readonly string[]]
  const app = await createApp({ plugin: { errors } }, app => {
    for (const [index, pair] of [first, second].entries()) app.get(`/${index}`, { config: { errors: pair as unknown as StandardCode[] } }, async () => '')
  })
  t.teardown(() => app.close())
  const document = documentOf(app)
  t.not(document.paths['/0']?.get?.responses['409']?.$ref, document.paths['/1']?.get?.responses['409']?.$ref)
  t.strictSame([codesByStatus(document, '/0', 'get')['409'], codesByStatus(document, '/1', 'get')['409']], [first, second])
})

t.test('components of the user keep their names', async t => {
  const NotFound = { type: 'object', properties: { mine: { type: 'string' } } }
  const app = await createApp({ openapi: { components: { schemas: { NotFound }, responses: { ResourceNotFound: { description: 'Mine.' } } } } }, app => {
    app.get('/things/:id', async () => ({}))
  })
  t.teardown(() => app.close())
  const document = documentOf(app)
  t.strictSame(document.components.schemas?.NotFound, NotFound)
  t.strictSame(document.components.responses?.ResourceNotFound, { description: 'Mine.' })
  t.strictSame(document.paths['/things/{id}']?.get?.responses['404'], { $ref: '#/components/responses/ApiResourceNotFound' })
})

t.test('a component whose plain names are all in use has a hash in its name', async t => {
  const responses = { ResourceNotFound: { description: 'Mine.' }, ApiResourceNotFound: { description: 'Mine, too.' } }
  const schemas = { ResourceNotFoundError: { type: 'string' }, ApiResourceNotFoundError: { type: 'string' } }
  const app = await createApp({ openapi: { components: { responses, schemas } } }, app => { app.get('/things/:id', async () => ({})) })
  t.teardown(() => app.close())
  const document = documentOf(app)
  t.match(document.components, { responses, schemas })
  const { $ref } = document.paths['/things/{id}']?.get?.responses['404'] as { $ref: string }
  t.match($ref, /^#\/components\/responses\/ResourceNotFound_[0-9a-z]{4}$/)
  t.match(Object.keys(document.components.schemas ?? {}).filter(name => name.includes('ResourceNotFound')), [
    'ResourceNotFoundError', 'ApiResourceNotFoundError'
  ])
  t.strictSame(await new Validator().validate(structuredClone(document)), { valid: true })
})

t.test('schemas whose $ids differ only in characters that a name cannot have are separate components', async t => {
  const ids = ['https://example.com/money', 'https://example.com?money', '/']
  const app = await createApp({}, app => {
    for (const [index, $id] of ids.entries()) app.addSchema({ $id, type: 'object', properties: { [`amount${index}`]: { type: 'integer' } } })
    for (const [index, $id] of ids.slice(0, 1).entries()) app.get(`/${index}`, { schema: { response: { 200: { $ref: `${$id}#` } } } }, async () => ({}))
  })
  t.teardown(() => app.close())
  const document = documentOf(app)
  const own = Object.entries(document.components.schemas ?? {}).filter(([, { properties }]) => Object.keys(properties ?? {}).some(name => name.startsWith('amount')))
  t.strictSame(own.map(([, { properties }]) => Object.keys(properties as object)), [['amount0'], ['amount1'], ['amount2']])
  t.match(own.map(([name]) => name), ['https-example.com-money', /^https-example.com-money_[0-9a-z]{8}$/, /^_[0-9a-z]{8}$/])
  t.strictSame(document.paths['/0']?.get?.responses['200'], {
    description: 'Default Response', content: { 'application/json': { schema: { $ref: '#/components/schemas/https-example.com-money' } } }
  })
  t.strictSame(await new Validator().validate(structuredClone(document)), { valid: true })
})
