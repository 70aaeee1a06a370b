/** The API key guard on a real server, with its responses and logs. */
import { mkdtempSync, rmSync } from 'node:fs'
import { request as requestOf } from 'node:http'
import type { AddressInfo } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Readable, Writable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import apiErrors, { defineErrors, serverOptions, standardErrors } from 'fastify-api-errors'
import { apiKey, generateKey, hashKey, type ApiKeyGuard, type ApiKeyOptions, type ApiKeyRecord } from 'fastify-api-errors/api-key'
import { idempotency, memoryStore, type IdempotencyStore } from 'fastify-api-errors/idempotency'
import t, { type Test } from 'tap'
import { fetchResponse, type HttpResponse, shouldRetry } from '../helpers/http.js'
import { createKeyStore } from '../helpers/key-store.js'
import { thrown } from '../helpers/thrown.js'

const store = await createKeyStore()
const { lookup, issue } = store
t.teardown(store.close)

const day = 24 * 60 * 60 * 1000
const inAnHour = new Date(Date.now() + day / 24)
const yesterday = new Date(Date.now() - day)

const withoutIpv6 = !Object.values(networkInterfaces()).flat().some(found => found?.family === 'IPv6') && process.env.CI !== 'true' && 'this machine has no IPv6'

/** All log lines of all servers in this file. */
let log = ''
const logger = { level: 'trace', stream: new Writable({ write (chunk, _encoding, done) { log += String(chunk); done() } }) }

interface ServeOptions {
  readonly server?: FastifyServerOptions
  readonly host?: string
  /** The steps before the route is added. @default the plugin is registered */
  readonly setUp?: (app: FastifyInstance) => unknown
}

/** Starts a server with one guarded route, which returns the record of the guard. Returns the URL of the route. */
async function serve (t: Test, guard: ApiKeyGuard, options: ServeOptions = {}): Promise<string> {
  const { server, host = '127.0.0.1', setUp = app => app.register(apiErrors) } = options
  const app = Fastify(serverOptions({ logger, forceCloseConnections: true, ...server }))
  t.teardown(() => app.close())
  await setUp(app)
  app.get('/queues', { onRequest: guard }, async request => ({ key: request.apiKey }))
  await app.listen({ host, port: 0 })
  const { port } = app.server.address() as AddressInfo
  return `http://127.0.0.1:${port}/queues`
}

const bearer = (key: string): { headers: { authorization: string } } => ({ headers: { authorization: `Bearer ${key}` } })

/** Returns the response to an error in the default format. */
function refused (status: number, challenge: string | undefined, code: string, message: string, more: object = {}): HttpResponse {
  return {
    status,
    headers: {
      'cache-control': 'no-store',
      'content-type': 'application/json; charset=utf-8',
      ...(challenge !== undefined && { 'www-authenticate': challenge }),
      ...(status === 503 && { 'retry-after': '10' }),
      'x-request-id': 'REQUEST_ID',
      'x-should-retry': shouldRetry(status, code)
    },
    body: { code, message, request_id: 'REQUEST_ID', ...more }
  }
}

/** Returns the response of the route. */
function found (record: object): HttpResponse {
  return { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body: { key: record } }
}

const stored = { scopes: [], expiresAt: null, revokedAt: null, allowedIps: null }

const missing = refused(401, 'Bearer realm="api"', 'missing_api_key', 'No API key was sent.')
const invalid = refused(401, 'Bearer realm="api", error="invalid_token"', 'invalid_api_key', 'The API key is invalid.')
const withoutScheme = refused(401, 'Bearer realm="api"', 'invalid_api_key', 'The API key is invalid.')
const revoked = refused(401, 'Bearer realm="api", error="invalid_token"', 'api_key_revoked', 'The API key was revoked.')
const expired = refused(401, 'Bearer realm="api", error="invalid_token"', 'api_key_expired', 'The API key has expired.')
const elsewhere = refused(403, undefined, 'ip_not_allowed', 'Your IP address is not on the allowlist of the API key.')
const failed = refused(503, undefined, 'service_unavailable', 'The service is temporarily unavailable.')

