// Tests bodies that handlers send with an error status and that are more than a message: the document has their schema.
import t from 'tap'
import { parseExpressionAt } from 'acorn'
import swagger from '@fastify/swagger'
import { Ajv2020 } from 'ajv/dist/2020.js'
import Fastify, { type FastifyInstance } from 'fastify'
import apiErrors, { serverOptions, standardErrors as errors, type ApiErrorsOptions } from 'fastify-api-errors'
import { describeSentBody } from '../../../lib/infer/code/sent-bodies.js'
import type { JsonObject } from '../../../lib/support/is-object.js'

const describe = (source: string): JsonObject | undefined => describeSentBody(parseExpressionAt(source, 0, { ecmaVersion: 'latest', allowAwaitOutsideFunction: true }))

t.test('a message is converted, so it has no schema', async t => {
  for (const source of [
    "{ message: 'No.' }", '{ message: text }', '{ message: `No.` }', "{ error: 'Not found.' }", '{ error: text }', "{ error: { message: 'No.' } }",
    "{ success: false, message: 'No.' }", "{ success: false, message: 'No.', data: null }", '{ isSuccess: false, error: text }', "{ success: ok, message: 'No.' }", "{ statusCode: 404, error: 'Not Found', message: 'No.' }", "{ status: 'fail', message }", "{ 'message': 'No.', code: 404 }",
    "{ error: true, message: 'No.' }", 'body', 'String(error)', 'JSON.stringify(body)', "parts.join(' ')", "request.t('missing')", '{ error: error.message }', '{ error: describe(error) }', "{ ...body, message: 'No.' }", "{ [key]: 'No.' }", "{ get message () { return 'No.' }, ...body }", "'No.'"
  ]) t.equal(describe(source), undefined, source)
})

t.test('any other body has its schema', async t => {
  for (const [source, expected] of [
    ["{ success: false, errors: ['No.'], data: null }", { type: 'object', required: ['success', 'errors', 'data'], properties: { success: { type: 'boolean' }, errors: { type: 'array', items: {} }, data: {} } }],
    ['{ errors }', { type: 'object', properties: { errors: {} } }],
    ["{ message: 'No.', data: user }", { type: 'object', required: ['message'], properties: { message: { type: 'string' }, data: {} } }],
    ["{ isSuccess: true, message: 'No.' }", { type: 'object', required: ['isSuccess', 'message'], properties: { isSuccess: { type: 'boolean' }, message: { type: 'string' } } }],
    ["{ success: true, message: 'No.' }", { type: 'object', required: ['success', 'message'], properties: { success: { type: 'boolean' }, message: { type: 'string' } } }],
    ["{ error: 'invalid_grant' }", { type: 'object', required: ['error'], properties: { error: { type: 'string' } } }],
    ["{ error: { code: 'E1', message: `No.` } }", { type: 'object', required: ['error'], properties: { error: { type: 'object', required: ['code', 'message'], properties: { code: { type: 'string' }, message: { type: 'string' } } } } }],
    ["{ error: ['No.'] }", { type: 'object', required: ['error'], properties: { error: { type: 'array', items: {} } } }],
    ['{ message: { de: text } }', { type: 'object', required: ['message'], properties: { message: { type: 'object', properties: { de: {} } } } }],
    ["{ message: 'No.', status: {} }", { type: 'object', required: ['message', 'status'], properties: { message: { type: 'string' }, status: { type: 'object', properties: {} } } }],
    ['{ data: { ...rest } }', { type: 'object', required: ['data'], properties: { data: { type: 'object' } } }],
    ["{ message: 'No.', code: 'E1' }", { type: 'object', required: ['message', 'code'], properties: { message: { type: 'string' }, code: { type: 'string' } } }],
    ['{ 1: 2 }', { type: 'object', required: ['1'], properties: { 1: { type: 'number' } } }],
    ['{}', { type: 'object', properties: {} }],
    ["['No.']", { type: 'array', items: {} }],
    ['createBody()', { type: 'object' }],
    ["await bodies.notFound('User')", { type: 'object' }],
    ['{ error: parsed.error.flatten() }', { type: 'object', properties: { error: {} } }],
    ['{ message: parsed.error.issues }', { type: 'object', properties: { message: {} } }],
    ['{ error: z.treeifyError(error) }', { type: 'object', properties: { error: {} } }],
    ['{ error: result.fieldErrors }', { type: 'object', properties: { error: {} } }]
  ] as const) t.strictSame(describe(source), expected, source)
})

t.test('a body with a caught error has its schema, because JSON has an error as an object', async t => {
  const describeIn = (source: string): JsonObject | undefined => describeSentBody(parseExpressionAt(source, 0, { ecmaVersion: 'latest' }), new Set(['error']))
  const expected = { type: 'object', required: ['statusCode', 'message'], properties: { statusCode: { type: 'number' }, message: { type: 'string' }, error: {} } }
  t.strictSame(describeIn("{ statusCode: 500, message: 'No.', error }"), expected)
  t.strictSame(describeIn('{ message: error }'), { type: 'object', properties: { message: {} } })
  t.equal(describeIn('{ error: error.message }'), undefined, 'the message of the error')
  t.equal(describeIn('{ error: other }'), undefined, 'another variable')
})

