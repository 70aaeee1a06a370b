/** The format `code`. */
import t from 'tap'
import { standardErrors } from 'fastify-api-errors'
import { createThrower } from '../helpers/http.js'

const issues = [{ in: 'body', field: 'items[0].price', pointer: '/items/0/price', code: 'minimum', message: 'must be at least 1' }] as const

t.test('a body is { code, message, request_id }', async t => {
  const send = await createThrower()
  t.strictSame(await send({ error: standardErrors.resource_not_found({ message: 'No user has this id.' }) }), {
    status: 404,
    contentType: 'application/json; charset=utf-8',
    body: { code: 'resource_not_found', message: 'No user has this id.', request_id: 'req_1' }
  })
})

t.test('details lists the failed fields', async t => {
  const send = await createThrower()
  t.strictSame(await send({ error: standardErrors.validation_error({ issues }) }), {
    status: 422,
    contentType: 'application/json; charset=utf-8',
    body: { code: 'validation_error', message: 'One or more fields are invalid.', request_id: 'req_1', details: issues }
  })
})

t.test('meta has the details of the error, and doc_url the URL of the page', async t => {
  const send = await createThrower({ docUrl: 'https://api.example.com/errors' })
  const meta = { policy: 'general', limit: 100, window: 60, retry_after: 30 }
  t.strictSame(await send({ error: standardErrors.rate_limit_exceeded({ meta, retryAfter: 30 }) }), {
    status: 429,
    contentType: 'application/json; charset=utf-8',
    body: {
      code: 'rate_limit_exceeded',
      message: 'Too many requests. Wait before you send another one.',
      request_id: 'req_1',
      doc_url: 'https://api.example.com/errors/rate_limit_exceeded',
      meta
    }
  })
})
