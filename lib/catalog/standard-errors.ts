/** The standard catalog, and the code for each status. */
import { defineErrors, type Catalog } from './define-errors.js'
import type { ErrorStatus } from './definition.js'
import { Type } from '../support/type-builder.js'

/**
 * A schema with the type of its values. The types of TypeBox would be in the declarations of every application that
 * exports a catalog. Under pnpm, an application cannot import TypeBox.
 */
type SchemaOf<Value> = { readonly type: 'object', readonly '~unsafe': Value }

type RateLimitMeta = SchemaOf<
  { policy?: string, policies?: string[], limit?: number, window?: number, retry_after?: number }
>

const rateLimitMeta = Type.Object({
  policy: Type.Optional(
    Type.String({
      description:
        'The name of the exceeded limit. If several limits are exceeded, it is the limit with the longest wait.'
    })
  ),
  policies: Type.Optional(
    Type.Array(Type.String(), { description: 'The names of all exceeded limits, if there are several.' })
  ),
  limit: Type.Optional(
    Type.Integer({ minimum: 0, description: 'The number of requests that the limit allows in one window.' })
  ),
  window: Type.Optional(Type.Integer({ minimum: 0, description: 'The length of the window, in seconds.' })),
  retry_after: Type.Optional(
    Type.Integer({ minimum: 1, description: 'Seconds until the next request is allowed, as in Retry-After.' })
  )
}, { additionalProperties: false }) as unknown as RateLimitMeta

type ScopeMeta = SchemaOf<{ required?: string[], held?: string[] }>

const scopeMeta = Type.Object({
  required: Type.Optional(Type.Array(Type.String(), { description: 'The scopes that the request requires.' })),
  held: Type.Optional(Type.Array(Type.String(), { description: 'The scopes that the credentials have.' }))
}, { additionalProperties: false }) as unknown as ScopeMeta

type MethodMeta = SchemaOf<{ allowed?: string[] }>

const methodMeta = Type.Object({
  allowed: Type.Optional(
    Type.Array(Type.String(), { description: 'The methods that this endpoint supports, as in Allow.' })
  )
}, { additionalProperties: false }) as unknown as MethodMeta

