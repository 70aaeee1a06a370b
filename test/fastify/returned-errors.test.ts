/** Recognizes errors, and throws errors that a function returns. */
import { runInNewContext } from 'node:vm'
import t from 'tap'
import Fastify, { type FastifyInstance } from 'fastify'
import apiErrors, { serverOptions, standardErrors as errors, type LogEntry } from 'fastify-api-errors'
import { checkReturned, findError, guardDone, isError } from '../../lib/fastify/returned-errors.js'

t.test('errors of this realm, of another realm and of the catalog are recognized', async t => {
  for (const error of [new Error('a'), new TypeError('b'), runInNewContext('new Error("c")'), errors.resource_not_found()]) t.ok(isError(error))
  for (const value of [undefined, null, 'Error', 404, {}, { message: 'a' }, () => {}]) t.notOk(isError(value))
})

t.test('an error that a function returns is thrown', async t => {
  const error = errors.resource_not_found()
  t.equal(checkReturned('value'), 'value')
  t.equal(checkReturned(undefined), undefined)
  t.throws(() => checkReturned(error), error)
  t.equal(await checkReturned(Promise.resolve('value')), 'value')
  await t.rejects(checkReturned(Promise.resolve(error)) as Promise<unknown>, error)
  await t.rejects(checkReturned(Promise.reject(error)) as Promise<unknown>, error)
  const thenable = (value: unknown): unknown => ({ then (resolve: (value: unknown) => void) { resolve(value) } })
  t.equal(await checkReturned(thenable('value')), 'value')
  await t.rejects(checkReturned(thenable(error)) as Promise<unknown>, error)
})

t.test('an uncalled factory counts as an error, and a value with then as a promise', async t => {
  const message = "Expected an error, got the factory of 'forbidden'. Call the factory, as in errors.forbidden()."
  const forbidden = errors.forbidden()
  t.equal(findError(forbidden), forbidden)
  t.match(findError(errors.forbidden), { message })
  for (const value of [undefined, null, '', {}, () => {}, Object.assign(() => {}, { code: 'forbidden' })]) t.equal(findError(value), undefined)
  t.throws(() => checkReturned(errors.forbidden), { message })
  const calls: unknown[][] = []
  const done = guardDone((...args) => { calls.push(args) })
  done(null, 'value')
  done(null, forbidden)
  done(null, errors.forbidden)
  done(forbidden, 'value')
  t.match(calls, [[null, 'value'], [forbidden], [{ message }], [forbidden]])
})

/** Ways to pass an error on as if it were a result. Fastify would continue, and send 200. */
const later = (result: unknown): unknown => ({ then (resolve: (value: unknown) => void) { setImmediate(resolve, result) } })
type Done = (error: null, result?: any) => void
const ways: Readonly<Record<string, (app: FastifyInstance, value: () => unknown) => void>> = {
  'preSerialization, done': (app, value) => app.addHook('preSerialization', (_request, _reply, _payload, done: Done) => { done(null, value()) }),
  'preSerialization, returned': (app, value) => app.addHook('preSerialization', async () => value()),
  'onSend, done': (app, value) => app.addHook('onSend', (_request, _reply, _payload, done: Done) => { done(null, value()) }),
  'preParsing, done': (app, value) => app.addHook('preParsing', (_request, _reply, _payload, done: Done) => { done(null, value()) }),
  'onRequest, returned': (app, value) => app.addHook('onRequest', async () => value()),
  'onRequest, thenable': (app, value) => app.addHook('onRequest', (() => later(value())) as never),
  'parser, done': (app, value) => app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, _payload, done: Done) => { done(null, value()) }),
  'parser of the stream, done': (app, value) => app.addContentTypeParser('application/json', (_request, payload, done: Done) => { payload.resume().on('end', () => { done(null, value()) }) }),
  'parser, thenable': (app, value) => app.addContentTypeParser('application/json', { parseAs: 'string' }, (() => later(value())) as never),
  'validator, thenable': (app, value) => app.setValidatorCompiler(() => () => later({ error: value() }) as never),
  'handler, returned': () => {},
  'handler, sent': () => {}
}

for (const [name, add] of Object.entries(ways)) {
  t.test(`${name}: an error is the response, and a factory is an internal error`, async t => {
    // The result of a validator is the body, so only its `error` is an error.
    const values = [() => errors.forbidden(), () => errors.forbidden].slice(0, name === 'validator, thenable' ? 1 : 2)
    for (const value of values) {
      const entries: LogEntry[] = []
      const app = Fastify(serverOptions())
      t.after(() => app.close())
      await app.register(apiErrors, { log: entry => { entries.push(entry) } })
      add(app, value)
      app.post('/', { schema: { body: { type: 'object' } } }, async (_request, reply) => name === 'handler, returned' ? value() : name === 'handler, sent' ? reply.send(value()) : { sent: true })
      const { statusCode, body } = await app.inject({ method: 'POST', url: '/', payload: { a: 1 } })
      const isFactory = typeof value() === 'function'
      t.strictSame([statusCode, JSON.parse(body).code], isFactory ? [500, 'internal_error'] : [403, 'forbidden'])
      if (isFactory) t.match(entries, [{ error: { cause: { message: /got the factory of 'forbidden'/ } } }])
    }
  })
}

t.test('values of hooks and parsers other than errors are passed on', async t => {
  const app = Fastify(serverOptions())
  t.after(() => app.close())
  await app.register(apiErrors)
  app.addHook('preSerialization', (_request, _reply, payload, done: Done) => { done(null, { ...payload as object, serialized: true }) })
  app.addHook('onSend', (_request, _reply, payload, done: Done) => { done(null, String(payload).toUpperCase()) })
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (() => later({ parsed: true })) as never)
  app.post('/', async request => request.body)
  t.strictSame((await app.inject({ method: 'POST', url: '/', payload: {} })).body, '{"PARSED":TRUE,"SERIALIZED":TRUE}')
})

t.test('a factory inside other values is omitted, as before', t => {
  t.equal(JSON.stringify({ a: errors.forbidden, b: [errors.forbidden] }), '{"b":[null]}')
  t.strictSame(Object.keys(errors.forbidden).includes('toJSON'), false)
  t.end()
})
