/** The lockfile: its content, and the message about a file that is not a lockfile. */
import Fastify, { type FastifyInstance } from 'fastify'
import { Type } from '@sinclair/typebox'
import t from 'tap'
import apiErrors, { defineErrors, type ApiErrorsOptions } from 'fastify-api-errors'
import { createLock, parseLock, writeLock } from '../../lib/verify/lockfile.js'
import { listReferences } from '../../lib/verify/error-references.js'

const own = defineErrors({
  zoned_out: { status: 409, type: 'conflict_error', message: 'No.', description: 'No.', action: 'No.', retry: 'backoff' },
  already_in_queue: {
    status: 409,
    type: 'conflict_error',
    message: 'No.',
    description: 'No.',
    action: 'No.',
    meta: Type.Object({ place: Type.Integer(), entry: Type.Optional(Type.Object({ id: Type.String() })) }),
    example: { meta: { place: 1 } }
  }
})

async function build (options: ApiErrorsOptions): Promise<FastifyInstance> {
  const app = Fastify()
  await app.register(apiErrors, { errors: own, ...options })
  app.get('/queues', async () => 'ok')
  app.get('/:id', { config: { errors: [own.zoned_out, own.already_in_queue] } }, async () => 'ok')
  await app.ready()
  return app
}

t.test('the content of a lockfile is sorted, in any order of the code', async t => {
  const app = await build({ format: 'typed', negotiate: true })
  const lock = createLock(app.apiErrors.reference())
  t.strictSame(Object.keys(lock.codes), Object.keys(app.apiErrors.errors).sort())
  const text = writeLock({ ...lock, codes: Object.fromEntries(Object.entries(lock.codes).filter(([code]) => code in own)) })
  t.equal(text, `{
  "lockfileVersion": 1,
  "formats": [
    "typed",
    "problem"
  ],
  "bodies": {
    "typed": {
      "code": "string",
      "message": "string",
      "param": "string | null",
      "request_id": "string",
      "type": "string"
    },
    "problem": {
      "code": "string",
      "detail": "string",
      "errors?": "object[]",
      "errors[].code?": "string",
      "errors[].detail?": "string",
      "errors[].field?": "string",
      "errors[].in?": "string",
      "errors[].pointer?": "string",
      "instance": "string",
      "meta?": "object",
      "request_id": "string",
      "status": "integer",
      "title": "string",
      "type": "string",
      "violated_policies?": "string[]"
    }
  },
  "codes": {
    "already_in_queue": {
      "status": 409,
      "type": "conflict_error",
      "retry": "never",
      "meta": {
        "entry.id": "string",
        "entry?": "object",
        "place": "integer"
      }
    },
    "zoned_out": {
      "status": 409,
      "type": "conflict_error",
      "retry": "backoff"
    }
  },
  "routes": {
    "GET /:id": [
      "already_in_queue",
      "internal_error",
      "resource_not_found",
      "zoned_out"
    ],
    "GET /queues": [
      "internal_error"
    ]
  }
}
`)
  t.strictSame(parseLock(writeLock(lock), 'errors.lock.json'), lock, 'it reads its own output')
})

t.test('a file that is not a lockfile is reported with one sentence', async t => {
  const messageFor = (text: string): string => {
    try {
      parseLock(text, 'errors.lock.json')
    } catch (error) {
      return (error as Error).message
    }
    return ''
  }
  const expected = "fastify-api-errors: errors.lock.json: expected a lockfile that 'fastify-api-errors lock' wrote, got"
  const whole = { lockfileVersion: 1, formats: [], bodies: {}, codes: {}, routes: {} }
  t.equal(messageFor('{'), `${expected} invalid JSON.`)
  t.equal(messageFor('null'), `${expected} a value with the error "Expected object".`)
  t.equal(messageFor('{}'), `${expected} "/lockfileVersion" with the error "Expected required property".`)
  t.equal(messageFor(JSON.stringify({ ...whole, lockfileVersion: 2 })), `${expected} "/lockfileVersion" with the error "Expected 1".`)
  t.equal(messageFor(JSON.stringify({ ...whole, codes: { gone: { status: '410', type: 'a', retry: 'b' } } })), `${expected} "/codes/gone/status" with the error "Expected integer".`)
  t.equal(messageFor(JSON.stringify({ ...whole, routes: { 'GET /': 'none' } })), `${expected} "/routes/GET ~1" with the error "Expected array".`)
  t.equal(messageFor('{ "lockfileVersion": 2, "routes": [] }'), `${expected} "/lockfileVersion" with the error "Expected 1".`, 'the version comes first')
  t.equal(messageFor(JSON.stringify(whole)), '')
  t.equal(messageFor(`\uFEFF${JSON.stringify(whole)}\r\n`), '', 'a byte order mark and CRLF')
})

t.test('with registrations in scopes, the lockfile has all routes and formats, and both definitions of a code that differs', async t => {
  const closed = (status: 409 | 410) => defineErrors({ closed: { status, type: 'conflict_error', message: 'No.', description: 'No.', action: 'No.' } })
  const app = Fastify()
  await app.register(apiErrors, { errors: closed(409), format: 'typed' })
  for (const [prefix, errors] of [['/v2', closed(410)], ['/v1', closed(409)]] as const) {
    await app.register(async scope => {
      await scope.register(apiErrors, { errors, format: 'problem' })
      scope.get('/', { config: { errors: [errors.closed] } }, async () => 'ok')
      scope.get('/host', { constraints: { host: 'a.example' }, config: { errors: [errors.closed] } }, async () => 'ok')
    }, { prefix })
  }
  app.get('/v1/host', { config: { errors: ['resource_gone'] } }, async () => 'ok')
  await app.ready()
  const { formats, bodies, codes, routes } = createLock(...listReferences(app))
  t.strictSame([formats, Object.keys(bodies)], [['typed', 'problem'], ['typed', 'problem']])
  t.strictSame(Object.entries(codes).filter(([code]) => code.startsWith('closed')), [
    ['closed', { status: 409, type: 'conflict_error', retry: 'never' }], ['closed in /v2', { status: 410, type: 'conflict_error', retry: 'never' }]
  ])
  t.strictSame(routes, {
    'GET /v1/': ['closed', 'internal_error'], 'GET /v1/host': ['closed', 'internal_error', 'resource_gone'], 'GET /v2/': ['closed', 'internal_error'], 'GET /v2/host': ['closed', 'internal_error']
  })
  t.strictSame(createLock(app.apiErrors.reference()).routes, { 'GET /v1/host': ['internal_error', 'resource_gone'] }, 'the reference of one registration has its own routes')
})
