/** Errors of API clients, recognized by signs of an HTTP exchange. */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import fastifyError from '@fastify/error'
import fc from 'fast-check'
import createError from 'http-errors'
import t from 'tap'
import { Headers as UndiciHeaders } from 'undici'
import { createError as createRecorded } from '../../upstream-clients/shapes.js'
import { createApp, createThrower } from '../../../helpers/http.js'
import recordedClients from './recorded-clients.json' with { type: 'json' }

const secret = 'key sk-S3cr3t of arn:aws:iam::123456789012:user/api'
const fail = (properties: object): Error => Object.assign(new Error(secret), properties)
const origin = 'http://10.0.0.7:5984'

/** Errors of older versions, and of clients that cannot be recorded. They are written by hand, and the versions are approximate. */
const clients: Readonly<Record<string, (status: number) => unknown>> = {
  'aws-sdk 2.1693': status => fail({ name: 'AccessDenied', code: 'AccessDenied', region: null, time: new Date(), requestId: undefined, extendedRequestId: undefined, cfId: undefined, statusCode: status, retryable: false, retryDelay: 43.1 }),
  '@aws-sdk/client-s3 3': status => fail({ name: 'AccessDenied', $fault: 'client', $metadata: { httpStatusCode: status, requestId: 'x', attempts: 1 }, statusCode: status }),
  'twilio 5': status => fail({ status, code: 20404, moreInfo: 'https://www.twilio.com/docs/errors/20404', details: undefined }),
  'nano 10': status => fail({ scope: 'couch', statusCode: status, request: { method: 'get', uri: `${origin}/x` }, headers: { uri: `${origin}/x`, statusCode: status }, errid: 'non_200' }),
  'openai 6, another fetch': status => fail({ status, headers: new UndiciHeaders({ 'content-type': 'application/json' }), requestID: null, error: {}, code: 'invalid_api_key' }),
  'openai 6, without a known header': status => fail({ status, headers: new UndiciHeaders(), requestID: null, error: {} }),
  'algoliasearch 4': status => fail({ name: 'ApiError', status, transporterStackTrace: [{ request: { method: 'POST', headers: {}, url: `${origin}/x` }, response: { status }, host: {} }] }),
  'algoliasearch 5': status => fail({ name: 'ApiError', status, stackTrace: [{ request: { method: 'POST', headers: {}, url: `${origin}/x` }, response: { status } }] }),
  'discord.js 14': status => fail({ requestBody: { json: undefined }, rawError: { message: secret, code: 10003 }, code: 10003, status, method: 'GET', url: `${origin}/x` }),
  'mailgun.js 12': status => fail({ status, details: secret, type: 'MailgunAPIError' }),
  '@supabase/auth-js 2': status => fail({ __isAuthError: true, name: 'AuthApiError', status, code: 'invalid_credentials' }),
  '@supabase/storage-js 2': status => fail({ __isStorageError: true, name: 'StorageApiError', status, statusCode: String(status) }),
  '@octokit/request 9': status => fail({ name: 'HttpError', status, request: { method: 'GET', url: `${origin}/x`, headers: {} }, response: { status, url: `${origin}/x`, headers: {}, data: {} } }),
  '@elastic/elasticsearch 8': status => fail({ name: 'ResponseError', statusCode: status, meta: { statusCode: status, headers: {}, body: {}, meta: {} } }),
  '@azure/core-rest-pipeline 1': status => fail({ name: 'RestError', statusCode: status, request: { url: `${origin}/x`, method: 'GET' }, response: { status, headers: {} } }),
  'gaxios 6': status => fail({ status, code: String(status), config: { url: new URL(origin), method: 'GET' }, response: { status, headers: {}, config: {} } }),
  'superagent 10': status => fail({ status, response: { status, headers: {}, req: {} } }),
  'ofetch 1': status => fail({ name: 'FetchError', statusCode: status, request: `${origin}/x`, options: { method: 'GET', headers: {} } }),
  'request-promise 4': status => fail({ name: 'StatusCodeError', statusCode: status, options: { uri: `${origin}/x`, method: 'GET' }, response: { statusCode: status, headers: {} } }),
  '@notionhq/client 2': status => fail({ name: 'APIResponseError', code: 'unauthorized', status, headers: new Headers({ date: 'x' }), body: secret }),
  'stripe 19': status => fail({ type: 'StripeAuthenticationError', raw: {}, headers: {}, requestId: 'req_x', statusCode: status }),
  '@hubspot/api-client 11': status => fail({ code: status, statusCode: status, body: {}, headers: { 'Content-Type': 'application/json' } }),
  'headers as pairs': status => fail({ status, headers: [['Server', 'x'], ['X-A', 'y']] }),
  'headers as a flat list, as in undici': status => fail({ status, headers: ['content-length', '5'] }),
  'a response that is a stream': status => fail({ status, res: { statusCode: status, pipe () {} } }),
  'superagent 10, an invalid body': status => fail({ status, rawResponse: secret }),
  'superagent 10, with its names': status => fail({ status, response: { status, text: secret, header: {} } }),
  'axios 1, copied as JSON': status => fail({ name: 'AxiosError', isAxiosError: true, status, config: {} }),
  'stripe 19, without its response': status => fail({ type: 'StripeInvalidRequestError', rawType: 'invalid_request_error', statusCode: status }),
  'openapi-typescript-codegen': status => fail({ name: 'ApiError', url: `${origin}/x`, status, statusText: 'Not Found', body: {} }),
  'a client made with fetch': status => fail({ status, url: `${origin}/x`, body: secret }),
  'Stainless, without headers': status => Object.assign(new Error(`${status} ${secret}`), { status, error: {}, request_id: null }),
  'Fern, without headers': status => Object.assign(new Error(`Status code: ${status}\nBody: ${secret}`), { statusCode: status, body: {} }),
  'docker-modem 5': status => Object.assign(new Error(`(HTTP code ${status}) no such container - ${secret}`), { statusCode: status, reason: secret, json: {} }),
  'gRPC behind a gateway': status => fail({ code: 5, details: secret, metadata: {}, status }),
  '@clerk/backend 2': status => fail({ clerkError: true, status, errors: [] }),
  'linear 60': status => fail({ type: 'InvalidInput', raw: {}, variables: {}, status }),
  'botbuilder 4': status => fail({ name: 'RestError', statusCode: status, body: {} }),
  'aws-sdk 2, without an extended id': status => fail({ statusCode: status, requestId: 'x', time: new Date(), retryable: false }),
  'consul 2': status => fail({ statusCode: status, response: { statusCode: status, body: secret } }),
  'an error with the status and the message of its cause': status => Object.assign(new Error(`Lookup failed: ${secret}`, { cause: fail({ response: { status } }) }), { statusCode: status }),
  'an error with the status and the message of a client': status => Object.assign(new Error(secret, { cause: fail({ status, $fault: 'client' }) }), { statusCode: status }),
  '@huggingface/inference 4, with a status': status => fail({ status, httpRequest: { url: `${origin}/x`, method: 'POST' }, httpResponse: { requestId: 'x', status, body: {} } }),
  '@huggingface/inference 4, without its request': status => fail({ status, httpResponse: { requestId: 'x', status, body: {} } }),
  'razorpay 2': status => ({ statusCode: status, error: { code: 'BAD_REQUEST_ERROR', description: secret } }),
  'razorpay 2, without a JSON body': status => ({ statusCode: status, error: undefined }),
  '@hapi/wreck 18': status => fail({ isBoom: true, output: { statusCode: status, payload: {}, headers: {} }, data: { isResponseError: true, headers: {} } })
}