t.test('a valid key is accepted, and its record is request.apiKey', async t => {
  const url = await serve(t, apiKey({ lookup }))
  const { id, key } = await issue()
  t.strictSame(await fetchResponse(url, bearer(key)), found({ id, ...stored }))
  t.strictSame(await fetchResponse(url, { headers: { authorization: `bearer   ${key}` } }), found({ id, ...stored }), 'a scheme is case-insensitive, and any number of spaces may follow')
})

t.test('a request without a key results in 401 missing_api_key', async t => {
  const url = await serve(t, apiKey({ lookup }))
  t.strictSame(await fetchResponse(url), missing, 'no header')
  t.strictSame(await fetchResponse(url, { headers: { authorization: '' } }), missing, 'an empty header')
  t.strictSame(await fetchResponse(url, { headers: { authorization: 'Bearer' } }), missing, 'the scheme alone')
  t.strictSame(await fetchResponse(url, { headers: { authorization: 'Basic YTpi' } }), missing, 'another scheme')
})

t.test('a credential that cannot be a key results in 401 invalid_api_key', async t => {
  const lookups: string[] = []
  const url = await serve(t, apiKey({ lookup: key => { lookups.push(key); return lookup(key) } }))
  const { key } = await issue()
  for (const malformed of [`${key} ${key}`, `"${key}"`, `${key}\\`, `'${key}'`, `${key}\t`.padEnd(80, '\tx'), 'é']) {
    t.strictSame(await fetchResponse(url, bearer(malformed)), invalid, malformed)
  }
  t.strictSame(await fetchResponse(url, { headers: { authorization: key } }), withoutScheme, 'a key without its scheme')
  t.strictSame(await fetchResponse(url, { headers: { authorization: `Bearer\t${key}` } }), withoutScheme, 'a tab is not a space')
  t.strictSame(lookups, [], 'lookup is not called')
})

t.test('a key that was never issued results in 401 invalid_api_key', async t => {
  const url = await serve(t, apiKey({ lookup }))
  const { key } = await issue()
  t.strictSame(await fetchResponse(url, bearer(generateKey({ prefix: 'launch_test' }))), invalid)
  t.strictSame(await fetchResponse(url, bearer(key.slice(0, -1))), invalid, 'a part of a key')
  t.strictSame(await fetchResponse(url, bearer(key.toLowerCase())), invalid, 'a key in another case')
  t.strictSame(await fetchResponse(url, bearer('x')), invalid)
  t.strictSame(await fetchResponse(url, bearer(hashKey(key))), invalid, 'the hash of a key')
  t.strictSame(await fetchResponse(url, bearer('x'.repeat(10_000))), invalid)
})

t.test('a key that was revoked or has expired', async t => {
  const url = await serve(t, apiKey({ lookup }))
  const sendKey = async (record: Parameters<typeof issue>[0]): Promise<HttpResponse> => await fetchResponse(url, bearer((await issue(record)).key))
  t.strictSame(await sendKey({ revokedAt: yesterday }), revoked)
  t.strictSame(await sendKey({ expiresAt: yesterday }), expired)
  t.strictSame(await sendKey({ revokedAt: yesterday, expiresAt: yesterday }), revoked, 'revoked and expired: revoked takes precedence')
  t.equal((await sendKey({ revokedAt: inAnHour, expiresAt: inAnHour })).status, 200, 'neither revoked nor expired yet')
})

t.test('a time is a Date, a string or milliseconds, and takes effect at exactly this time', async t => {
  for (const [moment, status] of [
    [yesterday, 401], [yesterday.toISOString(), 401], [yesterday.getTime(), 401], [Date.now(), 401], [0, 401],
    [inAnHour, 200], [inAnHour.toISOString(), 200], [inAnHour.getTime(), 200], [null, 200], [undefined, 200]
  ] as const) {
    const url = await serve(t, apiKey({ lookup: () => ({ id: 'key_1', expiresAt: moment ?? null }) }))
    t.equal((await fetchResponse(url, bearer('abc'))).status, status, String(moment))
  }
})