const definitions = {
  invalid_request: {
    status: 400,
    type: 'invalid_request_error',
    message: 'The request is malformed.',
    description:
      'The request could not be parsed. For example, the JSON is malformed, the body does not match its Content-Length, or a header is invalid.',
    action: 'Check the body against its Content-Type, and the headers against the documentation.'
  },
  invalid_parameter: {
    status: 400,
    type: 'invalid_request_error',
    message: 'A path or query parameter is invalid.',
    description: 'A path or query parameter does not have the documented type, format or range.',
    action: 'Check the documentation of the parameter and send a valid value.',
    example: {
      param: 'limit',
      issues: [{ in: 'query', field: 'limit', pointer: '/limit', code: 'maximum', message: 'must be at most 100' }]
    }
  },
  idempotency_key_missing: {
    status: 400,
    type: 'invalid_request_error',
    message: 'The request has no idempotency key.',
    description: 'The endpoint requires the Idempotency-Key header, but the request does not have it.',
    action: 'Send a new, random value as Idempotency-Key. If you retry the request, send the same value.'
  },
  missing_api_key: {
    status: 401,
    type: 'authentication_error',
    message: 'No API key was sent.',
    description: 'The request does not contain an API key.',
    action: 'Send your API key as described in the documentation, usually as Authorization: Bearer YOUR_KEY.'
  },
  invalid_api_key: {
    status: 401,
    type: 'authentication_error',
    message: 'The API key is invalid.',
    description: 'The API key is malformed or does not exist.',
    action: 'Compare the key with the one in your dashboard.'
  },
  api_key_revoked: {
    status: 401,
    type: 'authentication_error',
    message: 'The API key was revoked.',
    description: 'The API key was revoked and no longer works.',
    action: 'Create a new key and replace the revoked one.'
  },
  api_key_expired: {
    status: 401,
    type: 'authentication_error',
    message: 'The API key has expired.',
    description: 'The expiry date of the API key has passed.',
    action: 'Create a new key and replace the expired one.'
  },
  unauthorized: {
    status: 401,
    type: 'authentication_error',
    message: 'Authentication is required.',
    description: 'The request has no credentials, and the resource is not public.',
    action: 'Sign in, or send the credentials that the endpoint requires.'
  },
  invalid_token: {
    status: 401,
    type: 'authentication_error',
    message: 'The access token is invalid.',
    description:
      'The access token is malformed, has an invalid signature, is not valid yet, or was issued for another audience.',
    action: 'Request a new access token.'
  },
  token_expired: {
    status: 401,
    type: 'authentication_error',
    message: 'The access token has expired.',
    description: 'The lifetime of the access token has passed.',
    action: 'Refresh the access token and retry.'
  },
  invalid_credentials: {
    status: 401,
    type: 'authentication_error',
    message: 'The user name or password is incorrect.',
    description: 'The sign-in failed. For security, the response does not say which value was incorrect.',
    action: 'Check both values and try again, or reset the password.'
  },
  payment_required: {
    status: 402,
    type: 'invalid_request_error',
    message: 'Payment is required.',
    description: 'The plan or the balance of the account does not cover the request.',
    action: 'Pay the outstanding amount, or change the plan.'
  },
  forbidden: {
    status: 403,
    type: 'permission_error',
    message: 'You do not have permission to do this.',
    description: 'The client is authenticated but lacks the required permission, role or membership.',
    action: 'Ask the owner of the resource for access. Retrying the request does not help.'
  },
  insufficient_scope: {
    status: 403,
    type: 'permission_error',
    message: 'Your credentials lack a required scope.',
    description: 'The API key or token is valid but does not have the scope for this operation.',
    action: 'Use credentials with the scopes listed in meta.required.',
    meta: scopeMeta as ScopeMeta,
    example: { meta: { required: ['queues:write'], held: ['queues:read'] } }
  },
  ip_not_allowed: {
    status: 403,
    type: 'permission_error',
    message: 'Your IP address is not on the allowlist of the API key.',
    description: 'The API key is restricted to certain IP addresses, and the request came from another address.',
    action: 'Send the request from an allowed IP address, or add your address to the allowlist of the key.'
  },
  device_mismatch: {
    status: 403,
    type: 'permission_error',
    message: 'The session belongs to another device.',
    description: 'The session was started on a device with a different fingerprint.',
    action: 'Sign in again on this device.'
  },
  resource_not_found: {
    status: 404,
    type: 'not_found_error',
    message: 'The resource does not exist.',
    description: 'No resource has this id. It was never created, was deleted, or is not visible to the client.',
    action: 'Check the id.'
  },
  route_not_found: {
    status: 404,
    type: 'not_found_error',
    message: 'This endpoint does not exist.',
    description: 'The API has no endpoint at this path.',
    action: 'Check the path and the API version for typos.'
  },
  method_not_allowed: {
    status: 405,
    type: 'invalid_request_error',
    message: 'This endpoint does not support this method.',
    description: 'The path exists, but it does not support the method of the request.',
    action: 'Use one of the methods listed in the Allow header.',
    meta: methodMeta as MethodMeta,
    example: { meta: { allowed: ['GET', 'HEAD'] } }
  },
  not_acceptable: {
    status: 406,
    type: 'invalid_request_error',
    message: 'The response is not available in a format that you accept.',
    description: 'The Accept headers of the request exclude every available representation.',
    action: 'Accept more media types, or omit the Accept headers.'
  },
  proxy_authentication_required: {
    status: 407,
    type: 'invalid_request_error',
    message: 'The proxy requires authentication.',
    description: 'A proxy between the client and the API requires credentials.',
    action: 'Send the proxy credentials that the Proxy-Authenticate header describes.'
  },
  request_timeout: {
    status: 408,
    type: 'invalid_request_error',
    message: 'The request took too long to arrive.',
    description: 'The complete request did not arrive in time, so the server closed the connection.',
    action: 'Retry the request on a faster connection, or send it in smaller parts.',
    retry: 'backoff'
  },
  resource_already_exists: {
    status: 409,
    type: 'conflict_error',
    message: 'A resource with this identifier already exists.',
    description: 'Another resource already uses a value that must be unique.',
    action: 'Choose another value, or read the existing resource.',
    example: {
      issues: [{ in: 'body', field: 'email', pointer: '/email', code: 'unique', message: 'is already in use' }]
    }
  },
  resource_conflict: {
    status: 409,
    type: 'conflict_error',
    message: 'The request conflicts with the state of the resource.',
    description: 'The state of the resource does not allow the operation, or other resources depend on it.',
    action: 'Read the current state of the resource and adjust the request.'
  },
  concurrent_modification: {
    status: 409,
    type: 'conflict_error',
    message: 'Another request changed the resource at the same time.',
    description: 'Two requests changed the same resource at the same time, and this one was rejected.',
    action: 'Read the resource again, apply your change to the current version, and retry.',
    retry: 'backoff'
  },
  idempotency_in_progress: {
    status: 409,
    type: 'conflict_error',
    message: 'A request with this idempotency key is still in progress.',
    description: 'The first request with this idempotency key has not finished yet.',
    action:
      'Wait, then send the same request again with the same idempotency key. With a new key, the request could be executed twice.',
    retry: 'backoff'
  },
  resource_gone: {
    status: 410,
    type: 'not_found_error',
    message: 'The resource was permanently removed.',
    description: 'The resource existed but was permanently removed.',
    action: 'Remove all references to it.'
  },
  length_required: {
    status: 411,
    type: 'invalid_request_error',
    message: 'The request needs a Content-Length header.',
    description: 'The server does not accept a body without a known length.',
    action: 'Send the length of the body as Content-Length.'
  },
  precondition_failed: {
    status: 412,
    type: 'conflict_error',
    message: 'A precondition of the request failed.',
    description: 'The resource does not match If-Match, or it has changed since the date in If-Unmodified-Since.',
    action: 'Read the resource again and retry with its new version.'
  },
  payload_too_large: {
    status: 413,
    type: 'invalid_request_error',
    message: 'The request body is too large.',
    description: 'The body is larger than the endpoint allows.',
    action: 'Send a smaller body, or split it into several requests.'
  },
  uri_too_long: {
    status: 414,
    type: 'invalid_request_error',
    message: 'The URL of the request is too long.',
    description: 'The URL, or a parameter in it, is longer than the server allows.',
    action: 'Shorten the parameters, or send them in the body if the endpoint accepts one.'
  },
  unsupported_media_type: {
    status: 415,
    type: 'invalid_request_error',
    message: 'The media type of the body is not supported.',
    description: 'The endpoint does not accept bodies of this Content-Type.',
    action: 'Send the body in one of the media types listed in the Accept header of the response.'
  },
  range_not_satisfiable: {
    status: 416,
    type: 'invalid_request_error',
    message: 'The requested range is not available.',
    description: 'The Range header requests bytes beyond the end of the resource.',
    action: 'Request a range within the length given in Content-Range.'
  },
  expectation_failed: {
    status: 417,
    type: 'invalid_request_error',
    message: 'The Expect header is not supported.',
    description: 'The server does not support the Expect header of the request.',
    action: 'Omit the Expect header.'
  },
  im_a_teapot: {
    status: 418,
    type: 'invalid_request_error',
    message: 'The server is a teapot and refuses the request.',
    description:
      'The API will never handle this request. The status 418 comes from a joke (RFC 2324), and RFC 9110 reserves it.',
    action: 'Do not retry the request.'
  },
  misdirected_request: {
    status: 421,
    type: 'invalid_request_error',
    message: 'This server is not responsible for the requested host.',
    description: 'The connection was opened for a different host.',
    action: 'Open a separate connection for this host.',
    retry: 'backoff'
  },
  validation_error: {
    status: 422,
    type: 'validation_error',
    message: 'One or more fields are invalid.',
    description: 'The body was parsed, but some fields do not have the documented type, format or range.',
    action: 'Correct the fields listed in the response.',
    example: {
      issues: [
        { in: 'body', field: 'email', pointer: '/email', code: 'email', message: 'must be an email address' },
        {
          in: 'body',
          field: 'name',
          pointer: '/name',
          code: 'min_length',
          message: 'must be at least 3 characters long'
        }
      ]
    }
  },
  missing_required_field: {
    status: 422,
    type: 'validation_error',
    message: 'A required field is missing.',
    description: 'The body is missing a required field and is otherwise valid.',
    action: 'Add the fields listed in the response.',
    example: {
      issues: [{ in: 'body', field: 'email', pointer: '/email', code: 'required', message: 'is required' }]
    }
  },
  idempotency_key_reused: {
    status: 422,
    type: 'invalid_request_error',
    message: 'The idempotency key was used for another request.',
    description: 'An earlier request with the same idempotency key had different content.',
    action: 'Use a new idempotency key for a new request.'
  },
  resource_locked: {
    status: 423,
    type: 'conflict_error',
    message: 'The resource is locked.',
    description: 'Another user or process holds a lock on the resource.',
    action: 'Wait until the lock is released, then retry.',
    retry: 'backoff'
  },
  failed_dependency: {
    status: 424,
    type: 'conflict_error',
    message: 'The request failed because an earlier operation failed.',
    description: 'The operation was not attempted because an earlier operation failed.',
    action: 'Correct the failed operation, then retry both.'
  },
  too_early: {
    status: 425,
    type: 'invalid_request_error',
    message: 'The request arrived too early to be processed safely.',
    description: 'The request arrived in TLS early data, which an attacker could replay.',
    action: 'Retry the request after the TLS handshake is complete.',
    retry: 'backoff'
  },
  upgrade_required: {
    status: 426,
    type: 'invalid_request_error',
    message: 'The request requires a different protocol.',
    description: 'The resource is only available over a different protocol.',
    action: 'Switch to a protocol listed in the Upgrade header.'
  },
  precondition_required: {
    status: 428,
    type: 'invalid_request_error',
    message: 'The request requires a precondition.',
    description: 'Without If-Match, the change could overwrite a change by someone else.',
    action: 'Read the resource and send its version in If-Match.'
  },
  rate_limit_exceeded: {
    status: 429,
    type: 'rate_limit_error',
    message: 'Too many requests. Wait before you send another one.',
    description: 'The client sent more requests than the rate limit allows.',
    action: 'Wait for the number of seconds in Retry-After, then send requests more slowly.',
    meta: rateLimitMeta as RateLimitMeta,
    example: { meta: { policy: 'general', limit: 100, window: 60, retry_after: 30 }, retryAfter: 30 }
  },
  request_header_fields_too_large: {
    status: 431,
    type: 'invalid_request_error',
    message: 'The request headers are too large.',
    description: 'The request headers, often the cookies, are larger than the server allows.',
    action: 'Send fewer or shorter headers.'
  },
  unavailable_for_legal_reasons: {
    status: 451,
    type: 'permission_error',
    message: 'The resource is unavailable for legal reasons.',
    description: 'A law or a court order prohibits access to the resource.',
    action: 'Contact support.'
  },
  internal_error: {
    status: 500,
    type: 'api_error',
    message: 'Something went wrong on our side.',
    description: 'The server encountered an unexpected error.',
    action: 'Retry after a short wait. If the error persists, contact support with the request id.'
  },
  not_implemented: {
    status: 501,
    type: 'api_error',
    message: 'This operation is not implemented.',
    description: 'The API does not support this operation yet.',
    action: 'Use a different operation.',
    retry: 'never'
  },
  bad_gateway: {
    status: 502,
    type: 'api_error',
    message: 'An upstream service returned an invalid response.',
    description: 'An upstream service refused or closed the connection, or its response could not be read.',
    action: 'Retry after a short wait.'
  },
  service_unavailable: {
    status: 503,
    type: 'api_error',
    message: 'The service is temporarily unavailable.',
    description: 'The server is overloaded, under maintenance, or cannot reach a component that it needs.',
    action: 'Wait for the number of seconds in Retry-After, then retry. Check the status page.',
    example: { retryAfter: 10 }
  },
  gateway_timeout: {
    status: 504,
    type: 'api_error',
    message: 'An upstream service took too long to respond.',
    description: 'An upstream service did not respond in time. It may or may not have processed the request.',
    action: 'Retry after a short wait. If the operation changes data, use an idempotency key.'
  },
  http_version_not_supported: {
    status: 505,
    type: 'api_error',
    message: 'The HTTP version is not supported.',
    description: 'The server does not support the major HTTP version of the request.',
    action: 'Use a different HTTP version.',
    retry: 'never'
  },
  variant_also_negotiates: {
    status: 506,
    type: 'api_error',
    message: 'The server is misconfigured and cannot choose a response format.',
    description: 'The server chose a resource that itself negotiates content, so the negotiation cannot finish.',
    action: 'Contact support.',
    retry: 'never'
  },
  insufficient_storage: {
    status: 507,
    type: 'api_error',
    message: 'There is not enough storage space.',
    description: 'The server cannot store the data needed to complete the request.',
    action: 'Contact support.',
    retry: 'never'
  },
  loop_detected: {
    status: 508,
    type: 'api_error',
    message: 'The server detected an infinite loop.',
    description: 'The server stopped the operation because a resource contains itself.',
    action: 'Contact support.',
    retry: 'never'
  },
  not_extended: {
    status: 510,
    type: 'api_error',
    message: 'The request requires an HTTP extension.',
    description: 'The request does not use an HTTP extension that the resource requires.',
    action: 'Contact support.',
    retry: 'never'
  },
  network_authentication_required: {
    status: 511,
    type: 'api_error',
    message: 'The network requires authentication.',
    description: 'The network between the client and the API requires you to sign in.',
    action: 'Sign in to the network, then retry.',
    retry: 'never'
  }
} as const

