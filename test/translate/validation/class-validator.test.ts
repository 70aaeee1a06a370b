// Given errors in the documented shape of class-validator 0.14, a handler that throws them sends issues. The package itself is not a dependency.
import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import apiErrors, { type ApiErrorsOptions } from 'fastify-api-errors'
import { issueCodeByKeyword } from '../../../lib/catalog/issues.js'
import { constraintKeywords } from '../../../lib/translate/validation/class-validator.js'

/** What class-validator throws. It is not an `Error`. */
class ValidationError {
  [field: string]: unknown
  constructor (fields: object) {
    Object.assign(this, { children: [], ...fields })
  }
}

/** Returns an error of one field, as `validate()` creates it. */
function fail (property: string, value: unknown, constraints: Record<string, string>, target: object = { [property]: value }): ValidationError {
  return new ValidationError({ target, property, value, constraints })
}

async function create (t: { teardown: (run: () => unknown) => void }, thrown: unknown, options: ApiErrorsOptions = {}): Promise<FastifyInstance> {
  const app = Fastify({ genReqId: () => 'req_1' })
  t.teardown(() => app.close())
  await app.register(apiErrors, { log: false, ...options })
  const config = { errors: ['validation_error', 'missing_required_field', 'invalid_parameter'] as const }
  app.post('/users', { config }, async () => { throw thrown })
  app.get('/users/:id', { config }, (_request, _reply) => { throw thrown })
  return app
}

const sent = async (t: { teardown: (run: () => unknown) => void }, thrown: unknown, options?: ApiErrorsOptions): Promise<{ status: number, body: any }> => {
  const response = await (await create(t, thrown, options)).inject({ method: 'POST', url: '/users', payload: {} })
  return { status: response.statusCode, body: response.json() }
}

const at = (field: string, code: string, message: string): object => ({ in: 'body', field, pointer: `/${field.replace(/\.|\[/g, '/').replace(/\]/g, '')}`, code, message })

t.test('the list that validate() returns', async t => {
  t.strictSame(await sent(t, [
    fail('email', 'ada', { isEmail: 'email must be an email' }),
    fail('name', 'a', { minLength: 'name must be longer than or equal to 3 characters' }),
    fail('admin', true, { whitelistValidation: 'property admin should not exist' }),
    fail('age', undefined, { isInt: 'age must be an integer number', min: 'age must not be less than 18' }, {})
  ]), {
    status: 422,
    body: {
      code: 'validation_error',
      message: 'One or more fields are invalid.',
      request_id: 'req_1',
      details: [
        at('email', 'email', 'must be an email address'),
        at('name', 'min_length', 'must be longer than or equal to 3 characters'),
        at('admin', 'unknown_field', 'is not allowed'),
        at('age', 'required', 'is required')
      ]
    }
  })
})

t.test('if only fields are missing, the code is missing_required_field, even without the value or the object', async t => {
  const constraints = { isString: 'name must be a string' }
  for (const error of [
    fail('name', undefined, constraints, {}),
    new ValidationError({ property: 'name', value: undefined, constraints }),
    new ValidationError({ property: 'name', target: {}, constraints })
  ]) {
    t.strictSame(await sent(t, [error]), {
      status: 422,
      body: { code: 'missing_required_field', message: 'A required field is missing.', request_id: 'req_1', details: [at('name', 'required', 'is required')] }
    })
  }
  const { body } = await sent(t, [new ValidationError({ property: 'name', constraints })])
  t.strictSame(body.details, [at('name', 'type', 'must be a string')], 'neither the value nor the object: the field may have been sent')
})

t.test('nested objects and lists', async t => {
  const city = fail('city', 7, { isString: 'city must be a string' })
  const first = new ValidationError({ property: '0', value: {}, children: [fail('price', -1, { isPositive: 'price must be a positive number' })] })
  t.strictSame((await sent(t, [
    new ValidationError({ property: 'address', value: {}, children: [city, null, 'text'] }),
    new ValidationError({ property: 'items', value: [], children: [first] }),
    fail('owner', 'ada', { nestedValidation: 'nested property owner must be either object or array' }),
    fail('tags', [7], { isString: 'each value in tags must be a string' }),
    fail('parts', [7], { nestedValidation: 'each value in nested property parts must be either object or array' })
  ])).body.details, [
    at('owner', 'type', 'must be an object'),
    at('tags', 'type', 'each value must be a string'),
    at('parts', 'type', 'each value must be either object or array'),
    at('address.city', 'type', 'must be a string'),
    at('items[0].price', 'minimum', 'must be a positive number')
  ])
})

