/** Starts the fixture applications and compares their inferred errors with the responses of their requests. */
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { inferErrors, type SourceReport } from '../../lib/source/index.js'
import { findingsOf, report as fixtureReport } from './fixture-findings.js'

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

async function inferFixture (t: Test, build: () => Promise<FastifyInstance>): Promise<SourceReport> {
  const app = await build()
  t.teardown(() => app.close())
  await app.ready()
  return await inferErrors(app, root)
}

/** The errors of each route: the status, the code, and `?` if the error is only possible. */
function errorsOf ({ routes }: SourceReport): Record<string, string[]> {
  return Object.fromEntries(routes.map(({ method, path, errors }) =>
    [`${method} ${path}`, errors.map(({ status, code, confidence }) => `${status} ${String(code)}${confidence === 'possible' ? '?' : ''}`)]))
}

t.test('errors of functions, classes, decorators, hooks and replies are found', async t => {
  const { build } = await import('./fixtures/basic.js')
  const report = await inferFixture(t, build)
  t.strictSame(errorsOf(report), {
    'GET /class/:id': ['410 resource_gone', '412 precondition_failed', '413 payload_too_large'],
    'GET /decorator': ['424 failed_dependency'],
    'GET /direct': ['402 payment_required'],
    'GET /function/:id': ['404 resource_not_found'],
    'GET /hook': ['401 unauthorized'],
    'GET /literal': [],
    'GET /replace': ['502 bad_gateway'],
    'GET /reply': ['403 null', '418 null'],
    'GET /return': ['425 too_early'],
    'GET /send': ['426 upgrade_required'],
    'GET /some': ['423 resource_locked'],
    'GET /swallow': []
  })
  t.strictSame(report.notFollowed, [])
  t.match(report.routes.find(({ path }) => path === '/class/:id')?.errors[2], {
    status: 413,
    code: 'payload_too_large',
    confidence: 'certain',
    file: 'test/source/fixtures/basic.ts',
    via: ['Repository.get', 'Users.load', 'Users.#check'],
    documented: false
  })
})

t.test('decorators of the request, a status before a return, and hooks that depend on the path are followed', async t => {
  const { build } = await import('./fixtures/requests.js')
  t.strictSame(errorsOf(await inferFixture(t, build)), {
    'GET /admin': ['403 null'],
    'GET /private': ['401 unauthorized', '410 resource_gone'],
    'GET /public': [],
    'GET /status': ['400 null']
  })
})

t.test('every path from a throw to the response is followed', async t => {
  const { build } = await import('./fixtures/patterns.js')
  const service = ['404 resource_not_found', '412 precondition_failed']
  const token = ['400 invalid_request', '401 invalid_token', '401 token_expired', '401 unauthorized']
  t.strictSame(errorsOf(await inferFixture(t, build)), {
    'GET /all': service,
    'GET /any': ['409 resource_conflict'],
    'GET /assert': ['403 forbidden'],
    'GET /assigned': ['402 payment_required'],
    'GET /auth-and': [...token, '403 insufficient_scope'],
    'GET /auth-or': ['403 insufficient_scope'],
    'GET /bound': [],
    'GET /bus': ['410 resource_gone?', '423 resource_locked?'],
    'GET /bus-known': ['423 resource_locked'],
    'GET /catch': [],
    'GET /catch-replace': ['502 bad_gateway'],
    'GET /class': ['404 resource_not_found'],
    'GET /done': ['403 forbidden'],
    'GET /executor': ['504 gateway_timeout'],
    'GET /fastify-error': ['423 resource_locked'],
    'GET /finally': service,
    'GET /forgotten': [],
    'GET /generator': ['424 failed_dependency'],
    'GET /getter': ['418 im_a_teapot'],
    'GET /helper': ['451 null'],
    'GET /http-errors': ['429 rate_limit_exceeded'],
    'GET /instanceof': service,
    'GET /jwt': token,
    'GET /literal-argument': [],
    'GET /plain': ['500 internal_error'],
    'GET /reject': ['410 resource_gone'],
    'GET /result': ['409 out_of_stock'],
    'GET /retry': ['502 bad_gateway'],
    'GET /scope': ['403 ip_not_allowed'],
    'GET /sensible': ['406 not_acceptable'],
    'GET /sensible-reply': ['404 resource_not_found'],
    'GET /service': service,
    'GET /settled': [],
    'GET /static': ['410 resource_gone'],
    'GET /status-then-throw': ['404 resource_not_found'],
    'GET /table': ['410 resource_gone', '425 too_early'],
    'GET /table-known': ['425 too_early'],
    'GET /then': ['402 payment_required', ...service],
    'GET /timer': [],
    'GET /translated': ['402 payment_required'],
    'GET /union': ['401 unauthorized', '403 forbidden'],
    'GET /wrapped': ['426 upgrade_required']
  })
})

t.test('errors that never reach a response are not reported', async t => {
  t.strictSame(findingsOf('not-counted'), {
    'GET /not-counted/and': [],
    'GET /not-counted/caught': [],
    'GET /not-counted/emitter': [],
    'GET /not-counted/immediate': [],
    'GET /not-counted/listener': [],
    'GET /not-counted/literal': [],
    'GET /not-counted/literal-argument': [],
    'GET /not-counted/literal-text': [],
    'GET /not-counted/made': [],
    'GET /not-counted/next-tick': [],
    'GET /not-counted/queue': [],
    'GET /not-counted/success': [],
    'GET /not-counted/timeout': []
  })
})

t.test('calls that could not be followed are listed with their line', async t => {
  t.strictSame(fixtureReport.notFollowed.map(({ file, reason }) => `${file}: ${reason}`), [
    "test/source/fixtures/interfaces.ts: No implementation of 'missing' was found.",
    "test/source/fixtures/language.ts: The function '(request.body as any).services.notifications.subscribers....' is unknown.",
    'test/source/fixtures/responses.ts: The status is unknown.'
  ])
})
