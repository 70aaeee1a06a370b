/** The error codes of HTTP clients, and the response to each. The translator of upstreams uses this table. */
import type { StandardCode } from '../../catalog/standard-errors.js'

/**
 * The result of a failed call to another service. `aborted` is `gateway_timeout`, or no response if the client
 * disconnected.
 */
export type UpstreamFailure =
  | Extract<StandardCode, 'bad_gateway' | 'service_unavailable' | 'gateway_timeout'>
  | 'aborted'

/** The failures of one source, by code, name and code prefix. */
export interface UpstreamSource {
  readonly codes: Readonly<Record<string, UpstreamFailure>>
  /** By `name`, for errors without a specific code. */
  readonly names?: Readonly<Record<string, UpstreamFailure>>
  /** By the prefix of the code, for libraries that generate codes from other libraries' messages. */
  readonly prefixes?: Readonly<Record<string, UpstreamFailure>>
}

/** The codes of Node.js for sockets. */
export const socketCodes: Readonly<Record<string, UpstreamFailure>> = {
  ECONNREFUSED: 'bad_gateway',
  ECONNRESET: 'bad_gateway',
  EPIPE: 'bad_gateway',
  EHOSTDOWN: 'bad_gateway',
  EHOSTUNREACH: 'bad_gateway',
  ENETDOWN: 'bad_gateway',
  ENETUNREACH: 'bad_gateway',
  ETIMEDOUT: 'gateway_timeout'
}

