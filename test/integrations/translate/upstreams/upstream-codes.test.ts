/** The error codes of HTTP clients. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { AxiosError } from 'axios'
import t from 'tap'
import { errors as undiciErrors } from 'undici'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { standardErrors } from '../../../../lib/catalog/standard-errors.js'
import { upstreamSources } from '../../../../lib/translate/upstreams/upstream-codes.js'
import { upstreamTranslator } from '../../../../lib/translate/upstreams/upstream.js'

const context = { errors: standardErrors, request: {} as FastifyRequest, reply: {} as FastifyReply }

const translated = (error: unknown): string | undefined => upstreamTranslator.translate(error, context)?.code
const withCode = (code: string): Error => Object.assign(new Error('upstream-secret'), { code })
const withName = (name: string): Error => Object.assign(new Error('upstream-secret'), { name })
const codesOf = (source: string): string[] => Object.keys(upstreamSources[source]?.codes ?? {})

for (const [name, { codes, names, prefixes }] of Object.entries(upstreamSources)) {
  t.test(name, async t => {
    const codeFor = (failure: string): string => failure === 'aborted' ? 'gateway_timeout' : failure
    for (const [code, failure] of Object.entries(codes)) t.equal(translated(withCode(code)), codeFor(failure), code)
    for (const [errorName, failure] of Object.entries(names ?? {})) t.equal(translated(withName(errorName)), codeFor(failure), errorName)
    for (const [prefix, failure] of Object.entries(prefixes ?? {})) t.equal(translated(withCode(`${prefix}ANYTHING`)), codeFor(failure), prefix)
  })
}

t.test('each code is in one source only', async t => {
  const codes = Object.keys(upstreamSources).flatMap(codesOf)
  t.equal(new Set(codes).size, codes.length)
})

t.test('every code of undici is in the table or indicates a bug in the application', async t => {
  const mistakes = ['UND_ERR', 'UND_ERR_INVALID_ARG', 'UND_ERR_INVALID_RETURN_VALUE', 'UND_ERR_MAX_ORIGINS_REACHED', 'UND_ERR_NOT_SUPPORTED',
    'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH', 'UND_ERR_WS_MESSAGE_SIZE_EXCEEDED']
  const exported = Object.values(undiciErrors).map(AnyError => new (AnyError as unknown as new (...args: unknown[]) => Error & { code?: string })('', 0, {}))
  const codes = exported.flatMap(({ code }) => code === undefined || Object.keys(upstreamSources.undici?.prefixes ?? {}).some(prefix => code.startsWith(prefix)) ? [] : [code])
  t.strictSame([...codes].sort(), [...codesOf('undici'), ...mistakes].sort())
  for (const code of mistakes) t.equal(translated(withCode(code)), undefined, code)
})

t.test('every code of axios is in the table or indicates a bug in the application', async t => {
  const mistakes = ['ERR_BAD_OPTION', 'ERR_BAD_OPTION_VALUE', 'ERR_BAD_REQUEST', 'ERR_DEPRECATED', 'ERR_FORM_DATA_DEPTH_EXCEEDED', 'ERR_INVALID_URL', 'ERR_NOT_SUPPORT']
  const nodes = codesOf('Node.js, sockets')
  const codes = Object.values(AxiosError).filter(code => typeof code === 'string' && !nodes.includes(code))
  t.strictSame(codes.sort(), [...codesOf('axios'), ...mistakes].sort())
  for (const code of mistakes) t.equal(translated(withCode(code)), undefined, code)
})

t.test('every code of got is in the table or indicates a bug in the application', async t => {
  const mistakes = ['ERR_CACHE_ACCESS', 'ERR_GOT_REQUEST_ERROR', 'ERR_RETRYING', 'ERR_UPLOAD']
  const sources = ['core/errors.js', 'core/response.js'].map(file => readFileSync(new URL(file, import.meta.resolve('got')), 'utf8')).join('')
  const codes = [...sources.matchAll(/code = '(ERR_\w+)'/g)].map(([, code]) => code)
  t.strictSame([...new Set(codes)].sort(), [...codesOf('got'), ...mistakes].sort())
  for (const code of mistakes) t.equal(translated(withCode(code)), undefined, code)
})

t.test('every code of @fastify/reply-from is in the table', async t => {
  const errors: Record<string, new () => { readonly code: string }> = createRequire(import.meta.url)('@fastify/reply-from/lib/errors.js')
  const codes = Object.values(errors).map(AnyError => new AnyError().code)
  const others = [...codesOf('Node.js, sockets'), ...codesOf('undici')]
  t.strictSame(codes.filter(code => !others.includes(code)).sort(), codesOf('@fastify/reply-from').sort())
})

t.test('an upstream response of any client results in 502', async t => {
  t.equal(translated({ status: 404, message: 'Not Found', response: { status: 404, headers: {} } }), 'bad_gateway')
  t.equal(translated({ message: 'Not Found', response: { statusCode: 404, headers: new Headers() } }), 'bad_gateway')
  t.equal(translated({ status: 404, message: 'Not Found', response: { statusCode: 404, message: 'Not Found' } }), undefined, 'the response that a framework is to send')
  t.equal(translated({ message: 'Not Found', response: { headers: {} } }), undefined)
})

t.test('a status that the application chose is kept, whatever the cause', async t => {
  t.equal(translated(Object.assign(new Error('Taken', { cause: withCode('ECONNREFUSED') }), { statusCode: 409 })), undefined)
  t.equal(translated(Object.assign(new Error('Taken', { cause: withCode('ECONNREFUSED') }), { status: 409 })), undefined)
})

t.test('circular causes are handled', async t => {
  const error = new Error('A mistake.')
  error.cause = error
  t.equal(translated(error), undefined)
})

t.test('other errors are left to other translators', async t => {
  for (const value of [undefined, null, 'ECONNREFUSED', new Error('A mistake.'), new TypeError('fetch is not a function'), { config: {} }, { config: { signal: {} } }, new AggregateError([])]) {
    t.equal(translated(value), undefined)
  }
})

t.test('a socket error with a status belongs to the request, not to an upstream', async t => {
  t.equal(translated(Object.assign(withCode('ECONNRESET'), { statusCode: 400 })), undefined)
  t.equal(translated(Object.assign(withCode('ECONNRESET'), { statusCode: 500 })), 'bad_gateway', '@fastify/reply-from uses 500 for its own errors')
  t.equal(translated(Object.assign(withCode('ECONNRESET'), { status: 200, response: { status: 200, headers: {} } })), 'bad_gateway', 'axios has the status of an aborted response')
})
