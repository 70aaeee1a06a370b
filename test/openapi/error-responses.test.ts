/** The responses of a route in a document: their names, descriptions and contents. */
import t from 'tap'
import { standardErrors as errors, type ErrorReference } from 'fastify-api-errors'
import { describeErrors } from '../../lib/openapi/error-responses.js'
import { createApp, documentOf, resolved, type Json } from './documents.js'

const { resource_conflict: conflict, resource_already_exists: exists } = errors

t.test('the description of one code is a sentence for each fact, and that of several is a list', async t => {
  t.equal(describeErrors([conflict]), `\`${conflict.code}\`: ${conflict.description} ${conflict.action}`)
  t.equal(describeErrors([conflict, exists]), [
    `- \`resource_conflict\`: ${conflict.description} ${conflict.action}`,
    `- \`resource_already_exists\`: ${exists.description} ${exists.action}`
  ].join('\n'))
})

t.test('the name of a response depends on its codes, its headers and its examples only', async t => {
  const conflicts = Object.values(errors).filter(({ status, code }) => status === 409 && code !== 'idempotency_in_progress')
  const app = await createApp({ swagger: { exposeHeadRoutes: true }, plugin: { rateLimit: { policies: { general: { max: 100, timeWindow: 60_000 } }, default: 'general' } } }, app => {
    const add = (url: string, codes: readonly ErrorReference[], config: object = {}): unknown => app.get(url, { config: { errors: codes, ...config } }, async () => '')
    add('/one', [conflict])
    add('/some', [conflict, exists])
    add('/all', conflicts)
    add('/free', [conflict], { rateLimitPolicy: false })
    app.head('/head', { config: { errors: [conflict] } }, async () => '')
  })
  t.teardown(() => app.close())
  const { paths } = documentOf(app)
  const nameOf = (path: string, method = 'get'): unknown => paths[path]?.[method]?.responses['409']?.$ref
  t.strictSame({ one: nameOf('/one'), free: nameOf('/free'), head: nameOf('/head', 'head') }, {
    one: '#/components/responses/ResourceConflict',
    free: '#/components/responses/ResourceConflictUnlimited',
    head: '#/components/responses/ResourceConflictHead'
  })
  t.match(nameOf('/all'), /^#\/components\/responses\/Conflict_[0-9a-z]{4}$/, 'all codes, one of which has an example without issues, because the route has no body')
  t.match(nameOf('/some'), /^#\/components\/responses\/Conflict_[0-9a-z]{4}$/, 'some of the codes of a status have a hash of the codes')
})

t.test('a response has each media type of the formats, with one example for each code; the response to HEAD has no content', async t => {
  const app = await createApp({ swagger: { exposeHeadRoutes: true }, plugin: { negotiate: ['problem', 'markdown'] } }, app => {
    app.get('/queues', { config: { errors: [conflict, exists] } }, async () => '')
    app.head('/queue', { config: { errors: [conflict, exists] } }, async () => '')
  })
  t.teardown(() => app.close())
  const document = documentOf(app)
  const responseTo = (method: string, path: string): Json => resolved(document.paths[path]?.[method]?.responses['409'], document) as Json
  const { content } = responseTo('get', '/queues') as { content: Record<string, { schema: Json, examples: Json }> }
  t.strictSame(Object.entries(content).map(([type, { examples }]) => [type, Object.keys(examples)]), [
    'application/json', 'application/problem+json', 'text/markdown'
  ].map(type => [type, ['resource_already_exists', 'resource_conflict']]))
  t.strictSame(content['text/markdown']?.schema, { type: 'string' })
  t.strictSame(Object.keys(responseTo('head', '/queue')), ['description', 'headers'])
})

t.test('the codes of a status have the order of the catalog, so that viewers show the example of a common error first', async t => {
  const app = await createApp({ plugin: { negotiate: true } }, app => {
    app.post('/orders', { config: { errors: ['idempotency_key_reused', 'insufficient_scope', 'forbidden'] }, schema: { body: { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } } } }, async () => '')
  })
  t.teardown(() => app.close())
  const document = documentOf(app)
  for (const [status, codes] of [['403', ['forbidden', 'insufficient_scope']], ['422', ['validation_error', 'missing_required_field', 'idempotency_key_reused']]] as const) {
    const { description, content } = resolved(document.paths['/orders']?.post?.responses[status], document) as { description: string, content: Record<string, { examples: Json }> }
    t.equal(description, describeErrors(codes.map(code => errors[code])))
    t.strictSame(Object.values(content).map(({ examples }) => Object.keys(examples)), [codes, codes])
  }
})