t.test('a key without a required scope results in 403 insufficient_scope', async t => {
  const url = await serve(t, apiKey({ lookup, scopes: ['queues:read', 'queues:write'] }))
  const lacking = (held: string[]): HttpResponse => refused(403, 'Bearer realm="api", error="insufficient_scope", scope="queues:read queues:write"',
    'insufficient_scope', 'Your credentials lack a required scope.', { meta: { required: ['queues:read', 'queues:write'], held } })

  const all = ['queues:write', 'users:read', 'queues:read']
  const { id, key } = await issue({ scopes: all })
  t.strictSame(await fetchResponse(url, bearer(key)), found({ id, ...stored, scopes: all }), 'all scopes, and another one')
  for (const held of [['queues:read'], ['queues:readqueues:write'], ['queues'], []]) {
    t.strictSame(await fetchResponse(url, bearer((await issue({ scopes: held })).key)), lacking(held), held.join(' '))
  }
})

t.test('a record without scopes has no scope', async t => {
  const url = await serve(t, apiKey({ lookup: () => ({ id: 'key_1' }), scopes: ['a'] }))
  t.strictSame(await fetchResponse(url, bearer('abc')), refused(403, 'Bearer realm="api", error="insufficient_scope", scope="a"', 'insufficient_scope',
    'Your credentials lack a required scope.', { meta: { required: ['a'], held: [] } }))
})

t.test('an IP address that the key does not allow', async t => {
  const url = await serve(t, apiKey({ lookup, scopes: ['queues:read'] }), { server: { trustProxy: true } })
  const { key } = await issue({ scopes: ['queues:read'], allowedIps: ['192.0.2.0/24', '2001:db8::/32', '198.51.100.7'] })
  const { key: unscoped } = await issue({ allowedIps: ['192.0.2.0/24'] })
  const from = (ip: string, sent = key): RequestInit => ({ headers: { ...bearer(sent).headers, 'x-forwarded-for': ip } })
  for (const ip of ['192.0.2.0', '192.0.2.255', '::ffff:192.0.2.9', '::ffff:c000:209', '2001:db8::1', '198.51.100.7']) {
    t.equal((await fetchResponse(url, from(ip))).status, 200, ip)
  }
  for (const ip of ['192.0.3.0', '::ffff:192.0.3.0', '2001:db9::1', '198.51.100.8', '::1', 'unknown']) {
    t.strictSame(await fetchResponse(url, from(ip)), elsewhere, ip)
  }
  t.strictSame(await fetchResponse(url, from('192.0.3.0', unscoped)), elsewhere, 'the response does not mention scopes')
  t.strictSame(await fetchResponse(url, from('192.0.2.1', (await issue({ allowedIps: [] })).key)), elsewhere, 'an empty list allows no address')
})

t.test('the IPv4 address of a client is also recognized on an IPv6 server', { skip: withoutIpv6 }, async t => {
  const url = await serve(t, apiKey({ lookup }), { host: '::' })
  const { key } = await issue({ allowedIps: ['127.0.0.0/8'] })
  t.equal((await fetchResponse(url, bearer(key))).status, 200)
  t.strictSame(await fetchResponse(url, bearer((await issue({ allowedIps: ['192.0.2.0/24'] })).key)), elsewhere)
})

t.test('a client on a Unix socket has no address', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'api-key-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const socketPath = join(folder, 'server')
  const app = Fastify(serverOptions())
  t.teardown(() => app.close())
  await app.register(apiErrors)
  app.get('/queues', { onRequest: apiKey({ lookup }) }, async () => 'ok')
  await app.listen({ path: socketPath })
  const statusWith = async (key: string): Promise<number | undefined> => await new Promise((resolve, reject) => {
    requestOf({ socketPath, path: '/queues', ...bearer(key) }, response => { text(response).then(() => resolve(response.statusCode), reject) })
      .on('error', reject).end()
  })
  t.equal(await statusWith((await issue()).key), 200)
  t.equal(await statusWith((await issue({ allowedIps: ['0.0.0.0/0', '::/0'] })).key), 403)
})