class Issues {
  flatten (): object { return { fieldErrors: {} } }
}

async function create (options: ApiErrorsOptions): Promise<FastifyInstance> {
  const app = Fastify(serverOptions())
  await app.register(swagger, { openapi: { openapi: '3.1.0' } })
  await app.register(apiErrors, { log: false, ...options })
  app.get('/guarded', { onRequest: async (request, reply) => await reply.header('a', 'b').code(401).send({ success: false, errors: ['No.'], id: request.id }) }, async () => 'x')
  app.get('/two', async ({ query }, reply) => (query as { a?: string }).a === undefined ? await reply.code(409).send({ reasons: ['a'] }) : await reply.status(409).send(['b']))
  app.get('/same', async ({ query }, reply) => (query as { a?: string }).a === undefined ? await reply.code(409).send({ reasons: ['a'] }) : await reply.code(409).send({ reasons: ['b'] }))
  app.get('/declared', { schema: { response: { 404: { type: 'object', properties: { data: {} } } } } }, async (_, reply) => await reply.code(404).send({ data: null }))
  app.get('/excluded', { config: { errors: false } }, async (_, reply) => await reply.code(404).send({ data: null }))
  app.get('/unknown', async (_, reply) => await reply.code(418).send({ data: null }))
  app.get('/caught', async ({ query }, reply) => {
    try {
      return JSON.parse((query as { a: string }).a) as unknown
    } catch (error) {
      return await reply.code(500).send({ statusCode: 500, message: 'No.', error })
    }
  })
  const createBody = (): object => ({ error: 'NOT_FOUND', message: 'No.' })
  app.get('/helper', async (_, reply) => await reply.code(404).send(createBody()))
  app.get('/flattened', async (_, reply) => await reply.code(400).send({ error: new Issues().flatten() }))
  app.get('/error', async (_, reply) => await reply.code(404).send(errors.resource_not_found()))
  app.get('/later', async (_, reply) => {
    reply.code(404)
    return await reply.send({ data: null })
  })
  await app.ready()
  return app
}

interface Content { readonly schema: { readonly anyOf?: readonly object[] } }

interface Operation { readonly responses: Readonly<Record<number, { readonly content?: Readonly<Record<string, Content>> }>> }

function getContent (app: FastifyInstance, path: string, status: number): Content | undefined {
  const { paths } = app.swagger() as unknown as { readonly paths: Readonly<Record<string, { readonly get: Operation }>> }
  return paths[path]?.get.responses[status]?.content?.['application/json']
}

t.test('the document has the sent body and the body of the API', async t => {
  const app = await create({})
  t.teardown(() => app.close())
  const sent = { type: 'object', required: ['reasons'], properties: { reasons: { type: 'array', items: {} } } }
  t.strictSame(getContent(app, '/guarded', 401)?.schema.anyOf?.[0], {
    type: 'object', required: ['success', 'errors'], properties: { success: { type: 'boolean' }, errors: { type: 'array', items: {} }, id: {} }
  })
  t.equal(getContent(app, '/guarded', 401)?.schema.anyOf?.length, 2)
  t.strictSame(getContent(app, '/two', 409)?.schema.anyOf?.[0], { anyOf: [sent, { type: 'array', items: {} }] })
  t.strictSame(getContent(app, '/same', 409)?.schema.anyOf?.[0], sent)
  t.strictSame(getContent(app, '/helper', 404)?.schema.anyOf?.[0], { type: 'object' }, 'the code does not show the result of a call')
  t.equal(getContent(app, '/error', 404), undefined, 'an error of the catalog has the shared response')
  t.strictSame(getContent(app, '/declared', 404)?.schema as object, { type: 'object', properties: { data: {} } }, 'a declared status is documented as declared')

  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema(app.swagger(), 'document')
  for (const [path, status] of [['/guarded', 401], ['/two', 409], ['/same', 409], ['/two?a=b', 409], ['/caught?a=b', 500], ['/helper', 404], ['/flattened', 400]] as const) {
    const response = await app.inject(path)
    t.equal(response.statusCode, status)
    const schema = JSON.parse(JSON.stringify(getContent(app, path.split('?')[0] as string, status)?.schema).replaceAll('"#/', '"document#/')) as object
    t.ok(ajv.validate(schema, response.json()), `${path}: ${ajv.errorsText()}`)
  }
  for (const path of ['/excluded', '/later', '/unknown']) await app.inject(path)
  t.strictSame(app.apiErrors.ledger().filter(({ documented }) => !documented).map(({ route, status, code }) => [route, status, code]), [['GET /later', 404, null]], 'the body of a status that was set before is not read')
})

t.test('with sentErrors, the body is not sent unchanged or not documented', async t => {
  for (const sentErrors of ['convert', 'report'] as const) {
    const app = await create({ sentErrors })
    t.equal(getContent(app, '/two', 409)?.schema.anyOf, undefined, sentErrors)
    await app.close()
  }
})
