// Tests an API with the status 400 for an invalid body. All responses and documents follow one option.
import t from 'tap'
import swagger from '@fastify/swagger'
import Fastify, { type FastifyInstance } from 'fastify'
import createError from 'http-errors'
import apiErrors, { defineErrors, standardErrors, type ApiErrorsOptions } from 'fastify-api-errors'

const body = { type: 'object', properties: { name: { type: 'string', minLength: 3 } }, required: ['name'] }
const missing = Object.assign(new Error('null value in column "name" violates not-null constraint'), { code: '23502', severity: 'ERROR', column: 'name', table: 'queues' })

async function create (t: { teardown: (run: () => unknown) => void }, options: ApiErrorsOptions): Promise<FastifyInstance> {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(swagger, { openapi: { openapi: '3.1.0' } })
  await app.register(apiErrors, { log: false, ...options })
  app.post('/queues', { schema: { body } }, async () => 'ok')
  app.post('/not-null', { schema: { body: {} } }, async () => { throw missing })
  app.get('/catalog', async () => { throw standardErrors.validation_error({ message: 'The queue has no end.' }) })
  app.get('/http-errors', async () => { throw createError(422, 'The queue has no end.') })
  await app.ready()
  return app
}

t.test('400: bodies, database errors and the document', async t => {
  const app = await create(t, { validationStatus: 400 })
  const post = async (url: string, payload: object): Promise<unknown> => {
    const response = await app.inject({ method: 'POST', url, payload, headers: { 'x-request-id': 'req_1' } })
    const { request_id: _, ...rest } = response.json()
    return { status: response.statusCode, ...rest }
  }
  t.strictSame(await post('/queues', { name: 'a' }), {
    status: 400,
    code: 'invalid_request',
    message: standardErrors.validation_error.message,
    details: [{ in: 'body', field: 'name', pointer: '/name', code: 'min_length', message: 'must be at least 3 characters long' }]
  })
  t.strictSame(await post('/queues', {}), {
    status: 400,
    code: 'invalid_request',
    message: standardErrors.missing_required_field.message,
    details: [{ in: 'body', field: 'name', pointer: '/name', code: 'required', message: 'is required' }]
  })
  t.match(await post('/not-null', {}), { status: 400, code: 'invalid_request', message: 'A required field is missing.', details: [{ field: 'name', code: 'required' }] })
  t.strictSame(app.apiErrors.explain('POST', '/queues').filter(({ rule }) => rule === 'bodySchema').map(({ status, code, issues }) => ({ status, code, issues })), [
    { status: 400, code: 'invalid_request', issues: ['min_length', 'required', 'type'] },
    { status: 400, code: 'invalid_request', issues: ['required'] }
  ])
  const { responses } = (app.swagger() as unknown as { paths: Record<string, { post: { responses: object } }> }).paths['/queues']?.post as { responses: object }
  t.strictSame(Object.keys(responses).filter(status => status >= '400'), ['400', '413', '415', '500'])
  t.notOk(app.apiErrors.reference().codes.find(({ code }) => code === 'validation_error')?.routes.includes('POST /queues'))
  t.strictSame(app.apiErrors.ledger().filter(({ route, documented }) => route === 'POST /queues' && !documented), [])
})

t.test('400: the messages come from the application\'s catalog', async t => {
  const own = Object.fromEntries((['validation_error', 'missing_required_field'] as const).map(code => {
    const { status, type, description, action } = standardErrors[code]
    return [code, { status, type, message: `Own message of ${code}.`, description, action }]
  }))
  const app = await create(t, { validationStatus: 400, errors: defineErrors(standardErrors, own) })
  for (const [url, payload, code, field] of [
    ['/queues', { name: 'a' }, 'validation_error', 'min_length'], ['/queues', {}, 'missing_required_field', 'required'], ['/not-null', {}, 'missing_required_field', 'required']
  ] as const) {
    const response = await app.inject({ method: 'POST', url, payload })
    t.equal(response.statusCode, 400)
    const { request_id: id, details: [detail], ...rest } = response.json()
    t.type(id, 'string')
    t.strictSame(rest, { code: 'invalid_request', message: `Own message of ${code}.` })
    t.match(detail, { in: 'body', field: 'name', pointer: '/name', code: field })
  }
})