/** The errors of calls to other services, by source. An error with another code is not an upstream error. */
export const upstreamSources: Readonly<Record<string, UpstreamSource>> = {
  'Node.js, sockets': { codes: socketCodes },
  'Node.js, DNS': {
    codes: {
      ENOTFOUND: 'bad_gateway',
      ENODATA: 'bad_gateway',
      EREFUSED: 'bad_gateway',
      EBADRESP: 'bad_gateway',
      EAI_FAIL: 'bad_gateway',
      EAI_NODATA: 'bad_gateway',
      EAI_NONAME: 'bad_gateway',
      EAI_AGAIN: 'service_unavailable',
      ESERVFAIL: 'service_unavailable',
      ETIMEOUT: 'service_unavailable'
    }
  },
  'Node.js, TLS': {
    codes: {
      EPROTO: 'bad_gateway',
      ERR_TLS_CERT_ALTNAME_INVALID: 'bad_gateway',
      CERT_CHAIN_TOO_LONG: 'bad_gateway',
      CERT_HAS_EXPIRED: 'bad_gateway',
      CERT_NOT_YET_VALID: 'bad_gateway',
      CERT_REJECTED: 'bad_gateway',
      CERT_REVOKED: 'bad_gateway',
      CERT_SIGNATURE_FAILURE: 'bad_gateway',
      CERT_UNTRUSTED: 'bad_gateway',
      DEPTH_ZERO_SELF_SIGNED_CERT: 'bad_gateway',
      HOSTNAME_MISMATCH: 'bad_gateway',
      INVALID_CA: 'bad_gateway',
      INVALID_PURPOSE: 'bad_gateway',
      PATH_LENGTH_EXCEEDED: 'bad_gateway',
      SELF_SIGNED_CERT_IN_CHAIN: 'bad_gateway',
      UNABLE_TO_GET_ISSUER_CERT: 'bad_gateway',
      UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'bad_gateway',
      UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'bad_gateway'
    },
    prefixes: { ERR_SSL_: 'bad_gateway' }
  },
  'Node.js, HTTP': {
    codes: {
      ERR_STREAM_PREMATURE_CLOSE: 'bad_gateway',
      ERR_HTTP2_GOAWAY_SESSION: 'bad_gateway',
      ERR_HTTP2_INVALID_SESSION: 'bad_gateway',
      ERR_HTTP2_SESSION_ERROR: 'bad_gateway',
      ERR_HTTP2_STREAM_CANCEL: 'bad_gateway',
      ERR_HTTP2_STREAM_ERROR: 'bad_gateway'
    },
    prefixes: { HPE_: 'bad_gateway' }
  },
  'AbortController and AbortSignal': {
    codes: { ABORT_ERR: 'aborted' },
    names: { AbortError: 'aborted', TimeoutError: 'gateway_timeout' }
  },
  undici: {
    codes: {
      UND_ERR_ABORT: 'aborted',
      UND_ERR_ABORTED: 'aborted',
      UND_ERR_CONNECT_TIMEOUT: 'gateway_timeout',
      UND_ERR_HEADERS_TIMEOUT: 'gateway_timeout',
      UND_ERR_BODY_TIMEOUT: 'gateway_timeout',
      UND_ERR_SOCKET: 'bad_gateway',
      UND_ERR_HEADERS_OVERFLOW: 'bad_gateway',
      UND_ERR_INFO: 'bad_gateway',
      UND_ERR_PRX_TLS: 'bad_gateway',
      UND_ERR_REQ_RETRY: 'bad_gateway',
      UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'bad_gateway',
      UND_ERR_RES_EXCEEDED_MAX_SIZE: 'bad_gateway',
      UND_ERR_RESPONSE: 'bad_gateway',
      UND_ERR_BPL_MISSING_UPSTREAM: 'service_unavailable',
      UND_ERR_CLOSED: 'service_unavailable',
      UND_ERR_DESTROYED: 'service_unavailable'
    },
    names: { HTTPParserError: 'bad_gateway' },
    prefixes: { UND_ERR_SOCKS5: 'bad_gateway' }
  },
  axios: {
    codes: {
      ECONNABORTED: 'gateway_timeout',
      ERR_BAD_RESPONSE: 'bad_gateway',
      ERR_CANCELED: 'aborted',
      ERR_FR_TOO_MANY_REDIRECTS: 'bad_gateway',
      ERR_NETWORK: 'bad_gateway'
    }
  },
  got: {
    codes: {
      ERR_ABORTED: 'aborted',
      ERR_BODY_PARSE_FAILURE: 'bad_gateway',
      ERR_NON_2XX_3XX_RESPONSE: 'bad_gateway',
      ERR_READING_RESPONSE_STREAM: 'bad_gateway',
      ERR_TOO_MANY_REDIRECTS: 'bad_gateway'
    }
  },
  openai: {
    codes: {},
    names: { APIConnectionTimeoutError: 'gateway_timeout' }
  },
  Airtable: {
    codes: {},
    names: { AirtableError: 'bad_gateway' }
  },
  Postmark: {
    codes: {},
    names: { PostmarkError: 'bad_gateway' }
  },
  '@slack/web-api': {
    codes: {},
    prefixes: { slack_webapi_: 'bad_gateway' }
  },
  '@fastify/reply-from': {
    codes: {
      FST_REPLY_FROM_TIMEOUT: 'gateway_timeout',
      FST_REPLY_FROM_HTTP_REQUEST_TIMEOUT: 'gateway_timeout',
      FST_REPLY_FROM_HTTP2_REQUEST_TIMEOUT: 'gateway_timeout',
      FST_REPLY_FROM_HTTP2_SESSION_TIMEOUT: 'gateway_timeout',
      FST_REPLY_FROM_GATEWAY_TIMEOUT: 'gateway_timeout',
      FST_REPLY_FROM_SERVICE_UNAVAILABLE: 'service_unavailable',
      FST_REPLY_FROM_BAD_GATEWAY: 'bad_gateway',
      FST_REPLY_FROM_INTERNAL_SERVER_ERROR: 'bad_gateway'
    }
  }
}

/**
 * The messages of the TypeErrors that `fetch` throws without a code: for a failed connection, and for a response that
 * ended too early.
 */
export const fetchMessages: readonly string[] = ['fetch failed', 'terminated']
