import { demo, demoKeys } from './seed.js'

/** One request of the demonstration. */
export interface DemoRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as it is; an object is sent as JSON. */
  readonly body?: string | object
}

/** A way to get one error out of the API: the README shows it as curl, and the tests send it. */
export interface DemoCase {
  readonly status: number
  readonly code: string
  readonly what: string
  /** How the request signs in before it; `$TOKEN` in the headers is then the token. */
  readonly signIn?: { readonly lifetime: number, readonly wait: number }
  /** Requests that come before and succeed. */
  readonly before?: readonly DemoRequest[]
  readonly request: DemoRequest
  /** How often the request is sent until it fails. @default 1 */
  readonly times?: number
}

const key = (name: keyof typeof demoKeys): Record<string, string> => ({ authorization: `Bearer ${demoKeys[name].key}` })
const full = key('full')
const unknown = '00000000-0000-4000-8000-000000000000'
const order = (card: string): DemoRequest => ({
  method: 'POST', path: '/orders', headers: { ...full, 'idempotency-key': `order-${card}` }, body: { product_id: demo.product, quantity: 1, card }
})

/** The sign-in of the demonstration. */
export const signIn = (lifetime: number): DemoRequest => ({
  method: 'POST', path: '/sessions', body: { email: demo.email, password: demo.password, device_id: 'phone', lifetime }
})

export const demoCases: readonly DemoCase[] = [
  { status: 400, code: 'invalid_request', what: 'broken JSON', request: { method: 'POST', path: '/queues', headers: full, body: '{' } },
  { status: 400, code: 'invalid_parameter', what: 'an id that is none', request: { path: '/users/1', headers: full } },
  { status: 400, code: 'invalid_parameter', what: 'a query out of range', request: { path: '/products?limit=1000', headers: full } },
  { status: 400, code: 'invalid_request', what: 'a header too short', request: { ...order('valid'), headers: { ...full, 'idempotency-key': 'short' } } },
  { status: 401, code: 'missing_api_key', what: 'no key', request: { path: '/products' } },
  { status: 401, code: 'invalid_api_key', what: 'a key that does not exist', request: { path: '/products', headers: { authorization: 'Bearer launch_demo_nothing' } } },
  { status: 401, code: 'api_key_revoked', what: 'a revoked key', request: { path: '/products', headers: key('revoked') } },
  { status: 401, code: 'api_key_expired', what: 'an expired key', request: { path: '/products', headers: key('expired') } },
  { status: 401, code: 'unauthorized', what: 'not signed in', request: { path: '/me' } },
  { status: 401, code: 'invalid_token', what: 'a token that is none', request: { path: '/me', headers: { authorization: 'Bearer not.a.token' } } },
  { status: 401, code: 'token_expired', what: 'an old token', signIn: { lifetime: 1, wait: 2 }, request: { path: '/me', headers: { authorization: 'Bearer $TOKEN', 'x-device-id': 'phone' } } },
  {
    status: 401,
    code: 'invalid_credentials',
    what: 'a wrong password',
    request: { method: 'POST', path: '/sessions', body: { email: demo.email, password: 'wrong', device_id: 'phone' } }
  },
  { status: 402, code: 'payment_required', what: 'a declined card', request: order('declined') },
  { status: 403, code: 'forbidden', what: "another organization's data", request: { path: `/organizations/${demo.otherOrganization}`, headers: full } },
  { status: 403, code: 'insufficient_scope', what: 'a key that only reads', request: { method: 'POST', path: '/queues', headers: key('reader'), body: { name: 'Drop' } } },
  { status: 403, code: 'ip_not_allowed', what: 'a key for another address', request: { path: '/products', headers: key('elsewhere') } },
  { status: 403, code: 'device_mismatch', what: 'a token of another device', signIn: { lifetime: 60, wait: 0 }, request: { path: '/me', headers: { authorization: 'Bearer $TOKEN', 'x-device-id': 'laptop' } } },
  { status: 404, code: 'resource_not_found', what: 'an id of nothing', request: { path: `/users/${unknown}`, headers: full } },
  { status: 404, code: 'route_not_found', what: 'a path of nothing', request: { path: '/nothing' } },
  { status: 405, code: 'method_not_allowed', what: 'a method that is not there', request: { method: 'DELETE', path: '/products', headers: full } },
  {
    status: 409,
    code: 'resource_already_exists',
    what: 'an e-mail address that is taken',
    request: { method: 'POST', path: '/users', headers: full, body: { email: demo.email, name: 'Ada', password: 'correct horse' } }
  },
  { status: 409, code: 'resource_already_exists', what: 'a name that is taken', request: { method: 'POST', path: '/organizations', headers: full, body: { name: 'Acme' } } },
  { status: 409, code: 'resource_already_exists', what: 'a SKU that is taken', request: { method: 'POST', path: '/products', headers: full, body: { sku: 'SHOE-1', name: 'Shoe', price: 100 } } },
  { status: 409, code: 'resource_conflict', what: 'closing a closed queue', request: { method: 'DELETE', path: `/queues/${demo.closedQueue}`, headers: full } },
  {
    status: 409,
    code: 'concurrent_modification',
    what: 'a change to an old version',
    request: { method: 'PUT', path: `/products/${demo.product}/price`, headers: full, body: { price: 9900, version: 99 } }
  },
  {
    status: 409,
    code: 'idempotency_conflict',
    what: 'one key for two orders',
    before: [order('valid')],
    request: { ...order('valid'), body: { product_id: demo.product, quantity: 2, card: 'valid' } }
  },
  { status: 409, code: 'already_in_queue', what: 'joining twice', request: { method: 'POST', path: `/queues/${demo.queue}/entries`, headers: full, body: { email: demo.email } } },
  { status: 409, code: 'already_registered', what: 'registering twice', request: { method: 'POST', path: `/draws/${demo.draw}/registrations`, headers: full, body: { email: demo.email } } },
  { status: 415, code: 'unsupported_media_type', what: 'a body of another type', request: { method: 'POST', path: '/queues', headers: { ...full, 'content-type': 'text/csv' }, body: 'name' } },
  { status: 422, code: 'validation_error', what: 'wrong fields', request: { method: 'POST', path: '/users', headers: full, body: { email: 'ada', name: 'A', password: 'short' } } },
  { status: 422, code: 'missing_required_field', what: 'absent fields', request: { method: 'POST', path: '/users', headers: full, body: {} } },
  {
    status: 429,
    code: 'rate_limit_exceeded',
    what: 'six in ten seconds',
    times: 6,
    request: { method: 'POST', path: `/queues/${demo.queue}/entries`, headers: full, body: { email: demo.email } }
  },
  { status: 500, code: 'internal_error', what: 'a mistake of ours', request: order('surprising') },
  { status: 502, code: 'bad_gateway', what: 'a payment service that hangs up', request: order('broken') },
  { status: 502, code: 'bad_gateway', what: 'a payment service that answers nonsense', request: order('garbled') },
  { status: 503, code: 'service_unavailable', what: 'a payment service with too much to do', request: order('busy') },
  { status: 504, code: 'gateway_timeout', what: 'a payment service that does not answer', request: order('slow') }
]
