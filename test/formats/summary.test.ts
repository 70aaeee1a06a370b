/** The format `summary`. */
import t from 'tap'
import { standardErrors, type Issue } from 'fastify-api-errors'
import { createThrower } from '../helpers/http.js'

const issue = (field: string, message: string): Issue => ({ in: 'body', field, pointer: `/${field}`, code: 'required', message })

t.test('a body is { summary }', async t => {
  const send = await createThrower({ format: 'summary' })
  t.strictSame(await send({ error: standardErrors.invalid_api_key() }), {
    status: 401,
    contentType: 'application/json; charset=utf-8',
    body: { summary: 'The API key is invalid.' }
  })
})

t.test('every error with issues lists messages by field', async t => {
  const send = await createThrower({ format: 'summary' })
  t.strictSame(await send({ error: standardErrors.resource_already_exists({ issues: [issue('email', 'is already in use')] }) }), {
    status: 409,
    contentType: 'application/json; charset=utf-8',
    body: { summary: 'A resource with this identifier already exists.', validation_errors: { email: ['is already in use'] } }
  })
  t.strictSame((await send({ error: standardErrors.resource_already_exists() })).body, { summary: 'A resource with this identifier already exists.' })
})

t.test('a 422 lists messages by field, for any field name', async t => {
  const send = await createThrower({ format: 'summary' })
  const issues = [issue('email', 'is required'), issue('__proto__', 'is not allowed'), issue('constructor', 'is not allowed'), issue('', 'must be an object')]
  const { status, body } = await send({ error: standardErrors.missing_required_field({ issues }) })
  t.equal(status, 422)
  t.equal(JSON.stringify(body), JSON.stringify({
    summary: 'A required field is missing.',
    validation_errors: { email: ['is required'], ['__proto__']: ['is not allowed'], constructor: ['is not allowed'], body: ['must be an object'] }
  }))
})