t.test('400: an error that is thrown as a 422 stays a 422', async t => {
  const app = await create(t, { validationStatus: 400 })
  for (const url of ['/catalog', '/http-errors']) {
    const response = await app.inject(url)
    t.equal(response.statusCode, 422, url)
    t.match(response.json(), { code: 'validation_error', message: 'The queue has no end.' }, url)
  }
})

t.test('each format has issues with the status 400, as with 422', async t => {
  for (const format of ['code', 'error', 'typed', 'message', 'summary', 'problem'] as const) {
    const send = async (validationStatus: 400 | 422): Promise<Record<string, unknown>> => {
      const response = await (await create(t, { format, validationStatus })).inject({ method: 'POST', url: '/queues', payload: { name: 'a' } })
      t.equal(response.statusCode, validationStatus, format)
      return response.json()
    }
    t.strictSame(Object.keys(await send(400)), Object.keys(await send(422)), format)
  }
})

t.test('the default is 422, and other values are rejected', async t => {
  const app = await create(t, {})
  t.equal((await app.inject({ method: 'POST', url: '/queues', payload: {} })).json().code, 'missing_required_field')
  await t.rejects(create(t, { validationStatus: 401 as never }), { message: 'fastify-api-errors: validationStatus: expected 400 or 422, got 401.' })
})

t.test('a status that the application sets on a validation error is kept', async t => {
  const missing = {
    code: 'missing_required_field',
    message: standardErrors.missing_required_field.message,
    details: [{ in: 'body', field: 'name', pointer: '/name', code: 'required', message: 'is required' }]
  }
  const inQuery = { ...missing, details: [{ ...missing.details[0], in: 'query' }] }
  const message = 'Use another name.'
  const expected: ReadonlyArray<readonly [status: number | undefined, validationStatus: 400 | 422, sent: number, body: object, query?: readonly [number, object]]> = [
    [undefined, 422, 422, missing, [400, { ...inQuery, code: 'invalid_parameter', message: standardErrors.invalid_parameter.message }]],
    [undefined, 400, 400, { ...missing, code: 'invalid_request' }, [400, { ...inQuery, code: 'invalid_parameter', message: standardErrors.invalid_parameter.message }]],
    [400, 422, 422, missing, [400, { ...inQuery, code: 'invalid_parameter', message: standardErrors.invalid_parameter.message }]],
    [422, 422, 422, missing, [422, inQuery]],
    [422, 400, 422, missing, [422, inQuery]],
    [404, 422, 404, { code: 'resource_not_found', message }],
    [409, 400, 409, { code: 'resource_conflict', message }],
    [418, 422, 418, { code: 'im_a_teapot', message }],
    [503, 422, 503, { code: 'service_unavailable', message: standardErrors.service_unavailable.message }]
  ]
  for (const [status, validationStatus, sent, content, query = [sent, content]] of expected) {
    const app = Fastify()
    await app.register(apiErrors, { log: false, validationStatus })
    const required = { type: 'object', required: ['name'] }
    const schemaErrorFormatter = (): Error => Object.assign(new Error(message), status && { statusCode: status })
    app.post('/formatter', { schemaErrorFormatter, schema: { body: required } }, async () => 'ok')
    app.post('/attached', { attachValidation: true, schema: { body: required } }, async request => { throw Object.assign(request.validationError as Error, { message }, status && { statusCode: status }) })
    app.get('/query', { schemaErrorFormatter, schema: { querystring: required } }, async () => 'ok')
    for (const [method, url, expectedStatus, expectedBody] of [['POST', '/formatter', sent, content], ['POST', '/attached', sent, content], ['GET', '/query', ...query]] as const) {
      const response = await app.inject({ method, url, ...(method === 'POST' && { payload: {} }) })
      const { request_id: _, ...rest } = response.json()
      t.strictSame([response.statusCode, rest], [expectedStatus, expectedBody], `${url}: ${status}, ${validationStatus}`)
    }
  }
})
