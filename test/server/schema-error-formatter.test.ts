/** The message of a failed validation is the message of Fastify, for any report of a validator, and is never lost. */
import t from 'tap'
import Fastify, { type FastifyServerOptions } from 'fastify'
import apiErrors, { serverOptions } from 'fastify-api-errors'
import { schemaErrorFormatter } from '../../lib/server/schema-error-formatter.js'

/** The reports of validators, by validator. */
const reports: Readonly<Record<string, unknown>> = {
  Ajv: [{ instancePath: '/name', message: 'must be string' }],
  'Joi and yup': [{ message: '"name" is required', path: ['name'] }],
  'a validator with null for a path': [{ instancePath: null, message: 'is wrong' }],
  'a validator with several reports': [{ instancePath: '/a', message: 'is wrong' }, { instancePath: '/b', message: 'is wrong, too' }],
  'a validator without messages': [{ code: 42 }],
  'a validator with an empty list': []
}

async function messageWith (error: unknown, options: FastifyServerOptions): Promise<string> {
  const app = Fastify(options)
  app.post('/', { validatorCompiler: () => () => ({ error } as never), schema: { body: {} }, errorHandler: (error, _request, reply) => { reply.code(400).send(error.message) } }, async () => 'ok')
  return (await app.inject({ method: 'POST', url: '/', payload: {} })).body
}

for (const [name, report] of Object.entries(reports)) {
  t.test(`the message equals the message of Fastify: ${name}`, async t => {
    t.equal(await messageWith(report, serverOptions()), await messageWith(report, {}))
  })
}

t.test('a report of any other shape also results in a message', async t => {
  for (const [report, message] of [
    ['the name is missing', 'body the name is missing'], [['a', null], 'body a, body null'], [42, 'body 42'], [{ message: 'is wrong' }, 'body is wrong'], [{ instancePath: '/a' }, 'body/a undefined'], [null, 'body null'],
    [[Object.create(null, { message: { get () { throw new Error('no') } } })], 'body is not valid'],
    [[{ message: Object.create(null) }], 'body is not valid']
  ] as const) t.equal(schemaErrorFormatter(report as never, 'body').message, message)
})

t.test('the error has no stack, because capturing one takes longer than the rest of the response', async t => {
  t.equal(schemaErrorFormatter([{ instancePath: '/name', message: 'must be string' }] as never, 'body').stack, 'Error: body/name must be string')
})

t.test('with the plugin, any report of a validator results in 422, also after async hooks', async t => {
  for (const error of [...Object.values(reports), 'the name is missing', { message: 'is wrong' }, 42, true, ['a', null]]) {
    const app = Fastify(serverOptions())
    await app.register(apiErrors, { log: false })
    const validatorCompiler = () => () => ({ error }) as never
    app.post('/', { validatorCompiler, schema: { body: {} } }, async () => 'ok')
    app.post('/after', { validatorCompiler, schema: { body: {} }, preValidation: async () => {} }, async () => 'ok')
    for (const url of ['/', '/after']) {
      const { statusCode, body } = await app.inject({ method: 'POST', url, payload: {} })
      const code = error === reports['Joi and yup'] ? 'missing_required_field' : 'validation_error'
      t.match([statusCode, JSON.parse(body)], [422, { code }], `${JSON.stringify(error)} ${url}`)
    }
  }
})
