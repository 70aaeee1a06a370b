/** A deprecated code: its responses, its documentation, its page and its lock. */
import swagger from '@fastify/swagger'
import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import apiErrors, { defineErrors, standardErrors, swaggerOptions, type ApiErrorsOptions } from 'fastify-api-errors'
import { completeDefinition } from '../../lib/catalog/complete-definition.js'
import { describeDeprecation, type Deprecation } from '../../lib/catalog/deprecation.js'
import { createLock } from '../../lib/verify/lockfile.js'
import { thrown } from '../helpers/thrown.js'

const deprecated: Deprecation = { since: '2030-01-31', sunset: '2030-07-31T12:00:00+02:00', replacedBy: 'queue_closed', link: 'https://example.com/closed' }
const sentences = 'Deprecated as of 2030-01-31. The API stops sending it on 2030-07-31T12:00:00+02:00.'

const errors = defineErrors(standardErrors, {
  queue_ended: { status: 409, message: 'The queue has ended.', action: 'Join another queue.', deprecated },
  queue_closed: { status: 409, message: 'The queue is closed.', action: 'Join another queue.' }
})

async function build (options: ApiErrorsOptions = {}): Promise<FastifyInstance> {
  const app = Fastify({ genReqId: () => 'req_1' })
  await app.register(swagger, swaggerOptions({ openapi: { openapi: '3.1.0', info: { title: 'Queues', version: '1.0.0' } } }))
  await app.register(apiErrors, { errors, log: false, reference: { path: '/errors' }, ...options })
  app.get('/queue', { config: { errors: [errors.queue_ended, errors.queue_closed] } }, async request => {
    throw errors[(request.query as { readonly code: 'queue_ended' | 'queue_closed' }).code]()
  })
  await app.ready()
  t.teardown(() => app.close())
  return app
}

t.test('responses with a deprecated code have Deprecation, Sunset and Link, and others do not', async t => {
  const app = await build()
  const response = await app.inject('/queue?code=queue_ended')
  const { date, connection, 'content-length': length, ...headers } = response.headers
  t.strictSame({ status: response.statusCode, headers, body: response.json() }, {
    status: 409,
    headers: {
      deprecation: '@1896048000',
      sunset: 'Wed, 31 Jul 2030 10:00:00 GMT',
      link: '<https://example.com/closed>; rel="deprecation sunset"',
      'cache-control': 'no-store',
      'x-request-id': 'req_1',
      'x-should-retry': 'false',
      'content-type': 'application/json; charset=utf-8'
    },
    body: { code: 'queue_ended', message: 'The queue has ended.', request_id: 'req_1', doc_url: '/errors/queue_ended' }
  })
  const other = await app.inject('/queue?code=queue_closed')
  t.strictSame([other.headers.deprecation, other.headers.sunset, other.headers.link], [undefined, undefined, undefined])
})

t.test('the OpenAPI document describes the deprecation and its headers', async t => {
  const app = await build()
  const { paths, components } = JSON.parse(JSON.stringify(app.swagger()))
  const { $ref } = paths['/queue'].get.responses['409']
  const { description, headers } = components.responses[$ref.split('/').pop()]
  t.equal(description, `- \`queue_ended\`: ${sentences} Its replacement is \`queue_closed\`. The queue has ended. Join another queue.\n- \`queue_closed\`: The queue is closed. Join another queue.`)
  t.strictSame([headers.Deprecation, headers.Sunset, headers.Link], [
    {
      description: 'The time as of which the code is deprecated, in seconds since 1970 (RFC 9745). Sent with `queue_ended`.',
      schema: { type: 'string', enum: ['@1896048000'] },
      example: '@1896048000'
    },
    {
      description: 'The time from which the code is no longer sent (RFC 8594). Sent with `queue_ended`.',
      schema: { type: 'string', enum: ['Wed, 31 Jul 2030 10:00:00 GMT'] },
      example: 'Wed, 31 Jul 2030 10:00:00 GMT'
    },
    {
      description: 'A page about the deprecation of the code (RFC 9745, section 3). Sent with `queue_ended`.',
      schema: { type: 'string', enum: ['<https://example.com/closed>; rel="deprecation sunset"'] },
      example: '<https://example.com/closed>; rel="deprecation sunset"'
    }
  ])
  t.equal(components.schemas.QueueEndedError.deprecated, true)
  t.equal(components.schemas.QueueClosedError.deprecated, undefined)
})

t.test('every form of the reference shows it', async t => {
  const app = await build()
  const get = async (url: string, accept: string): Promise<string> => (await app.inject({ url, headers: { accept } })).body
  const text = `${sentences} Its replacement is [\`queue_closed\`](/errors/queue_closed). [More about the deprecation](https://example.com/closed)`
  t.match(await get('/errors/queue_ended', 'text/markdown'), `## Deprecated\n\n${text}\n`)
  const page = await get('/errors/queue_ended', 'text/html')
  t.match(page, '<span class="pill deprecated">Deprecated</span>')
  t.match(page, '<a href="https://example.com/closed">More about the deprecation</a>')
  t.strictSame(JSON.parse(await get('/errors/queue_ended', 'application/json')).deprecated, deprecated)
  t.match(await get('/errors', 'text/markdown'), '| **Deprecated.** The queue has ended. | Do not retry |')
  t.equal((await get('/errors', 'text/html')).split('<span class="pill deprecated">Deprecated</span>').length, 2)
  t.strictSame(JSON.parse(await get('/errors', 'application/json')).codes.filter((page: object) => 'deprecated' in page).map(({ code }: { code: string }) => code), ['queue_ended'])
  t.match(await get('/errors/llms.txt', ''), `- [queue\\_ended](/errors/queue_ended.md): 409. ${sentences} Its replacement is \`queue_closed\`. The queue has ended. Do not retry.`)
})

