/** A status that a route declares itself: its response and ours in one document. */
import t, { type Test } from 'tap'
import { Type } from '@sinclair/typebox'
import { standardErrors as errors } from 'fastify-api-errors'
import { createApp, documentOf, type Json } from './documents.js'

const statusCodeError = { type: 'object', properties: { statusCode: { type: 'integer' }, message: { type: 'string' } }, required: ['statusCode', 'message'] }

interface Response { readonly description: string, readonly content: Readonly<Record<string, { readonly schema: object, readonly examples: Json }>> }

/** Returns the documented 404 of a route that declares it. */
async function documentDeclared (t: Test, declared: object): Promise<Response> {
  const app = await createApp({ wiring: 'swagger alone' }, app => { app.get('/a/:id', { schema: { response: { 404: declared } } }, async () => '') })
  t.teardown(() => app.close())
  return documentOf(app).paths['/a/{id}']?.get?.responses['404'] as unknown as Response
}

t.test('responses that a route declares take precedence', async t => {
  const app = await createApp({}, app => {
    app.get('/things/:id', { schema: { response: { 200: Type.Object({}), 404: { description: 'No such thing.', type: 'object', properties: { own: { type: 'string' } } } } } }, async () => ({}))
  })
  t.teardown(() => app.close())
  const document = documentOf(app)
  t.equal((document.paths['/things/{id}']?.get?.responses['404'] as Json).description, 'No such thing.')
  t.notOk(document.components.responses?.ResourceNotFound, 'no component is left over')
})

t.test('a declared schema of another media type is documented in addition to ours', async t => {
  const declared = { description: 'No such thing.', content: { 'application/xml': { schema: { type: 'string' } } } }
  const { description, content } = await documentDeclared(t, declared)
  t.equal(description, 'No such thing.')
  t.strictSame(Object.entries(content).map(([type, { schema }]) => [type, schema]), [
    ['application/xml', { type: 'string' }], ['application/json', { $ref: '#/components/schemas/NotFound' }]
  ])
})

t.test('a declared string is also documented as text, which Fastify sends', async t => {
  const app = await createApp({ wiring: 'swagger alone' }, app => {
    app.get('/a/:id', { schema: { response: { 404: { type: 'string' }, '5xx': Type.Object({ text: Type.String() }) } } }, async (request, reply) => {
      if ((request.params as { readonly id: string }).id === 'text') return await reply.code(404).send('None.')
      throw errors.resource_not_found()
    })
  })
  t.teardown(() => app.close())
  const { content } = documentOf(app).paths['/a/{id}']?.get?.responses['404'] as unknown as Response
  t.strictSame(Object.entries(content).map(([type, { schema }]) => [type, schema]), [
    ['text/plain', { type: 'string' }], ['application/json', { anyOf: [{ type: 'string' }, { $ref: '#/components/schemas/NotFound' }] }]
  ])
  const text = await app.inject('/a/text')
  t.strictSame([text.statusCode, text.headers['content-type'], text.body], [404, 'text/plain; charset=utf-8', 'None.'])
  t.match((await app.inject('/a/1')).json(), { code: 'resource_not_found' })
})

t.test('a declared schema keeps its example in addition to ours', async t => {
  const declared = { description: 'No such thing.', content: { 'application/json': { schema: statusCodeError, example: { statusCode: 404, message: 'None.' } } } }
  const { content: { 'application/json': json } } = await documentDeclared(t, declared)
  const examples = json?.examples ?? {}
  t.strictSame(examples.declared, { value: { statusCode: 404, message: 'None.' } })
  t.strictSame(Object.keys(examples), ['declared', 'resource_not_found'])
})