t.test('a lookup that fails results in 503 and is logged', async t => {
  const broken = await createKeyStore()
  await broken.close()
  const url = await serve(t, apiKey({ lookup: broken.lookup }))
  const before = log.length
  t.strictSame(await fetchResponse(url, bearer('abc')), failed)
  const line = JSON.parse(log.slice(before).split('\n').find(line => line.includes('"code":"service_unavailable"')) as string)
  t.match(line, { level: 50, status: 503, route: 'GET /queues', msg: 'The API key could not be looked up.', err: { stack: /PGlite is closed/ } })
})

t.test('a lookup that fails with the key in its message: the log has the message without the key', async t => {
  // A table of plain keys, and a column of another type: the error of Postgres contains the value that it cannot read.
  const { key } = await issue()
  const url = await serve(t, apiKey({ lookup: async sent => { await store.query('select $1::int', [sent]); return null } }))
  const before = log.length
  t.strictSame(await fetchResponse(url, bearer(key)), failed)
  t.match(log.slice(before), /invalid input syntax for type integer: \\"\[API key\]\\"/)
})

t.test('a thrown value that is not an Error is also logged, without the key in any spelling', async t => {
  const key = 'a/b+c=='
  const url = await serve(t, apiKey({ lookup: async sent => { throw { reason: 'down', url: `/keys/${encodeURIComponent(sent)}`, sent } } })) // eslint-disable-line no-throw-literal
  const before = log.length
  t.strictSame(await fetchResponse(url, bearer(key)), failed)
  t.match(log.slice(before), "reason: 'down', url: '/keys/[API key]', sent: '[API key]'")
  const plain = await serve(t, apiKey({ lookup: async () => { throw 'down' } })) // eslint-disable-line no-throw-literal
  t.strictSame(await fetchResponse(plain, bearer(key)), failed)
  t.match(log.slice(before), '"thrown":"\'down\'"')
})

t.test('the lines that Fastify itself logs about errors of hooks and serializers do not have the key', async t => {
  const { key } = await issue()
  const guard = apiKey({ lookup })
  const fail = (): never => { throw Object.assign(new Error(`No ${key}`), { sent: [key] }) }
  const url = await serve(t, guard, {
    async setUp (app) {
      await app.register(apiErrors)
      app.get('/send', { onRequest: guard, onSend: async () => fail() }, async () => 'ok')
      app.get('/error', { onRequest: guard, onSend: async () => fail() }, async () => { throw standardErrors.resource_conflict() })
      app.get('/response', { onRequest: guard, onResponse: async () => fail() }, async () => 'ok')
      app.get('/callback', { onRequest: guard, onResponse: (_request, _reply, done) => { done(new Error(key)) } }, async () => 'ok')
      app.get('/without-key', { onResponse: async () => { throw new Error('No key was sent.') } }, async () => 'ok')
    }
  })
  const before = log.length
  const internal = refused(500, undefined, 'internal_error', standardErrors.internal_error.message)
  const ok = { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'ok' }
  const conflict = refused(409, undefined, 'resource_conflict', standardErrors.resource_conflict.message)
  for (const [path, expected] of Object.entries({ '/send': internal, '/error': conflict, '/response': ok, '/callback': ok })) {
    t.strictSame(await fetchResponse(new URL(path, url).href, bearer(key)), expected, path)
  }
  t.strictSame(await fetchResponse(new URL('/without-key', url).href), ok)
  const lines = log.slice(before).trim().split('\n').map(line => JSON.parse(line) as { msg: string, err?: { message: string, sent?: unknown } })
  t.notMatch(log.slice(before), key)
  t.strictSame(lines.filter(({ msg }) => msg === 'request errored').map(({ err }) => [err?.message, err?.sent]), [['No [API key]', ['[API key]']], ['[API key]', undefined], ['No key was sent.', undefined]])
  t.equal(lines.filter(({ msg, err }) => msg === 'No [API key]' && err?.message === 'No [API key]').length, 2, 'the errors of the onSend hooks')
})