t.test('the lockfile has what clients rely on', async t => {
  const app = await build()
  t.strictSame(createLock(app.apiErrors.reference()).codes.queue_ended, {
    status: 409, type: 'conflict_error', retry: 'never', deprecated: { since: '2030-01-31', sunset: '2030-07-31T12:00:00+02:00', replacedBy: 'queue_closed' }
  })
})

t.test('the headers follow from the last definition of a code, and its own headers take precedence', async t => {
  const complete = (definition: object, earlier?: ReturnType<typeof completeDefinition>) => completeDefinition('x', definition, undefined, earlier)
  const first = complete({ status: 409, message: 'No.', headers: { 'X-Reason': 'closed' }, deprecated: { since: '2030-01-31', sunset: '2030-01-31' } })
  t.strictSame(first.headers, { Deprecation: '@1896048000', Sunset: 'Thu, 31 Jan 2030 00:00:00 GMT', 'X-Reason': 'closed' })
  t.strictSame(complete({ message: 'Not now.' }, first), { ...first, message: 'Not now.' })
  t.strictSame(complete({ deprecated: { since: '2030-02-01' } }, first).headers, { Deprecation: '@1896134400', 'X-Reason': 'closed' })
  t.strictSame(complete({ deprecated: undefined }, first).headers, { 'X-Reason': 'closed' })
  const plain = complete({ status: 409, message: 'No.', deprecated: { since: '2030-01-31', link: 'https://example.com/' } })
  t.strictSame(plain.headers, { Deprecation: '@1896048000', Link: '<https://example.com/>; rel="deprecation"' })
  t.strictSame(complete({ deprecated: undefined }, plain).headers, undefined)
  t.strictSame(complete({ status: 409, message: 'No.', headers: { deprecation: '@1' }, deprecated: { since: '2030-01-31' } }).headers, { deprecation: '@1' })
})

t.test('an invalid deprecation is reported with one sentence', async t => {
  const date = "expected a date like '2030-01-31', or a date and time like '2030-01-31T12:00:00Z'"
  const since = '2030-01-31'
  const wrong: ReadonlyArray<readonly [deprecated: unknown, sentence: string]> = [
    [true, "deprecated: expected an object like { since: '2030-01-31', replacedBy: 'another_code' }, got true."],
    [{ since, until: since }, 'deprecated.until: unknown option, expected one of since, sunset, replacedBy, link.'],
    [{}, `deprecated.since: ${date}, got undefined.`],
    [{ since: 0 }, `deprecated.since: ${date}, got 0.`],
    [{ since: '2030-02-30' }, `deprecated.since: ${date}, got "2030-02-30".`],
    [{ since: '2030-13-01' }, `deprecated.since: ${date}, got "2030-13-01".`],
    [{ since: '2030-01-31T12:00' }, `deprecated.since: ${date}, got "2030-01-31T12:00".`],
    [{ since, sunset: 'soon' }, `deprecated.sunset: ${date}, got "soon".`],
    [{ since, sunset: '2030-01-30' }, 'deprecated.sunset: expected a date that is not before 2030-01-31, got "2030-01-30".'],
    [{ since, replacedBy: 'A sentence.' }, 'deprecated.replacedBy: expected a code, got "A sentence.".'],
    [{ since, link: '/closed' }, 'deprecated.link: expected an absolute URL, got "/closed".']
  ]
  for (const [deprecated, sentence] of wrong) {
    t.equal(thrown(() => completeDefinition('x', { status: 409, message: 'No.', deprecated: deprecated as Deprecation })), `TypeError: defineErrors: x.${sentence}`)
  }
  const part = defineErrors({ queue_ended: { status: 409, message: 'No.', deprecated: { since, replacedBy: 'queue_over' } } })
  await t.rejects(async () => await Fastify().register(apiErrors, { errors: part }), {
    message: 'fastify-api-errors: errors.queue_ended.deprecated.replacedBy: expected a code of the catalog, got "queue_over".'
  })
})

t.test('the sentences about a deprecation list its dates and its replacement', t => {
  t.equal(describeDeprecation({ since: '2030-01-31' }), 'Deprecated as of 2030-01-31.')
  t.equal(describeDeprecation({ since: '2030-01-31', sunset: '2030-07-31' }), 'Deprecated as of 2030-01-31. The API stops sending it on 2030-07-31.')
  t.equal(describeDeprecation({ since: '2030-01-31', replacedBy: 'queue_closed' }), 'Deprecated as of 2030-01-31. Its replacement is `queue_closed`.')
  t.end()
})
