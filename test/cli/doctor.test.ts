/** The command `doctor`, on small APIs: what it lists, and the line that it proposes for each problem. */
import { join } from 'node:path'
import t from 'tap'
import { runCommand } from '../../lib/cli/run-command.js'

const imports = `
import Fastify from 'fastify'
import rateLimit from '@fastify/rate-limit'
import staticFiles from '@fastify/static'
import swagger from '@fastify/swagger'
import apiErrors, { serverOptions } from 'fastify-api-errors'
`

/** Runs the command on an API whose module builds it with some lines. */
async function run (t: { testdir: (files: Record<string, string>) => string }, lines: string): Promise<unknown> {
  const folder = t.testdir({ 'app.ts': `${imports}export async function build () {\n${lines}\nreturn app\n}\n` })
  const { output, code } = await runCommand(['doctor', '--app', join(folder, 'app.ts')])
  return { code, lines: output.split('\n') }
}

t.test('doctor reports no problem for a complete setup', async t => {
  t.strictSame(await run(t, `
    const app = Fastify(serverOptions())
    await app.register(swagger, { openapi: {} })
    await app.register(apiErrors, { log: false, rateLimit: { policies: { general: { max: 100, timeWindow: '1 minute' } } } })
    await app.register(staticFiles, { root: import.meta.dirname })
    app.get('/queues', { config: { rateLimitPolicy: 'general' } }, async () => 'ok')
    app.register(async scope => {
      await scope.register(apiErrors, { format: 'problem', negotiate: false })
      scope.setErrorHandler(error => { throw error })
      scope.get('/queues', { config: { rateLimitPolicy: false } }, async () => 'ok')
    }, { prefix: '/v2' })
  `), {
    code: 0,
    lines: [
      'Registered',
      '  fastify-api-errors: format code, 1 documented route, rate limits: general',
      '  fastify-api-errors on /v2: format problem, 1 documented route, no rate limits',
      '  @fastify/static, @fastify/swagger',
      '',
      'No problems were found.'
    ]
  })
})

t.test('doctor reports that the plugin is not registered', async t => {
  t.strictSame(await run(t, 'const app = Fastify()'), {
    code: 1,
    lines: [
      'Registered',
      '',
      '1 problem',
      '  fastify-api-errors is not registered on the root instance, so scopes without it send the errors of Fastify.',
      '    await app.register(apiErrors)'
    ]
  })
})

t.test('error handlers, not-found handlers, limits, Fastify without serverOptions(), and the warnings at the start', async t => {
  t.strictSame(await run(t, `
    const app = Fastify()
    await app.register(swagger, {})
    await app.register(rateLimit, { global: false })
    app.setNotFoundHandler((request, reply) => { reply.code(404).send('none') })
    await app.register(apiErrors, { log: false, notFound: false, rateLimit: { policies: { general: { max: 100, timeWindow: '1 minute' } } } })
    app.get('/both', { config: { rateLimit: { max: 1 }, rateLimitPolicy: 'general' } }, async () => 'ok')
    app.get('/theirs', { config: { rateLimit: { max: 1 } } }, async () => 'ok')
    app.register(async scope => {
      scope.setErrorHandler((error, request, reply) => { reply.code(500).send('own') })
      scope.get('/own', { config: { rateLimitPolicy: false } }, async () => 'ok')
      scope.get('/excluded', { config: { errors: false, rateLimitPolicy: false } }, async () => 'ok')
    })
    app.post('/route', { errorHandler: (error, request, reply) => { reply.code(500).send('own') }, config: { rateLimitPolicy: false } }, async () => 'ok')
  `), {
    code: 1,
    lines: [
      'Registered',
      '  fastify-api-errors: format code, 2 documented routes, rate limits: general, GET /both, GET /theirs, @fastify/rate-limit on 2 routes',
      '  @fastify/rate-limit, @fastify/swagger',
      '',
      '5 problems',
      '  A document uses Swagger 2.0, which cannot describe the errors. Register @fastify/swagger with { openapi: {} }.',
      '  Fastify and Node respond to invalid URLs, malformed HTTP and slow requests themselves.',
      '    Fastify(serverOptions({ ...yours }))',
      '  Another not-found handler responds to requests without a route, because notFound is false.',
      '    await app.register(apiErrors, { notFound: true })',
      '  An error handler of the application responds to the errors of GET /own, POST /route.',
      '    throw error // at the end of the handler, or delete the handler',
      '  Both @fastify/rate-limit and the option rateLimit limit GET /both.',
      '    config: { rateLimit: false } // on the route, or delete one of the two'
    ]
  })
})

t.test('doctor lists the limits of @fastify/rate-limit', async t => {
  t.strictSame(await run(t, `
    const app = Fastify(serverOptions())
    await app.register(apiErrors, { log: false })
    await app.register(rateLimit)
    for (const url of ['/a', '/b']) app.get(url, async () => 'ok')
    app.get('/free', { config: { rateLimit: false } }, async () => 'ok')
  `), {
    code: 0,
    lines: [
      'Registered',
      '  fastify-api-errors: format code, 3 documented routes, rate limits: @fastify/rate-limit on 2 routes',
      '  @fastify/rate-limit',
      '',
      'No problems were found.'
    ]
  })
})

t.test('limits that nothing enforces, and more than one route', async t => {
  t.strictSame(await run(t, `
    const app = Fastify(serverOptions())
    await app.register(apiErrors, { log: false, negotiate: true })
    for (const url of ['/a', '/b']) app.get(url, { config: { rateLimit: { max: 1 } } }, async () => 'ok')
  `), {
    code: 1,
    lines: [
      'Registered',
      '  fastify-api-errors: format code or problem, 2 documented routes, no rate limits',
      '',
      '1 problem',
      '  Nothing enforces config.rateLimit of GET /a, GET /b. Set the option rateLimit of fastify-api-errors, or register @fastify/rate-limit before these routes.'
    ]
  })
})
