/** The functions that run for a request: hooks, and functions of plugins. */
import t from 'tap'
import { findingsOf } from './fixture-findings.js'

t.test('hooks and plugins of Fastify are followed', async t => {
  t.strictSame(findingsOf('hooks'), {
    'GET /hooks/auth-and': ['400 invalid_request certain via token', '401 invalid_token certain via token', '401 token_expired certain via token', '401 unauthorized certain via token', '403 insufficient_scope certain via scope'],
    'GET /hooks/auth-nested': ['403 insufficient_scope certain via scope'],
    'GET /hooks/auth-or': ['403 insufficient_scope certain via scope'],
    'GET /hooks/basic': ['401 invalid_credentials certain via validate', '401 unauthorized certain'],
    'GET /hooks/bearer': ['401 invalid_token certain', '401 unauthorized certain'],
    'GET /hooks/callback': ['403 forbidden certain via preHandler'],
    'GET /hooks/config-none': ['401 unauthorized certain'],
    'GET /hooks/config-open': [],
    'GET /hooks/config-optional': [],
    'GET /hooks/config-roles': ['401 unauthorized certain', '403 forbidden certain'],
    'POST /hooks/csrf': ['403 forbidden certain'],
    'GET /hooks/decorator': ['429 rate_limit_exceeded certain via check'],
    'GET /hooks/jwt': ['400 invalid_request certain via token', '401 invalid_token certain via token', '401 token_expired certain via token', '401 unauthorized certain via token'],
    'GET /hooks/jwt-callback': ['400 invalid_request certain via onRequest', '401 invalid_token certain via onRequest', '401 token_expired certain via onRequest', '401 unauthorized certain via onRequest'],
    'GET /hooks/jwt-twice': ['400 invalid_request certain via token', '401 invalid_token certain via token', '401 token_expired certain via token', '401 unauthorized certain via token'],
    'GET /hooks/jwt-twice-caught': ['401 null certain via onRequest'],
    'GET /hooks/jwt-twice-cookie': ['400 invalid_request certain via token', '401 invalid_token certain', '401 token_expired certain', '401 unauthorized certain'],
    'GET /hooks/jwt-twice-optional': ['400 invalid_request certain', '401 invalid_token certain', '401 token_expired certain', '401 unauthorized certain'],
    'GET /hooks/jwt-verify': ['401 invalid_token certain', '401 token_expired certain'],
    'POST /hooks/jwt-verify-body': ['401 invalid_token certain', '401 token_expired certain', '401 unauthorized certain'],
    'GET /hooks/list': ['403 ip_not_allowed certain'],
    'POST /hooks/multipart': ['413 payload_too_large possible', '415 unsupported_media_type possible'],
    'GET /hooks/on-request': ['401 unauthorized certain via onRequest'],
    'GET /hooks/on-send': ['406 not_acceptable certain via onSend'],
    'GET /hooks/plugin-options': ['402 payment_required certain via verify'],
    'GET /hooks/optional-allowed': ['403 forbidden certain'],
    'GET /hooks/optional-limits': ['429 rate_limit_exceeded certain'],
    'GET /hooks/optional-none': ['410 resource_gone certain'],
    'GET /hooks/pre-serialization': ['501 not_implemented certain via preSerialization'],
    'GET /hooks/request-decorator': ['403 forbidden certain'],
    'GET /hooks/scope': ['401 null certain', '403 device_mismatch certain'],
    'GET /hooks/scope-public': [],
    'GET /hooks/sends': ['403 null certain via onRequest']
  })
})
