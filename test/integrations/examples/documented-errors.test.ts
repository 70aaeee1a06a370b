/**
 * Causes every documented error of every route of the example, over HTTP and on a real Postgres. Compares the status, the
 * headers and the body with the document, and with the example of this error on this route.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { hashKey } from 'fastify-api-errors/api-key'
import t from 'tap'
import { createApp } from '../../../examples/launch/app.js'
import { signIn, type DemoRequest } from '../../../examples/launch/cases.js'
import { demo, demoKeys } from '../../../examples/launch/seed.js'
import { getDocumentSettings } from '../../../lib/openapi/settings.js'
import { createFailingRequest } from '../../../lib/samples/failing-request.js'
import { getInferences } from '../../../lib/infer/inferences.js'
import { startPostgres, urlOf } from '../helpers/postgres.js'
import { responseTo, createContract, type SentResponse, type Document } from '../../examples/conformance.js'
import { findExample, listExampleHeaders, withoutOccurrence } from '../../examples/documented-examples.js'

const nothing = '00000000-0000-4000-8000-000000000000'
const keyed = (name: keyof typeof demoKeys): Record<string, string> => ({ authorization: `Bearer ${demoKeys[name].key}` })
/** A key that the example itself does not have. Its scopes are empty, as in the example of the response. */
const keyWithoutScopes = 'launch_demo_00000000000000000000000000000000'
let last = 0
const unique = (): string => String(++last).padStart(8, '0')

/** A new successful request, and the table that the handler of the route needs. */
interface Route {
  readonly request: () => DemoRequest
  readonly table: string
}

const routes: Readonly<Record<string, Route>> = {
  'POST /sessions': { request: () => signIn(60), table: 'users' },
  'GET /me': { request: () => ({ path: '/me', headers: { authorization: 'Bearer $TOKEN', 'x-device-id': 'phone' } }), table: 'users' },
  'POST /users': { request: () => post('/users', { email: `${unique()}@launch.example`, name: 'Ada', password: 'correct horse' }), table: 'users' },
  'GET /users/{id}': { request: () => ({ path: `/users/${demo.user}`, headers: keyed('full') }), table: 'users' },
  'POST /organizations': { request: () => post('/organizations', { name: `Company ${unique()}` }), table: 'organizations' },
  'GET /organizations/{id}': { request: () => ({ path: `/organizations/${demo.organization}`, headers: keyed('full') }), table: 'organizations' },
  'GET /products': { request: () => ({ path: '/products', headers: keyed('full') }), table: 'products' },
  'POST /products': { request: () => post('/products', { sku: `SHOE-${unique()}`, name: 'Shoe', price: 100 }), table: 'products' },
  'PUT /products/{id}/price': {
    request: () => ({ ...post(`/products/${demo.product}/price`, { price: 9900, version: 1 }), method: 'PUT' }),
    table: 'products'
  },
  'POST /queues': { request: () => post('/queues', { name: 'Drop' }), table: 'queues' },
  'POST /queues/{id}/entries': { request: () => post(`/queues/${demo.queue}/entries`, { email: `${unique()}@launch.example` }), table: 'queues' },
  'GET /queues/{id}/entries': { request: () => ({ path: `/queues/${demo.queue}/entries`, headers: keyed('full') }), table: 'queues' },
  'DELETE /queues/{id}': { request: () => ({ method: 'DELETE', path: `/queues/${demo.queue}`, headers: keyed('full') }), table: 'queues' },
  'POST /draws': { request: () => post('/draws', { name: 'Golden ticket' }), table: 'draws' },
  'POST /draws/{id}/registrations': { request: () => post(`/draws/${demo.draw}/registrations`, { email: `${unique()}@launch.example` }), table: 'draws' },
  'POST /orders': { request: () => order('valid'), table: 'orders' },
  'POST /webhooks/payments': {
    request: () => ({ method: 'POST', path: '/webhooks/payments', headers: keyed('payments'), body: { event: 'payment.settled', payment_id: 'pay_1' } }),
    table: 'payment_events'
  }
}

