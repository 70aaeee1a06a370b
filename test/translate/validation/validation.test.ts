/** The response to a request that fails validation. */
import { Ajv } from 'ajv'
import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import apiErrors, { serverOptions, standardErrors as errors } from 'fastify-api-errors'
import { maxIssues } from '../../../lib/translate/validation/validation.js'
import { createApp } from '../../helpers/http.js'
import { createApi, postTo } from '../../helpers/validation.js'

const secret = 'S3cr3t'

async function createUsers (options = serverOptions()): Promise<FastifyInstance> {
  return createApi(options, app => {
    app.post('/users/:id', {
      schema: {
        params: { type: 'object', properties: { id: { type: 'integer' }, more: { type: 'string' } } },
        querystring: { type: 'object', required: ['page'], properties: { page: { type: 'integer', minimum: 1 }, sort: { enum: ['asc', 'desc'] } } },
        headers: { type: 'object', required: ['X-Tenant'], properties: { 'X-Tenant': { type: 'string', minLength: 3 } } },
        body: { type: 'object', required: ['email', 'name'], properties: { email: { type: 'string', format: 'email' }, name: { type: 'string', minLength: 3 } } }
      }
    }, () => 'fine')
  })
}

const good = {
  method: 'POST', url: '/users/7?page=1', headers: { 'x-tenant': 'acme' }, payload: { email: 'ada@example.com', name: 'Ada' }
} as const

t.test('a valid request passes', async t => {
  const app = await createUsers()
  t.equal((await app.inject(good)).body, 'fine')
})

t.test('a field of the body is invalid: 422 validation_error', async t => {
  const app = await createUsers()
  const response = await app.inject({ ...good, payload: { email: secret, name: 'A' } })
  t.equal(response.statusCode, 422)
  t.strictSame(response.json(), {
    code: 'validation_error',
    message: 'One or more fields are invalid.',
    request_id: 'req_1',
    details: [
      { in: 'body', field: 'email', pointer: '/email', code: 'email', message: 'must be an email address' },
      { in: 'body', field: 'name', pointer: '/name', code: 'min_length', message: 'must be at least 3 characters long' }
    ]
  })
})

t.test('the body only lacks fields: 422 missing_required_field', async t => {
  const app = await createUsers()
  const response = await app.inject({ ...good, payload: {} })
  t.equal(response.statusCode, 422)
  t.strictSame(response.json(), {
    code: 'missing_required_field',
    message: 'A required field is missing.',
    request_id: 'req_1',
    details: [
      { in: 'body', field: 'email', pointer: '/email', code: 'required', message: 'is required' },
      { in: 'body', field: 'name', pointer: '/name', code: 'required', message: 'is required' }
    ]
  })
})

t.test('the body lacks fields and others are invalid: 422 validation_error', async t => {
  const app = await createUsers()
  const response = await app.inject({ ...good, payload: { name: 'A' } })
  t.equal(response.statusCode, 422)
  t.equal(response.json<{ code: string }>().code, 'validation_error')
})

t.test('the path is invalid: 400 invalid_parameter', async t => {
  const app = await createUsers()
  const response = await app.inject({ ...good, url: `/users/${secret}?page=1` })
  t.equal(response.statusCode, 400)
  t.strictSame(response.json(), {
    code: 'invalid_parameter',
    message: 'A path or query parameter is invalid.',
    request_id: 'req_1',
    details: [{ in: 'path', field: 'id', pointer: '/id', code: 'type', message: 'must be a whole number' }]
  })
})

t.test('the query is invalid: 400 invalid_parameter, with its first field as param', async t => {
  const app = Fastify(serverOptions({ genReqId: () => 'req_1' }))
  await app.register(apiErrors, { format: 'typed' })
  app.get('/', { schema: { querystring: { type: 'object', properties: { page: { type: 'integer', minimum: 1 } } } } }, () => 'fine')
  const response = await app.inject('/?page=0')
  t.equal(response.statusCode, 400)
  t.strictSame(response.json(), {
    message: 'A path or query parameter is invalid.',
    type: 'invalid_request_error',
    code: 'invalid_parameter',
    param: 'page',
    request_id: 'req_1'
  })
})

t.test('a missing and an invalid query parameter are both listed', async t => {
  const app = await createUsers()
  const response = await app.inject({ ...good, url: `/users/7?sort=${secret}` })
  t.strictSame(response.json<{ details: unknown }>().details, [
    { in: 'query', field: 'page', pointer: '/page', code: 'required', message: 'is required' },
    { in: 'query', field: 'sort', pointer: '/sort', code: 'enum', message: 'must be one of "asc", "desc"' }
  ])
})

