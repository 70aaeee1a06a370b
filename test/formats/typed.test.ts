/** The format `typed`. */
import t from 'tap'
import { standardErrors, type Issue } from 'fastify-api-errors'
import { createThrower } from '../helpers/http.js'

const issue = (field: string): Issue => ({ in: 'body', field, pointer: `/${field}`, code: 'required', message: 'is required' })

t.test('a body is { message, type, code, param, request_id }', async t => {
  const send = await createThrower({ format: 'typed' })
  t.strictSame(await send({ error: standardErrors.resource_not_found() }), {
    status: 404,
    contentType: 'application/json; charset=utf-8',
    body: { message: 'The resource does not exist.', type: 'not_found_error', code: 'resource_not_found', param: null, request_id: 'req_1' }
  })
})

t.test('param is the param of the error, otherwise its first field, otherwise null', async t => {
  const send = await createThrower({ format: 'typed' })
  const paramOf = async (error: Error): Promise<unknown> => ((await send({ error })).body as { readonly param: unknown }).param
  t.equal(await paramOf(standardErrors.invalid_parameter({ param: 'limit', issues: [issue('offset')] })), 'limit')
  t.equal(await paramOf(standardErrors.validation_error({ issues: [issue('email'), issue('name')] })), 'email')
  t.equal(await paramOf(standardErrors.validation_error({ issues: [issue('')] })), null)
  t.equal(await paramOf(standardErrors.forbidden({ issues: [issue('email')] })), null)
})
