// Given an API whose codes are in another spelling, responses, the document, the pages, the lockfile and the client have them.
import { expectTypeOf } from 'expect-type'
import fc from 'fast-check'
import swagger from '@fastify/swagger'
import { Validator } from '@seriousme/openapi-schema-validator'
import Fastify, { type FastifyInstance, type LightMyRequestResponse } from 'fastify'
import t from 'tap'
import apiErrors, { assertLedger, defineErrors, defineErrorsWith, standardErrors, type ApiErrorsOptions, type ErrorFactory } from 'fastify-api-errors'
import { parseError, type ErrorOf } from 'fastify-api-errors/client'
import { isCode, isSnakeCase } from '../../lib/catalog/code-syntax.js'
import { referenceFiles } from '../../lib/reference/reference-files.js'
import { createLock, parseLock, writeLock } from '../../lib/verify/lockfile.js'
import { codesByStatus, documentOf, info } from '../openapi/documents.js'
import { thrown } from '../helpers/thrown.js'

const bucket = {
  status: 404,
  type: 'not_found_error',
  message: 'The bucket does not exist.',
  description: 'No bucket has this name.',
  action: 'Check the name.'
} as const

const errors = defineErrorsWith({ codes: /[A-Z]\w+|auth\/[a-z-]+/g })(standardErrors, {
  NoSuchBucket: bucket,
  E1001: { ...bucket, status: 409, type: 'conflict_error', message: 'The bucket is not empty.' },
  'auth/invalid-token': { ...bucket, status: 401, type: 'authentication_error', message: 'The token is invalid.' },
  auth_invalid_token: { ...bucket, status: 401, type: 'authentication_error', message: 'The token is invalid, too.' },
  no_such_key: bucket
})

t.test('a code is letters and digits with single separators, in lower snake case by default', async t => {
  for (const code of ['a', 'resource_not_found', 'e1001']) t.ok(isSnakeCase(code) && isCode(code), code)
  for (const code of ['NoSuchBucket', 'E1001', 'auth/invalid-token', 'user.not_found', 'QUEUE_FULL', 'a:b']) t.ok(!isSnakeCase(code) && isCode(code), code)
  for (const code of ['', ' ', '1001', '_a', 'a_', 'a__b', 'a/../b', '../a', 'a b', 'a%2F', "a'", 'é', 'a\n', '__proto__', undefined, 7]) t.notOk(isCode(code), String(code))
  fc.assert(fc.property(fc.stringMatching(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/), code => { t.ok(isSnakeCase(code) && isCode(code)) }), { numRuns: 100 })
})

t.test('defineErrorsWith: codes in lower snake case, and codes that the pattern matches as a whole', async t => {
  const define = defineErrorsWith({ codes: /E\d+/y })
  t.strictSame(Object.keys(define({ E1: bucket, E2: bucket, plain: bucket })), ['E1', 'E2', 'plain'])
  t.equal(define({ E1: bucket }, { E1: { ...bucket, status: 410 } }).E1.status, 410)
  expectTypeOf(define({ E1: bucket }).E1).toEqualTypeOf<ErrorFactory<'E1', 404, undefined, 'The bucket does not exist.'>>()
  expectTypeOf(errors['auth/invalid-token']).toEqualTypeOf<ErrorFactory<'auth/invalid-token', 401, undefined, 'The token is invalid.'>>()
  for (const [run, sentence] of [
    [() => define({ E1x: bucket }), "defineErrors: code: expected lower snake case, like 'resource_not_found', or a match of /E\\d+/y, got \"E1x\"."],
    [() => defineErrors({ E1: bucket }), "defineErrors: code: expected lower snake case, like 'resource_not_found', or a match of the pattern of defineErrorsWith({ codes }), got \"E1\"."],
    [() => defineErrorsWith({ codes: /.*/ })({ 'a b': bucket }), "defineErrors: code: expected letters and digits, with single '_', '.', ':', '/' or '-' between them, and a letter first, got \"a b\"."],
    [() => defineErrorsWith({ codes: 'E.*' as never }), 'defineErrorsWith: codes: expected a regular expression, like /[A-Z][A-Za-z0-9]+/, got "E.*".'],
    [() => defineErrorsWith({ codes: /a/, code: 1 } as never), 'defineErrorsWith: code: unknown option, expected codes.'],
    [() => defineErrorsWith(null as never), 'defineErrorsWith: options: expected an object with codes, got null.']
  ] as const) t.equal(thrown(run), `TypeError: ${sentence}`)
})

