/** The sections of the page of a code. */
import { Type } from '@sinclair/typebox'
import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import apiErrors, { defineErrors, standardErrors, type ApiErrorsOptions, type OperationFacts } from 'fastify-api-errors'
import { createSections, type Section } from '../../../lib/reference/render/page-sections.js'
import { site } from '../site.js'

/** The sections of the page of a code. */
async function listSections (code: string, register: (app: FastifyInstance) => void, options: ApiErrorsOptions = {}): Promise<Section[]> {
  const app = Fastify()
  await app.register(apiErrors, options)
  register(app)
  await app.ready()
  const reference = app.apiErrors.reference()
  const page = reference.codes.find(page => page.code === code)
  if (page === undefined) throw new Error(`no code ${code}`)
  return createSections(reference, page, site)
}

/** The content of these sections by their titles. */
async function sections (...args: Parameters<typeof listSections>): Promise<Record<string, string>> {
  return Object.fromEntries((await listSections(...args)).map(({ title, markdown }) => [title, markdown]))
}

const handler = async (): Promise<string> => 'ok'

t.test('the advice on retries', async t => {
  const retry = async (code: string): Promise<string | undefined> => (await sections(code, () => {})).Retry
  t.equal(await retry('resource_gone'), '**Do not retry.** The same request fails again unless something changes.')
  t.match(await retry('bad_gateway'), '**Retry with backoff.** Send the same request again after a short wait, and double the wait after each attempt')
  t.match(await retry('service_unavailable'), '**Retry after the given time.** Wait for the number of seconds in the `Retry-After` header')
})

t.test('the section Routes lists the routes of a code, or says that every route or any other path has it, or none', async t => {
  const two = (app: FastifyInstance): void => {
    app.get('/a', { config: { errors: ['resource_gone'] } }, handler)
    app.post('/a', handler)
  }
  t.equal((await sections('resource_gone', two)).Routes, '- `GET /a`')
  t.equal((await sections('internal_error', two)).Routes, 'Every route can return this code.')
  t.equal((await sections('invalid_request', two)).Routes, '- `POST /a`\n\nAny other path can also return this code: The request is not valid HTTP, or its URL is invalid.')
  t.equal((await sections('route_not_found', two)).Routes, 'Any path can return this code: No route has this path.')
  t.equal((await sections('payment_required', two)).Routes, 'No route currently returns this code.')
})

t.test('each cookie that a code sets has its own line in the example, and other lists are joined', async t => {
  const errors = defineErrors({
    session_ended: {
      status: 401,
      type: 'authentication_error',
      message: 'Your session has ended.',
      description: 'The session is too old.',
      action: 'Sign in again.',
      headers: { 'Set-Cookie': ['session=; Max-Age=0', 'csrf=; Max-Age=0'], Link: ['</a>', '</b>'] }
    }
  })
  const { 'Example response': example } = await sections('session_ended', app => { app.get('/a', { config: { errors: [errors.session_ended] } }, handler) }, { errors })
  t.match(example, ['', 'set-cookie: session=; Max-Age=0', 'set-cookie: csrf=; Max-Age=0', 'link: </a>, </b>', ''].join('\n'))
})

t.test('if there is no example request, the page shows the reason', async t => {
  const requestOf = async (code: string): Promise<string | undefined> => (await sections(code, app => app.get('/a', handler)))['Try it']
  t.equal(await requestOf('internal_error'), 'The cause is in the server, so no request can trigger it.')
  t.equal(await requestOf('request_timeout'), 'No single request triggers this error.')
  t.equal(await requestOf('payment_required'), 'No route currently returns this code, so there is no example request.')
})

t.test('for a request whose response depends on stored data, the page says so', async t => {
  const section = (await listSections('resource_locked', app => app.put('/a', {
    config: { errors: ['resource_locked'] }, schema: { body: Type.Object({ name: Type.String() }) }
  }, handler))).find(({ title }) => title === 'Try it')
  t.equal(section?.markdown, 'This request can trigger the error, depending on the stored data. Use your own values.')
  t.strictSame(section?.samples.map(({ name }) => name), ['curl', 'JavaScript', 'Python'])
  t.equal(section?.samples[0]?.text, `curl -i -X PUT \\
  'https://api.example.com/a' \\
  -H 'content-type: application/json' \\
  -d '{"name":"example"}'`)
})

