/** The format `error`. */
import t from 'tap'
import { standardErrors } from 'fastify-api-errors'
import { createThrower } from '../helpers/http.js'

const issues = [{ in: 'body', field: 'email', pointer: '/email', code: 'unique', message: 'is already in use' }] as const

t.test('a body is { error, message, requestId }, without meta and page URLs', async t => {
  const send = await createThrower({ format: 'error', docUrl: '/errors' })
  t.strictSame(await send({ error: standardErrors.rate_limit_exceeded({ meta: { limit: 5 } }) }), {
    status: 429,
    contentType: 'application/json; charset=utf-8',
    body: { error: 'rate_limit_exceeded', message: 'Too many requests. Wait before you send another one.', requestId: 'req_1' }
  })
})

t.test('details lists the failed fields', async t => {
  const send = await createThrower({ format: 'error' })
  t.strictSame(await send({ error: standardErrors.resource_already_exists({ issues }) }), {
    status: 409,
    contentType: 'application/json; charset=utf-8',
    body: { error: 'resource_already_exists', message: 'A resource with this identifier already exists.', requestId: 'req_1', details: issues }
  })
})
