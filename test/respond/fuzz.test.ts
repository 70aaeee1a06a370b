/** Throws 10,000 random values in a running server over open connections. Every response has the documented form. */
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import t from 'tap'
import { Pool } from 'undici'
import { ApiError, formats, standardErrors as errors, type Format } from 'fastify-api-errors'
import { issueLocations } from '../../lib/catalog/issues.js'
import { bodySchema } from '../../lib/formats/format.js'
import { throwables } from '../helpers/throwables.js'
import { createApp, listen, requestId } from '../helpers/http.js'

const anything = fc.anything({
  maxDepth: 2,
  maxKeys: 3,
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
  withObjectString: true,
  withSparseArray: true,
  withTypedArray: true
})

const failure = fc.record({ keyword: fc.string(), instancePath: fc.string(), schemaPath: fc.string(), params: anything }, { requiredKeys: [] })

/** Properties that clients of databases, upstream services and frameworks set on their errors, with likely and unlikely values. */
const properties = fc.record({
  message: fc.oneof(fc.string({ unit: 'binary' }), anything),
  code: fc.oneof(fc.constantFrom(...Object.keys(errors), 'FST_ERR_NOT_FOUND', 'FST_ERR_BAD_URL', 'FST_ERR_UNKNOWN', 'ECONNREFUSED', '23505', 'P2002', 11000), anything),
  status: fc.oneof(fc.integer({ min: 0, max: 999 }), anything),
  statusCode: fc.oneof(fc.integer({ min: 399, max: 600 }), anything),
  expose: fc.oneof(fc.boolean(), anything),
  headers: fc.oneof(fc.dictionary(fc.string(), fc.string({ unit: 'binary' })), anything),
  validation: fc.oneof(fc.array(fc.oneof(failure, anything)), anything),
  validationContext: fc.oneof(fc.constantFrom('body', 'querystring', 'params', 'headers'), anything),
  name: anything,
  cause: anything,
  errors: anything,
  stack: anything
}, { requiredKeys: [] })

const issue = fc.record({
  in: fc.constantFrom(...issueLocations), field: fc.string(), pointer: fc.string(), code: fc.stringMatching(/^[a-z][a-z0-9_]*$/), message: fc.string({ unit: 'binary' })
})

const init = fc.record({
  message: fc.string({ unit: 'binary' }),
  headers: fc.dictionary(fc.string(), fc.string({ unit: 'binary' })),
  retryAfter: fc.double(),
  param: fc.string(),
  issues: fc.array(issue),
  cause: anything
}, { requiredKeys: [] })

/** Codes with a meta schema are created without meta. The compiler rejects that in normal code. */
const apiError = fc.tuple(fc.constantFrom(...Object.values(errors)), init).map(([factory, given]) => new ApiError(factory, given))

const forged = fc.record({
  code: fc.oneof(fc.constantFrom(...Object.keys(errors)), anything),
  status: fc.oneof(fc.constantFrom(...Object.values(errors).map(({ status }) => status)), anything),
  type: fc.oneof(fc.string(), anything),
  message: fc.oneof(fc.string({ unit: 'binary' }), anything),
  headers: anything,
  retryAfter: anything,
  param: anything,
  issues: fc.oneof(fc.array(fc.oneof(issue, anything)), anything)
}).map(fields => ({ ...fields, [Symbol.for('fastify-api-errors.ApiError')]: true }))

const shape = fc.constantFrom<(value: object) => object>(value => value, Object.freeze, Object.seal, value => new Proxy(value, {}))

function asError (fields: object): Error {
  const error = new Error('secret')
  String(error.stack) // The message is created when it is first read.
  for (const [name, value] of Object.entries(fields)) Object.defineProperty(error, name, { value })
  return error
}

/** Creates the thrown value. A rejected promise that is created too early would be unhandled. */
const thrown: fc.Arbitrary<() => unknown> = fc.oneof(
  { weight: 3, arbitrary: anything.map(value => () => value) },
  { weight: 3, arbitrary: fc.tuple(properties, shape).map(([fields, as]) => () => as(asError(fields))) },
  { weight: 2, arbitrary: fc.tuple(properties, shape).map(([fields, as]) => () => as(fields)) },
  { weight: 2, arbitrary: apiError.map(error => () => error) },
  { weight: 2, arbitrary: forged.map(error => () => error) },
  { weight: 1, arbitrary: fc.constantFrom(...Object.values(throwables)).map(({ make }) => make) }
)

