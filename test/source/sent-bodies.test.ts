/** Bodies that `infer` finds to be sent unchanged, and the document that has them. */
import swagger from '@fastify/swagger'
import { Ajv2020 } from 'ajv/dist/2020.js'
import Fastify from 'fastify'
import apiErrors, { serverOptions } from 'fastify-api-errors'
import t from 'tap'
import { createInferredErrors } from '../../lib/source/index.js'
import sentBodies from './fixtures/sent-bodies.js'
import { inferFixtures } from './infer-fixtures.js'

t.test('bodies with more than a message are marked', async t => {
  const report = await inferFixtures(t, { bodies: sentBodies })
  const found = Object.fromEntries(report.routes.map(({ path, errors }) => [path.replace('/bodies/', ''), errors.map(({ status, code, body }) => [status, code, body].join(' ').trim())]))
  const [message, unchanged, any] = [['409'], ['409  object'], ['409  any']]
  t.strictSame(found, {
    both: unchanged,
    code: unchanged,
    empty: unchanged,
    error: ['409 resource_conflict'],
    flag: unchanged,
    helper: message,
    list: any,
    'list-and-object': any,
    'list-literal': any,
    'list-or-message': any,
    message,
    more: unchanged,
    'nested-code': unchanged,
    'nested-message': message,
    problem: unchanged,
    'problem-first': unchanged,
    text: message,
    unknown: message,
    'unknown-flag': message
  })
})

t.test('the document with the file matches what is sent', async t => {
  const inferred = createInferredErrors(await inferFixtures(t, { bodies: sentBodies }))
  const app = Fastify(serverOptions())
  t.teardown(() => app.close())
  await app.register(swagger, { openapi: { openapi: '3.1.0' } })
  await app.register(apiErrors, { log: false, inferred })
  await app.register(sentBodies, { prefix: '/bodies' })
  await app.ready()
  const document = app.swagger()
  const ajv = new Ajv2020({ strict: false, validateFormats: false }).addSchema(document, 'document')
  for (const name of ['message', 'helper', 'problem', 'code', 'more', 'flag', 'nested-code', 'empty', 'both', 'list', 'list-literal', 'list-or-message', 'list-and-object']) {
    const response = await app.inject(`/bodies/${name}`)
    const pointer = (document.paths as any)[`/bodies/${name}`].get.responses[409].$ref?.slice(1) ?? `/paths/${encodeURIComponent(`~1bodies~1${name}`)}/get/responses/409`
    const isValid = ajv.compile({ $ref: `document#${pointer}/content/application~1json/schema` })
    t.equal(response.statusCode, 409)
    t.ok(isValid(response.json()), `${name}: ${response.body}`)
  }
})