for (const [record, reason] of [
  [{ id: 'key_1', expiresAt: 'soon' }, 'The record of the API key "key_1" is invalid: expiresAt: expected a Date, an ISO 8601 string or milliseconds, got "soon".'],
  [{ id: 'key_1', revokedAt: new Date(NaN) }, 'The record of the API key "key_1" is invalid: revokedAt: expected a Date, an ISO 8601 string or milliseconds, got an invalid date.'],
  [{ id: 'key_1', scopes: 'a b' }, 'The record of the API key "key_1" is invalid: scopes: expected an array of strings, or null, got "a b".'],
  [{ id: 'key_1', allowedIps: '127.0.0.1' }, 'The record of the API key "key_1" is invalid: allowedIps: expected an array of strings, or null, got "127.0.0.1".'],
  [{ id: 'key_1', allowedIps: ['127.0.0.1', 'home'] }, 'The record of the API key "key_1" is invalid: allowedIps: expected addresses and ranges such as \'192.0.2.1\', \'192.0.2.0/24\' or \'2001:db8::/32\', got "home".'],
  [{ id: 7 }, 'The record of the API key 7 is invalid: id: expected a string with at least one character, got 7.'],
  [true, 'The record of the API key undefined is invalid: id: expected a string with at least one character, got undefined.']
] as const) {
  t.test(`an invalid record rejects the request: ${reason}`, async t => {
    const url = await serve(t, apiKey({ lookup: () => record as unknown as ApiKeyRecord, scopes: ['a'] }))
    const before = log.length
    t.strictSame(await fetchResponse(url, bearer('abc')), failed)
    t.ok(log.slice(before).includes(JSON.stringify(reason).slice(1, -1)))
  })
}

t.test('an error of the catalog that lookup throws is sent', async t => {
  const url = await serve(t, apiKey({ lookup: () => { throw standardErrors.payment_required({ message: 'The trial is over.' }) } }))
  t.strictSame(await fetchResponse(url, bearer('abc')), refused(402, undefined, 'payment_required', 'The trial is over.'))
})

t.test('lookup receives the key and the request', async t => {
  const url = await serve(t, apiKey({ lookup: (key, request) => ({ id: `${key} ${request.method} ${request.url}` }) }))
  t.strictSame(await fetchResponse(url, bearer('abc')), found({ id: 'abc GET /queues' }))
})

t.test('the guard compares a record that has a hash', async t => {
  const right = generateKey({ prefix: 'launch_test' })
  // The lookup compares only the first part of the key, so the guard must compare the rest.
  const url = await serve(t, apiKey({ lookup: key => key.startsWith('launch_test_') ? { id: 'key_1', hash: hashKey(right) } : undefined }))
  t.strictSame(await fetchResponse(url, bearer(right)), found({ id: 'key_1', hash: hashKey(right) }))
  t.strictSame(await fetchResponse(url, bearer(generateKey({ prefix: 'launch_test' }))), invalid)
  t.strictSame(await fetchResponse(url, bearer(generateKey({ prefix: 'launch_live' }))), invalid)
})

const places: ReadonlyArray<readonly [string, Partial<ApiKeyOptions>, (key: string) => Record<string, string>, challenge: string]> = [
  ['another realm', { realm: 'launch' }, key => ({ authorization: `Bearer ${key}` }), 'Bearer realm="launch"'],
  ['another scheme', { scheme: 'ApiKey' }, key => ({ authorization: `apikey ${key}` }), 'ApiKey realm="api"'],
  ['another header', { header: 'X-API-Key' }, key => ({ 'x-api-key': key }), 'ApiKey realm="api", header="x-api-key"'],
  ['another header with a scheme', { header: 'x-auth', scheme: 'Key', realm: 'a b' }, key => ({ 'X-Auth': `Key ${key}` }), 'Key realm="a b", header="x-auth"']
]