t.test('an error of an API client results in 502, and the response contains nothing of the service', async t => {
  const send = await createThrower({ log: false })
  for (const [name, create] of Object.entries(clients)) {
    for (const status of [401, 403, 404, 429]) {
      const { status: sent, body } = await send({ error: create(status) })
      t.strictSame([sent, JSON.stringify(body).includes('S3cr3t')], [502, false], `${name}: ${status}`)
    }
  }
})

/** Errors without a status, which look like any other error of the application. */
t.test('a mark of a client is enough, even without a status', async t => {
  const send = await createThrower({ log: false })
  for (const properties of [{ $metadata: { attempts: 3 } }, { isAxiosError: true }]) {
    const { status, body } = await send({ error: fail(properties) })
    t.strictSame([status, JSON.stringify(body).includes('S3cr3t')], [502, false], JSON.stringify(properties))
  }
})

const withoutStatus = ['@discordjs/rest: 429', '@supabase/supabase-js, database', '@supabase/supabase-js, functions', 'contentful']

t.test('the response to a recorded error of an API client contains nothing of the service', async t => {
  const send = await createThrower({ log: false })
  t.equal(recordedClients.length, 33)
  for (const { client, version, errors } of recordedClients) {
    for (const [status, error] of Object.entries(errors)) {
      const { status: sent, body } = await send({ error: createRecorded(error) })
      const expected = withoutStatus.includes(client) || withoutStatus.includes(`${client}: ${status}`) ? 500 : 502
      t.strictSame([sent, JSON.stringify(body).includes('S3cr3t')], [expected, false], `${client} ${version}: ${status}`)
    }
  }
})

