/** Responses in several languages over HTTP/1 and HTTP/2: each kind of error, its headers, and its document. */
import { once } from 'node:events'
import { connect } from 'node:http2'
import compress from '@fastify/compress'
import cors from '@fastify/cors'
import multipart from '@fastify/multipart'
import swagger from '@fastify/swagger'
import { PGlite } from '@electric-sql/pglite'
import { Type } from '@sinclair/typebox'
import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import apiErrors, {
  defineErrors, defineFormat, serverOptions, standardErrors, swaggerOptions, type ApiErrorsOptions, type IssueCode,
  type Language, type Languages, type LogEntry, type MessageName, type Phrase, type StandardCode
} from 'fastify-api-errors'
import { apiKey } from 'fastify-api-errors/api-key'
import { parseError } from 'fastify-api-errors/client'
import { german } from 'fastify-api-errors/languages/de'
import { spanish } from 'fastify-api-errors/languages/es'
import { french } from 'fastify-api-errors/languages/fr'
import { japanese } from 'fastify-api-errors/languages/ja'
import { formatMessages, issueKinds, toIssueCode } from '../../lib/catalog/issues.js'
import { specificMessages, specificPhrases } from '../../lib/catalog/specific-messages.js'
import { createPhrase } from '../../lib/languages/resolve-languages.js'
import { createContract, type Document } from '../examples/conformance.js'
import { createApp as createDocumented, documentOf } from '../openapi/documents.js'
import { createApp, errorResponse, formatRequest, listen, parseResponse, requestId, sendRaw, sendRequest, withoutBody, type HttpResponse } from '../helpers/http.js'

const errors = defineErrors(standardErrors, {
  too_few_seats: {
    status: 409,
    message: ({ free }: { readonly free: number }) => `Only ${free} seats are free.`,
    meta: Type.Object({ free: Type.Integer() }),
    example: { meta: { free: 2 } }
  },
  queue_closed: { status: 403, message: 'The queue is closed.' }
})

/** The messages of the package in English, in the form of a language. */
const english: Language = {
  errors: Object.fromEntries(Object.values(standardErrors).map(({ code, message }) => [code, message])) as Language['errors'],
  issues: {
    ...Object.fromEntries(Object.entries(issueKinds).map(([code, { message }]) => [code, message] as [string, Phrase])) as Record<IssueCode, Phrase>,
    format: ({ format }) => `must be a valid ${String(format)}`,
    ...Object.fromEntries(Object.entries(formatMessages).map(([format, message]) => [toIssueCode(format), message]))
  },
  messages: { ...specificMessages, ...specificPhrases }
}

const tables: Readonly<Record<string, Language>> = { en: english, de: german, fr: french, es: spanish, ja: japanese }

/** The sentences of the codes of the application. */
const own: Readonly<Record<string, readonly [few: (free: number) => string, closed: string]>> = {
  en: [free => `Only ${free} seats are free.`, 'The queue is closed.'],
  de: [free => `Es sind nur noch ${free} Plätze frei.`, 'Die Warteschlange ist geschlossen.'],
  fr: [free => `Il ne reste que ${free} places.`, 'La file d’attente est fermée.'],
  es: [free => `Solo quedan ${free} plazas.`, 'La cola está cerrada.'],
  ja: [free => `残り${free}席です。`, 'キューは閉じています。']
}

function withOwn (tag: string): Language<typeof errors> {
  const [few, closed] = own[tag] as (typeof own)[string]
  const table = tables[tag] as Language
  return { ...table, errors: { ...table.errors, too_few_seats: ({ free }: { readonly free: number }) => few(free), queue_closed: closed } }
}

const languages = { default: 'en', de: withOwn('de'), fr: withOwn('fr'), es: withOwn('es'), ja: withOwn('ja') }

/** A database with a constraint that requests can violate. */
const database = await PGlite.create()
await database.exec("create table users (id int primary key, email text unique); insert into users values (1, 'ada@example.com')")
t.teardown(() => database.close())

