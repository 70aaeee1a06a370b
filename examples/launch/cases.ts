/** The failures of the example. The README shows them as curl commands, and the tests send them. */
import { demo, demoKeys } from './seed.js'

/** One request of the example. */
export interface DemoRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** A string is sent unchanged, an object as JSON. */
  readonly body?: string | object
}

/** A request that causes one error. The README shows it as a curl command, and the tests send it. */
export interface DemoCase {
  readonly status: number
  readonly code: string
  readonly what: string
  /** The sign-in before the request. `$TOKEN` in the headers is replaced by the token. */
  readonly signIn?: { readonly lifetime: number, readonly wait: number }
  /** Requests to send first. They succeed. */
  readonly before?: readonly DemoRequest[]
  readonly request: DemoRequest
  /** How often to send the request until it fails. @default 1 */
  readonly times?: number
}

const key = (name: keyof typeof demoKeys): Record<string, string> => ({ authorization: `Bearer ${demoKeys[name].key}` })
const full = key('full')
const unknown = '00000000-0000-4000-8000-000000000000'
const order = (card: string): DemoRequest => ({
  method: 'POST',
  path: '/orders',
  headers: { ...full, 'idempotency-key': `order-${card}` },
  body: { product_id: demo.product, quantity: 1, card }
})

/** Returns the sign-in request. */
export const signIn = (lifetime: number): DemoRequest => ({
  method: 'POST',
  path: '/sessions',
  body: { email: demo.email, password: demo.password, device_id: 'phone', lifetime }
})