class AppError extends Error {
  readonly statusCode: number
  constructor (message: string, statusCode: number, properties: object = {}) {
    super(message)
    this.statusCode = statusCode
    Object.assign(this, properties)
  }
}

const NotBuilt = fastifyError('FST_NOT_BUILT', 'not yet', 501)
const Teapot = fastifyError('APP_TAKEN', 'Ask Ada.', 409)

/** Errors that applications throw on purpose. */
const thrown: ReadonlyArray<readonly [what: string, error: unknown, status: number, message?: string]> = [
  ['http-errors', createError(404, 'Ask Ada.'), 404, 'Ask Ada.'],
  ['http-errors with headers', createError(404, 'Ask Ada.', { headers: { 'retry-after': '5' } }), 404, 'Ask Ada.'],
  ['http-errors with a URL and a request', createError(404, 'Ask Ada.', { url: `${origin}/x`, request: { method: 'GET', url: '/x' } }), 404, 'Ask Ada.'],
  ['@fastify/error', new Teapot(), 409, 'Ask Ada.'],
  ['Boom', { isBoom: true, isServer: false, data: null, message: 'Ask Ada.', output: { statusCode: 404, payload: { statusCode: 404, error: 'Not Found', message: 'Ask Ada.' }, headers: {} } }, 404, 'Ask Ada.'],
  ['httpStatusCode', Object.assign(new Error('Ask Ada.'), { httpStatusCode: 403 }), 403, 'Ask Ada.'],
  ['Nest', Object.assign(new Error('Ask Ada.'), { name: 'NotFoundException', status: 404, options: {}, response: { message: 'Ask Ada.', error: 'Not Found', statusCode: 404 } }), 404, 'Ask Ada.'],
  ['Nest without a message', Object.assign(new Error('Not Found Exception'), { name: 'NotFoundException', status: 404, response: {} }), 404],
  ['details', new AppError('Ask Ada.', 409, { details: { id: 7 } }), 409, 'Ask Ada.'],
  ['errors', new AppError('Ask Ada.', 422, { errors: [{ field: 'a', message: 'no' }] }), 422, 'Ask Ada.'],
  ['headers of the application', new AppError('Ask Ada.', 403, { headers: { 'Retry-After': '5', 'X-Reason': 'x' } }), 403, 'Ask Ada.'],
  ['headers whose has() fails', new AppError('Ask Ada.', 403, { headers: { has () { throw new Error('no') } } }), 403, 'Ask Ada.'],
  ['headers in a Map', new AppError('Ask Ada.', 403, { headers: new Map([['retry-after', '5']]) }), 403, 'Ask Ada.'],
  ['body, code, type and options', new AppError('Ask Ada.', 400, { body: { a: 1 }, code: 'NO_SUCH_THING', type: 'not_found', options: { cause: null }, name: 'ApiError' }), 400, 'Ask Ada.'],
  ['a status text', Object.assign(new Error('404 Not Found'), { status: 404, statusText: 'Not Found' }), 404, '404 Not Found'],
  ['another number in the message', new AppError('Code 500 is taken.', 409, { body: {} }), 409, 'Code 500 is taken.'],
  ['the status of its cause, with its own message', new AppError('Ask Ada.', 404, { cause: fail({ response: { status: 404 } }) }), 404, 'Ask Ada.'],
  ['another status than its cause', new AppError(secret, 409, { cause: fail({ response: { status: 404 } }) }), 409, secret],
  ['a cause that is not an upstream error', new AppError('Ask Ada.', 404, { cause: new AppError('Ask Ada.', 404) }), 404, 'Ask Ada.'],
  ['a cause without a message', new AppError('Ask Ada.', 404, { cause: new Error('') }), 404, 'Ask Ada.'],
  ['a code, details and metadata', new AppError('Ask Ada.', 409, { code: 1, details: {}, metadata: {} }), 409, 'Ask Ada.'],
  ['httpStatus', Object.assign(new Error('Ask Ada.'), { httpStatus: 403 }), 403, 'Ask Ada.'],
  ['a plain object with httpStatus', { httpStatus: 404, code: 'NOT_FOUND', message: 'Ask Ada.', params: { id: 7 } }, 404, 'Ask Ada.'],
  ['a plain object', { statusCode: 404, name: 'not_found', message: 'Ask Ada.' }, 404, 'Ask Ada.'],
  ['a plain object with an error', { statusCode: 404, message: 'Ask Ada.', error: { code: 1 } }, 404, 'Ask Ada.'],
  ['a plain object whose error has a message', { statusCode: 404, error: { code: 1, message: 'Ask Ada.' } }, 404],
  ['a plain object with a reason phrase', { statusCode: 404, error: 'Not Found' }, 404],
  ['a path as url', new AppError('Ask Ada.', 404, { url: '/users/7' }), 404, 'Ask Ada.']
]