t.test('routes have the paths of the OpenAPI document, and link to their operations', async t => {
  const register = (app: FastifyInstance): void => {
    app.get('/queues/:id(^\\d+$)/:name?', { config: { errors: ['resource_gone'] } }, handler)
    app.get('/files/*', { config: { errors: ['resource_gone'] }, schema: { operationId: 'getFile', tags: ['Files'] } as object }, handler)
    app.get('/a::b', handler)
  }
  t.equal((await sections('resource_gone', register)).Routes, '- `GET /files/*`\n- `GET /queues/{id}/{name}`')
  const operationUrl = ({ operationId, tags, method, path }: OperationFacts): string | undefined => operationId === undefined ? undefined : `/docs#${method}${path}/${tags.join()}/${operationId}`
  t.equal((await sections('resource_gone', register, { reference: { path: '/errors', operationUrl } })).Routes, '- [`GET /files/*`](</docs#GET/files/*/Files/getFile>)\n- `GET /queues/{id}/{name}`')
  for (const url of ['javascript:alert(1)', '//example.com', 7]) {
    await t.rejects(sections('resource_gone', register, { reference: { path: '/errors', operationUrl: () => url as string } }), {
      message: `fastify-api-errors: reference.operationUrl for GET /queues/:id(^\\d+$)/:name?: expected a URL or a path, like '/docs#operation/getQueue', or undefined, got ${JSON.stringify(url)}.`
    })
  }
})

t.test('the fields that only one code has, and a link to the others', async t => {
  t.equal((await sections('resource_gone', () => {})).Fields, 'The body has only [fields that every error can have](/errors#fields).')
  const errors = defineErrors({ queue_full: { status: 409, message: 'Full.', meta: Type.Object({ place: Type.Integer({ description: 'The place.' }) }), example: { meta: { place: 1 } } } })
  t.equal((await sections('queue_full', () => {}, { errors, negotiate: true })).Fields, `| Field | Type | Meaning |
| --- | --- | --- |
| \`meta.place\` | \`integer\` | The place. |

The body also has [fields that every error can have](/errors#fields).`)
})

t.test('the rate limits, and the routes of each', async t => {
  const policies = {
    general: { max: 100, timeWindow: '1 minute' },
    burst: { max: 5, timeWindow: 10_000 },
    daily: { max: 1, timeWindow: 86_400_000 },
    quick: { max: 1, timeWindow: 1500 },
    plan: { max: () => 10, timeWindow: () => '1 hour' }
  }
  const register = (app: FastifyInstance): void => {
    app.get('/a', handler)
    app.get('/b', { config: { rateLimitPolicy: ['general', 'burst', 'daily', 'quick', 'plan'] } }, handler)
  }
  t.equal((await sections('rate_limit_exceeded', register, { rateLimit: { policies, default: 'general' } })).Limits, `| Limit | Requests | Window | Routes |
| --- | --- | --- | --- |
| \`general\` | 100 | 1 minute | \`GET /a\`, \`GET /b\` |
| \`burst\` | 5 | 10 seconds | \`GET /b\` |
| \`daily\` | 1 | 1 day | \`GET /b\` |
| \`quick\` | 1 | 1500 ms | \`GET /b\` |
| \`plan\` | depends on the client | depends on the client | \`GET /b\` |`)
  t.notOk('Limits' in await sections('rate_limit_exceeded', app => app.get('/a', handler)), 'no limits, no table')
  t.notOk('Limits' in await sections('internal_error', register, { rateLimit: { policies } }))
})

t.test('a deprecated code has its dates, its replacement and the link to a page about it', async t => {
  const deprecated = { since: '2030-01-31', replacedBy: 'resource_gone' }
  const describe = async (more: { readonly link?: string }): Promise<Record<string, string>> => {
    return sections('queue_ended', () => {}, { errors: defineErrors(standardErrors, { queue_ended: { status: 409, message: 'Ended.', deprecated: { ...deprecated, ...more } } }) })
  }
  const text = 'Deprecated as of 2030-01-31. Its replacement is [`resource_gone`](/errors/resource_gone).'
  t.equal((await describe({})).Deprecated, text)
  t.equal((await describe({ link: 'https://example.com/ended' })).Deprecated, `${text} [More about the deprecation](https://example.com/ended)`)
})