/** The standard catalog: the codes that public APIs have in common, with at least one for every error status. */
export const standardErrors: Catalog<typeof definitions> = defineErrors(definitions)

/** A code of {@link standardErrors}. */
export type StandardCode = keyof typeof definitions

/** The codes that only routes with an idempotency key can return. */
export const idempotencyCodes: ReadonlySet<string> = new Set<StandardCode>([
  'idempotency_key_missing',
  'idempotency_key_reused',
  'idempotency_in_progress'
])

/** The code for each status. It is used if only the status of an error is known. */
export const codesByStatus: Readonly<Record<ErrorStatus, StandardCode>> = {
  400: 'invalid_request',
  401: 'unauthorized',
  402: 'payment_required',
  403: 'forbidden',
  404: 'resource_not_found',
  405: 'method_not_allowed',
  406: 'not_acceptable',
  407: 'proxy_authentication_required',
  408: 'request_timeout',
  409: 'resource_conflict',
  410: 'resource_gone',
  411: 'length_required',
  412: 'precondition_failed',
  413: 'payload_too_large',
  414: 'uri_too_long',
  415: 'unsupported_media_type',
  416: 'range_not_satisfiable',
  417: 'expectation_failed',
  418: 'im_a_teapot',
  421: 'misdirected_request',
  422: 'validation_error',
  423: 'resource_locked',
  424: 'failed_dependency',
  425: 'too_early',
  426: 'upgrade_required',
  428: 'precondition_required',
  429: 'rate_limit_exceeded',
  431: 'request_header_fields_too_large',
  451: 'unavailable_for_legal_reasons',
  500: 'internal_error',
  501: 'not_implemented',
  502: 'bad_gateway',
  503: 'service_unavailable',
  504: 'gateway_timeout',
  505: 'http_version_not_supported',
  506: 'variant_also_negotiates',
  507: 'insufficient_storage',
  508: 'loop_detected',
  510: 'not_extended',
  511: 'network_authentication_required'
}

/**
 * Returns the code for an error status. An unregistered status is treated as the x00 status of its class
 * (RFC 9110, section 15): 499 is `invalid_request`, 599 is `internal_error`.
 *
 * @param status any value; the status of an error is an integer from 400 to 599
 * @returns `undefined` if the value is not the status of an error
 * @example
 * const code = codeForStatus(error.status) // 409: 'resource_conflict'
 * return code && errors[code]({ cause: error })
 */
export function codeForStatus (status: unknown): StandardCode | undefined {
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 400 || status > 599) return undefined
  return codesByStatus[status as ErrorStatus] ?? (status < 500 ? 'invalid_request' : 'internal_error')
}