t.test('an error that an application throws on purpose keeps its status and message', async t => {
  const send = await createThrower({ log: false })
  for (const [what, error, status, message] of thrown) {
    const { status: sent, body } = await send({ error })
    t.equal(sent, status, what)
    if (message !== undefined) t.equal((body as { message: string }).message, message, what)
    else t.notMatch(body, { message: 'Not Found Exception' })
  }
  t.equal((await send({ error: new NotBuilt() })).status, 501)
  for (const status of [501, 502, 503, 504]) {
    const { status: sent, body } = await send({ error: new (fastifyError('APP_DOWN', secret, status))() })
    t.strictSame([sent, JSON.stringify(body).includes('S3cr3t')], [status, false])
  }
})

t.test('an error with the reply, or with the response of Node, keeps its status and message', async t => {
  const app = await createApp({ log: false })
  const name = ['response', 'res', 'reply'] as const
  for (const property of name) {
    app.get(`/${property}`, async (_request, reply) => { throw new AppError('Ask Ada.', 409, { [property]: reply }) })
    app.get(`/${property}/raw`, async (_request, reply) => { throw new AppError('Ask Ada.', 409, { [property]: reply.raw }) })
  }
  for (const property of name) {
    for (const url of [`/${property}`, `/${property}/raw`]) {
      const response = await app.inject(url)
      t.strictSame([response.statusCode, (response.json() as { message: string }).message], [409, 'Ask Ada.'], url)
    }
  }
})

/** Properties that applications set on their own errors, with typical values. */
const ownProperties = {
  requestId: fc.string(),
  request_id: fc.string(),
  correlationId: fc.uuid(),
  details: fc.anything(),
  body: fc.anything(),
  url: fc.webPath().map(path => `/${path}`),
  path: fc.webPath(),
  method: fc.constantFrom('GET', 'POST'),
  data: fc.anything(),
  errors: fc.array(fc.record({ field: fc.string(), message: fc.string() })),
  headers: fc.dictionary(fc.constantFrom('Retry-After', 'WWW-Authenticate', 'Cache-Control', 'X-Reason'), fc.string()),
  config: fc.dictionary(fc.constantFrom('limit', 'method', 'path', 'url'), fc.constantFrom('/a', 'b')),
  options: fc.dictionary(fc.constantFrom('cause', 'description', 'method', 'path'), fc.string()),
  code: fc.oneof(fc.constantFrom('ORDER_CLOSED', 'not_found'), fc.integer({ min: 0, max: 999 })),
  response: fc.oneof(fc.string(), fc.record({ message: fc.string(), error: fc.string(), statusCode: fc.constant(404) })),
  request: fc.record({ method: fc.constant('GET'), url: fc.constant('/users/7'), headers: fc.constant({ host: 'x' }) }),
  isOperational: fc.boolean(),
  name: fc.constantFrom('ApiError', 'ShopApiError', 'NotFoundError'),
  retryable: fc.boolean(),
  timestamp: fc.date({ noInvalidDate: true }).map(date => date.toISOString())
}

t.test('an error keeps its status and message with any of the properties that applications add', async t => {
  const send = await createThrower({ log: false })
  await fc.assert(fc.asyncProperty(fc.record(ownProperties, { requiredKeys: [] }), fc.constantFrom(400, 401, 403, 404, 409, 422), async (properties, status) => {
    const { status: sent, body } = await send({ error: new AppError('Ask Ada.', status, properties) })
    t.strictSame([sent, (body as { message: string }).message], [status, 'Ask Ada.'], { properties })
  }), { numRuns: 50 })
})