t.test('a header is invalid: 400 invalid_request', async t => {
  const app = await createUsers()
  const response = { code: 'invalid_request', message: 'A request header is invalid.', request_id: 'req_1' }
  const missing = await app.inject({ ...good, headers: {} })
  t.equal(missing.statusCode, 400)
  t.strictSame(missing.json(), {
    ...response, details: [{ in: 'header', field: 'x-tenant', pointer: '/x-tenant', code: 'required', message: 'is required' }]
  })
  const short = await app.inject({ ...good, headers: { 'x-tenant': 'S3' } })
  t.strictSame(short.json(), {
    ...response, details: [{ in: 'header', field: 'x-tenant', pointer: '/x-tenant', code: 'min_length', message: 'must be at least 3 characters long' }]
  })
})

t.test('a body is validated by the schema of its media type', async t => {
  const app = await createApi({}, app => {
    app.post('/', { schema: { body: { content: { 'application/json': { schema: { type: 'object', required: ['a'] } } } } } }, () => 'fine')
  })
  t.strictSame((await postTo(app, {})).faults, [['a', 'required', 'is required']])
})

t.test('a response lists at most 100 issues', async t => {
  const app = await createApi(serverOptions(), app => {
    app.post('/', { schema: { body: { type: 'array', items: { type: 'integer' } } } }, () => 'fine')
  })
  const { faults } = await postTo(app, Array.from({ length: 500 }, () => secret))
  t.equal(maxIssues, 100)
  t.equal(faults.length, 100)
  t.strictSame(faults[99], ['[99]', 'type', 'must be a whole number'])
})

t.test('a field is listed once for each code', async t => {
  const app = await createApi(serverOptions(), app => {
    app.post('/', { schema: { body: { type: 'object', allOf: [{ required: ['a'] }, { required: ['a'] }] } } }, () => 'fine')
  })
  t.strictSame((await postTo(app, {})).faults, [['a', 'required', 'is required']])
})

t.test('errors of an asynchronous schema of Ajv are translated', async t => {
  const app = await createApi({}, app => {
    const ajv = new Ajv()
    app.setValidatorCompiler(({ schema }) => ajv.compile(schema as object))
    app.post('/', { schema: { body: { $async: true, type: 'object', required: ['a'] } } }, () => 'fine')
  })
  t.strictSame(await postTo(app, { secret }), {
    status: 422,
    code: 'missing_required_field',
    faults: [['a', 'required', 'is required']],
    text: '{"code":"missing_required_field","message":"A required field is missing.","request_id":"req_1","details":[{"in":"body","field":"a","pointer":"/a","code":"required","message":"is required"}]}'
  })
})

t.test('the error of Joi or yup has the fields, without its messages, which can repeat the value', async t => {
  const returning = (error: unknown): Promise<FastifyInstance> => createApi({}, app => {
    app.setValidatorCompiler(() => () => ({ error }) as never)
    app.post('/', { schema: { body: {} } }, () => 'fine')
    app.get('/', { schema: { querystring: {} } }, () => 'fine')
  })
  const failure = (properties: object): Error => Object.assign(new Error(`"a" is ${secret}`), properties)
  const joi = (...paths: unknown[]): Error => failure({ details: paths.map(path => ({ message: secret, path, type: 'any.custom', context: { value: secret } })) })
  const yup = (path: unknown, ...inner: unknown[]): Error => failure({ path, inner, errors: [secret], value: secret })
  const invalid = 'is invalid'
  const body = { a: secret, list: [{}, { 'a.b': secret }] }
  for (const [error, faults] of [
    [joi(['a'], ['list', 1, 'a.b'], ['name']), [['a', 'invalid', invalid], ['list[1].a.b', 'invalid', invalid], ['name', 'required', 'is required']]],
    [joi([]), [['', 'invalid', invalid]]],
    [joi(), [['', 'invalid', invalid]]],
    [failure({ details: secret }), [['', 'invalid', invalid]]],
    [failure({ errors: [secret] }), [['', 'invalid', invalid]]],
    [yup('a'), [['a', 'invalid', invalid]]],
    [yup(''), [['', 'invalid', invalid]]],
    [yup(undefined), [['', 'invalid', invalid]]],
    [yup(undefined, yup('a'), yup('list[0]["b"]'), yup('name'), null), [['a', 'invalid', invalid], ['list[0].b', 'required', 'is required'], ['name', 'required', 'is required'], ['', 'invalid', invalid]]]
  ] as const) {
    const { text, ...response } = await postTo(await returning(error), body)
    t.strictSame(response, { status: 422, code: 'validation_error', faults })
    t.notMatch(text, secret)
  }
  const response = await (await returning(joi(['limit']))).inject('/?limit=x')
  t.equal(response.statusCode, 400)
  t.strictSame(response.json(), {
    code: 'invalid_parameter',
    message: 'A path or query parameter is invalid.',
    request_id: 'req_1',
    details: [{ in: 'query', field: 'limit', pointer: '/limit', code: 'invalid', message: 'is invalid' }]
  })
})

