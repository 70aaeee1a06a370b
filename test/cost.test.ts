/** The cost of the plugin, in counts that are the same on every machine. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import swagger from '@fastify/swagger'
import Fastify, { type FastifyInstance, type RouteOptions } from 'fastify'
import t, { type Test } from 'tap'
import { Pool } from 'undici'
import apiErrors, { serverOptions, standardErrors as errors, swaggerOptions, type ApiErrorsOptions } from 'fastify-api-errors'
import { formatRequest, listen, sendRaw } from './helpers/http.js'
import { excludeChildrenFromCoverage } from './helpers/uncovered-processes.js'

excludeChildrenFromCoverage()

// These tests count what bench/ measures in time. The counts are the same on every machine.

const twelve = [
  errors.invalid_request, errors.missing_api_key, errors.forbidden, errors.resource_not_found, errors.resource_conflict, errors.payload_too_large,
  errors.unsupported_media_type, errors.validation_error, errors.rate_limit_exceeded, errors.internal_error, errors.bad_gateway, errors.service_unavailable
]
const thing = { type: 'object', properties: { id: { type: 'string' } } }
const inline = Object.fromEntries(twelve.map(({ status }) => [status, { type: 'object', properties: { message: { type: 'string' } } }]))

/** Returns the statuses for which Fastify compiles a serializer, and its schemas, in an application with twenty GET routes. */
async function started (register: (app: FastifyInstance) => Promise<void>, route: Pick<RouteOptions, 'config'> & { readonly errors?: object } = {}) {
  const app = Fastify({ exposeHeadRoutes: false })
  const compiled: string[] = []
  app.setSerializerCompiler(({ httpStatus }) => {
    compiled.push(String(httpStatus))
    return JSON.stringify
  })
  await register(app)
  for (let index = 0; index < 20; index++) {
    app.get(`/things${index}`, { schema: { response: { 200: { ...thing }, ...route.errors } }, ...(route.config !== undefined && { config: route.config }) }, async () => ({ id: 'a' }))
  }
  await app.ready()
  if (app.hasDecorator('swagger')) app.swagger()
  return { compiled: compiled.length, schemas: Object.keys(app.getSchemas()) }
}

t.test('documented errors compile no serializer and add no schema', async t => {
  const config = { errors: twelve }
  t.strictSame(await started(async () => {}), { compiled: 20, schemas: [] }, 'without the plugin')
  t.strictSame(await started(async app => { await app.register(apiErrors) }, { config }), { compiled: 20, schemas: [] })
  t.strictSame(await started(async app => {
    await app.register(swagger, swaggerOptions())
    await app.register(apiErrors)
  }, { config }), { compiled: 20, schemas: [] }, 'with swaggerOptions()')
  t.strictSame(await started(async app => {
    await app.register(swagger)
    await app.register(apiErrors)
  }, { config }), { compiled: 20, schemas: [] }, 'with @fastify/swagger alone')
  t.strictSame(await started(async () => {}, { errors: inline }), { compiled: 20 * 13, schemas: [] }, 'schemas in the route compile one for each status')
  const { compiled, schemas } = await started(async app => { await app.register(apiErrors, { addSchemas: true }) }, { config })
  t.equal(compiled, 20)
  t.ok(schemas.includes('NotFound'), 'addSchemas adds schemas')
})

/** Returns the hooks that the plugin adds to an application or to one of its routes, and that run for each request. */
async function requestHooks (options: ApiErrorsOptions, config?: RouteOptions['config']): Promise<string[]> {
  const ofRequests = ['onRequest', 'preParsing', 'preValidation', 'preHandler', 'preSerialization', 'onSend', 'onResponse', 'onTimeout', 'onError', 'onRequestAbort'] as const
  const app = Fastify({ exposeHeadRoutes: false })
  const added: string[] = []
  const { addHook } = app
  app.addHook = function (this: FastifyInstance, ...args: Parameters<typeof addHook>) {
    added.push(args[0])
    return addHook.apply(this, args)
  } as typeof addHook
  await app.register(apiErrors, options)
  app.addHook('onRoute', route => {
    if (route.url === '/things') added.push(...ofRequests.filter(name => route[name] !== undefined))
  })
  app.get('/things', { schema: { response: { 200: thing } }, ...(config !== undefined && { config }) }, async () => ({ id: 'a' }))
  await app.ready()
  return added.filter(name => (ofRequests as readonly string[]).includes(name))
}

t.test('a 200 runs no hook of the plugin unless an option requires one', async t => {
  const policies = { one: { max: 1, timeWindow: '1 minute' } }
  t.strictSame(await requestHooks({}), [])
  t.strictSame(await requestHooks({ format: 'problem', negotiate: true, onUndocumented: 'log', reference: { path: '/errors' } }), [])
  t.strictSame(await requestHooks({ rateLimit: { policies } }), ['onRequest'], 'one hook for all limits')
  t.strictSame(await requestHooks({ rateLimit: { policies } }, { rateLimitPolicy: 'one' }), ['onRequest'])
  t.strictSame(await requestHooks({ requestId: 'all' }), ['onRequest'])
  t.strictSame(await requestHooks({ sentErrors: 'convert' }), ['onSend'])
})