function post (path: string, body: object): DemoRequest {
  return { method: 'POST', path, headers: keyed('full'), body }
}

function order (card: string): DemoRequest {
  const { headers, ...request } = post('/orders', { product_id: demo.product, quantity: 1, card })
  return { ...request, headers: { ...headers, 'idempotency-key': `order-${unique()}` } }
}

/** A way to cause a code: the request, and the steps before it. */
interface Provocation {
  readonly request: DemoRequest
  /** Requests that are sent before and succeed. */
  readonly before?: readonly DemoRequest[]
  /** A table that is missing during the request. */
  readonly without?: string
  /** How often the request is sent. @default 1 */
  readonly times?: number
  /** The lifetime of the token in seconds, which ends before the request is sent. */
  readonly token?: { readonly lifetime: number, readonly wait: number }
}

type Provoke = (route: Route, name: string) => Provocation

/** The codes whose requests come from the module that creates the examples. The example is the response to this request. */
const generated: ReadonlySet<string> = new Set(['invalid_request', 'invalid_parameter', 'validation_error', 'missing_required_field', 'payload_too_large', 'unsupported_media_type'])

/** Returns the request that the reference pages would show for a code of a route, with the credential of the route. */
function createRequest (app: FastifyInstance, route: Route, name: string, code: string, status: number): DemoRequest | undefined {
  const [method = '', path = ''] = name.replaceAll(/\{(\w+)\}/g, ':$1').split(' ')
  for (const { routeErrors } of getInferences(app)) {
    for (const record of routeErrors.findRoutes(method, path)) {
      const sampleRoute = { method, record, codes: new Set([code]), limit: undefined }
      const failing = createFailingRequest({ code, status }, [sampleRoute], [sampleRoute], getDocumentSettings(routeErrors).examples)
      if (failing === undefined) continue
      const { path, headers, body, bodyBytes } = failing.request
      const { authorization } = route.request().headers ?? {}
      return {
        method: method as NonNullable<DemoRequest['method']>,
        path,
        headers: { ...headers, ...(authorization !== undefined && { authorization }) },
        ...(body !== undefined && { body }),
        ...(bodyBytes !== undefined && { body: 'x'.repeat(bodyBytes) })
      }
    }
  }
  return undefined
}

const withHeaders = (headers: (own: Readonly<Record<string, string>>) => Readonly<Record<string, string>>): Provoke =>
  ({ request }) => ({ request: { ...request(), headers: headers(request().headers ?? {}) } })
const withKey = (name: keyof typeof demoKeys): Provoke => withHeaders(own => ({ ...own, ...keyed(name) }))
const withBody = (body: (own: object) => string | object, headers: Readonly<Record<string, string>> = {}): Provoke =>
  ({ request }) => ({ request: { ...request(), headers: { ...request().headers, ...headers }, body: body(request().body as object) } })
const withCard = (card: string): Provoke => () => ({ request: order(card) })
const without = (name: string) => ({ [name]: _, ...others }: Readonly<Record<string, string>>): Record<string, string> => others
const json = { 'content-type': 'application/json' }

