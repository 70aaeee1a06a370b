/** The format `message`. */
import t from 'tap'
import { standardErrors, type Issue } from 'fastify-api-errors'
import { createThrower } from '../helpers/http.js'

const issue = (field: string, message: string): Issue => ({ in: 'body', field, pointer: `/${field}`, code: 'required', message })

t.test('a body is { message }', async t => {
  const send = await createThrower({ format: 'message' })
  t.strictSame(await send({ error: standardErrors.forbidden() }), {
    status: 403,
    contentType: 'application/json; charset=utf-8',
    body: { message: 'You do not have permission to do this.' }
  })
})

t.test('a 422 lists messages by field', async t => {
  const send = await createThrower({ format: 'message' })
  const issues = [issue('email', 'is required'), issue('name', 'is required'), issue('email', 'must be an email address'), issue('', 'must be an object')]
  t.strictSame(await send({ error: standardErrors.validation_error({ issues }) }), {
    status: 422,
    contentType: 'application/json; charset=utf-8',
    body: {
      message: 'One or more fields are invalid.',
      errors: {
        email: ['The email field is required.', 'The email field must be an email address.'],
        name: ['The name field is required.'],
        body: ['The body must be an object.']
      }
    }
  })
})

t.test('a 422 without issues has an empty list of messages, and any other error has none', async t => {
  const send = await createThrower({ format: 'message' })
  t.strictSame((await send({ error: standardErrors.validation_error() })).body, { message: 'One or more fields are invalid.', errors: {} })
  t.strictSame((await send({ error: standardErrors.invalid_request() })).body, { message: 'The request is malformed.' })
})