/** Signs that an application may set for its own purpose, and that an API client sets together with others. */
const weak: ReadonlyArray<readonly [what: string, properties: object]> = [
  ['the id of a request', { requestId: 'req_1' }],
  ['a link', { moreInfo: `${origin}/errors/7` }],
  ['a raw error', { rawError: {} }],
  ['the JSON of a response', { json: {} }],
  ['the variables of a query', { variables: {} }],
  ['the text of a status', { statusText: 'Not Found' }],
  ['a time and whether it can be repeated', { time: new Date(), retryable: true }],
  ['a body', { requestBody: {} }],
  ['a delay', { retryDelay: 5 }],
  ['an absolute URL', { url: `${origin}/x` }],
  ['the name of a class', { constructor: class RestException {} }],
  ['headers of fetch', { headers: new Headers({ 'retry-after': '5' }) }],
  ['a custom code', { code: 20404 }]
]

t.test('with one weak sign, the status is kept; with any two, the error is an upstream error', async t => {
  const send = await createThrower({ log: false })
  for (const [what, properties] of weak) {
    t.equal((await send({ error: new AppError('Ask Ada.', 404, properties) })).status, 404, what)
    for (const [other, more] of weak) {
      if (other !== what) t.equal((await send({ error: new AppError(secret, 404, { ...properties, ...more }) })).status, 502, `${what} and ${other}`)
    }
  }
})

t.test('a message with the status is a weak sign, wherever the status is in it', async t => {
  const send = await createThrower({ log: false })
  for (const message of ['404', '404 No such model', 'Request failed: Not Found (404)', 'HTTP 404', `GET /x responded with 404: ${secret}`]) {
    t.equal((await send({ error: new AppError(message, 404) })).status, 404, message)
    t.equal((await send({ error: new AppError(message, 404, { body: {} }) })).status, 502, message)
  }
  for (const message of ['Order 4040', 'a404', '403', 'Ask Ada.']) t.equal((await send({ error: new AppError(message, 404, { body: {} }) })).status, 404, message)
})

t.test('one weak sign is enough if a package created the error', async t => {
  const folder = t.testdir({
    node_modules: {
      client: {
        'index.cjs': `
          class NotFoundException extends Error {
            constructor (properties) { super(); Object.assign(this, { status: 404, message: ${JSON.stringify(secret)} }, properties) }
          }
          const call = properties => { throw new NotFoundException(properties) }
          module.exports = { NotFoundException, call }`
      }
    }
  })
  type Fail = (properties: object) => unknown
  const { NotFoundException, call } = createRequire(import.meta.url)(join(folder, 'node_modules/client/index.cjs')) as { NotFoundException: new (properties: object) => Error, call: Fail }
  const send = await createThrower({ log: false })
  const catchError = (properties: object): unknown => {
    try {
      return call(properties)
    } catch (error) {
      return error
    }
  }
  for (const properties of [{ requestID: '' }, { rawData: {} }, { reason: secret }, { error_description: secret }, { url: origin }, { correlationId: '' }, { amzRequestid: null }, { errors: [{ field: 'x' }] }, { data: undefined }, { httpMethod: 'post' }, { links: {} }, { _links: {} }]) {
    const name = Object.keys(properties).join()
    const { status, body } = await send({ error: catchError(properties) })
    t.strictSame([status, JSON.stringify(body).includes('S3cr3t')], [502, false], name)
    t.equal((await send({ error: new NotFoundException(properties) })).status, 404, `${name}, created by the application`)
    t.equal((await send({ error: Object.assign(new NotFoundException(properties), { stack: undefined }) })).status, 404, `${name}, without a stack`)
  }
  t.equal((await send({ error: catchError({ code: 'not_found' }) })).status, 404, 'without a sign')
})

t.test('a copy of an error with its stack results in 502', async t => {
  const send = await createThrower({ log: false })
  const copy = { status: 404, name: 'not_found', error: 'not_found', reason: secret, message: secret, stack: new Error(secret).stack }
  const { status, body } = await send({ error: copy })
  t.strictSame([status, JSON.stringify(body).includes('S3cr3t')], [502, false])
  const { stack: _, ...thrownObject } = copy
  t.equal((await send({ error: { ...thrownObject, message: 'Ask Ada.' } })).status, 404)
})

t.test('a 500 around the error of a client or a database is ignored', async t => {
  const send = await createThrower({ log: false })
  t.equal((await send({ error: new AppError('failed', 500, { cause: Object.assign(new Error(secret), { code: 'ECONNREFUSED' }) }) })).status, 502)
  t.equal((await send({ error: new AppError('failed', 500, { cause: Object.assign(new Error(secret), { code: '23505', severity: 'ERROR' }) }) })).status, 409)
  t.equal((await send({ error: new AppError('failed', 503, { cause: Object.assign(new Error(secret), { code: '23505', severity: 'ERROR' }) }) })).status, 503)
  t.equal((await send({ error: new AppError('failed', 500) })).status, 500)
})