/** By code. If a route needs another way, by its name and the code. */
const provocations: Readonly<Record<string, Provoke>> = {
  invalid_request: withBody(() => '{', json),
  'GET /me invalid_request': withHeaders(without('x-device-id')),
  uri_too_long: ({ request }) => ({ request: { ...request(), path: request().path.replace(/[\da-f-]{36}/, 'x'.repeat(101)) } }),
  invalid_parameter: ({ request }) => ({ request: { ...request(), path: request().path.replace(/[\da-f-]{36}/, '1') } }),
  'GET /products invalid_parameter': ({ request }) => ({ request: { ...request(), path: '/products?limit=1000' } }),
  missing_api_key: withHeaders(without('authorization')),
  invalid_api_key: withHeaders(own => ({ ...own, authorization: 'Bearer launch_demo_nothing' })),
  api_key_revoked: withKey('revoked'),
  api_key_expired: withKey('expired'),
  ip_not_allowed: withKey('elsewhere'),
  insufficient_scope: withHeaders(own => ({ ...own, authorization: `Bearer ${keyWithoutScopes}` })),
  unauthorized: withHeaders(without('authorization')),
  invalid_token: withHeaders(own => ({ ...own, authorization: 'Bearer not.a.token' })),
  token_expired: ({ request }) => ({ request: request(), token: { lifetime: 1, wait: 2 } }),
  device_mismatch: withHeaders(own => ({ ...own, 'x-device-id': 'laptop' })),
  invalid_credentials: withBody(own => ({ ...own, password: 'wrong' })),
  payment_required: withCard('declined'),
  forbidden: ({ request }) => ({ request: { ...request(), path: `/organizations/${demo.otherOrganization}` } }),
  resource_not_found: ({ request }) => ({ request: { ...request(), path: request().path.replace(/[\da-f-]{36}/, nothing) } }),
  'POST /orders resource_not_found': withBody(own => ({ ...own, product_id: nothing })),
  'POST /users resource_already_exists': withBody(own => ({ ...own, email: demo.email })),
  'POST /organizations resource_already_exists': withBody(() => ({ name: 'Acme' })),
  'POST /products resource_already_exists': withBody(own => ({ ...own, sku: 'SHOE-1' })),
  resource_conflict: ({ request }) => ({ request: { ...request(), path: request().path.replace(demo.queue, demo.closedQueue) } }),
  concurrent_modification: withBody(own => ({ ...own, version: 99 })),
  idempotency_key_reused () {
    const first = order('valid')
    return { before: [first], request: { ...first, body: { ...first.body as object, quantity: 2 } } }
  },
  already_in_queue: withBody(() => ({ email: demo.email })),
  already_registered: withBody(() => ({ email: demo.email })),
  payload_too_large: withBody(() => JSON.stringify('x'.repeat(1_100_000)), json),
  unsupported_media_type: withBody(() => 'name', { 'content-type': 'text/csv' }),
  validation_error: withBody(own => Object.fromEntries(Object.entries(own).map(([name, value]) => [name, typeof value === 'string' ? '' : -1]))),
  missing_required_field: withBody(() => ({})),
  // Limits count a request before anything else reads it.
  rate_limit_exceeded: ({ request }, name) => ({
    request: { ...request(), headers: {} },
    times: name === 'POST /webhooks/payments' ? 1001 : name === 'POST /queues/{id}/entries' ? 6 : name === 'POST /sessions' ? 11 : 101
  }),
  internal_error: ({ request, table }) => ({ request: request(), without: table }),
  bad_gateway: withCard('broken'),
  service_unavailable: ({ request }) => ({ request: request(), without: 'api_keys' }),
  gateway_timeout: withCard('slow')
}