async function addRoutes (app: FastifyInstance): Promise<void> {
  await app.register(multipart)
  app.post('/users', {
    config: { errors: [errors.resource_already_exists] },
    schema: {
      body: {
        type: 'object',
        required: ['email'],
        properties: {
          email: { type: 'string', format: 'email' },
          name: { type: 'string', minLength: 3 },
          tags: { type: 'array', maxItems: 1, items: { type: 'string' } },
          role: { enum: ['admin', 'user'] },
          age: { type: 'integer', exclusiveMinimum: 0 }
        }
      }
    }
  }, async request => {
    const { email } = request.body as { readonly email: string }
    await database.query('insert into users values (2, $1)', [email])
  })
  app.get('/users/:id', {
    schema: { params: Type.Object({ id: Type.Integer({ minimum: 1 }) }), headers: Type.Object({ 'x-team': Type.Optional(Type.String({ maxLength: 2 })) }) }
  }, async () => 'ok')
  app.get('/key', { onRequest: apiKey({ lookup: async () => undefined }) }, async () => 'ok')
  app.get('/limited', { config: { rateLimitPolicy: 'single' } }, async () => { throw errors.queue_closed() })
  app.get('/scope', async () => { throw errors.insufficient_scope({ meta: { required: ['a'], held: [] } }) })
  app.get('/seats', async () => { throw errors.too_few_seats({ meta: { free: 1 } }) })
  app.get('/bug', async () => { throw new Error('secret') })
  app.get('/upstream', async () => { await fetch('http://127.0.0.1:1') })
  app.get('/given', async () => { throw errors.queue_closed({ message: { en: 'The queue closed at noon.', de: 'Die Warteschlange wurde mittags geschlossen.' } }) })
  app.get('/text', async () => { throw errors.queue_closed('The queue closed at noon.') })
  app.get('/sent', async (_request, reply) => reply.code(404).send({ message: 'No such queue.' }))
  app.get('/late', async () => { throw errors.service_unavailable({ message: { de: 'intern', en: 'internal' }, retryAfter: 3 }) })
  app.post('/form', async request => { await request.saveRequestFiles() })
}

const rateLimit = { policies: { single: { max: 1, timeWindow: '1 hour' } } }

async function createMultilingual (options: ApiErrorsOptions = {}, server: object = {}): Promise<FastifyInstance> {
  const app = Fastify(serverOptions({ genReqId: () => requestId, routerOptions: { maxParamLength: 20 }, ...server })) as FastifyInstance
  await app.register(apiErrors, { log: false, errors, languages, rateLimit, ...options })
  await addRoutes(app)
  return app
}

