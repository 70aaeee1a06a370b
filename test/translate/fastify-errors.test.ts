/** Errors of Fastify itself. */
import Fastify, { errorCodes, type FastifyInstance, type InjectOptions } from 'fastify'
import t from 'tap'
import apiErrors, { serverOptions, standardErrors } from 'fastify-api-errors'
import { fastifyErrors } from '../../lib/translate/fastify-errors.js'

/**
 * The errors of Fastify that a request cannot cause: bugs in the application, at startup or in a handler. They are
 * `internal_error`. If a later Fastify adds a code, the test below fails until the code is in one of the tables.
 */
const mistakes: readonly string[] = [
  'FST_ERR_OPTIONS_NOT_OBJ', 'FST_ERR_QSP_NOT_FN', 'FST_ERR_SCHEMA_CONTROLLER_BUCKET_OPT_NOT_FN', 'FST_ERR_SCHEMA_ERROR_FORMATTER_NOT_FN',
  'FST_ERR_AJV_CUSTOM_OPTIONS_OPT_NOT_OBJ', 'FST_ERR_AJV_CUSTOM_OPTIONS_OPT_NOT_ARR', 'FST_ERR_LISTEN_OPTIONS_INVALID',
  'FST_ERR_ERROR_HANDLER_NOT_FN', 'FST_ERR_ERROR_HANDLER_ALREADY_SET', 'FST_ERR_CTP_ALREADY_PRESENT', 'FST_ERR_CTP_INVALID_TYPE', 'FST_ERR_CTP_EMPTY_TYPE',
  'FST_ERR_CTP_INVALID_HANDLER', 'FST_ERR_CTP_INVALID_PARSE_TYPE', 'FST_ERR_CTP_INSTANCE_ALREADY_STARTED', 'FST_ERR_DEC_ALREADY_PRESENT',
  'FST_ERR_DEC_DEPENDENCY_INVALID_TYPE', 'FST_ERR_DEC_MISSING_DEPENDENCY', 'FST_ERR_DEC_AFTER_START', 'FST_ERR_DEC_REFERENCE_TYPE', 'FST_ERR_DEC_UNDECLARED',
  'FST_ERR_HOOK_INVALID_TYPE', 'FST_ERR_HOOK_INVALID_HANDLER', 'FST_ERR_HOOK_INVALID_ASYNC_HANDLER', 'FST_ERR_HOOK_NOT_SUPPORTED', 'FST_ERR_HOOK_TIMEOUT',
  'FST_ERR_MISSING_MIDDLEWARE', 'FST_ERR_LOG_INVALID_DESTINATION', 'FST_ERR_LOG_INVALID_LOGGER', 'FST_ERR_LOG_INVALID_LOGGER_INSTANCE',
  'FST_ERR_LOG_INVALID_LOGGER_CONFIG', 'FST_ERR_LOG_LOGGER_AND_LOGGER_INSTANCE_PROVIDED', 'FST_ERR_LOG_INVALID_LOG_CONTROLLER',
  'FST_ERR_REP_INVALID_PAYLOAD_TYPE', 'FST_ERR_REP_RESPONSE_BODY_CONSUMED', 'FST_ERR_REP_READABLE_STREAM_LOCKED', 'FST_ERR_REP_ALREADY_SENT',
  'FST_ERR_REP_SENT_VALUE', 'FST_ERR_SEND_INSIDE_ONERR', 'FST_ERR_SEND_UNDEFINED_ERR', 'FST_ERR_BAD_STATUS_CODE', 'FST_ERR_BAD_TRAILER_NAME',
  'FST_ERR_BAD_TRAILER_VALUE', 'FST_ERR_FAILED_ERROR_SERIALIZATION', 'FST_ERR_MISSING_SERIALIZATION_FN', 'FST_ERR_MISSING_CONTENTTYPE_SERIALIZATION_FN',
  'FST_ERR_REQ_INVALID_VALIDATION_INVOCATION', 'FST_ERR_SCH_MISSING_ID', 'FST_ERR_SCH_ALREADY_PRESENT', 'FST_ERR_SCH_CONTENT_MISSING_SCHEMA',
  'FST_ERR_SCH_DUPLICATE', 'FST_ERR_SCH_VALIDATION_BUILD', 'FST_ERR_SCH_SERIALIZATION_BUILD', 'FST_ERR_SCH_RESPONSE_SCHEMA_NOT_NESTED_2XX',
  'FST_ERR_INIT_OPTS_INVALID', 'FST_ERR_FORCE_CLOSE_CONNECTIONS_IDLE_NOT_AVAILABLE', 'FST_ERR_DUPLICATED_ROUTE', 'FST_ERR_ASYNC_CONSTRAINT',
  'FST_ERR_INVALID_URL', 'FST_ERR_ROUTE_OPTIONS_NOT_OBJ', 'FST_ERR_ROUTE_DUPLICATED_HANDLER', 'FST_ERR_ROUTE_HANDLER_NOT_FN',
  'FST_ERR_ROUTE_MISSING_HANDLER', 'FST_ERR_ROUTE_METHOD_INVALID', 'FST_ERR_ROUTE_METHOD_NOT_SUPPORTED', 'FST_ERR_ROUTE_LOG_LEVEL_INVALID',
  'FST_ERR_ROUTE_BODY_VALIDATION_SCHEMA_NOT_SUPPORTED', 'FST_ERR_ROUTE_BODY_LIMIT_OPTION_NOT_INT', 'FST_ERR_ROUTE_HANDLER_TIMEOUT_OPTION_NOT_INT',
  'FST_ERR_ROUTE_REWRITE_NOT_STR', 'FST_ERR_REOPENED_CLOSE_SERVER', 'FST_ERR_REOPENED_SERVER', 'FST_ERR_INSTANCE_ALREADY_LISTENING',
  'FST_ERR_PLUGIN_VERSION_MISMATCH', 'FST_ERR_PLUGIN_NOT_PRESENT_IN_INSTANCE', 'FST_ERR_PLUGIN_INVALID_ASYNC_HANDLER', 'FST_ERR_PLUGIN_DEPENDENCY_NOT_REGISTERED',
  'FST_ERR_PLUGIN_CALLBACK_NOT_FN', 'FST_ERR_PLUGIN_NOT_VALID', 'FST_ERR_ROOT_PLG_BOOTED', 'FST_ERR_PARENT_PLUGIN_BOOTED', 'FST_ERR_PLUGIN_TIMEOUT'
]