t.test('the status of an error that a validator returns or rejects with is kept, except 400', async t => {
  for (const [status, code] of [[400, 'validation_error'], [401, 'unauthorized'], [403, 'forbidden'], [404, 'resource_not_found'], [409, 'resource_conflict'], [429, 'rate_limit_exceeded'], [503, 'service_unavailable']] as const) {
    const fault = (): Error => Object.assign(new Error('Ask for access.'), { statusCode: status })
    for (const validate of [() => ({ error: fault() }), async () => { throw fault() }]) {
      const app = await createApp()
      app.post('/', { schema: { body: { type: 'object' } }, validatorCompiler: () => validate as never }, async () => 'in')
      const { statusCode, body } = await app.inject({ method: 'POST', url: '/', payload: {} })
      const { message } = errors[code]
      t.strictSame([statusCode, JSON.parse(body)], [status === 400 ? 422 : status, {
        code, message: [400, 503].includes(status) ? message : 'Ask for access.', request_id: 'req_1', ...(status === 400 && { details: [{ in: 'body', field: '', pointer: '', code: 'invalid', message: 'is invalid' }] })
      }])
    }
  }
})

t.test('a validator that throws results in a server error', async t => {
  const app = await createApi({}, app => {
    app.setValidatorCompiler(() => () => { throw new AggregateError([{ keyword: 'type' }], secret) })
    app.post('/', { schema: { body: {} } }, () => 'fine')
  })
  const { text, ...response } = await postTo(app, {})
  t.strictSame(response, { status: 500, code: 'internal_error', faults: [] })
  t.notMatch(text, secret)
})

t.test('an error created from the report keeps it', async t => {
  const app = await createApi({ schemaErrorFormatter: () => new Error(secret) }, app => {
    app.post('/', { schema: { body: { type: 'object', required: ['a'] } } }, () => 'fine')
  })
  const { text, ...response } = await postTo(app, {})
  t.strictSame(response, { status: 422, code: 'missing_required_field', faults: [['a', 'required', 'is required']] })
  t.notMatch(text, secret)
})

t.test('an error that only looks like a validation error is not treated as one', async t => {
  const app = await createApi()
  app.post('/', () => { throw Object.assign(new Error(secret), { validation: [{ keyword: 'type' }], validationContext: 'constructor' }) })
  t.equal((await postTo(app, {})).code, 'internal_error')
})

t.test('only the start of an endless report is read', async t => {
  let read = 0
  const report = Array.from({ length: 50_000 }, () => ({
    get keyword () {
      read++
      return 'type'
    },
    instancePath: '/a',
    schemaPath: '#/properties/a/type',
    params: { type: 'integer' }
  }))
  const app = await createApi({}, app => {
    app.setValidatorCompiler(() => () => ({ error: Object.assign(new Error('no'), { validation: report }) }))
    app.setSchemaErrorFormatter(() => new Error('no'))
    app.post('/', { schema: { body: {} } }, () => 'fine')
  })
  t.match(await postTo(app, { a: secret }), { status: 422, faults: [['a', 'type', 'must be a whole number']] })
  t.ok(read > 0 && read <= 10_000, `${read} looks at 50,000 entries`)
})

t.test('a long name is shortened', async t => {
  const app = await createApi({ ajv: { customOptions: { removeAdditional: false } } }, app => {
    app.post('/', { schema: { body: { type: 'object', properties: {}, additionalProperties: false } } }, async () => 'ok')
  })
  const name = 'n'.repeat(100)
  for (const [sent, told] of [[name, name], [`${name}n`, `${name}…`], [`${name.slice(1)}😀${name}`, `${name.slice(1)}\ufffd…`]] as const) {
    const response = await app.inject({ method: 'POST', url: '/', payload: { [sent]: 1 } })
    t.strictSame(response.json<{ details: unknown }>().details, [{ in: 'body', field: told, pointer: `/${told}`, code: 'unknown_field', message: 'is not allowed' }])
  }
})

t.test('a body with objects that Ajv cannot compare is invalid', async t => {
  const schema = { type: 'object', properties: { items: { type: 'array', uniqueItems: true, items: { type: 'object' } }, kind: { enum: [{ a: 1 }] }, fixed: { const: { a: 1 } } } }
  for (const server of [{}, serverOptions()]) {
    const app = Fastify(server)
    await app.register(apiErrors, { log: false })
    app.post('/', { schema: { body: schema } }, async () => 'ok')
    for (const name of ['valueOf', 'toString']) {
      for (const payload of [{ items: [{ [name]: 1 }, { [name]: 1 }] }, { kind: { [name]: 1 } }, { fixed: { [name]: 1 } }]) {
        const response = await app.inject({ method: 'POST', url: '/', payload })
        const { request_id: id, ...body } = response.json<{ request_id: string }>()
        t.type(id, 'string')
        t.strictSame([response.statusCode, body], [422, { code: 'validation_error', message: 'One or more fields are invalid.' }], JSON.stringify(payload))
      }
    }
  }
})
