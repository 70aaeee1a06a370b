/** The standard catalog, and the code for each status. */
import { Type, type TInteger, type TObject, type TOptional, type TString, type TArray } from '@sinclair/typebox'
import { defineErrors, type Catalog } from './define-errors.js'
import type { ErrorStatus } from './definition.js'

type RateLimitMeta = TObject<{
  policy: TOptional<TString>, limit: TOptional<TInteger>, window: TOptional<TInteger>, retry_after: TOptional<TInteger>
}>

const rateLimitMeta: RateLimitMeta = Type.Object({
  policy: Type.Optional(Type.String({ description: 'The name of the limit that was exceeded.' })),
  limit: Type.Optional(Type.Integer({ minimum: 0, description: 'How many requests the limit allows in one window.' })),
  window: Type.Optional(Type.Integer({ minimum: 0, description: 'The length of the window, in seconds.' })),
  retry_after: Type.Optional(Type.Integer({ minimum: 1, description: 'Seconds until the next request is allowed, as in Retry-After.' }))
}, { additionalProperties: false })

type ScopeMeta = TObject<{ required: TOptional<TArray<TString>>, held: TOptional<TArray<TString>> }>

const scopeMeta: ScopeMeta = Type.Object({
  required: Type.Optional(Type.Array(Type.String(), { description: 'The scopes that the request needs.' })),
  held: Type.Optional(Type.Array(Type.String(), { description: 'The scopes that the credential has.' }))
}, { additionalProperties: false })

type MethodMeta = TObject<{ allowed: TOptional<TArray<TString>> }>

const methodMeta: MethodMeta = Type.Object({
  allowed: Type.Optional(Type.Array(Type.String(), { description: 'The methods that this address answers, as in Allow.' }))
}, { additionalProperties: false })