async function create (t: { teardown: (run: () => unknown) => void }, options: ApiErrorsOptions): Promise<FastifyInstance> {
  const app = Fastify({ genReqId: () => 'req_1' })
  t.teardown(() => app.close())
  await app.register(swagger, { openapi: { openapi: '3.1.0', info } })
  await app.register(apiErrors, { errors, log: false, ...options })
  app.get('/buckets/:name', async () => { throw errors.NoSuchBucket() })
  app.delete('/buckets/:name', { config: { errors: [errors.E1001, errors.no_such_key] } }, async () => { throw errors.E1001() })
  app.get('/token', async () => { throw errors['auth/invalid-token']() })
  app.get('/tokens', { config: { errors: [errors['auth/invalid-token'], errors.auth_invalid_token] } }, async () => { throw errors.auth_invalid_token() })
  await app.ready()
  return app
}

const reference = { path: '/errors' }

t.test('a code in another style is sent unchanged in each format', async t => {
  const send = async (format: NonNullable<ApiErrorsOptions['format']>): Promise<LightMyRequestResponse> => (await create(t, { format, reference })).inject('/token')
  const response = await send('code')
  t.strictSame({ status: response.statusCode, challenge: response.headers['www-authenticate'], body: response.json() }, {
    status: 401,
    challenge: 'Bearer realm="api"',
    body: { code: 'auth/invalid-token', message: 'The token is invalid.', request_id: 'req_1', doc_url: '/errors/auth%2Finvalid-token' }
  })
  t.strictSame((await send('problem')).json(), {
    type: '/errors/auth%2Finvalid-token',
    title: 'Auth invalid token',
    status: 401,
    detail: 'The token is invalid.',
    instance: '/token#req_1',
    code: 'auth/invalid-token',
    request_id: 'req_1'
  })
  t.match((await send('error')).json(), { error: 'auth/invalid-token' })
  t.match((await send('typed')).json(), { code: 'auth/invalid-token' })
})

t.test('the document is valid, and names, examples and discriminators have the codes', async t => {
  for (const format of ['code', 'problem', 'error'] as const) {
    const app = await create(t, { format, reference })
    const document = documentOf(app)
    t.strictSame(await new Validator().validate(structuredClone(document)), { valid: true }, format)
    t.strictSame(codesByStatus(document, '/buckets/{name}', 'delete'), {
      200: [], 400: ['invalid_request'], 404: ['no_such_key', 'resource_not_found'], 409: ['E1001'], 413: ['payload_too_large'], 415: ['unsupported_media_type'], 500: ['internal_error']
    })
    t.strictSame(codesByStatus(document, '/buckets/{name}', 'get')[404], ['NoSuchBucket', 'resource_not_found'], 'the handler shows it')
    t.strictSame(codesByStatus(document, '/token', 'get')[401], ['auth/invalid-token'], 'also for a code that is not an identifier')
    const names = Object.keys(document.components.schemas ?? {})
    t.ok(['E1001Error', 'NoSuchBucketError', 'NoSuchKeyError'].every(name => names.includes(name)), String(names))
    t.equal(names.filter(name => /^AuthInvalidTokenError_\w{4}$/.test(name)).length, 2, 'two codes with one name')
    const schemas = JSON.stringify(document)
    t.ok(schemas.includes('"auth/invalid-token":"#/components/schemas/AuthInvalidTokenError_'), 'the mapping of a discriminator')
    t.ok(Object.keys(document.components).every(section => Object.keys(document.components[section] as object).every(name => /^[A-Za-z0-9._-]+$/.test(name))))
  }
})