for (const [name, options, headersOf, challenge] of places) {
  t.test(`the key in ${name}`, async t => {
    const url = await serve(t, apiKey({ lookup, scopes: ['a'], ...options }))
    const { id, key } = await issue({ scopes: ['a'] })
    const { key: unscoped } = await issue()
    t.strictSame(await fetchResponse(url, { headers: headersOf(key) }), found({ id, ...stored, scopes: ['a'] }))
    t.strictSame(await fetchResponse(url), refused(401, challenge, 'missing_api_key', 'No API key was sent.'))
    for (const wrong of ['abc', '"abc"', 'a b']) {
      t.strictSame(await fetchResponse(url, { headers: headersOf(wrong) }), refused(401, `${challenge}, error="invalid_token"`, 'invalid_api_key', 'The API key is invalid.'), wrong)
    }
    t.strictSame(await fetchResponse(url, { headers: headersOf(unscoped) }), refused(403, `${challenge}, error="insufficient_scope", scope="a"`,
      'insufficient_scope', 'Your credentials lack a required scope.', { meta: { required: ['a'], held: [] } }))
  })
}

t.test('a header that is sent twice is not a key', async t => {
  const url = await serve(t, apiKey({ lookup, header: 'x-api-key' }))
  const { key } = await issue()
  const headers = new Headers([['x-api-key', key], ['x-api-key', key]])
  t.strictSame(await fetchResponse(url, { headers }), refused(401, 'ApiKey realm="api", header="x-api-key", error="invalid_token"', 'invalid_api_key', 'The API key is invalid.'))
})

t.test('the guard uses the realm of the plugin and the codes that the application redefines', async t => {
  const errors = defineErrors(standardErrors, {
    missing_api_key: { message: 'Send a key.' },
    insufficient_scope: { message: 'Not with this key.' }
  })
  const url = await serve(t, apiKey({ lookup, scopes: ['a'] }), { setUp: app => app.register(apiErrors, { errors, realm: 'launch' }) })
  t.strictSame(await fetchResponse(url), refused(401, 'Bearer realm="launch"', 'missing_api_key', 'Send a key.'))
  t.strictSame(await fetchResponse(url, bearer((await issue()).key)),
    refused(403, 'Bearer realm="launch", error="insufficient_scope", scope="a"', 'insufficient_scope', 'Not with this key.', { meta: { required: ['a'], held: [] } }))
})

t.test('without the plugin, Fastify responds with the same statuses and challenges', async t => {
  const url = await serve(t, apiKey({ lookup, scopes: ['a'] }), { setUp: () => {} })
  const plain = (status: number, challenge: string, body: object): HttpResponse =>
    ({ status, headers: { 'content-type': 'application/json; charset=utf-8', 'www-authenticate': challenge }, body: { statusCode: status, ...body } })
  t.strictSame(await fetchResponse(url), plain(401, 'Bearer realm="api"', { code: 'missing_api_key', error: 'Unauthorized', message: 'No API key was sent.' }))
  t.strictSame(await fetchResponse(url, bearer('abc')), plain(401, 'Bearer realm="api", error="invalid_token"',
    { code: 'invalid_api_key', error: 'Unauthorized', message: 'The API key is invalid.' }))
  t.strictSame(await fetchResponse(url, bearer((await issue()).key)), plain(403, 'Bearer realm="api", error="insufficient_scope", scope="a"',
    { code: 'insufficient_scope', error: 'Forbidden', message: 'Your credentials lack a required scope.' }))
})