const definitions = {
  invalid_request: {
    status: 400,
    type: 'invalid_request_error',
    message: 'The request is malformed.',
    description: 'The request could not be parsed: the JSON is broken, the body does not match its Content-Length, or a header is wrong.',
    action: 'Check the body against its Content-Type, and the headers against the documentation.'
  },
  invalid_parameter: {
    status: 400,
    type: 'invalid_request_error',
    message: 'A parameter of the address has an invalid value.',
    description: 'A path or query parameter does not have the type, form or range that it is documented with.',
    action: 'Look the named parameter up in the documentation and send a value that fits.',
    example: {
      param: 'limit',
      issues: [{ in: 'query', field: 'limit', pointer: '/limit', code: 'maximum', message: 'must be at most 100' }]
    }
  },
  missing_api_key: {
    status: 401,
    type: 'authentication_error',
    message: 'No API key was sent.',
    description: 'The request has no API key.',
    action: 'Send the key as the documentation of the route shows, usually as Authorization: Bearer YOUR_KEY.'
  },
  invalid_api_key: {
    status: 401,
    type: 'authentication_error',
    message: 'The API key is not valid.',
    description: 'The API key is malformed, or no such key exists.',
    action: 'Compare the key with the one in your dashboard.'
  },
  api_key_revoked: {
    status: 401,
    type: 'authentication_error',
    message: 'The API key was revoked.',
    description: 'Somebody revoked the API key.',
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
    description: 'The request carries no credentials, and the resource is not public.',
    action: 'Sign in, or send the credentials that the route asks for.'
  },
  invalid_token: {
    status: 401,
    type: 'authentication_error',
    message: 'The access token is not valid.',
    description: 'The access token is malformed, wrongly signed, not yet valid, or meant for somebody else.',
    action: 'Ask for a new access token.'
  },
  token_expired: {
    status: 401,
    type: 'authentication_error',
    message: 'The access token has expired.',
    description: 'The lifetime of the access token has passed.',
    action: 'Refresh the access token and send the request again.'
  },
  invalid_credentials: {
    status: 401,
    type: 'authentication_error',
    message: 'The user name or the password is wrong.',
    description: 'A sign-in failed. The answer does not say which of the two was wrong.',
    action: 'Check both and try again, or reset the password.'
  },
  payment_required: {
    status: 402,
    type: 'invalid_request_error',
    message: 'A payment is required.',
    description: 'The plan or the balance of the account does not cover the request.',
    action: 'Settle the open payment, or change the plan.'
  },
  forbidden: {
    status: 403,
    type: 'permission_error',
    message: 'You may not do this.',
    description: 'The caller is known and lacks the permission, the role or the membership that the resource asks for.',
    action: 'Ask the owner of the resource for access. Sending the request again changes nothing.'
  },
  insufficient_scope: {
    status: 403,
    type: 'permission_error',
    message: 'The credential lacks a scope that this needs.',
    description: 'The API key or token is valid and was not given the scope for this operation.',
    action: 'Use a credential with the scopes that meta.required names.',
    meta: scopeMeta as ScopeMeta,
    example: { meta: { required: ['queues:write'], held: ['queues:read'] } }
  },
  ip_not_allowed: {
    status: 403,
    type: 'permission_error',
    message: 'This address is not on the allowlist of the API key.',
    description: 'The API key is restricted to certain addresses, and the request came from another one.',
    action: 'Send the request from an allowed address, or add the address to the allowlist of the key.'
  },
  device_mismatch: {
    status: 403,
    type: 'permission_error',
    message: 'The session belongs to another device.',
    description: 'The fingerprint of the device differs from the one that the session started with.',
    action: 'Sign in again on this device.'
  },
  resource_not_found: {
    status: 404,
    type: 'not_found_error',
    message: 'The resource does not exist.',
    description: 'No resource has this id: it was never created, was deleted, or is hidden from the caller.',
    action: 'Check the id.'
  },
  route_not_found: {
    status: 404,
    type: 'not_found_error',
    message: 'No such route.',
    description: 'The API has nothing at this address.',
    action: 'Check the path for a typing error and the version in it against the documentation.'
  },
  method_not_allowed: {
    status: 405,
    type: 'invalid_request_error',
    message: 'This address does not answer this method.',
    description: 'The path exists, and not for the method of the request.',
    action: 'Use one of the methods that the Allow header names.',
    meta: methodMeta as MethodMeta,
    example: { meta: { allowed: ['GET', 'HEAD'] } }
  },
  not_acceptable: {
    status: 406,
    type: 'invalid_request_error',
    message: 'The answer cannot be given in a form that you accept.',
    description: 'The Accept headers of the request exclude every form that the resource has.',
    action: 'Widen the Accept headers, or leave them out.'
  },
  proxy_authentication_required: {
    status: 407,
    type: 'invalid_request_error',
    message: 'The proxy requires authentication.',
    description: 'A proxy between the caller and the API needs credentials.',
    action: 'Send the credentials for the proxy as the Proxy-Authenticate header describes.'
  },
  request_timeout: {
    status: 408,
    type: 'invalid_request_error',
    message: 'The request took too long to arrive.',
    description: 'The server closed the connection before the whole request had come in.',
    action: 'Send the request again, on a better connection or in smaller parts.',
    retry: 'backoff'
  },
  resource_already_exists: {
    status: 409,
    type: 'conflict_error',
    message: 'A resource with this identifier already exists.',
    description: 'A value that must be unique is taken by another resource.',
    action: 'Choose another value, or read the existing resource.',
    example: {
      issues: [{ in: 'body', field: 'email', pointer: '/email', code: 'unique', message: 'is already in use' }]
    }
  },
  resource_conflict: {
    status: 409,
    type: 'conflict_error',
    message: 'The request conflicts with the state of the resource.',
    description: 'The resource is in a state that does not allow the operation, or others depend on it.',
    action: 'Read the resource, and decide anew.'
  },
  concurrent_modification: {
    status: 409,
    type: 'conflict_error',
    message: 'Another request changed the resource at the same time.',
    description: 'Two requests wrote to the same resource, and this one lost.',
    action: 'Read the resource again, apply the change to what is there now, and send it.',
    retry: 'backoff'
  },
  idempotency_conflict: {
    status: 409,
    type: 'conflict_error',
    message: 'The idempotency key was used for another request.',
    description: 'A request with the same idempotency key and other content came before, or is still being handled.',
    action: 'Use a new idempotency key for a new request.'
  },
  resource_gone: {
    status: 410,
    type: 'not_found_error',
    message: 'The resource is gone for good.',
    description: 'The resource existed and was removed; it does not come back.',
    action: 'Remove what refers to it.'
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
    message: 'A precondition of the request does not hold.',
    description: 'The resource changed since the version that If-Match or If-Unmodified-Since names.',
    action: 'Read the resource again, and send the request with its new version.'
  },
  payload_too_large: {
    status: 413,
    type: 'invalid_request_error',
    message: 'The request body is too large.',
    description: 'The body is larger than the route takes.',
    action: 'Send less at once.'
  },
  uri_too_long: {
    status: 414,
    type: 'invalid_request_error',
    message: 'The address of the request is too long.',
    description: 'The address, or a parameter in it, is longer than the server reads.',
    action: 'Shorten the parameters, or send them in a body where the route takes one.'
  },
  unsupported_media_type: {
    status: 415,
    type: 'invalid_request_error',
    message: 'The body has a media type that is not supported.',
    description: 'The route does not read bodies of this Content-Type.',
    action: 'Send the body in one of the media types that the Accept header of the answer names.'
  },
  range_not_satisfiable: {
    status: 416,
    type: 'invalid_request_error',
    message: 'The requested range does not exist.',
    description: 'The Range header asks for bytes that the resource does not have.',
    action: 'Ask for a range within the length that Content-Range names.'
  },
  expectation_failed: {
    status: 417,
    type: 'invalid_request_error',
    message: 'The Expect header asks for something that the server does not do.',
    description: 'The request has an Expect header other than 100-continue.',
    action: 'Leave the Expect header out.'
  },
  im_a_teapot: {
    status: 418,
    type: 'invalid_request_error',
    message: 'The server refuses the request because it is a teapot.',
    description: 'The API sends this for a request that it will never handle (RFC 9110 reserves the status).',
    action: 'Do not send the request again.'
  },
  misdirected_request: {
    status: 421,
    type: 'invalid_request_error',
    message: 'This server does not answer for that host.',
    description: 'The connection was used for a host that it was not opened for.',
    action: 'Open a connection of its own for the host.',
    retry: 'backoff'
  },
  validation_error: {
    status: 422,
    type: 'validation_error',
    message: 'One or more fields are not valid.',
    description: 'The body could be parsed, and fields in it do not have the type, form or range that they are documented with.',
    action: 'Correct the fields that the answer lists.',
    example: {
      issues: [
        { in: 'body', field: 'email', pointer: '/email', code: 'email', message: 'must be an email address' },
        { in: 'body', field: 'name', pointer: '/name', code: 'min_length', message: 'must be at least 3 characters long' }
      ]
    }
  },
  missing_required_field: {
    status: 422,
    type: 'validation_error',
    message: 'A required field is missing.',
    description: 'The body lacks a field that must be there, and nothing else is wrong with it.',
    action: 'Add the fields that the answer lists.',
    example: {
      issues: [{ in: 'body', field: 'email', pointer: '/email', code: 'required', message: 'is required' }]
    }
  },
  resource_locked: {
    status: 423,
    type: 'conflict_error',
    message: 'The resource is locked.',
    description: 'Somebody else holds a lock on the resource.',
    action: 'Wait until the lock is released, then send the request again.',
    retry: 'backoff'
  },
  failed_dependency: {
    status: 424,
    type: 'conflict_error',
    message: 'A step that this one depends on has failed.',
    description: 'The operation was not tried, because one before it failed.',
    action: 'Correct the step that failed, then send both again.'
  },
  too_early: {
    status: 425,
    type: 'invalid_request_error',
    message: 'The request came too early to be safe.',
    description: 'The request came in early data of a TLS connection, where somebody could replay it.',
    action: 'Send the request again when the connection is established.',
    retry: 'backoff'
  },
  upgrade_required: {
    status: 426,
    type: 'invalid_request_error',
    message: 'The request needs another protocol.',
    description: 'The resource is served over a newer protocol only.',
    action: 'Switch to the protocol that the Upgrade header names.'
  },
  precondition_required: {
    status: 428,
    type: 'invalid_request_error',
    message: 'The request needs a precondition.',
    description: 'A change without If-Match could overwrite the change of somebody else.',
    action: 'Read the resource, and send its version as If-Match.'
  },
  rate_limit_exceeded: {
    status: 429,
    type: 'rate_limit_error',
    message: 'Too many requests. Wait before you send the next one.',
    description: 'The caller sent more requests than the limit allows in its window.',
    action: 'Wait for the seconds that Retry-After names, then go on more slowly.',
    meta: rateLimitMeta as RateLimitMeta,
    example: { meta: { policy: 'general', limit: 100, window: 60, retry_after: 30 }, retryAfter: 30 }
  },
  request_header_fields_too_large: {
    status: 431,
    type: 'invalid_request_error',
    message: 'The request headers are too large.',
    description: 'The headers of the request, often its cookies, are larger than the server reads.',
    action: 'Send fewer or shorter headers.'
  },
  unavailable_for_legal_reasons: {
    status: 451,
    type: 'permission_error',
    message: 'The resource is withheld for legal reasons.',
    description: 'A law or an order forbids to give the resource to the caller.',
    action: 'Contact support.'
  },
  internal_error: {
    status: 500,
    type: 'api_error',
    message: 'Something went wrong on our side.',
    description: 'The server failed in a way that it did not expect.',
    action: 'Send the request again after a short wait. If it keeps failing, contact support with the request id.'
  },
  not_implemented: {
    status: 501,
    type: 'api_error',
    message: 'This is not implemented.',
    description: 'The API knows the operation and does not offer it yet.',
    action: 'Do without it.',
    retry: 'never'
  },
  bad_gateway: {
    status: 502,
    type: 'api_error',
    message: 'A service that we depend on gave no valid answer.',
    description: 'An upstream service refused the connection, closed it, or answered with something unreadable.',
    action: 'Send the request again after a short wait.'
  },
  service_unavailable: {
    status: 503,
    type: 'api_error',
    message: 'The service is temporarily unavailable.',
    description: 'The server is overloaded, is being deployed or maintained, or lacks a part that it needs.',
    action: 'Wait for the seconds that Retry-After names, then send the request again; look at the status page.',
    example: { retryAfter: 10 }
  },
  gateway_timeout: {
    status: 504,
    type: 'api_error',
    message: 'A service that we depend on took too long to answer.',
    description: 'An upstream service did not answer in time. Whether it did its work is not known.',
    action: 'Send the request again after a short wait, with an idempotency key where the operation changes something.'
  },
  http_version_not_supported: {
    status: 505,
    type: 'api_error',
    message: 'The version of HTTP is not supported.',
    description: 'The server does not support the major version of HTTP that the request uses.',
    action: 'Use another version of HTTP.',
    retry: 'never'
  },
  variant_also_negotiates: {
    status: 506,
    type: 'api_error',
    message: 'The server is misconfigured and cannot choose a representation.',
    description: 'The chosen representation also negotiates, so the negotiation has no end.',
    action: 'Contact support.',
    retry: 'never'
  },
  insufficient_storage: {
    status: 507,
    type: 'api_error',
    message: 'There is no room to store this.',
    description: 'The server cannot store what the request asks it to.',
    action: 'Contact support.',
    retry: 'never'
  },
  loop_detected: {
    status: 508,
    type: 'api_error',
    message: 'The server found an infinite loop in the request.',
    description: 'The operation ended because a resource contains itself.',
    action: 'Contact support.',
    retry: 'never'
  },
  not_extended: {
    status: 510,
    type: 'api_error',
    message: 'The request needs an extension of HTTP.',
    description: 'The request lacks an extension that the resource requires.',
    action: 'Contact support.',
    retry: 'never'
  },
  network_authentication_required: {
    status: 511,
    type: 'api_error',
    message: 'The network requires authentication.',
    description: 'The network between the caller and the API requires a sign-in.',
    action: 'Sign in to the network, then send the request again.',
    retry: 'never'
  }
} as const

/** The standard catalog: the codes that public APIs have in common, with at least one for every error status. */
export const standardErrors: Catalog<typeof definitions> = defineErrors(definitions)

/** A code of {@link standardErrors}. */
export type StandardCode = keyof typeof definitions

/** The code for each status, for errors of which only the status is known. */
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
 * Returns the code for an error status. A status that HTTP does not register gets the code of the x00 of its class
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