t.test('every route returns each documented error, with the documented body', async t => {
  const postgres = await startPostgres()
  t.teardown(() => postgres.stop())
  const sql = (text: string): Promise<void> => postgres.execute('postgres', text)
  const start = () => createApp({ databaseUrl: urlOf(postgres.address()) })

  async function send (url: string, { method = 'GET', path, headers = {}, body }: DemoRequest): Promise<SentResponse> {
    return await responseTo(url + path, {
      method,
      headers: { ...(body !== undefined && typeof body !== 'string' && json), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) })
    })
  }

  async function provoke (url: string, { request, before = [], without, times = 1, token = { lifetime: 60, wait: 0 } }: Provocation): Promise<SentResponse> {
    for (const earlier of before) t.equal((await send(url, earlier)).status, 201)
    if (request.headers?.authorization === 'Bearer $TOKEN') {
      const { body } = await send(url, signIn(token.lifetime))
      request = { ...request, headers: { ...request.headers, authorization: `Bearer ${(body as { token: string }).token}` } }
      await wait(token.wait * 1000)
    }
    if (without !== undefined) await sql(`alter table ${without} rename to gone`)
    try {
      for (let sent = 1; sent < times; sent++) await send(url, request)
      return await send(url, request)
    } finally {
      if (without !== undefined) await sql(`alter table gone rename to ${without}`)
    }
  }

  const app = await start()
  const document = await (await fetch(`${await app.listen({ port: 0, host: '127.0.0.1' })}/docs/json`)).json() as Document
  await app.close()
  await sql(`insert into api_keys (hash, organization_id, scopes) values ('${hashKey(keyWithoutScopes)}', '${demo.organization}', '{}')`)
  const { errors, faultsOf } = createContract(document)
  t.strictSame([...new Set(errors.map(({ route }) => route))].sort(), Object.keys(routes).sort(), 'there is a request for every route')

  const provoked: string[] = []
  /** The values that the codes of a status sent, by the example of the header. */
  const headers = new Map<string, string[]>()
  for (const [name, route] of Object.entries(routes)) {
    await t.test(name, async t => {
      const codes = errors.filter(error => error.route === name)
      // The lowest limit of the example allows five requests.
      for (let from = 0; from < codes.length; from += 4) {
        const app = await start()
        const url = await app.listen({ port: 0, host: '127.0.0.1' })
        for (const { status, code } of codes.slice(from, from + 4)) {
          const request = generated.has(code) ? createRequest(app, route, name, code, status) : undefined
          const provocation = request === undefined ? provocations[`${name} ${code}`] ?? provocations[code] : () => ({ request })
          if (provocation === undefined) {
            t.fail(`no request causes ${status} ${code}`)
            continue
          }
          // An exceeded limit blocks all later requests, so it is tested with a separate server.
          const own = code === 'rate_limit_exceeded' ? await start() : app
          const response = await provoke(own === app ? url : await own.listen({ port: 0, host: '127.0.0.1' }), provocation(route, name))
          if (own !== app) await own.close()
          const got = `${response.status} ${(response.body as { code: string }).code}`
          t.equal(got, `${status} ${code}`)
          t.strictSame(faultsOf(name, response), [], `${got} is as documented`)
          const example = findExample(document, name, status, code)
          t.strictSame(withoutOccurrence(response.body), withoutOccurrence(example.body), `${got} is the example`)
          for (const [header, expected, sent] of listExampleHeaders(example, response)) {
            const key = `${name}: ${status} ${header}: ${expected}`
            headers.set(key, [...headers.get(key) ?? [], ...sent === null ? [] : [sent]])
          }
          provoked.push(`${name}: ${got}`)
        }
        t.strictSame(app.apiErrors.ledger().filter(({ documented }) => !documented), [], 'there were no other responses')
        await app.close()
      }
    })
  }
  t.strictSame([...headers].filter(([key, sent]) => !sent.some(value => key.endsWith(`: ${value}`))), [], 'each header has the value of one of the codes as its example')
  t.strictSame(provoked.sort(), errors.map(({ route, status, code }) => `${route}: ${status} ${code}`).sort(), 'the caused errors equal the documented errors')
  t.ok(provoked.length > 180, `${provoked.length} errors were caused`)

  await t.test('every route also succeeds as documented', async t => {
    const app = await start()
    t.teardown(() => app.close())
    const url = await app.listen({ port: 0, host: '127.0.0.1' })
    for (const [name, { request }] of Object.entries(routes)) {
      const response = await provoke(url, { request: request() })
      t.match(response.status, /^20[014]$/, name)
      t.strictSame(faultsOf(name, response), [], `${name}: ${response.status} is as documented`)
      t.ok(response.headers.has('ratelimit'), 'the response has the remaining requests')
    }
  })
})
