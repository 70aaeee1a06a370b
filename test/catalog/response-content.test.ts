/** The values that a format receives to write the body of an error. */
import { Type } from '@sinclair/typebox'
import t from 'tap'
import { defineErrors, standardErrors } from 'fastify-api-errors'
import { getResponseDefinition, createContent, carriesIssues, codeTitle, createExampleContent, reasonPhrase } from '../../lib/catalog/response-content.js'
import { defaultMessage } from '../../lib/catalog/definition.js'
import { errorStatuses, type ErrorStatus } from '../../lib/catalog/definition.js'

const docUrl = 'https://example.com/errors/x'
const context = { requestId: 'req_1', instance: '/queues/7' }
const issues = [{ in: 'body', field: 'email', pointer: '/email', code: 'email', message: 'must be an email address' }] as const

const errors = defineErrors(standardErrors, {
  queue_full: {
    status: 503,
    type: 'api_error',
    message: meta => `${meta.waiting} are waiting.`,
    description: 'The queue is full.',
    action: 'Come back later.',
    meta: Type.Object({ waiting: Type.Integer() }),
    example: { message: 'SELECT failed', meta: { waiting: 3 }, retryAfter: 5 }
  }
})

t.test('createContent() combines the properties of the error and of the request', async t => {
  const error = errors.validation_error({ message: 'Look again.', issues, param: 'email' })
  t.strictSame(createContent(error, getResponseDefinition(errors.validation_error, docUrl), context), {
    code: 'validation_error',
    status: 422,
    type: 'validation_error',
    title: 'Validation error',
    message: 'Look again.',
    action: errors.validation_error.action,
    retry: 'never',
    meta: undefined,
    issues,
    param: 'email',
    retryAfter: undefined,
    requestId: 'req_1',
    docUrl: 'https://example.com/errors/x',
    instance: '/queues/7'
  })
})

t.test('the message of a 5xx is always the message of its definition', async t => {
  const error = errors.queue_full({ message: 'connect ECONNREFUSED 10.0.0.7:5432', meta: { waiting: 9 }, cause: new Error('secret') })
  const response = createContent(error, getResponseDefinition(errors.queue_full, docUrl), context)
  t.equal(response.message, '9 are waiting.')
  t.strictSame(response.meta, { waiting: 9 })
  t.notMatch(JSON.stringify(response), /ECONNREFUSED|secret/)
})

t.test('meta is sent only if the definition has a schema for it', async t => {
  const error = errors.resource_not_found({ meta: { row: 'secret' } } as never)
  t.equal(createContent(error, getResponseDefinition(errors.resource_not_found, docUrl), context).meta, undefined)
})

t.test('issues are sent only if the status allows them', async t => {
  t.strictSame(errorStatuses.filter(status => carriesIssues({ status })), [400, 409, 422])
  t.strictSame(createContent(errors.forbidden({ issues }), getResponseDefinition(errors.forbidden, docUrl), context).issues, [])
  t.strictSame(createContent(errors.resource_conflict({ issues }), getResponseDefinition(errors.resource_conflict, docUrl), context).issues, issues)
  t.strictSame(createContent(errors.validation_error(), getResponseDefinition(errors.validation_error, docUrl), context).issues, [])
})

t.test('the documentation shows the response to an error with the values of the example', async t => {
  for (const definition of Object.values(errors)) {
    const { message, meta, issues, param, retryAfter } = definition.example
    const init = { message, meta, issues, param, retryAfter }
    const given = Object.fromEntries(Object.entries(init).filter(([, value]) => value !== undefined))
    const error = (definition as (init: object) => ReturnType<typeof errors.forbidden>)(given)
    const sent = createContent(error, getResponseDefinition(definition, docUrl), { ...context, retryAfter: error.retryAfter })
    t.strictSame(createExampleContent(definition, docUrl, context), sent, definition.code)
  }
  t.equal(createExampleContent(errors.queue_full, undefined, context).message, '3 are waiting.')
})

t.test('each code has a title, and each status has a reason phrase', async t => {
  t.equal(codeTitle('resource_not_found'), 'Resource not found')
  t.equal(codeTitle('api_key_revoked'), 'API key revoked')
  t.equal(codeTitle('ip_not_allowed'), 'IP not allowed')
  t.equal(codeTitle('NoSuchBucket'), 'No such bucket')
  t.equal(codeTitle('InvalidAPIKey'), 'Invalid API key')
  t.equal(codeTitle('E1001'), 'E1001')
  t.equal(codeTitle('QUEUE_FULL'), 'Queue full')
  t.equal(codeTitle('auth/invalid-token'), 'Auth invalid token')
  t.strictSame([404, 413, 422].map(status => reasonPhrase(status as ErrorStatus)), ['Not Found', 'Content Too Large', 'Unprocessable Content'])
  t.strictSame(errorStatuses.filter(status => reasonPhrase(status) === undefined), [])
})

t.test('the message of a definition is a string or is created from meta', async t => {
  t.equal(defaultMessage({ message: 'Gone.' }, undefined), 'Gone.')
  t.equal(defaultMessage({ message: (meta: { id: string }) => `${meta.id} is gone.` }, { id: 'a' }), 'a is gone.')
})
