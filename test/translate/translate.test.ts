/** The order of translators, and translators of the application. */
import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import apiErrors, { defineErrors, defineTranslator, standardErrors, type LogEntry, type Translator } from 'fastify-api-errors'
import { builtInTranslators } from '../../lib/translate/translate.js'
import { createThrower } from '../helpers/http.js'

class QuotaError extends Error {}

const quota = defineTranslator({
  name: 'quota',
  translate: (error, { errors }) => error instanceof QuotaError ? errors.payment_required({ message: 'The plan has no calls left.', cause: error }) : undefined
})

const message = 'Something went wrong on our side.'
const internal = { status: 500, contentType: 'application/json; charset=utf-8', body: { code: 'internal_error', message, request_id: 'req_1' } }

t.test('an error of the catalog is sent unchanged', async t => {
  const send = await createThrower({ translators: [{ name: 'never asked', translate: () => { throw new Error('asked') } }] })
  t.strictSame(await send({ error: standardErrors.resource_gone() }), {
    status: 410,
    contentType: 'application/json; charset=utf-8',
    body: { code: 'resource_gone', message: 'The resource was permanently removed.', request_id: 'req_1' }
  })
})

t.test('a translator of the application translates its own errors', async t => {
  const send = await createThrower({ translators: [quota] })
  t.strictSame(await send({ error: new QuotaError('user 7 of plan 3') }), {
    status: 402,
    contentType: 'application/json; charset=utf-8',
    body: { code: 'payment_required', message: 'The plan has no calls left.', request_id: 'req_1' }
  })
})

t.test('it is called before the built-in ones, in the order of the option', async t => {
  const first = defineTranslator({ name: 'first', translate: (_error, { errors }) => errors.resource_locked() })
  const second = defineTranslator({ name: 'second', translate: (_error, { errors }) => errors.resource_gone() })
  const send = await createThrower({ translators: [first, second] })
  t.equal((await send({ error: Object.assign(new Error('no'), { statusCode: 404 }) })).status, 423)
})

t.test('it can read the request and its reply', async t => {
  const app = Fastify({ genReqId: () => 'req_1' }) as FastifyInstance
  await app.register(apiErrors, {
    translators: [defineTranslator({
      name: 'tenant',
      translate: (_error, { errors, request, reply }) => reply.getHeader('x-tenant') === 'acme' ? errors.resource_locked({ message: `${request.method} is closed.` }) : undefined
    })]
  })
  app.get('/', (_request, reply) => {
    reply.header('x-tenant', 'acme')
    throw new Error('no')
  })
  const response = await app.inject('/')
  t.strictSame(response.json(), { code: 'resource_locked', message: 'GET is closed.', request_id: 'req_1' })
})

t.test('it receives the codes as the application defined them', async t => {
  const errors = defineErrors(standardErrors, {
    payment_required: { status: 402, type: 'billing_error', message: 'Pay first.', description: 'The plan is used up.', action: 'Change the plan.' }
  })
  const plain = defineTranslator({ name: 'plain', translate: (_error, { errors }) => errors.payment_required() })
  const send = await createThrower({ errors, format: 'typed', translators: [plain] })
  t.strictSame((await send({ error: new Error('no') })).body, {
    message: 'Pay first.', type: 'billing_error', code: 'payment_required', param: null, request_id: 'req_1'
  })
})

t.test('a return value other than an error of the catalog is ignored', async t => {
  const other = { name: 'other', translate: () => new Error('other') } as unknown as Translator
  const send = await createThrower({ translators: [other], log: false })
  t.strictSame(await send({ error: new Error('no') }), internal)
})

t.test('an asynchronous translator is logged as failed, whatever its promise does', async t => {
  for (const outcome of [async () => standardErrors.forbidden(), async () => { throw new Error('no such table') }]) {
    const entries: LogEntry[] = []
    const asynchronous = { name: 'asynchronous', translate: outcome } as unknown as Translator
    const send = await createThrower({ translators: [asynchronous], log: entry => { entries.push(entry) } })
    t.strictSame(await send({ error: new Error('no') }), internal)
    t.match(entries, [{ error: { cause: { errors: [{ message: 'no' }, { message: "The translator 'asynchronous' failed.", cause: { message: 'Expected an ApiError or undefined, got a promise.' } }] } } }])
  }
})

t.test('a translator that fails is logged with the error that it received', async t => {
  const entries: LogEntry[] = []
  const broken = defineTranslator({ name: 'broken', translate: () => { throw new Error('no such table') } })
  const send = await createThrower({ translators: [broken, quota], log: entry => { entries.push(entry) } })
  const error = new QuotaError('user 7')
  t.strictSame(await send({ error }), internal)
  const cause = entries[0]?.error.cause as AggregateError
  t.equal(cause.message, 'An error could not be translated.')
  t.equal(cause.errors[0], error)
  t.match(cause.errors[1], { message: "The translator 'broken' failed.", cause: { message: 'no such table' } })
})

t.test('an unknown value becomes internal_error, with the value as its cause', async t => {
  const entries: LogEntry[] = []
  const send = await createThrower({ log: entry => { entries.push(entry) } })
  for (const value of [new Error('S3cr3t'), 'S3cr3t', 7, null, undefined, {}, [], Symbol('S3cr3t'), () => {}]) {
    const response = await send({ error: value })
    t.strictSame(response, internal)
    t.equal(entries.at(-1)?.error.cause, value)
  }
})

t.test('the built-in translators have different names', async t => {
  const names = builtInTranslators.map(({ name }) => name)
  t.strictSame(names, [...new Set(names)])
})