interface Sent {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** A kind of error: the request, and the response in a language. */
interface Kind {
  readonly name: string
  readonly request: Sent
  readonly status: number
  readonly code: string
  /** The message, if it is not the message of the code. */
  readonly message?: MessageName | ((tag: string) => string)
  /** The fields after the request id. */
  readonly more?: (language: Language) => Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
  /** The language of the response, if it is not the requested one. */
  readonly languageOf?: (tag: string) => string
}

const json = { 'content-type': 'application/json' }

/** Returns an issue of a request with the phrase of a language. */
function issue (language: Language, place: string, field: string, code: string, params: Readonly<Record<string, unknown>> = {}): object {
  const phrase = language.issues[code] as Phrase
  const message = language === english && typeof phrase === 'function' ? phrase(params, field) : createPhrase(phrase, params, field)
  return { in: place, field, pointer: `/${field}`, code, message }
}

const kinds: readonly Kind[] = [
  { name: 'an unknown route', request: { path: '/none' }, status: 404, code: 'route_not_found' },
  { name: 'an unsupported method', request: { method: 'PUT', path: '/users' }, status: 405, code: 'method_not_allowed', more: () => ({ meta: { allowed: ['POST'] } }), headers: { allow: 'POST' } },
  { name: 'invalid JSON', request: { method: 'POST', path: '/users', headers: json, body: '{' }, status: 400, code: 'invalid_request', message: 'invalid_json' },
  { name: 'an invalid URL', request: { path: '/%zz' }, status: 400, code: 'invalid_request', message: 'invalid_url' },
  { name: 'a long parameter', request: { path: `/users/${'1'.repeat(21)}` }, status: 414, code: 'uri_too_long', message: 'parameter_too_long' },
  { name: 'another media type', request: { method: 'POST', path: '/users', headers: { 'content-type': 'text/csv' }, body: 'a' }, status: 415, code: 'unsupported_media_type', headers: { accept: 'application/json, text/plain, multipart/form-data' } },
  { name: 'a form without a boundary', request: { method: 'POST', path: '/form', headers: { 'content-type': 'multipart/form-data' }, body: 'a' }, status: 400, code: 'invalid_request', message: 'form_no_boundary' },
  {
    name: 'invalid fields',
    request: { method: 'POST', path: '/users', headers: json, body: JSON.stringify({ email: 'ada', name: 'A', tags: ['a', 'b'], role: 'x', age: 0 }) },
    status: 422,
    code: 'validation_error',
    more: language => ({
      details: [
        issue(language, 'body', 'email', 'email'),
        issue(language, 'body', 'name', 'min_length', { limit: 3 }),
        issue(language, 'body', 'tags', 'max_items', { limit: 1 }),
        issue(language, 'body', 'role', 'enum', { allowedValues: ['admin', 'user'] }),
        issue(language, 'body', 'age', 'minimum', { limit: 0, comparison: '>' })
      ]
    })
  },
  {
    name: 'a missing field',
    request: { method: 'POST', path: '/users', headers: json, body: '{}' },
    status: 422,
    code: 'missing_required_field',
    more: language => ({ details: [issue(language, 'body', 'email', 'required')] })
  },
  {
    name: 'an invalid parameter',
    request: { path: '/users/none' },
    status: 400,
    code: 'invalid_parameter',
    more: language => ({ details: [issue(language, 'path', 'id', 'type', { type: 'integer' })] })
  },
  {
    name: 'an invalid header',
    request: { path: '/users/1', headers: { 'x-team': 'abc' } },
    status: 400,
    code: 'invalid_request',
    message: 'invalid_header',
    more: language => ({ details: [issue(language, 'header', 'x-team', 'max_length', { limit: 2 })] })
  },
  {
    name: 'a value that must be unique',
    request: { method: 'POST', path: '/users', headers: json, body: JSON.stringify({ email: 'ada@example.com' }) },
    status: 409,
    code: 'resource_already_exists',
    more: language => ({ details: [issue(language, 'body', 'email', 'unique')] })
  },
  { name: 'no API key', request: { path: '/key' }, status: 401, code: 'missing_api_key', headers: { 'www-authenticate': 'Bearer realm="api"' } },
  {
    name: 'a missing scope',
    request: { path: '/scope' },
    status: 403,
    code: 'insufficient_scope',
    more: () => ({ meta: { required: ['a'], held: [] } }),
    headers: { 'www-authenticate': 'Bearer realm="api", error="insufficient_scope", scope="a"' }
  },
  { name: 'a code with a function of meta', request: { path: '/seats' }, status: 409, code: 'too_few_seats', message: tag => String(own[tag]?.[0](1)), more: () => ({ meta: { free: 1 } }) },
  { name: 'a bug', request: { path: '/bug' }, status: 500, code: 'internal_error' },
  { name: 'an upstream that refuses the connection', request: { path: '/upstream' }, status: 502, code: 'bad_gateway' },
  { name: 'a server error with a message, which is only logged', request: { path: '/late' }, status: 503, code: 'service_unavailable', headers: { 'retry-after': '3' } },
  {
    name: 'a message that is given in two languages',
    request: { path: '/given' },
    status: 403,
    code: 'queue_closed',
    message: tag => tag === 'de' ? 'Die Warteschlange wurde mittags geschlossen.' : 'The queue closed at noon.',
    languageOf: tag => tag === 'de' ? 'de' : 'en'
  },
  { name: 'a message that is given as a string', request: { path: '/text' }, status: 403, code: 'queue_closed', message: () => 'The queue closed at noon.', languageOf: () => 'en' },
  { name: 'a message that is sent', request: { path: '/sent' }, status: 404, code: 'resource_not_found', message: () => 'No such queue.', languageOf: () => 'en' }
]

function createExpected (kind: Kind, tag: string): HttpResponse {
  const language = tables[tag] as Language
  const { status, code, more = () => ({}), languageOf = (tag: string) => tag } = kind
  const message = typeof kind.message === 'function' ? kind.message(tag) : kind.message === undefined ? language.errors[code as StandardCode] : language.messages?.[kind.message]
  return errorResponse(status, { code, message, request_id: requestId, ...more(language) }, { ...kind.headers, vary: 'accept-language', 'content-language': languageOf(tag) })
}

/** Sends a request over HTTP/2. */
async function sendHttp2 (port: number, { method = 'GET', path, headers, body }: Sent): Promise<HttpResponse> {
  const session = connect(`http://127.0.0.1:${port}`)
  const stream = session.request({ ':method': method, ':path': path, ...headers }, { endStream: body === undefined })
  if (body !== undefined) stream.end(body)
  const [{ ':status': status, date: _, ...received }] = await once(stream, 'response') as [Record<string, string>]
  let text = ''
  for await (const chunk of stream) text += String(chunk)
  session.close()
  return { status: Number(status), headers: Object.fromEntries(Object.entries(received)), body: JSON.parse(text) as unknown }
}

for (const http2 of [false, true]) {
  t.test(`over HTTP/${http2 ? 2 : 1}, each kind of error is sent in each language`, async t => {
    const app = await createMultilingual({}, http2 ? { http2 } : {})
    const port = await listen(t, app)
    for (const kind of kinds) {
      for (const tag of Object.keys(tables)) {
        const { method = 'GET', path, headers, body } = kind.request
        const request = { method, path, headers: { ...headers, 'accept-language': `${tag}-XX, en;q=0.5` }, ...body !== undefined && { body } }
        const response = http2 ? await sendHttp2(port, request) : await sendRequest(port, method, path, request.headers, body)
        t.strictSame(response, createExpected(kind, tag), `${kind.name}, ${tag}`)
      }
    }
  })
}

t.test('a limited request, a ban, and a response to HEAD', async t => {
  const app = await createMultilingual({ rateLimit: { policies: { single: { max: 1, timeWindow: '1 hour' }, banned: { max: 1, timeWindow: '1 hour', ban: 0 } } } })
  app.get('/banned', { config: { rateLimitPolicy: 'banned' } }, async () => 'ok')
  const port = await listen(t, app)
  const { headers: { 'content-language': _, ...first } } = await sendRequest(port, 'GET', '/limited', { 'Accept-Language': 'de' })
  t.equal(first.vary, 'accept-language')
  const limited = await sendRequest(port, 'GET', '/limited', { 'Accept-Language': 'fr' })
  t.match(limited, { status: 429, headers: { 'content-language': 'fr', vary: 'accept-language' }, body: { code: 'rate_limit_exceeded', message: french.errors.rate_limit_exceeded } })
  await sendRequest(port, 'GET', '/banned')
  t.match(await sendRequest(port, 'GET', '/banned', { 'Accept-Language': 'ja' }), { status: 403, headers: { 'content-language': 'ja' }, body: { code: 'forbidden', message: japanese.messages?.banned } })
  const unknown = createExpected(kinds[0] as Kind, 'ja')
  t.strictSame(await sendRequest(port, 'HEAD', '/none', { 'Accept-Language': 'ja' }), withoutBody(unknown))
})

t.test('errors before the router are translated: malformed HTTP, large headers, no Host, an unknown Expect, a closing server', async t => {
  const app = await createMultilingual({ negotiate: true })
  app.post('/', async () => 'ok')
  const port = await listen(t, app)
  const expected = (status: number, code: StandardCode, tag: string, message?: MessageName, vary = 'accept-language'): HttpResponse => errorResponse(status, {
    code, message: message === undefined ? tables[tag]?.errors[code] : tables[tag]?.messages?.[message], request_id: requestId
  }, { vary, 'content-language': tag })
  const send = async (text: string): Promise<HttpResponse> => {
    const { headers, body, ...rest } = parseResponse(await sendRaw(port, text))
    const { request_id: id } = body as { readonly request_id: string }
    const length = String(Number(headers['content-length']) - id.length + requestId.length)
    return { ...rest, headers: { ...headers, 'x-request-id': requestId, 'content-length': length }, body: { ...body as object, request_id: requestId } }
  }
  t.strictSame(await send('GARBAGE\r\nAccept-Language: de\r\n\r\n'), expected(400, 'invalid_request', 'en'), 'without a request line, no header is read')
  t.strictSame(await send('GET / HTTP/1.1\r\nHost: a\r\naccept-language:  de-AT, en;q=0.5 \r\nBad Header: a\r\n\r\n'), expected(400, 'invalid_request', 'de'))
  t.strictSame(await send('GET / HTTP/1.1\r\nHost: a\r\nBad Header: a\r\n\r\nAccept-Language: de'), expected(400, 'invalid_request', 'en'), 'the body has no headers')
  t.strictSame(await send(formatRequest('GET', '/', { 'Accept-Language': 'fr', Cookie: 'a'.repeat(20_000) })), expected(431, 'request_header_fields_too_large', 'fr'))
  const chunked = formatRequest('POST', '/', { 'Transfer-Encoding': 'chunked', 'Content-Type': 'application/json', 'Accept-Language': 'ja' })
  t.strictSame(await send(`${chunked}2;${'a'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`), expected(413, 'payload_too_large', 'ja'))
  t.strictSame(await send('GET / HTTP/1.1\r\nAccept-Language: es\r\n\r\n'), expected(400, 'invalid_request', 'es', 'no_host', 'accept, accept-language'))
  t.strictSame(await send(formatRequest('GET', '/', { Expect: 'magic', 'Accept-Language': 'de' })), expected(417, 'expectation_failed', 'de', undefined, 'accept, accept-language'))
})

t.test('all other formats are translated: problem, with and without pages, markdown, summary and message', async t => {
  const send = async (options: ApiErrorsOptions, accept: string, body = '{"email":"ada"}', tag = 'de'): Promise<HttpResponse> => {
    const app = await createMultilingual(options)
    t.after(() => app.close())
    const response = await app.inject({ method: 'POST', url: '/users', headers: { ...json, accept, 'accept-language': tag }, body })
    return { status: response.statusCode, headers: response.headers as Record<string, string>, body: accept.startsWith('text/') ? response.body : response.json() as unknown }
  }
  const details = [{ detail: 'muss eine E-Mail-Adresse sein', pointer: '#/email', in: 'body', field: 'email', code: 'email' }]
  const problem = {
    type: 'about:blank', title: 'Ungültiger Inhalt', status: 422, detail: 'Mindestens ein Feld ist ungültig.', instance: '/users#req_1', code: 'validation_error', request_id: requestId, errors: details
  }
  t.strictSame((await send({ format: 'problem' }, '*/*')).body, problem)
  t.strictSame((await send({ format: 'problem', docUrl: '/errors' }, '*/*')).body, { ...problem, type: '/errors/validation_error' })
  const negotiated = await send({ negotiate: ['problem', 'markdown'] }, 'text/markdown')
  t.match(negotiated.headers, { 'content-language': 'de', vary: 'accept, accept-language', 'content-type': 'text/markdown; charset=utf-8' })
  t.equal(negotiated.body, [
    '---\ncode: "validation_error"\nstatus: 422\nretryable: false\nrequest_id: "req_1"\n---',
    '# Ungültiger Inhalt', 'Mindestens ein Feld ist ungültig.',
    '## Invalid fields', '- `email` (body): muss eine E-Mail-Adresse sein (`email`)', '## What to do', `${errors.validation_error.action}\n`
  ].join('\n\n'))
  t.strictSame((await send({ format: 'summary' }, '*/*')).body, { summary: 'Mindestens ein Feld ist ungültig.', validation_errors: { email: ['muss eine E-Mail-Adresse sein'] } })
  t.strictSame((await send({ format: 'message' }, '*/*')).body, { message: 'Mindestens ein Feld ist ungültig.', errors: { email: ['Das Feld email muss eine E-Mail-Adresse sein.'] } })
  t.strictSame((await send({ format: 'message' }, '*/*', '[]', 'ja')).body, { message: japanese.errors.validation_error, errors: { body: ['リクエスト本文はオブジェクトである必要があります。'] } })
  t.strictSame((await send({ format: 'message' }, '*/*', '[]', 'en')).body, { message: 'One or more fields are invalid.', errors: { body: ['The body must be an object.'] } })
  t.match((await send({ validationStatus: 400 }, '*/*')).body, { code: 'invalid_request', message: 'Mindestens ein Feld ist ungültig.' }, 'the message of another code')
})

t.test('Vary and Content-Language of the application: one is merged, the other replaced', async t => {
  const app = Fastify()
  await app.register(cors, { origin: ['https://app.test'] })
  await app.register(compress, { threshold: 1 })
  await app.register(apiErrors, { log: false, errors, languages, negotiate: true })
  const merged = [
    ['Origin', 'Origin, accept, accept-language'],
    ['Accept-Language', 'Accept-Language, accept'],
    ['origin,ACCEPT, accept-language', 'origin,ACCEPT, accept-language'],
    ['*', '*'],
    ['', 'accept, accept-language']
  ] as const
  for (const [index, [vary]] of merged.entries()) {
    app.get(`/vary/${index}`, async (_request, reply) => {
      reply.header('vary', vary).header('content-language', 'it')
      throw errors.queue_closed()
    })
  }
  app.get('/closed', async () => { throw errors.queue_closed() })
  for (const [index, [vary, expected]] of merged.entries()) {
    const { headers } = await app.inject({ url: `/vary/${index}`, headers: { 'accept-language': 'de', 'accept-encoding': 'identity' } })
    t.match(headers, { vary: expected, 'content-language': 'de' }, vary)
  }
  const { headers } = await app.inject({ url: '/closed', headers: { 'accept-language': 'de', 'accept-encoding': 'gzip', origin: 'https://app.test' } })
  const names = String(headers.vary).toLowerCase().split(/, */).sort()
  t.strictSame([...new Set(names)], ['accept', 'accept-encoding', 'accept-language', 'origin'])
  t.strictSame([headers['content-language'], headers['content-encoding']], ['de', 'gzip'])
  await app.close()
})

t.test('each response is valid against the document, which has the headers and their values', async t => {
  const app = Fastify(serverOptions()) as FastifyInstance
  await app.register(swagger, swaggerOptions({ openapi: { openapi: '3.1.0', info: { title: 'Test', version: '1.0.0' } } }))
  await app.register(apiErrors, { log: false, errors, languages, negotiate: ['problem'], rateLimit })
  await addRoutes(app)
  await app.ready()
  const document = JSON.parse(JSON.stringify(app.swagger())) as Document
  t.strictSame(document.components.headers?.ContentLanguage ?? document.components.headers?.['Content-Language'], {
    description: 'The language of the messages (RFC 9110, section 8.5).', required: true, schema: { type: 'string', enum: ['en', 'de', 'fr', 'es', 'ja'] }, example: 'en'
  })
  t.strictSame(document.components.headers?.Vary, {
    description: 'The request headers that the response depends on (RFC 9110, section 12.5.5).',
    required: true,
    schema: { type: 'string', pattern: '^[!-~]+( *, *[!-~]+)*$' },
    example: 'accept, accept-language'
  })
  const { faultsOf } = createContract(document)
  const documented = kinds.filter(({ request: { path, method = 'GET' } }) => ['/users', '/seats', '/bug', '/key'].includes(path) && method !== 'PUT')
  t.equal(documented.length, 8)
  for (const { name, request: { method = 'GET', path, headers, body } } of documented) {
    for (const tag of Object.keys(tables)) {
      for (const accept of ['*/*', 'application/problem+json']) {
        const response = await app.inject({ method: method as 'GET', url: path, headers: { ...headers, accept, 'accept-language': tag }, ...body !== undefined && { body } })
        const sent = { status: response.statusCode, headers: new Headers(response.headers as Record<string, string>), body: response.json() as unknown }
        t.strictSame(faultsOf(`${method} ${path}`, sent), [], `${name}, ${tag}, ${accept}`)
      }
    }
  }
  await app.close()
})

t.test('the log, the ledger and the event have the default language, and the client reads every language', async t => {
  const entries: LogEntry[] = []
  const app = await createMultilingual({ log: entry => { entries.push(entry) } })
  const port = await listen(t, app)
  for (const path of ['/none', '/given', '/late']) await sendRequest(port, 'GET', path, { 'Accept-Language': 'de' })
  t.strictSame(entries.map(({ error: { message } }) => message), ['This endpoint does not exist.', 'The queue closed at noon.', 'internal'])
  const response = await fetch(`http://127.0.0.1:${port}/users`, { method: 'POST', headers: { ...json, 'accept-language': 'ja' }, body: '{}' })
  const { code, message, issues, status } = await parseError(response)
  t.strictSame({ code, message, issues, status }, {
    code: 'missing_required_field', message: japanese.errors.missing_required_field, status: 422, issues: [{ in: 'body', field: 'email', pointer: '/email', code: 'required', message: '必須です' }]
  })
  t.strictSame(app.apiErrors.ledger().map(({ code, status }) => [code, status]).sort(), [
    ['missing_required_field', 422], ['queue_closed', 403], ['route_not_found', 404], ['service_unavailable', 503]
  ])
})

t.test('a custom keyword and a thrown issue are translated if the language has their phrase', async t => {
  const other = defineErrors({ elsewhere: { status: 409, message: 'Elsewhere.' }, broken: { status: 500, message: 'Broken.' } })
  const de: Language = {
    ...german, errors: { ...german.errors }, issues: { ...german.issues, even: 'muss gerade sein', taken: (_params, field) => `${field} ist vergeben` }
  }
  const app = await createApp({ languages: { default: 'en', de } }, { ajv: { customOptions: { keywords: [{ keyword: 'even', validate: () => false }, { keyword: 'odd', validate: () => false }], formats: { ticket: /^T-/ } } } })
  app.post('/even', { schema: { body: { type: 'object', properties: { a: { even: true }, b: { odd: true }, c: { type: 'string', format: 'ticket' } } } } }, async () => 'ok')
  const thrown = [
    { in: 'body', field: 'name', pointer: '/name', code: 'taken', message: 'is taken' },
    { in: 'body', field: 'mail', pointer: '/mail', code: 'unique', message: 'is already in use' },
    { in: 'body', field: 'size', pointer: '/size', code: 'minimum', message: 'is not big enough' },
    { in: 'body', field: 'role', pointer: '/role', code: 'other', message: 'is odd' }
  ] as const
  app.get('/issues', async () => { throw standardErrors.validation_error({ issues: thrown }) })
  app.get('/other', async () => { throw other.elsewhere() })
  app.get('/broken', async () => { throw other.broken() })
  const send = async (url: string, body?: object): Promise<Record<string, unknown>> => {
    const response = await app.inject({ method: body === undefined ? 'GET' : 'POST', url, headers: { 'accept-language': 'de' }, ...body !== undefined && { body } })
    return { language: response.headers['content-language'], ...response.json() as object }
  }
  t.strictSame(await send('/issues'), {
    language: 'de',
    code: 'validation_error',
    message: 'Mindestens ein Feld ist ungültig.',
    request_id: requestId,
    details: [
      { ...thrown[0], message: 'name ist vergeben' }, { ...thrown[1], message: 'wird bereits verwendet' }, thrown[2], thrown[3]
    ]
  })
  t.strictSame((await send('/even', { a: 1, b: 2, c: 'x' })).details, [
    { in: 'body', field: 'a', pointer: '/a', code: 'even', message: 'muss gerade sein' },
    { in: 'body', field: 'b', pointer: '/b', code: 'odd', message: 'ist ungültig' },
    { in: 'body', field: 'c', pointer: '/c', code: 'ticket', message: 'muss dem Format ticket entsprechen' }
  ])
  t.strictSame(await send('/other'), { language: 'en', code: 'elsewhere', message: 'Elsewhere.', request_id: requestId })
  t.strictSame(await send('/broken'), { language: 'de', code: 'broken', message: german.errors.internal_error, request_id: requestId })
  await app.close()
})

t.test('a default language with its own table, languages in nested registrations, and no languages', async t => {
  const app = await createApp({ languages: { default: 'de', de: german } })
  await app.register(async scope => {
    await scope.register(apiErrors, { log: false, languages: { default: 'en', fr: french } })
    scope.get('/', async () => { throw standardErrors.resource_gone() })
  }, { prefix: '/fr' })
  await app.register(async scope => {
    await scope.register(apiErrors, { log: false })
    scope.get('/', async () => { throw standardErrors.resource_gone() })
  }, { prefix: '/plain' })
  const send = async (url: string): Promise<unknown> => {
    const { headers, ...response } = await app.inject({ url, headers: { 'accept-language': 'fr' } })
    return [headers['content-language'], headers.vary, response.json().message]
  }
  t.strictSame(await send('/none'), ['de', undefined, german.errors.route_not_found])
  t.strictSame(await send('/fr'), ['fr', 'accept-language', french.errors.resource_gone])
  t.strictSame(await send('/plain'), [undefined, undefined, standardErrors.resource_gone.message])
  await app.close()
})

t.test('a message in languages that the API does not have, and one without the default language', async t => {
  const app = await createApp({ languages: { default: 'en', de: german, fr: french } })
  app.get('/unknown', async () => { throw standardErrors.resource_gone({ message: { it: 'Rimosso.', xx: 'X' } }) })
  app.get('/french', async () => { throw standardErrors.resource_gone({ message: { FR: 'Supprimé.' } }) })
  app.get('/invalid', async () => { throw standardErrors.resource_gone({ message: { de: 7, en: 'Gone.' } as never }) })
  app.get('/empty', async () => { throw standardErrors.resource_gone({ message: {} }) })
  app.get('/frozen', async () => { throw Object.freeze(standardErrors.resource_gone({ message: { de: 'Weg.', en: 'Gone.' } })) })
  const send = async (path: string): Promise<unknown> => {
    const { headers, ...response } = await app.inject({ url: path, headers: { 'accept-language': 'de' } })
    return [headers['content-language'], response.json().message]
  }
  t.strictSame(await send('/unknown'), ['en', 'Rimosso.'])
  t.strictSame(await send('/french'), ['fr', 'Supprimé.'])
  t.strictSame(await send('/invalid'), ['en', 'Gone.'])
  t.strictSame(await send('/empty'), ['de', german.errors.resource_gone])
  t.strictSame(await send('/frozen'), ['de', 'Weg.'])
  await app.close()
})

t.test('a database constraint has a message for each language, and its example has the message of the default language', async t => {
  const messages = {
    field: 'email',
    message: { en: 'Email already registered', de: 'Diese E-Mail-Adresse ist schon registriert' },
    onDelete: { en: 'The address is in use.', de: 'Die Adresse wird verwendet.' }
  }
  const options = (constraint: object): ApiErrorsOptions => ({ languages: { default: 'en', de: german }, database: { constraints: { users_email_key: constraint } } })
  const app = Fastify(serverOptions())
  t.teardown(() => app.close())
  await app.register(swagger, swaggerOptions({ openapi: { openapi: '3.1.0' } }))
  await app.register(apiErrors, { log: false, ...options(messages) })
  const violation = (code: string, message: string): Error => Object.assign(new Error(message), { severity: 'ERROR', code, constraint: 'users_email_key' })
  app.post('/users', { schema: { body: Type.Object({ email: Type.String() }) }, config: { errors: ['resource_already_exists'] } }, async () => { throw violation('23505', 'duplicate key value violates unique constraint "users_email_key"') })
  app.delete('/users/:id', async () => {
    throw violation('23503', 'update or delete on table "users" violates foreign key constraint "users_email_key" on table "orders"')
  })
  const messageOf = async (method: 'POST' | 'DELETE', url: string, language: string): Promise<string> => {
    const response = await app.inject({ method, url, headers: { 'accept-language': language }, ...(method === 'POST' && { body: { email: 'ada' } }) })
    return `${response.headers['content-language']} ${response.json().message}`
  }
  t.equal(await messageOf('POST', '/users', 'de'), 'de Diese E-Mail-Adresse ist schon registriert')
  t.equal(await messageOf('POST', '/users', 'fr'), 'en Email already registered')
  t.equal(await messageOf('DELETE', '/users/1', 'de'), 'de Die Adresse wird verwendet.')
  const { components } = app.swagger() as unknown as { readonly components: { readonly examples: Readonly<Record<string, { readonly summary: string }>> } }
  t.ok(Object.values(components.examples).some(({ summary }) => summary === 'Email already registered'))

  const expected = 'fastify-api-errors: database.constraints.users_email_key.message: expected a sentence, or an object with a sentence for each language: en, de, got an object.'
  for (const message of [{ en: 'Taken' }, { en: 'Taken', de: '' }, { en: 'Taken', de: 'Vergeben', fr: 'Pris' }]) {
    await t.rejects(async () => { await Fastify().register(apiErrors, options({ message })) }, new TypeError(expected))
  }
})

t.test('the messages of class-validator are translated with their limits, and those of the application are not', async t => {
  const app = await createApp({ languages: { default: 'en', de: german } })
  const fail = (property: string, value: unknown, constraints: object): object => ({ property, value, target: { [property]: value }, constraints, children: [] })
  const failures: unknown = [
    fail('size', 7, { isDivisibleBy: 'size must be divisible by 5', isPositive: 'size must be a positive number' }),
    fail('name', 'a', { minLength: 'name must be longer than or equal to 3 characters' }),
    fail('title', 'a', { minLength: 'Too short!' })
  ]
  app.get('/', async () => { throw failures })
  const { details } = (await app.inject({ url: '/', headers: { 'accept-language': 'de' } })).json() as { readonly details: ReadonlyArray<{ readonly message: string }> }
  t.strictSame(details.map(({ message }) => message), ['muss ein Vielfaches von 5 sein', 'ist zu klein', 'muss mindestens 3 Zeichen lang sein', 'Too short!'])
  await app.close()
})

t.test('if a format fails for each language, the response is the standard internal error in the default language', async t => {
  let isBroken = false
  const format = defineFormat({
    name: 'fragile',
    fields: { text: { schema: () => Type.String(), value: ({ message, language }) => { if (isBroken) throw new Error(language?.tag); return message } } }
  })
  const app = await createApp({ format, languages: { default: 'en', de: german } })
  isBroken = true
  const response = await app.inject({ url: '/none', headers: { 'accept-language': 'de' } })
  t.strictSame([response.statusCode, response.headers['content-language'], response.json()], [
    500, 'en', { code: 'internal_error', message: standardErrors.internal_error.message, request_id: requestId }
  ])
  await app.close()
})

t.test('the document of an API with one language has no Vary, and with one format, Vary has only Accept-Language', async t => {
  const headersOf = async (languages: Languages): Promise<unknown> => {
    const app = await createDocumented({ plugin: { log: false, languages } }, app => { app.get('/queue', { config: { errors: ['resource_gone'] } }, async () => 'ok') })
    const { headers = {} } = documentOf(app).components
    await app.close()
    return [headers['Content-Language']?.schema, headers.Vary?.example]
  }
  t.strictSame(await headersOf({ default: 'de', de: german }), [{ type: 'string', enum: ['de'] }, undefined])
  t.strictSame(await headersOf({ default: 'en', de: german }), [{ type: 'string', enum: ['en', 'de'] }, 'accept-language'])
})

t.test('if the function of a language fails for an occurrence, the response is in the default language', async t => {
  const de: Language = {
    ...german,
    errors: { ...german.errors, insufficient_scope: meta => meta?.required?.[0] === 'a' ? 7 as never : 'Scope fehlt.', method_not_allowed: meta => `Erlaubt: ${String(meta?.allowed?.join())}.` }
  }
  const app = await createApp({ errors, languages: { default: 'en', de: { ...de, errors: { ...de.errors, queue_closed: 'Zu.', too_few_seats: ({ free }: { readonly free: number }) => `${free} frei.` } } } })
  app.get('/scope', async () => { throw errors.insufficient_scope({ meta: { required: ['a'] } }) })
  app.get('/other', async () => { throw errors.insufficient_scope({ meta: { required: ['b'] } }) })
  app.get('/circular', async () => { throw errors.too_few_seats({ meta: { free: 1n as never } }) })
  const send = async (url: string, method: 'GET' | 'PUT' = 'GET'): Promise<unknown> => {
    const response = await app.inject({ method, url, headers: { 'accept-language': 'de' } })
    return [response.headers['content-language'], response.json()]
  }
  t.strictSame(await send('/scope'), ['en', { code: 'insufficient_scope', message: errors.insufficient_scope.message, request_id: requestId, meta: { required: ['a'] } }])
  t.strictSame(await send('/other'), ['de', { code: 'insufficient_scope', message: 'Scope fehlt.', request_id: requestId, meta: { required: ['b'] } }])
  t.strictSame(await send('/circular'), ['en', { code: 'too_few_seats', message: 'Only 1 seats are free.', request_id: requestId }], 'meta cannot be sent')
  t.strictSame(await send('/scope', 'PUT'), ['de', { code: 'method_not_allowed', message: 'Erlaubt: GET,HEAD.', request_id: requestId, meta: { allowed: ['GET', 'HEAD'] } }])
  await app.close()
})
