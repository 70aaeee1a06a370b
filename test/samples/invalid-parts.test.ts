/** The part of a request that a route rejects, if its schema is not plain JSON Schema, or its validator is not Ajv. */
import { Type } from '@sinclair/typebox'
import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import apiErrors, { defineErrors, serverOptions, standardErrors } from 'fastify-api-errors'
import { getInferences } from '../../lib/infer/inferences.js'
import { findInvalidPart, getPartSchema, type InvalidPart } from '../../lib/samples/invalid-parts.js'

type Compiler = (route: { readonly httpPart?: string }) => unknown

const body = { type: 'object', required: ['name'], properties: { name: { type: 'string', minLength: 3 } } }

/** Returns the part that the first route of an application rejects with a code. */
async function find (routes: (app: FastifyInstance) => void, code = 'validation_error', errors = standardErrors, issues?: readonly string[]): Promise<InvalidPart | undefined> {
  const app = Fastify(serverOptions())
  await app.register(apiErrors, { errors })
  routes(app)
  await app.ready()
  const [record] = getInferences(app)[0]?.routeErrors.routes ?? []
  const found = record && findInvalidPart(record, code, { errors }, issues)
  await app.close()
  return found
}

/** Returns the part of a route with a custom validator. */
const findWith = async (compiler: Compiler, schema: object = { body }, code?: string, errors?: typeof standardErrors): Promise<InvalidPart | undefined> => await find(app => {
  app.post('/users/:id', { schema, validatorCompiler: compiler as never }, async () => '')
}, code, errors)

t.test('the report of a custom validator is translated', async t => {
  const issue = { keyword: 'minLength', instancePath: '/name', schemaPath: '', params: { limit: 3 }, message: 'is short' }
  const rejects = Object.assign(() => false, { errors: [issue] })
  const expected = { code: 'validation_error', issues: [{ in: 'body', field: 'name', pointer: '/name', code: 'min_length' }] }
  t.match((await findWith(() => rejects))?.error, expected, 'false, and errors')
  t.match((await findWith(() => () => ({ error: [issue] })))?.error, expected, 'a list of errors')
  t.equal((await findWith(() => () => ({ error: new Error('no') })))?.error.code, 'validation_error', 'an error')
  t.equal(typeof (await findWith(() => rejects))?.createValue(), 'object')
})

t.test('a validator whose result is unknown leads to no part', async t => {
  t.equal(await findWith(() => () => true), undefined, 'it accepts every value')
  t.equal(await findWith(() => () => ({ error: 'text' })), undefined, 'a report that is not an object')
  t.equal(await findWith(() => async () => await Promise.reject(new Error('no'))), undefined, 'it is asynchronous')
  t.equal(await findWith(() => () => { throw new Error('no') }), undefined, 'it throws')
  let isReady = false
  const once: Compiler = () => {
    if (isReady) throw new Error('compiled twice')
    isReady = true
    return () => false
  }
  t.equal(await findWith(once), undefined, 'its compiler throws')
  let count = 0
  t.equal(await findWith(() => count++ === 0 ? () => true : 'no function'), undefined, 'its compiler returns no function')
})

t.test('an error whose message fails leads to no part', async t => {
  const errors = defineErrors(standardErrors, {
    validation_error: { meta: Type.Object({ count: Type.Integer() }), message: ({ count }: { count: number }) => count.toFixed(), example: { meta: { count: 1 } } }
  }) as unknown as typeof standardErrors
  t.equal(await findWith(() => Object.assign(() => false, { errors: [{ keyword: 'type', instancePath: '', schemaPath: '', params: {} }] }), undefined, undefined, errors), undefined)
})

t.test('a route that continues with an invalid request rejects no part', async t => {
  t.equal(await find(app => { app.post('/', { schema: { body }, attachValidation: true }, async () => '') }), undefined)
})

t.test('a part is found only if its issues are possible', async t => {
  const route = (app: FastifyInstance): void => { app.post('/', { schema: { body } }, async () => '') }
  t.match(await find(route, 'validation_error', standardErrors, ['min_length']), { part: 'body' })
  t.equal(await find(route, 'validation_error', standardErrors, ['email']), undefined)
  t.equal(await find(route, 'resource_not_found'), undefined, 'a code that no part of a request causes')
  const rejects: Compiler = () => () => ({ error: new Error('no') })
  const found = await find(app => { app.post('/', { schema: { body }, validatorCompiler: rejects as never }, async () => '') }, 'validation_error', standardErrors, ['email'])
  t.equal(found, undefined, 'the issue of an unknown error has another code')
})

t.test('properties that are not parameters of the path are not used', async t => {
  const params = (properties: object): object => ({ params: { type: 'object', properties } })
  const rejects = (): unknown => Object.assign(() => false, { errors: [{ keyword: 'minimum', instancePath: '/id', schemaPath: '', params: { limit: 1 } }] })
  const code = 'invalid_parameter'
  t.match((await findWith(rejects, params({ id: { type: 'integer', minimum: 1 } }), code))?.part, 'params')
  t.equal(await findWith(rejects, params({ 'id(': { type: 'integer', minimum: 1 } }), code), undefined, 'a name that is not valid in a regular expression')
  const wildcard = await find(app => { app.get('/files/*', { schema: params({ '*': { type: 'string', minLength: 3 } }) }, async () => '') }, code)
  t.strictSame(wildcard?.createValue(), { '*': 'xx' })
})

t.test('a part without an object, a schema or a validator is not used', async t => {
  const rejects = (): unknown => () => false
  t.strictSame((await findWith(rejects, { params: { type: 'array', items: {} } }, 'invalid_parameter'))?.createValue(), {}, 'parameters are not a list')
  t.equal(getPartSchema({ route: { schema: { body: { content: {} } } } } as never, 'body'), undefined, 'a body without media types')
  const record = { route: { method: 'POST', schema: { body } }, scope: { initialConfig: {} }, url: '/' }
  t.equal(findInvalidPart(record as never, 'validation_error', { errors: standardErrors }), undefined, 'a route without a validator')
})