t.test('a code in another style has a page, whose URL and file names are encoded', async t => {
  const app = await create(t, { reference })
  const url = (await app.inject('/token')).json().doc_url as string
  const page = await app.inject({ url, headers: { accept: 'application/json' } })
  t.equal(page.statusCode, 200)
  t.match(page.json(), { code: 'auth/invalid-token', title: 'Auth invalid token', status: 401, routes: ['GET /token', 'GET /tokens'] })
  const index = await app.inject('/errors')
  for (const name of ['NoSuchBucket', 'E1001', 'auth%2Finvalid-token']) {
    t.ok(index.body.includes(`href="/errors/${name}"`), name)
    t.equal((await app.inject(`/errors/${name}`)).statusCode, 200, name)
  }
  t.equal((await app.inject('/errors/auth%2Fnone')).statusCode, 404)
  const files = new Map(referenceFiles(app.apiErrors.reference(), 'http://localhost').map(({ name, content }) => [name, content]))
  for (const name of ['NoSuchBucket', 'E1001', 'auth~2Finvalid-token']) t.ok(files.has(`${name}.html`) && files.has(`${name}.md`) && files.has(`${name}.json`), name)
  t.ok(files.get('index.html')?.includes('href="auth~2Finvalid-token.html"'))
  t.ok([...files.keys()].every(name => /^[\w.~-]+$/.test(name)))
})

t.test('docUrl receives the code unchanged, and with a base URL it is encoded', async t => {
  t.equal((await (await create(t, { docUrl: 'https://example.com/errors/' })).inject('/token')).json().doc_url, 'https://example.com/errors/auth%2Finvalid-token')
  t.equal((await (await create(t, { docUrl: code => `https://example.com/${code.replace('/', '-')}` })).inject('/token')).json().doc_url, 'https://example.com/auth-invalid-token')
})

t.test('the lockfile, the ledger, explain() and the client have codes in another style unchanged', async t => {
  const inferred = { version: 1, routes: { 'GET /token': [{ status: 401, code: 'auth/invalid-token', at: 'src/token.ts:3' }], 'GET /buckets/:name': [{ status: 404, code: 'NoSuchBucket', at: 'src/a.ts:1' }] } } as const
  const app = await create(t, { inferred, format: 'error' })
  const lock = createLock(app.apiErrors.reference())
  t.strictSame(parseLock(writeLock(lock), 'errors.lock.json'), lock)
  t.strictSame(lock.codes['auth/invalid-token'], { status: 401, type: 'authentication_error', retry: 'never' })
  t.strictSame(lock.routes['GET /token'], ['auth/invalid-token', 'internal_error'])
  t.strictSame(lock.routes['GET /buckets/:name'], ['NoSuchBucket', 'internal_error'])
  t.match(app.apiErrors.explain('GET', '/token'), [{ code: 'internal_error' }, { code: 'auth/invalid-token', rule: 'source', reason: 'Thrown at src/token.ts:3.' }])

  const { body, statusCode: status } = await app.inject('/token')
  const error: ErrorOf<typeof errors> = await parseError<typeof errors>(new Response(body, { status }))
  if (error.code === 'auth/invalid-token') expectTypeOf(error.status).toEqualTypeOf<401>()
  t.equal(error.code, 'auth/invalid-token')
  for (const url of ['/buckets/a', '/tokens']) await app.inject(url)
  await app.inject({ method: 'DELETE', url: '/buckets/a' })
  t.strictSame(app.apiErrors.ledger().map(({ route, code, documented }) => [route, code, documented]), [
    ['GET /token', 'auth/invalid-token', true], ['GET /buckets/:name', 'NoSuchBucket', true], ['GET /tokens', 'auth_invalid_token', true], ['DELETE /buckets/:name', 'E1001', true]
  ])
  assertLedger(app, { except: ['auth/invalid-token', 'NoSuchBucket'] })
})