t.test('a guard of a scope applies to all its routes and to the scopes below it', async t => {
  const app = Fastify(serverOptions({ logger }))
  t.teardown(() => app.close())
  await app.register(apiErrors)
  app.get('/open', async request => ({ key: request.apiKey }))
  app.register(async scope => {
    scope.get('/before', async request => ({ key: request.apiKey }))
    scope.addHook('onRequest', apiKey({ lookup }))
    scope.get('/after', async request => ({ key: request.apiKey }))
    scope.register(async inner => {
      inner.addHook('onRequest', apiKey({ lookup, scopes: ['admin'] }))
      inner.get('/inner', async request => ({ key: request.apiKey }))
    })
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const { id, key } = await issue({ scopes: ['admin'] })
  const { key: unscoped } = await issue()
  for (const path of ['/before', '/after', '/inner']) {
    t.strictSame(await fetchResponse(url + path), missing, path)
    t.strictSame(await fetchResponse(url + path, bearer(key)), found({ id, ...stored, scopes: ['admin'] }), path)
  }
  t.equal((await fetchResponse(`${url}/inner`, bearer(unscoped))).status, 403)
  t.equal((await fetchResponse(`${url}/after`, bearer(unscoped))).status, 200)
  t.strictSame(await fetchResponse(`${url}/open`), { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body: {} })
})

const scopeExpected = 'expected a word without quotes and backslashes, such as \'queues:write\''

for (const [options, message] of [
  [{}, 'lookup: expected a function of (key, request) that returns a record or null, got undefined.'],
  [{ lookup, scope: ['a'] }, 'scope: unknown option, expected one of lookup, scopes, header, scheme, guessLimit, realm.'],
  [{ lookup, scopes: 'a' }, 'scopes: expected an array of words, such as [\'queues:write\'], got "a".'],
  [{ lookup, scopes: ['a', 'a b'] }, `scopes[1]: ${scopeExpected}, got "a b".`],
  [{ lookup, scopes: [''] }, `scopes[0]: ${scopeExpected}, got "".`],
  [{ lookup, scopes: [7] }, `scopes[0]: ${scopeExpected}, got 7.`],
  [{ lookup, header: 'X API Key' }, 'header: expected the name of a header, such as \'x-api-key\', got "X API Key".'],
  [{ lookup, header: 7 }, 'header: expected the name of a header, such as \'x-api-key\', got 7.'],
  [{ lookup, scheme: '' }, 'scheme: expected the word before the key, such as \'Bearer\', got "".'],
  [{ lookup, scheme: null }, 'scheme: expected the word before the key, such as \'Bearer\', got null.'],
  [{ lookup, realm: 'a"b' }, 'realm: expected printable ASCII without quotes and backslashes, got "a\\"b".'],
  [{ lookup, realm: 7 }, 'realm: expected printable ASCII without quotes and backslashes, got 7.'],
  [{ lookup, guessLimit: { max: 10 } }, 'guessLimit: expected the result of guessLimit(), got an object.']
] as const) {
  t.test(`an invalid option is rejected: ${message}`, async t => {
    t.equal(thrown(() => apiKey(options as unknown as ApiKeyOptions)), `TypeError: apiKey: ${message}`)
  })
}

t.test('no key was logged', async t => {
  t.ok(log.includes('missing_api_key') && log.includes('insufficient_scope') && log.includes('service_unavailable'), 'everything was logged')
  t.equal(store.issued.length > 20, true)
  for (const key of store.issued) t.notOk(log.includes(key))
  t.notMatch(log, /launch_test_/)
})

t.test('the lines of Fastify about errors without a response do not have the key', async t => {
  const { key } = await issue()
  const guard = apiKey({ lookup })
  const fail = (): never => { throw Object.assign(new Error(`No ${key}`), { sent: [key] }) }
  let level: unknown
  const url = await serve(t, guard, {
    async setUp (app) {
      await app.register(apiErrors)
      app.get('/late', { onRequest: guard }, async (_request, reply) => {
        reply.log.info({ late: true }, 'before the response')
        reply.log.error('a line without an error')
        level = reply.log.level
        reply.send('ok')
        await delay(1)
        fail()
      })
      app.get('/stream', { onRequest: guard }, async () => new Readable({ read () { this.destroy(new Error(key)) } }))
      app.get('/aborted', { onRequest: [request => guard(request), guard], onRequestAbort: async (_request: unknown) => fail() }, async () => { await delay(200) })
    }
  })
  const before = log.length
  t.equal(await (await fetch(new URL('/late', url), bearer(key))).text(), 'ok')
  t.equal((await fetch(new URL('/stream', url), { method: 'HEAD', ...bearer(key) })).status, 200)
  await t.rejects(fetch(new URL('/aborted', url), { ...bearer(key), signal: AbortSignal.timeout(50) }))
  await delay(50)
  const lines = log.slice(before).trim().split('\n').map(line => JSON.parse(line) as { level: number, msg: string, late?: true, err?: { message: string, sent?: unknown } })
  t.strictSame(lines.filter(({ level }) => level === 50).map(({ msg, err }) => [msg, err?.message, err?.sent]), [
    ['a line without an error', undefined, undefined],
    ['Promise errored, but reply.sent = true was set', 'No [API key]', ['[API key]']],
    ['Error on Stream found for HEAD route', '[API key]', undefined],
    ['onRequestAborted hook failed', 'No [API key]', ['[API key]']]
  ])
  t.equal(lines.filter(({ late }) => late).length, 1)
  t.equal(level, 'trace')
  t.notMatch(log.slice(before), key)
})

t.test('the lines of the package about failing functions of the application have neither the key nor an unlimited size', async t => {
  const { key } = await issue()
  const guard = apiKey({ lookup })
  const fail = (): never => { throw Object.assign(new Error(`No ${key}`), { sent: [key], data: 'x'.repeat(100_000), list: Array.from({ length: 1000 }, () => 'x'.repeat(1000)) }) }
  const gone = Object.assign(new Error('Gone.'), { statusCode: 410 })
  const failing = (method: keyof IdempotencyStore) => ({ preHandler: idempotency({ store: { ...memoryStore(), [method]: fail }, onStoreError: 'allow' }) })
  const url = await serve(t, guard, {
    async setUp (app) {
      await app.register(apiErrors, {
        onUndocumented: fail,
        rateLimit: { policies: { burst: { max: 99, timeWindow: 1000, onExceeding: fail } } }
      })
      app.get('/policy', { onRequest: guard, config: { rateLimitPolicy: 'burst' } }, async () => 'ok')
      app.get('/undocumented', { onRequest: guard }, async () => { throw gone })
      app.get('/header', { onRequest: guard }, async (_request, reply) => {
        reply.header(`x ${key}`, '1')
        throw standardErrors.resource_conflict()
      })
      app.post('/claim', { onRequest: guard, ...failing('claim') }, async () => 'ok')
      app.post('/complete', { onRequest: guard, ...failing('complete') }, async () => 'ok')
      app.post('/release', { onRequest: guard, ...failing('release') }, async () => { throw standardErrors.resource_conflict() })
    }
  })
  for (const [path, status, message] of [
    ['/policy', 200, "The function 'onExceeding' of the policy 'burst' failed."],
    ['/undocumented', 410, 'The function in the option onUndocumented failed.'],
    ['/header', 409, 'A header that cannot be sent was omitted from an error response.'],
    ['/claim', 200, 'The store of idempotency keys failed. Requests run without protection.'],
    ['/complete', 200, 'The response to the idempotency key was not stored. If the request is repeated after claimTtl, it runs again.'],
    ['/release', 409, 'The claim of the idempotency key was not released. It expires after claimTtl.']
  ] as const) {
    const before = log.length
    const isPost = ['/claim', '/complete', '/release'].includes(path)
    const response = await fetch(new URL(path, url), { method: isPost ? 'POST' : 'GET', headers: { ...bearer(key).headers, 'idempotency-key': path.slice(1) } })
    t.equal(response.status, status, path)
    await response.text()
    const lines = log.slice(before).trim().split('\n')
    t.equal(lines.filter(line => (JSON.parse(line) as { msg: string }).msg === message).length, 1, path)
    t.notMatch(lines.join('\n'), key, path)
    for (const line of lines) t.ok(line.length < 25_000, `${path} ${line.length}`)
  }
})