export const demoCases: readonly DemoCase[] = [
  {
    status: 400,
    code: 'invalid_request',
    what: 'invalid JSON',
    request: { method: 'POST', path: '/queues', headers: full, body: '{' }
  },
  { status: 400, code: 'invalid_parameter', what: 'an invalid id', request: { path: '/users/1', headers: full } },
  {
    status: 400,
    code: 'invalid_parameter',
    what: 'a query parameter out of range',
    request: { path: '/products?limit=1000', headers: full }
  },
  {
    status: 400,
    code: 'invalid_request',
    what: 'a header that is too short',
    request: { ...order('valid'), headers: { ...full, 'idempotency-key': 'short' } }
  },
  { status: 401, code: 'missing_api_key', what: 'no API key', request: { path: '/products' } },
  {
    status: 401,
    code: 'invalid_api_key',
    what: 'an unknown API key',
    request: { path: '/products', headers: { authorization: 'Bearer launch_demo_nothing' } }
  },
  {
    status: 401,
    code: 'api_key_revoked',
    what: 'a revoked API key',
    request: { path: '/products', headers: key('revoked') }
  },
  {
    status: 401,
    code: 'api_key_expired',
    what: 'an expired API key',
    request: { path: '/products', headers: key('expired') }
  },
  { status: 401, code: 'unauthorized', what: 'not signed in', request: { path: '/me' } },
  {
    status: 401,
    code: 'invalid_token',
    what: 'an invalid token',
    request: { path: '/me', headers: { authorization: 'Bearer not.a.token' } }
  },
  {
    status: 401,
    code: 'token_expired',
    what: 'an expired token',
    signIn: { lifetime: 1, wait: 2 },
    request: { path: '/me', headers: { authorization: 'Bearer $TOKEN', 'x-device-id': 'phone' } }
  },
  {
    status: 401,
    code: 'invalid_credentials',
    what: 'a wrong password',
    request: { method: 'POST', path: '/sessions', body: { email: demo.email, password: 'wrong', device_id: 'phone' } }
  },
  { status: 402, code: 'payment_required', what: 'a declined card', request: order('declined') },
  {
    status: 403,
    code: 'forbidden',
    what: "another organization's data",
    request: { path: `/organizations/${demo.otherOrganization}`, headers: full }
  },
  {
    status: 403,
    code: 'insufficient_scope',
    what: 'an API key that may only read',
    request: { method: 'POST', path: '/queues', headers: key('reader'), body: { name: 'Drop' } }
  },
  {
    status: 403,
    code: 'ip_not_allowed',
    what: 'an API key for another IP address',
    request: { path: '/products', headers: key('elsewhere') }
  },
  {
    status: 403,
    code: 'device_mismatch',
    what: 'a token for another device',
    signIn: { lifetime: 60, wait: 0 },
    request: { path: '/me', headers: { authorization: 'Bearer $TOKEN', 'x-device-id': 'laptop' } }
  },
  {
    status: 404,
    code: 'resource_not_found',
    what: 'an id that does not exist',
    request: { path: `/users/${unknown}`, headers: full }
  },
  { status: 404, code: 'route_not_found', what: 'a path that does not exist', request: { path: '/nothing' } },
  {
    status: 405,
    code: 'method_not_allowed',
    what: 'a method that the path does not support',
    request: { method: 'DELETE', path: '/products', headers: full }
  },
  {
    status: 409,
    code: 'resource_already_exists',
    what: 'an email address that is already taken',
    request: {
      method: 'POST',
      path: '/users',
      headers: full,
      body: { email: demo.email, name: 'Ada', password: 'correct horse' }
    }
  },
  {
    status: 409,
    code: 'resource_already_exists',
    what: 'a name that is already taken',
    request: { method: 'POST', path: '/organizations', headers: full, body: { name: 'Acme' } }
  },
  {
    status: 409,
    code: 'resource_already_exists',
    what: 'a SKU that is already taken',
    request: { method: 'POST', path: '/products', headers: full, body: { sku: 'SHOE-1', name: 'Shoe', price: 100 } }
  },
  {
    status: 409,
    code: 'resource_conflict',
    what: 'closing a closed queue',
    request: { method: 'DELETE', path: `/queues/${demo.closedQueue}`, headers: full }
  },
  {
    status: 409,
    code: 'concurrent_modification',
    what: 'an update of an old version',
    request: {
      method: 'PUT',
      path: `/products/${demo.product}/price`,
      headers: full,
      body: { price: 9900, version: 99 }
    }
  },
  {
    status: 409,
    code: 'already_in_queue',
    what: 'joining a queue twice',
    request: { method: 'POST', path: `/queues/${demo.queue}/entries`, headers: full, body: { email: demo.email } }
  },
  {
    status: 409,
    code: 'already_registered',
    what: 'registering for a draw twice',
    request: { method: 'POST', path: `/draws/${demo.draw}/registrations`, headers: full, body: { email: demo.email } }
  },
  {
    status: 415,
    code: 'unsupported_media_type',
    what: 'a body with an unsupported media type',
    request: { method: 'POST', path: '/queues', headers: { ...full, 'content-type': 'text/csv' }, body: 'name' }
  },
  {
    status: 422,
    code: 'validation_error',
    what: 'invalid fields',
    request: { method: 'POST', path: '/users', headers: full, body: { email: 'ada', name: 'A', password: 'short' } }
  },
  {
    status: 422,
    code: 'missing_required_field',
    what: 'missing fields',
    request: { method: 'POST', path: '/users', headers: full, body: {} }
  },
  {
    status: 422,
    code: 'idempotency_key_reused',
    what: 'one idempotency key for two orders',
    before: [order('valid')],
    request: { ...order('valid'), body: { product_id: demo.product, quantity: 2, card: 'valid' } }
  },
  {
    status: 429,
    code: 'rate_limit_exceeded',
    what: 'six requests in ten seconds',
    times: 6,
    request: { method: 'POST', path: `/queues/${demo.queue}/entries`, headers: full, body: { email: demo.email } }
  },
  { status: 500, code: 'internal_error', what: 'a bug in the API', request: order('surprising') },
  { status: 502, code: 'bad_gateway', what: 'a payment service that closes the connection', request: order('broken') },
  {
    status: 502,
    code: 'bad_gateway',
    what: 'a payment service that sends an invalid response',
    request: order('garbled')
  },
  { status: 503, code: 'service_unavailable', what: 'a payment service that is overloaded', request: order('busy') },
  { status: 504, code: 'gateway_timeout', what: 'a payment service that does not respond', request: order('slow') }
]
