/**
 * Compares five public error references with the standard catalog: the statuses and codes, the retry advice, and the shape of
 * their bodies. Each is created from the standard catalog and a format. Codes of a single API are defined by that API.
 */
import Fastify, { type FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import apiErrors, { defineErrors, standardErrors, type AnyCatalog, type ErrorFactory, type FormatName, type Issue, type RetryAdvice } from 'fastify-api-errors'

type Row = readonly [status: number, code: string, retry: RetryAdvice]

const issues: readonly Issue[] = [
  { in: 'body', field: 'email', pointer: '/email', code: 'required', message: 'is required' },
  { in: 'body', field: 'email', pointer: '/email', code: 'email', message: 'must be an email address' },
  { in: 'body', field: 'amount', pointer: '/amount', code: 'minimum', message: 'must be greater than 0' }
]

async function createApi (format: FormatName, errors: AnyCatalog = standardErrors): Promise<FastifyInstance> {
  const app = Fastify({ genReqId: () => 'req_1' })
  await app.register(apiErrors, { format, errors })
  app.get<{ Params: { code: string } }>('/fail/:code', async ({ params: { code } }) => {
    throw (errors[code] as ErrorFactory)(code === 'validation_error' ? { issues } : {})
  })
  return app
}

/** Checks the status, the code, the retry advice and the body of each row of a reference. */
async function compareRows (
  t: Test, rows: readonly Row[], format: FormatName, errors: AnyCatalog, bodyOf: (code: string, message: string, definition: AnyCatalog[string]) => object
): Promise<void> {
  const app = await createApi(format, errors)
  for (const [status, code, retry] of rows) {
    const definition = errors[code]
    if (definition === undefined) throw new Error(`${code} is not in the catalog`)
    t.equal(definition.retry, retry, `${code}: retry`)
    const response = await app.inject(`/fail/${code}`)
    t.equal(response.statusCode, status, code)
    t.strictSame(response.json(), bodyOf(code, definition.message as string, definition), code)
  }
}

t.test('the format code: { code, message, request_id, details }', async t => {
  const rows: readonly Row[] = [
    [401, 'missing_api_key', 'never'],
    [401, 'invalid_api_key', 'never'],
    [401, 'api_key_revoked', 'never'],
    [401, 'api_key_expired', 'never'],
    [403, 'insufficient_scope', 'never'],
    [403, 'ip_not_allowed', 'never'],
    [400, 'invalid_request', 'never'],
    [422, 'validation_error', 'never'],
    [400, 'invalid_parameter', 'never'],
    [422, 'missing_required_field', 'never'],
    [404, 'resource_not_found', 'never'],
    [409, 'resource_already_exists', 'never'],
    [409, 'resource_conflict', 'never'],
    [429, 'rate_limit_exceeded', 'retry-after'],
    [500, 'internal_error', 'backoff'],
    [502, 'bad_gateway', 'backoff'],
    [503, 'service_unavailable', 'retry-after']
  ]
  await compareRows(t, rows, 'code', standardErrors, (code, message) => ({
    code, message, request_id: 'req_1', ...(code === 'validation_error' && { details: issues })
  }))
})

t.test('the format error: { error, message, requestId, details }', async t => {
  const errors = defineErrors(standardErrors, {
    already_in_queue: {
      status: 409, type: 'conflict_error', message: 'You are in this queue.', description: 'The user joined before.', action: 'Read the entry.'
    },
    already_registered: {
      status: 409, type: 'conflict_error', message: 'You are in this draw.', description: 'The user registered before.', action: 'Read the registration.'
    },
    already_exists: {
      status: 409, type: 'conflict_error', message: 'The id is taken.', description: 'A resource has this id.', action: 'Choose another id.'
    }
  })
  const rows: readonly Row[] = [
    [400, 'invalid_request', 'never'],
    [401, 'unauthorized', 'never'],
    [401, 'invalid_token', 'never'],
    [401, 'token_expired', 'never'],
    [401, 'invalid_credentials', 'never'],
    [403, 'forbidden', 'never'],
    [403, 'device_mismatch', 'never'],
    [404, 'resource_not_found', 'never'],
    [404, 'route_not_found', 'never'],
    [409, 'already_in_queue', 'never'],
    [409, 'already_registered', 'never'],
    [409, 'already_exists', 'never'],
    [409, 'concurrent_modification', 'backoff'],
    [422, 'validation_error', 'never'],
    [429, 'rate_limit_exceeded', 'retry-after'],
    [500, 'internal_error', 'backoff'],
    [502, 'bad_gateway', 'backoff'],
    [503, 'service_unavailable', 'retry-after'],
    [504, 'gateway_timeout', 'backoff']
  ]
  await compareRows(t, rows, 'error', errors, (code, message) => ({
    error: code, message, requestId: 'req_1', ...(code === 'validation_error' && { details: issues })
  }))
})

t.test('the format error has the issue codes of invalid fields', async t => {
  const app = await createApi('error')
  app.post('/fields', {
    schema: {
      body: {
        type: 'object',
        required: ['required'],
        properties: {
          email: { type: 'string', format: 'email' },
          min_length: { type: 'string', minLength: 3 },
          max_length: { type: 'string', maxLength: 3 },
          pattern: { type: 'string', pattern: '^[a-z]+$' }
        }
      }
    }
  }, () => 'created')
  app.post('/unique', () => {
    throw standardErrors.resource_already_exists({ issues: [{ in: 'body', field: 'sku', pointer: '/sku', code: 'unique', message: 'is already in use' }] })
  })
  const payloads: ReadonlyArray<readonly [kind: string, url: string, payload: object]> = [
    ['required', '/fields', {}],
    ['email', '/fields', { required: 1, email: 'ada' }],
    ['min_length', '/fields', { required: 1, min_length: 'ab' }],
    ['max_length', '/fields', { required: 1, max_length: 'abcd' }],
    ['pattern', '/fields', { required: 1, pattern: '123' }],
    ['unique', '/unique', {}]
  ]
  for (const [kind, url, payload] of payloads) {
    const response = await app.inject({ method: 'POST', url, payload })
    t.strictSame(response.json<{ details: Issue[] }>().details.map(({ code }) => code), [kind])
  }
})

t.test('the format message, as in Laravel: { message }, and for a 422 { message, errors }', async t => {
  const rows: readonly Row[] = [
    [400, 'invalid_request', 'never'],
    [401, 'unauthorized', 'never'],
    [403, 'forbidden', 'never'],
    [404, 'resource_not_found', 'never'],
    [405, 'method_not_allowed', 'never'],
    [409, 'resource_conflict', 'never'],
    [422, 'validation_error', 'never'],
    [429, 'rate_limit_exceeded', 'retry-after'],
    [500, 'internal_error', 'backoff'],
    [502, 'bad_gateway', 'backoff'],
    [503, 'service_unavailable', 'retry-after'],
    [504, 'gateway_timeout', 'backoff']
  ]
  await compareRows(t, rows, 'message', standardErrors, (code, message) => code === 'validation_error'
    ? {
        message,
        errors: {
          email: ['The email field is required.', 'The email field must be an email address.'],
          amount: ['The amount field must be greater than 0.']
        }
      }
    : { message })
})

t.test('the format summary: { summary }, and for a 422 { summary, validation_errors }', async t => {
  const rows: readonly Row[] = [
    [400, 'invalid_request', 'never'],
    [401, 'invalid_api_key', 'never'],
    [404, 'resource_not_found', 'never'],
    [422, 'validation_error', 'never'],
    [429, 'rate_limit_exceeded', 'retry-after'],
    [500, 'internal_error', 'backoff'],
    [502, 'bad_gateway', 'backoff'],
    [504, 'gateway_timeout', 'backoff']
  ]
  await compareRows(t, rows, 'summary', standardErrors, (code, summary) => code === 'validation_error'
    ? { summary, validation_errors: { email: ['is required', 'must be an email address'], amount: ['must be greater than 0'] } }
    : { summary })
})

t.test('the format typed, as in Stripe: { message, type, code, param, request_id }', async t => {
  const rows: readonly Row[] = [
    [400, 'invalid_parameter', 'never'],
    [401, 'invalid_api_key', 'never'],
    [403, 'insufficient_scope', 'never'],
    [404, 'resource_not_found', 'never'],
    [409, 'idempotency_in_progress', 'backoff'],
    [422, 'validation_error', 'never'],
    [429, 'rate_limit_exceeded', 'retry-after'],
    [500, 'internal_error', 'backoff'],
    [502, 'bad_gateway', 'backoff'],
    [503, 'service_unavailable', 'retry-after'],
    [504, 'gateway_timeout', 'backoff']
  ]
  await compareRows(t, rows, 'typed', standardErrors, (code, message, { type }) => ({
    message, type, code, param: code === 'validation_error' ? 'email' : null, request_id: 'req_1'
  }))
})