/** Sends one request, and returns the errors whose stack was formatted, with their number of frames. */
async function stacksOf (t: Test, app: FastifyInstance, path: string): Promise<Array<{ name: string, frames: number }>> {
  const port = await listen(t, app)
  const stacks: Array<{ name: string, frames: number }> = []
  const { prepareStackTrace } = Error
  Error.prepareStackTrace = (error, frames) => {
    stacks.push({ name: error.name, frames: frames.length })
    return String(error)
  }
  try {
    await sendRaw(port, formatRequest('GET', path))
  } finally {
    Error.prepareStackTrace = prepareStackTrace
  }
  return stacks
}

const quiet = { logger: { level: 'info', stream: { write () {} } } }

t.test('an expected 4xx captures no stack, and logging it captures none', async t => {
  t.match(Object.entries(errors).filter(([, { status }]) => status < 500).map(([, create]) => create().stack), [/^[^\n]*$/], 'the first line without frames')
  t.match(errors.internal_error().stack, /\n {4}at /, 'a 5xx has frames')

  const ours = Fastify(serverOptions(quiet))
  await ours.register(apiErrors)
  ours.get('/', async () => { throw errors.resource_not_found() })
  // Node 26 creates errors with one frame internally.
  t.strictSame((await stacksOf(t, ours, '/')).filter(({ frames }) => frames > 1), [])

  const fastify = Fastify(quiet)
  fastify.get('/', async () => { throw Object.assign(new Error('no'), { statusCode: 404 }) })
  t.match(await stacksOf(t, fastify, '/'), [{ name: 'Error', frames: 10 }], 'as Fastify alone does')
})

t.test('a translated error captures no stack in addition to the stack of its cause', async t => {
  const app = Fastify(serverOptions(quiet))
  await app.register(apiErrors)
  app.get('/', async () => { throw new TypeError('no') })
  t.strictSame((await stacksOf(t, app, '/')).map(({ name, frames }) => ({ name, frames: frames > 0 })), [{ name: 'ApiError', frames: false }, { name: 'TypeError', frames: true }])
})

t.test('an error writes one log line, and sets its headers in one call', async t => {
  const lines: string[] = []
  const calls: string[] = []
  const app = Fastify(serverOptions({ logger: { level: 'info', stream: { write: (line: string) => { lines.push((JSON.parse(line) as { msg: string }).msg) } } } }))
  await app.register(apiErrors)
  app.addHook('onRequest', async (_request, { raw }) => {
    for (const name of ['setHeader', 'writeHead', 'write', 'end'] as const) {
      const call = raw[name] as (...args: unknown[]) => unknown
      Object.assign(raw, { [name]: (...args: unknown[]) => { calls.push(name); return call.apply(raw, args) } })
    }
  })
  app.get('/thrown', async () => { throw errors.resource_not_found() })
  app.get('/returned', async () => errors.resource_not_found())
  app.get('/fault', async () => { throw new TypeError('no') })
  app.get('/database', async () => { throw Object.assign(new Error('no'), { severity: 'ERROR', code: '23505' }) })
  const port = await listen(t, app)
  for (const url of ['/thrown', '/returned', '/fault', '/database', '/unknown']) {
    lines.length = calls.length = 0
    await sendRaw(port, formatRequest('GET', url))
    t.equal(lines.filter(line => line !== 'incoming request' && line !== 'request completed').length, 1, url)
    t.strictSame(calls, ['writeHead', 'end'], url)
  }
})

/** Measures the bytes that a server allocates per request, and the bytes that the garbage collector has to move. */
async function collected (subject: 'the plugin' | 'by hand'): Promise<{ readonly allocated: number, readonly moved: number }> {
  const requests = 16_000
  const connections = 32
  const child = fork(new URL('helpers/collected-process.ts', import.meta.url), [subject], {
    execArgv: ['--import', 'tsx', '--trace-gc-nvp'], stdio: ['ignore', 'pipe', 'inherit', 'ipc']
  })
  const stdout = child.stdout as Readable
  let trace = ''
  stdout.on('data', (text: Buffer) => { trace += text })
  const [port] = await once(child, 'message') as [number]
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections })
  for (const mark of ['warm', 'done']) {
    await Promise.all(Array.from({ length: connections }, async () => {
      for (let sent = 0; sent < requests / connections; sent++) await (await pool.request({ path: '/', method: 'GET' })).body.dump()
    }))
    child.send(mark)
    while (!trace.includes(mark)) await once(stdout, 'data')
  }
  await pool.close()
  child.disconnect()
  await once(child, 'exit')
  const [measured] = trace.slice(trace.indexOf('warm')).split('done') as [string]
  for (const name of ['allocated', 'promoted', 'new_space_survived']) if (!measured.includes(name)) throw new Error(`This V8 does not report '${name}'.`)
  // Node 26 writes JSON.
  const sum = (name: string): number => [...measured.matchAll(new RegExp(`\\b${name}(?:=|":)(\\d+)`, 'g'))].reduce((all, [, bytes]) => all + Number(bytes), 0)
  return { allocated: sum('allocated') / requests, moved: (sum('promoted') + sum('new_space_survived')) / requests }
}

t.test('a response leaves no objects for the garbage collector to move', async t => {
  const ours = await collected('the plugin')
  const byHand = await collected('by hand')
  t.comment({ ours, byHand })
  // With a WeakMap that has a reply as its key, or with a function for each reply, it would be 450.
  t.ok(ours.moved < 100, `${ours.moved} bytes a request are moved`)
  t.ok(ours.allocated > 1000 && ours.allocated < 1.5 * byHand.allocated, `${ours.allocated} bytes a request are allocated, and ${byHand.allocated} by hand`)
})