const ajv = addFormats.default(new Ajv({ strict: true, allErrors: true }))
const validators = new Map<string, ReturnType<typeof ajv.compile>>()

/** Returns whether a body matches the documented schema of its code in a format. */
function violations (body: { readonly code: string }, format: Format): unknown {
  const key = `${format.name} ${body.code}`
  let validate = validators.get(key)
  if (validate === undefined) {
    const definition = errors[body.code as keyof typeof errors]
    if (definition === undefined) return `${body.code} is not in the catalog`
    validators.set(key, validate = ajv.compile(JSON.parse(JSON.stringify(bodySchema(format, definition, { hasDocUrl: false }))) as object))
  }
  return validate(body) ? undefined : validate.errors
}

t.test('each of 10,000 random thrown values gets a response of the documented form', async t => {
  const app = await createApp({ negotiate: true, log: entry => { if (entry.status < 400) throw new Error('not an error') } })
  let make = (): unknown => undefined
  const throwIt = (): never => { throw make() }
  const throwItLater = async (): Promise<never> => { throw make() }
  const ok = async (): Promise<object> => ({ ok: true })
  app.get('/sync', throwIt)
  app.get('/async', throwItLater)
  app.get('/serializer', async () => ({ toJSON: throwIt }))
  for (const hook of ['onRequest', 'preParsing', 'preValidation', 'preHandler', 'preSerialization', 'onSend']) {
    app.get(`/${hook}/sync`, { [hook]: throwIt }, ok)
    app.get(`/${hook}/async`, { [hook]: throwItLater }, ok)
  }
  const paths = app.printRoutes({ commonPrefix: false }).match(/\/[\w/]+/g) ?? []
  t.equal(paths.length, 15)
  const port = await listen(t, app)
  const connections = new Set<object>()
  app.server.on('connection', socket => connections.add(socket))
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 4 })
  t.after(() => pool.close())

  const seen = new Map<string, number>()
  await fc.assert(fc.asyncProperty(thrown, fc.constantFrom(...paths), fc.boolean(), async (random, path, problem) => {
    make = random
    const { statusCode, headers, body } = await pool.request({ method: 'GET', path, headers: problem ? { accept: 'application/problem+json' } : {} })
    const text = await body.text()
    const response = JSON.parse(text) as { readonly code: string, readonly request_id: string, readonly message?: string, readonly detail?: string }
    const definition = errors[response.code as keyof typeof errors]
    seen.set(response.code, (seen.get(response.code) ?? 0) + 1)
    const problems = [
      violations(response, problem ? formats.problem : formats.code),
      statusCode === definition.status || `status ${statusCode}`,
      headers['content-type'] === (problem ? 'application/problem+json' : 'application/json; charset=utf-8') || `content-type ${String(headers['content-type'])}`,
      headers['content-length'] === String(Buffer.byteLength(text)) || 'content-length',
      headers['cache-control'] === 'no-store' || 'cache-control',
      headers['x-request-id'] === requestId || 'x-request-id',
      response.request_id === requestId || 'request_id',
      (statusCode < 500 || (response.message ?? response.detail) === definition.message) || 'a 5xx contains the thrown message',
      (statusCode !== 401 || headers['www-authenticate'] !== undefined) || 'www-authenticate',
      (statusCode !== 405 || headers.allow !== undefined) || 'allow',
      (statusCode !== 415 || headers.accept !== undefined) || 'accept',
      ((statusCode !== 429 && statusCode !== 503) || Number(headers['retry-after']) >= 1) || 'retry-after'
    ].filter(problem => problem !== true && problem !== undefined)
    if (problems.length > 0) throw new Error(`${path}: ${text}: ${JSON.stringify(problems)}`)
  }), { numRuns: 10_000 })

  t.ok(connections.size <= 4, 'no connection was lost')
  t.ok(seen.size > 40, `${seen.size} codes were given: ${[...seen].map(([code, count]) => `${code} ${count}`).join(', ')}`)
})