/** The validation translator reads these. */
const validation = ['FST_ERR_VALIDATION']

t.test('every code of Fastify is in the table or indicates a bug in the application', async t => {
  t.strictSame([...Object.keys(fastifyErrors), ...mistakes, ...validation].sort(), Object.keys(errorCodes).sort())
})

async function createApi (): Promise<FastifyInstance> {
  const app = Fastify({ ...serverOptions({ bodyLimit: 20, routerOptions: { maxParamLength: 10 } }), genReqId: () => 'req_1' }) as FastifyInstance
  await app.register(apiErrors, { log: false })
  app.post('/', () => 'fine')
  app.route({ method: 'QUERY', url: '/', handler: () => 'fine' })
  app.get('/:id', () => 'fine')
  app.get('/slow', { handlerTimeout: 10 }, () => new Promise(() => {}))
  app.get('/gone', (_request, reply) => { reply.callNotFound() })
  app.get('/throw', ({ headers }) => { throw new errorCodes[headers['x-throw'] as keyof typeof errorCodes]('S3cr3t') })
  return app
}

const json = { 'content-type': 'application/json' }

t.test('each error that a request can cause has its status, code and message', async t => {
  const app = await createApi()
  const wrong: ReadonlyArray<readonly [code: string, request: InjectOptions, status: number, body: object]> = [
    ['FST_ERR_CTP_BODY_TOO_LARGE', { method: 'POST', url: '/', headers: json, payload: '{"a":"S3cr3t, and much more"}' }, 413,
      { code: 'payload_too_large', message: 'The request body is too large.' }],
    ['FST_ERR_CTP_INVALID_MEDIA_TYPE', { method: 'POST', url: '/', headers: { 'content-type': 'text/S3cr3t' }, payload: 'S3cr3t' }, 415,
      { code: 'unsupported_media_type', message: 'The media type of the body is not supported.' }],
    ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', { method: 'POST', url: '/', headers: { ...json, 'content-length': '10' }, payload: '{}' }, 400,
      { code: 'invalid_request', message: 'The length of the body does not match Content-Length.' }],
    ['FST_ERR_CTP_EMPTY_JSON_BODY', { method: 'POST', url: '/', headers: { ...json, 'content-length': '0' }, payload: '' }, 400,
      { code: 'invalid_request', message: 'The body is empty, but its Content-Type is application/json.' }],
    ['FST_ERR_CTP_INVALID_JSON_BODY', { method: 'POST', url: '/', headers: json, payload: '{ S3cr3t' }, 400,
      { code: 'invalid_request', message: 'The body is not valid JSON.' }],
    ['FST_ERR_CTP_INVALID_JSON_BODY', { method: 'POST', url: '/', headers: json, payload: '{"__proto__":1}' }, 400,
      { code: 'invalid_request', message: 'The body is not valid JSON.' }],
    ['FST_ERR_BAD_URL', { url: '/%S3cr3t' }, 400,
      { code: 'invalid_request', message: 'The request URL is invalid.' }],
    ['FST_ERR_MAX_PARAM_LENGTH', { url: '/S3cr3t-and-more' }, 414,
      { code: 'uri_too_long', message: 'A path parameter is too long.' }],
    ['FST_ERR_ROUTE_MISSING_CONTENT_TYPE', { method: 'QUERY' as 'GET', url: '/', payload: 'S3cr3t' }, 400,
      { code: 'invalid_request', message: 'The request has no Content-Type.' }],
    ['FST_ERR_HANDLER_TIMEOUT', { url: '/slow' }, 503,
      { code: 'service_unavailable', message: 'The service is temporarily unavailable.' }]
  ]
  for (const [code, request, status, body] of wrong) {
    t.ok(Object.hasOwn(fastifyErrors, code), code)
    const response = await app.inject(request)
    t.equal(response.statusCode, status, code)
    t.strictSame(response.json(), { ...body, request_id: 'req_1' }, code)
  }
})

t.test('an error of the table is translated, whatever code throws it', async t => {
  const app = await createApi()
  for (const [name, { code, message }] of Object.entries(fastifyErrors)) {
    const response = await app.inject({ url: '/throw', headers: { 'x-throw': name } })
    const { status, message: otherwise } = standardErrors[code]
    t.equal(response.statusCode, status, name)
    t.strictSame(response.json(), { code, message: message ?? otherwise, request_id: 'req_1' }, name)
  }
})

t.test('a bug in the application is internal_error, whatever status Fastify gives it', async t => {
  const app = await createApi()
  for (const name of [...mistakes, ...validation]) {
    const response = await app.inject({ url: '/throw', headers: { 'x-throw': name } })
    t.equal(response.statusCode, 500, name)
    t.strictSame(response.json(), { code: 'internal_error', message: 'Something went wrong on our side.', request_id: 'req_1' }, name)
  }
})

t.test('reply.callNotFound() of a route results in 404', async t => {
  const response = await (await createApi()).inject('/gone')
  t.equal(response.statusCode, 404)
  t.strictSame(response.json(), { code: 'route_not_found', message: 'This endpoint does not exist.', request_id: 'req_1' })
})