t.test('messages of the application are kept, unless they repeat the value', async t => {
  t.strictSame((await sent(t, [
    fail('name', 'ada', { isUsername: 'This name is taken.', isLength: 'name must be shorter than or equal to 2 characters' }),
    fail('nick', 'a', { isLength: 'nick must be longer than or equal to 2 characters' }),
    fail('code', 'S3cr3t', { isCode: 'S3cr3t is not a code.', matches: 'A code like S3cr3t has no digits.' }),
    fail('email', 'x', { isEmail: 'Enter your address.' }),
    fail('role', 'root', { isRole: 'role must be known' }),
    fail('color', 'x', { matches: 'color must match /^#\\d+$/ regular expression' }),
    fail('title', '', { isNotEmpty: 'title should not be empty' })
  ])).body.details, [
    at('name', 'invalid', 'This name is taken.'),
    at('name', 'max_length', 'must be shorter than or equal to 2 characters'),
    at('nick', 'min_length', 'must be longer than or equal to 2 characters'),
    at('code', 'invalid', 'is invalid'),
    at('code', 'pattern', 'is invalid'),
    at('email', 'email', 'Enter your address.'),
    at('role', 'invalid', 'must be known'),
    at('color', 'pattern', 'does not have the expected format'),
    at('title', 'min_length', 'must be at least 1 character long')
  ])
})

t.test('a single error, an object that cannot be validated, and errors without constraints have issues', async t => {
  t.strictSame((await sent(t, fail('a', 7, { isString: 'a must be a string' }))).body.details, [at('a', 'type', 'must be a string')])
  const unknown = new ValidationError({ constraints: { unknownValue: 'an unknown value was passed to the validate function' } })
  const whole = { in: 'body', field: '', pointer: '', code: 'invalid', message: 'is invalid' }
  t.strictSame((await sent(t, [Object.assign(unknown, { property: undefined })])).body.details, [whole])
  const withoutChildren = Object.assign(fail('a', 7, { isString: 'a must be a string' }), { children: undefined })
  t.strictSame((await sent(t, [withoutChildren])).body.details, [at('a', 'type', 'must be a string')])
  t.match(await sent(t, [new ValidationError({ property: 'a', children: [] })]), { status: 422, body: { code: 'validation_error', details: [whole] } })
})

t.test('with validationStatus 400, the status is 400', async t => {
  t.match(await sent(t, [fail('a', 7, { isString: 'a must be a string' })], { validationStatus: 400 }), {
    status: 400, body: { code: 'invalid_request', message: 'One or more fields are invalid.', details: [at('a', 'type', 'must be a string')] }
  })
})

t.test('in a request without a body, the value comes from the path or the query', async t => {
  for (const [property, location] of [['id', 'path'], ['page', 'query']] as const) {
    const app = await create(t, [fail(property, 'x', { isInt: `${property} must be an integer number` })])
    const response = await app.inject('/users/7')
    t.strictSame({ status: response.statusCode, body: response.json() }, {
      status: 400,
      body: {
        code: 'invalid_parameter',
        message: 'A path or query parameter is invalid.',
        request_id: 'req_1',
        details: [{ in: location, field: property, pointer: `/${property}`, code: 'type', message: 'must be a whole number' }]
      }
    })
    t.strictSame(app.apiErrors.ledger().map(({ code, documented }) => [code, documented]), [['invalid_parameter', true]])
  }
})

t.test('a missing body is invalid itself, unless the query has the field', async t => {
  for (const [url, location, status] of [['/users', 'body', 422], ['/users?page=x', 'query', 400]] as const) {
    const app = Fastify()
    t.teardown(() => app.close())
    await app.register(apiErrors, { log: false })
    app.post('/users', async () => { throw [{ property: 'page', constraints: { isInt: 'page must be an integer number' } }] }) // eslint-disable-line no-throw-literal
    const response = await app.inject({ method: 'POST', url })
    t.strictSame([response.statusCode, response.json().details[0].in], [status, location])
  }
})

t.test('other lists and objects are internal_error', async t => {
  const valid = fail('a', 7, { isString: 'a must be a string' })
  for (const thrown of [
    [], [null], [valid, new Error('No.')], [[valid]], { property: 'a' }, { property: 7, constraints: {} }, { property: 'a', constraints: { a: 7 } }, { property: 'a', constraints: 'a' },
    { property: 'a', constraints: {}, children: {} }, { property: 'a', children: 'a' }, { constraints: {} }, Object.assign(new Error('No.'), { property: 'a', children: [] })
  ]) t.match(await sent(t, thrown), { status: 500, body: { code: 'internal_error' } }, JSON.stringify(thrown))
})

t.test('the size of the response is limited', async t => {
  const many = Array.from({ length: 5000 }, (_, index) => fail(`field${index}`, 7, { isString: `field${index} must be a string` }))
  t.equal((await sent(t, many)).body.details.length, 100)
  const cyclic = new ValidationError({ property: 'a' })
  cyclic.children = Array.from({ length: 50 }, () => cyclic)
  t.match(await sent(t, [cyclic]), { status: 422, body: { details: [{ code: 'invalid' }] } })
})

t.test('each constraint leads to a known keyword', async t => {
  for (const [name, { keyword }] of Object.entries(constraintKeywords)) t.ok(['format', 'invalid'].includes(keyword) || issueCodeByKeyword.has(keyword), name)
})
