// Tests hooks and handlers whose code throws or sends errors: explain() lists these errors without any declaration.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import auth from '@fastify/auth'
import basicAuth from '@fastify/basic-auth'
import bearerAuth from '@fastify/bearer-auth'
import cookie from '@fastify/cookie'
import csrf from '@fastify/csrf-protection'
import jwt from '@fastify/jwt'
import sensible from '@fastify/sensible'
import staticFiles from '@fastify/static'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import createError from 'http-errors'
import apiErrors, { defineErrors, serverOptions, standardErrors } from 'fastify-api-errors'
import { readFunctionErrors, type FunctionContext } from '../../../lib/infer/code/function-errors.js'
import { loadParser } from '../../../lib/infer/code/parse-function.js'

t.before(loadParser)

const catalog = defineErrors(standardErrors, {
  queue_full: { status: 409, type: 'conflict_error', message: 'The queue is full.', description: 'It has no place.', action: 'Wait.' },
  clash: { status: 409, type: 'conflict_error', message: 'The times clash.', description: 'Two entries have one time.', action: 'Choose another time.' }
})

const context: FunctionContext = {
  isCode: name => Object.hasOwn(catalog, name),
  isFactory: (value, code) => value === (catalog as Record<string, unknown>)[code],
  getDecorator: () => undefined
}

/** Returns the errors of a function: `throws resource_not_found`. */
function read (fn: unknown, given: Partial<FunctionContext> = {}): string[] {
  return readFunctionErrors(fn as object, { ...context, ...given }).map(({ code, by }) => `${by} ${code}`).sort()
}

t.test('a call of fetch results in 502 and 504, unless its failure is caught', async t => {
  const failures = ['calls another service bad_gateway', 'calls another service gateway_timeout']
  t.strictSame(read(async () => await (await fetch('http://127.0.0.1:1')).json() as unknown), failures)
  t.strictSame(read(async () => { try { await fetch('http://127.0.0.1:1') } catch (error) { done(error); throw error } }), failures)
  t.strictSame(read(async () => { return fetch('http://127.0.0.1:1') }), failures)
  t.strictSame(read(() => fetch('http://127.0.0.1:1').then(async response => await response.json() as unknown)), failures)
  t.strictSame(read(async () => await Promise.all([Promise.resolve(1), fetch('http://127.0.0.1:1')])), failures)
  t.strictSame(read(async () => fetch('http://127.0.0.1:1').then(() => 1, () => 2)), [])
  t.strictSame(read(async () => fetch('http://127.0.0.1:1').catch(() => 2)), [])
  t.strictSame(read(() => { fetch('http://127.0.0.1:1').then(done, done); return 1 }), [])
  t.strictSame(read(async () => { try { await fetch('http://127.0.0.1:1') } catch {} }), [])
  t.strictSame(read(async (fetch: () => Promise<void>) => { await fetch() }), [])
  t.strictSame(read(async () => { const fetch = async (): Promise<void> => {}; await fetch() }), [])
  t.strictSame(read(() => { setTimeout(async () => { await fetch('http://127.0.0.1:1') }) }), [])
})

class QueueClosedError extends Error { statusCode = 409 }
class NotFoundException extends Error { status = 404 }
class HttpError extends Error {
  readonly statusCode: number
  constructor (statusCode: number, message?: string) {
    super(message)
    this.statusCode = statusCode
  }
}
const errors = catalog
const Boom = { notFound: () => new HttpError(404), badData: () => new HttpError(422) }
const done = (_error?: unknown): void => {}
const isOpen = (): boolean => true
const getClass = (): typeof Error => Error
const getName = (): 'queue_full' => 'queue_full'

t.test('thrown errors are found by their factory, class or status', async t => {
  for (const [title, fn, expected] of [
    ['a factory of the catalog', () => { throw errors.queue_full() }, ['throws queue_full']],
    ['a factory whose name is one word', () => { throw errors.forbidden() }, ['throws forbidden']],
    ['a class of another module with the name of a status', () => { throw new NotFoundException() }, ['throws resource_not_found']],
    ['a class with the status among its arguments', () => { throw new HttpError(403, 'No.') }, ['throws forbidden']],
    ['a class with the status in an object', () => { throw new Error('No.', { statusCode: 402 } as object) }, ['throws payment_required']],
    ['an object with other properties', () => { throw new Error('No.', { cause: 402, ['a' + 'b']: 1, ...{} } as object) }, []],
    ['a class that says nothing', () => { throw new QueueClosedError() }, []],
    ['a class of the function itself, with a field', () => { class Locked extends Error { static status = 404; status = 423 } throw new Locked() }, ['throws resource_locked']],
    ['a class of the function itself, with a constructor', () => {
      class Gone extends Error {
        readonly statusCode
        constructor () {
          super('Gone.')
          this.message += '!'
          this.statusCode = 410
        }
      }
      throw new Gone()
    }, ['throws resource_gone']],
    ['a class of the function itself, with the status in super()', () => { class Gone extends HttpError { constructor () { super(410) } } throw new Gone() }, ['throws resource_gone']],
    ['a class of the function itself, without a status', () => { class ForbiddenException extends Error { code = 403; status: unknown } throw new ForbiddenException() }, []],
    ['a class beside another one', () => { class Other extends Error { status = 404 } class Mine extends Error {} throw new Mine(String(Other)) }, []],
    ['a class that an expression makes', () => { throw new (getClass())() }, []],
    ['http-errors by number', () => { throw createError(410, 'Gone.') }, ['throws resource_gone']],
    ['http-errors by name', () => { throw new createError.Conflict() }, ['throws resource_conflict']],
    ['http-errors by function', () => { throw createError.Unauthorized() }, ['throws unauthorized']],
    ['Boom', () => { throw Boom.notFound() }, ['throws resource_not_found']],
    ['Boom with a name for the status', () => { throw Boom.badData() }, ['throws validation_error']],
    ['an error that is given a status', () => { const error: { statusCode?: number } = new Error('No.') as never; error.statusCode = 423; throw error }, ['throws resource_locked']],
    ['an object that is given a status, and is not thrown', () => { const entry: { status?: number } = {}; entry.status = 423; return entry }, []],
    ['an error that Object.assign gives a status', () => { throw Object.assign(new Error('No.'), { statusCode: 424 }) }, ['throws failed_dependency']],
    ['one of two', (a: boolean) => { throw a ? errors.queue_full() : new HttpError(404) }, ['throws queue_full', 'throws resource_not_found']],
    ['the second of two', (a?: Error) => { throw a ?? new HttpError(404) }, ['throws resource_not_found']],
    ['an error of the server', () => { throw new HttpError(500) }, []],
    ['an error that is returned', async () => new HttpError(404), ['throws resource_not_found']],
    ['an error that is awaited', async () => { throw await errors.queue_full() }, ['throws queue_full']],
    ['an error for a callback', (_request: unknown, _reply: unknown, next: typeof done) => { next(new HttpError(401)) }, ['throws unauthorized']],
    ['a callback without an error', (_request: unknown, _reply: unknown, next: typeof done) => { next() }, []],
    ['an unknown value', (thrown: unknown) => { throw thrown }, []],
    ['an unknown call', () => { throw isOpen() }, []],
    ['a factory in brackets', () => { throw errors['queue_full']() }, ['throws queue_full']],
    ['a factory that a variable names', (code: 'queue_full') => { throw errors[code]() }, []],
    ['a factory that a call names', () => { throw errors[getName()]() }, []],
    ['a name that is not a code', () => { throw (errors as never as Record<string, () => Error>).no_such_code?.() }, []],
    ['an error of a function with a pattern', ({ id }: { id: string }) => { throw new HttpError(404, id) }, ['throws resource_not_found']],
    ['nothing', () => isOpen(), []],
    ['nothing at all', () => { return }, []] // eslint-disable-line no-useless-return
  ] as const) t.strictSame(read(fn), expected, title)
})

t.test('factories of a catalog of any name', async t => {
  const game: any = { clash: () => 'noise', start: () => {} }
  const app: any = { catalog, game, errors: { clash: () => new Error('Not of the catalog.') }, ready: null }
  const decorators: Record<string, unknown> = app
  const { clash } = errors
  const given = { getDecorator: (owner: string, name: string) => owner === 'app' ? decorators[name] : undefined }
  for (const [title, fn, expected] of [
    ['a code of one word', () => { throw errors.clash() }, ['throws clash']],
    ['a catalog with another name', () => { throw catalog.clash() }, ['throws clash']],
    ['a catalog with another name, in an object', (deps => () => { throw deps.catalog.clash() })({ catalog }), ['throws clash']],
    ['its own factory', () => { throw clash() }, ['throws clash']],
    ['its own factory, returned', () => clash(), []],
    ['an imported factory of a compiled module', () => { throw (0, catalog.clash)() }, ['throws clash']],
    ['an optional factory', () => { throw (errors as any).clash?.() }, ['throws clash']],
    ['an optional catalog', () => { throw (errors as any)?.clash() }, ['throws clash']],
    ['an optional factory in brackets', () => { throw ((errors as any)?.clash)() }, ['throws clash']],
    ['a module that is imported', async () => { throw (await import('./none.js' as string)).catalog.clash() }, ['throws clash']],
    ['a catalog that gets its value later', () => { const check = (): void => { throw own.clash() }; const own = errors; check() }, []],
    ['an optional catalog in a variable', () => { const own = (app as any)?.errors2; throw own.clash() }, ['throws clash']],
    ['an error in a constant', () => { const error = errors.clash(); throw error }, ['throws clash']],
    ['an error in a variable, after a test', () => { let error; if (isOpen()) error = errors.clash(); if (error) throw error }, ['throws clash']],
    ['one of two errors in a variable', () => { let error: Error = errors.clash(); if (isOpen()) error = errors.queue_full(); throw error }, ['throws clash', 'throws queue_full']],
    ['an error that another one replaces', () => { let error: Error = errors.clash(); error = errors.queue_full(); throw error }, ['throws queue_full']],
    ['an error that another one can replace', (given: any) => { let error = given; error ||= errors.clash(); throw error }, ['throws clash']],
    ['an error that is assigned and thrown', () => { let error: Error | undefined; if (isOpen()) throw error = errors.clash(); done(error) }, ['throws clash']],
    ['an error in a variable of an outer function', () => { const error = errors.clash(); [1].forEach(() => { throw error }) }, ['throws clash']],
    ['an error in a variable that is declared later', () => { if (isOpen()) { var error: unknown = errors.clash() } throw error }, ['throws clash']], // eslint-disable-line no-var
    ['a destructured factory', () => { const { clash } = errors; throw clash() }, ['throws clash']],
    ['a destructured factory with another name', () => { const { clash: conflict } = errors; throw conflict() }, ['throws clash']],
    ['a destructured catalog', () => { const { errors: own } = app; throw own.queue_full() }, []],
    ['a destructured catalog of a parameter', ({ server }: any) => { const { queueErrors: { clash } } = server; throw clash() }, ['throws clash']],
    ['a factory in a variable', () => { const conflict = catalog.clash; throw conflict() }, ['throws clash']],
    ['a catalog in a variable', () => { const own = errors; throw own.clash() }, ['throws clash']],
    ['a catalog that is imported', async () => { const { errors } = await import('./none.js' as string); throw errors.clash() }, ['throws clash']],
    ['a catalog that is required', (require: any) => { const own = require('./none.js'); throw own.clash() }, ['throws clash']],
    ['a catalog that is required by compiled code', (require: any, __toESM: any) => { const own = __toESM(require('./none.js')); throw own.clash() }, ['throws clash']],
    ['an imported module without a compiler', new Function("return async () => { throw (await import('./none.js')).catalog.clash() }")(), ['throws clash']], // eslint-disable-line no-new-func
    ['a name in a constant', () => { const code = 'clash'; throw errors[code]() }, ['throws clash']],
    ['a name in a template', () => { throw errors[`clash`]() }, ['throws clash']], // eslint-disable-line @stylistic/quotes
    ['a rejected promise', () => Promise.reject(errors.clash()), ['throws clash']],
    ['a rejected promise that is awaited', async () => { await Promise.reject(catalog.clash()) }, ['throws clash']],
    ['a rejected promise of a variable', async () => { const error = catalog.clash(); return Promise.reject(error) }, ['throws clash']],
    ['a promise that rejects', () => new Promise((_resolve, reject) => { reject(catalog.clash()) }), ['throws clash']],
    ['a promise that rejects later', () => new Promise((_resolve, reject) => { setTimeout(() => reject(catalog.clash()), 1) }), ['throws clash']],
    ['an error that is sent', (_request: unknown, reply: FastifyReply) => reply.send(errors.clash()), ['throws clash']],
    ['an error in a variable that is sent', (_request: unknown, reply: FastifyReply) => { const error = errors.clash(); reply.send(error) }, ['throws clash']],
    ['an error that is sent with a status, which it replaces', (_request: unknown, reply: FastifyReply) => { reply.code(404).send(errors.clash()) }, ['throws clash']],
    ['an error that is sent by a variable', (_request: unknown, reply: FastifyReply) => { const own = reply.header('a', 'b'); own.send(errors.clash()) }, ['throws clash']],
    ['an error in a variable that is returned', () => { const error = errors.clash(); return error }, ['throws clash']],
    ['an error with other properties', () => { throw Object.assign(errors.clash(), { cause: 1 }) }, ['throws clash']],
    ['the last of a sequence', () => { throw (isOpen(), errors.clash()) }, ['throws clash']],
    ['a decorator that is the catalog', () => { throw app.catalog.clash() }, ['throws clash']],
    ['a decorator of a request that is not set yet', (request: any) => { throw request.server.ready.queue_full() }, ['throws queue_full']],

    ['a decorator that is not the catalog', () => { throw app.errors.clash() }, []],
    ['an object of the application that is not the catalog', () => { throw app.game.clash() }, []],
    ['the result of a call that returns a function', () => { throw (isOpen as any)()() }, []],
    ['a method of this', function (this: any) { throw this.clash() }, []],
    ['a method of another object, returned', () => game.clash(), []],
    ['a method of another object, sent', (_request: unknown, reply: FastifyReply) => reply.send(game.clash()), []],
    ['a method of another object that is called', () => { game.clash() }, []],
    ['a method of another object, thrown', () => { game.start(); throw game.clash() }, []],
    ['a method of a new object', () => { const errors: any = new Map(); throw errors.clash() }, []],
    ['a method of a new object, with a name that no other object has', () => { const errors: any = { queue_full: () => new Error('No.') }; throw errors.queue_full() }, []],
    ['a method of a library', () => { throw (createError as any).clash() }, []],
    ['a method of a class', (AppError => () => { throw AppError.clash() })(game), []],
    ['a parameter with the name of the catalog', (_request: unknown, errors: any) => { throw errors.clash() }, []],
    ['a parameter with a method that no other object has', (_request: unknown, own: any) => { throw own.queue_full() }, ['throws queue_full']],
    ['a parameter with such a method, returned', (_request: unknown, own: any) => own.queue_full(), []],
    ['a parameter with the name of the factory', (clash: any) => { throw clash() }, []],
    ['a function with the name of the factory', () => { function clash (): Error { return new Error('No.') } throw clash() }, []],
    ['a caught error with the name of the catalog', () => { try { isOpen() } catch (errors: any) { throw errors.clash() } }, []],
    ['the result of a call with the name of the catalog', () => { const errors: any = isOpen(); throw errors.clash() }, []],
    ['the elements of a list with the name of the catalog', (list: any) => { const [errors] = list; for (const clash of list) { if (isOpen()) throw clash(errors) } }, []],
    ['the rest of an object, and a name with a default', (list: any) => { const { clash = list, ...errors } = list; throw isOpen() ? clash() : errors.clash() }, []],
    ['an object with a computed name', (name: string) => { const { [name]: clash } = errors as any; throw clash() }, []],
    ['a catalog or another object', (given: any) => { let own = errors; if (isOpen()) own = given; throw own.clash() }, []],
    ['an object of the catalog', () => { throw (errors as any).details.clash() }, ['throws clash']],
    ['an object of the catalog, returned', () => (errors as any).details.clash(), []],
    ['the result of a call', () => { throw (isOpen as any)().clash() }, []],
    ['a variable in another function', () => { const create = (): void => { const error = errors.clash(); done(error.message) }; create(); const error = isOpen(); throw error }, []],
    ['a variable of the module', () => { throw game }, []],
    ['a variable without a value', () => { let error; throw error }, []],
    ['an object in a variable, returned', () => { const entry = new Map([[1, { status: 404 }]]); const other = Object.assign({}, { status: 404 }); return isOpen() ? entry : other }, []],
    ['a rejected promise that nothing waits for', () => { Promise.reject(errors.clash()) }, []],
    ['a rejected promise that is caught', async () => { await Promise.reject(errors.clash()).catch(() => {}) }, []],
    ['the response of another service', async () => { const response: any = await fetch('http://127.0.0.1'); response.status(404) }, ['calls another service bad_gateway', 'calls another service gateway_timeout']]
  ] as const) t.strictSame(read(fn, given), expected, title)
})

t.test('code that a literal excludes, code after the end, and code that runs later', async t => {
  for (const [title, fn, expected] of [
    ['a branch of a constant', () => { const isNew: boolean = false; if (isNew) throw errors.clash(); else throw errors.queue_full() }, ['throws queue_full']],
    ['a branch of a variable that changes', () => { let isNew = false; [1].forEach(() => { isNew = true }); if (isNew) throw errors.clash() }, ['throws clash']],
    ['a branch of a variable that gets its value later', () => { let isNew; if (isOpen()) isNew = true; if (!isNew) throw errors.clash() }, ['throws clash']],
    ['a value of a constant', () => { const isNew: boolean = true; throw isNew ? errors.clash() : errors.queue_full() }, ['throws clash']],
    ['a value after a constant', () => { const isNew: boolean = false; return isNew && errors.clash() }, []],
    ['a switch', (a: string) => { switch (a) { case 'a': throw errors.clash() } }, ['throws clash']],
    ['a loop', (entries: any) => { for (const entry in entries) { if (isOpen()) continue; done(entry); throw errors.clash() } }, ['throws clash']],
    ['code after two branches', () => { if (isOpen()) return 1; else return 2; throw errors.clash() }, []],
    ['code after one branch', () => { if (isOpen()) return 1; throw errors.clash() }, ['throws clash']],
    ['a timer', () => { setTimeout(() => { throw errors.clash() }, 1) }, []],
    ['a listener', (emitter: any) => { emitter.on('end', async () => { if (isOpen()) await Promise.reject(errors.clash()); return errors.clash() }) }, []],
    ['a listener that sends', (emitter: any, reply: FastifyReply) => { emitter.once('end', () => { reply.send(errors.clash()) }) }, ['throws clash']],
    ['a listener that calls the callback', (emitter: any, _reply: unknown, next: typeof done) => { emitter.once('end', () => { next(errors.clash()) }) }, ['throws clash']]
  ] as const) t.strictSame(read(fn), expected, title)
})

t.test('an error of a promise is not found if it is caught and neither thrown nor sent again', async t => {
  const work: any = async () => {}
  const next = done
  const log = (error: unknown): void => { console.log(error) }
  for (const [title, fn, expected] of [
    ['by a function that ignores them', async () => { await work(() => { throw errors.clash() }).catch(() => null) }, []],
    ['by a function that throws another', async () => { await work(() => { throw errors.clash() }).catch(() => { throw errors.queue_full() }) }, ['throws queue_full']],
    ['by a function that throws them again', async () => { await work(() => { throw errors.clash() }).catch((error: unknown) => { throw error }) }, ['throws clash']],
    ['by a function that sends them', async (_request: unknown, reply: FastifyReply) => { await work(() => { throw errors.clash() }).catch((error: unknown) => reply.send(error)) }, ['throws clash']],
    ['by a pattern', async () => { await work(() => { throw errors.clash() }).catch(({ message }: Error) => { log(message) }) }, []],
    ['by a callback', async () => { await work(() => { throw errors.clash() }).catch(next) }, ['throws clash']],
    ['by another function', async () => { await work(() => { throw errors.clash() }).catch(log) }, []],
    ['by a method', async () => { await work(() => { throw errors.clash() }).catch(console.log) }, []],
    ['by the second function of then', async () => { await work(() => { throw errors.clash() }).then(() => { throw errors.queue_full() }, log) }, ['throws queue_full']],
    ['by nothing', async () => { await work(() => { throw errors.clash() }).then(log).catch() }, ['throws clash']],
    ['after they are sent', async (_request: unknown, reply: FastifyReply) => { try { reply.send(errors.clash()) } catch {} }, ['throws clash']]
  ] as const) t.strictSame(read(fn), expected, title)
})

t.test('a caught error is not found, unless it is thrown again or sent', async t => {
  for (const [title, fn, expected] of [
    ['an error that is replaced', () => { try { throw new HttpError(404) } catch { throw new HttpError(403) } }, ['throws forbidden']],
    ['an error that is thrown again', () => { try { throw new HttpError(404) } catch (error) { if (isOpen()) throw error } }, ['throws resource_not_found']],
    ['an error that is sent', (_request: unknown, reply: FastifyReply) => { try { throw new HttpError(404) } catch (error) { reply.send(error) } }, ['throws resource_not_found']],
    ['an error that is logged', () => { try { throw new HttpError(404) } catch (error) { console.log(error) } }, []],
    ['an error of a pattern', () => { try { throw new HttpError(404) } catch ({ message }: any) { console.log(message) } }, []],
    ['what is sent', (_request: unknown, reply: FastifyReply) => { try { reply.code(404).send({ message: 'No.' }) } catch { done() } }, ['sends resource_not_found']],
    ['finally', () => { try { throw new HttpError(404) } finally { done() } }, ['throws resource_not_found']]
  ] as const) t.strictSame(read(fn), expected, title)
})

t.test('an assertion with a status results in this status', async t => {
  const app: any = { assert: Object.assign(() => {}, { equal: () => {}, ok: () => {} }) }
  const { assert } = app
  const user: unknown = undefined
  for (const [title, fn, expected] of [
    ['of @fastify/sensible', () => { app.assert(user, 404) }, ['throws resource_not_found']],
    ['with a message', () => { app.assert.ok(user, 401, 'Please log in.') }, ['throws unauthorized']],
    ['of two values', () => { app.assert.equal(user, 404, 403) }, ['throws forbidden']],
    ['of two values, with a number as the second', () => { app.assert.equal(user, 404) }, []],
    ['of http-assert', () => { assert(user, 410) }, ['throws resource_gone']],
    ['a method of http-assert', () => { assert.notEqual(user, null, 409) }, ['throws resource_conflict']],
    ['without a status', () => { assert(user, 'No user.') }, []],
    ['without anything', () => { assert() }, []],
    ['another method with the same name', () => { app.equal(user, 1, 404) }, []],
    ['a method that does not test', () => { assert.toString(user, 404) }, []],
    ['an assertion that is caught', () => { try { assert(user, 404) } catch {} }, []]
  ] as const) t.strictSame(read(fn), expected, title)
})

t.test('a function that receives the reply and an error status sends this status', async t => {
  const fail: any = () => {}
  const app: any = { respond: { error: fail } }
  for (const [title, fn, expected] of [
    ['a function', (_: unknown, reply: unknown) => fail(reply, 404, 'No user.'), ['sends resource_not_found']],
    ['a method, with the status at the end', (_: unknown, reply: unknown) => app.respond.error(reply, 'Closed.', 409), ['sends resource_conflict']],
    ['a status of success', (_: unknown, reply: unknown) => fail(reply, 201), []],
    ['the status 500, which every route documents', (_: unknown, reply: unknown) => fail(reply, 500), []],
    ['a status without the reply', (request: unknown) => fail(request, 404), []],
    ['a function that returns the reply', (_: unknown, reply: any) => fail(reply.header('a', 'b'), 404), []]
  ] as const) t.strictSame(read(fn), expected, title)
})

t.test('errors that are sent with a status are found', async t => {
  for (const [title, fn, expected] of [
    ['a status', (_request: unknown, reply: FastifyReply) => reply.code(404).send({ message: 'No.' }), ['sends resource_not_found']],
    ['a status after a header', (_request: unknown, res: FastifyReply) => { res.header('a', 'b').status(403).send() }, ['sends forbidden']],
    ['a status that is assigned', (_request: unknown, reply: FastifyReply) => { reply.statusCode = 410; return { message: 'Gone.' } }, ['sends resource_gone']],
    ['a status of success', (_request: unknown, reply: FastifyReply) => reply.code(201).send({}), []],
    ['a status that is not known', (request: { status: number }, reply: FastifyReply) => reply.code(request.status).send({}), []],
    ['a method of @fastify/sensible', (_request: unknown, reply: FastifyReply) => { (reply as never as { conflict: () => void }).conflict() }, ['sends resource_conflict']],
    ['an error', (_request: unknown, reply: FastifyReply) => reply.send(new HttpError(404)), ['throws resource_not_found']],
    ['nothing', (_request: unknown, reply: FastifyReply) => reply.send(), []],
    ['a file of @fastify/static', (_request: unknown, reply: FastifyReply) => reply.sendFile('a'),
      ['sends a file precondition_failed', 'sends a file range_not_satisfiable', 'sends a file route_not_found']]
  ] as const) t.strictSame(read(fn), expected, title)
})

t.test('a status is derived from the name of a constant in another module', async t => {
  const StatusCodes: any = {}
  const httpStatus: any = { default: {} }
  const http: any = { constants: {} }
  const messages: any = {}
  const fail: any = () => {}
  for (const [title, fn, expected] of [
    ['a status that is sent', (_: unknown, reply: FastifyReply) => reply.code(StatusCodes.NOT_FOUND).send({ message: 'No.' }), ['sends resource_not_found']],
    ['with the status of @nestjs/common', (_: unknown, reply: FastifyReply) => reply.status(StatusCodes.NotFound).send(), ['sends resource_not_found']],
    ['in a default export', (_: unknown, reply: FastifyReply) => reply.code(httpStatus.default.UNPROCESSABLE_ENTITY).send(), ['sends validation_error']],
    ['of node:http2', (_: unknown, reply: FastifyReply) => reply.code(http.constants.HTTP_STATUS_GONE).send(), ['sends resource_gone']],
    ['as an argument of an error', () => { throw new HttpError(StatusCodes.CONFLICT) }, ['throws resource_conflict']],
    ['as a property of an error', () => { throw Object.assign(new Error('No.'), { statusCode: StatusCodes.FORBIDDEN }) }, ['throws forbidden']],
    ['that is assigned', (_: unknown, reply: FastifyReply) => { reply.statusCode = StatusCodes.LOCKED; return {} }, ['sends resource_locked']],
    ['as an argument of a function', (_: unknown, reply: unknown) => fail(reply, StatusCodes.NOT_FOUND, 'No.'), ['sends resource_not_found']],
    ['a status of success', (_: unknown, reply: FastifyReply) => reply.code(StatusCodes.CREATED).send(), []],
    ['a name that is not a status', (_: unknown, reply: FastifyReply) => reply.code(StatusCodes.MISSING).send(), []],
    ['a name in another table', () => { throw new Error(messages.NOT_FOUND) }, []]
  ] as const) t.strictSame(read(fn), expected, title)
  t.strictSame(readFunctionErrors((_: unknown, reply: FastifyReply) => reply.code(StatusCodes.CONFLICT).send({ message: 'No.', detail: null }), context), [
    { code: 'resource_conflict', by: 'sends', bodies: [{ type: 'object', required: ['message', 'detail'], properties: { message: { type: 'string' }, detail: {} } }] }
  ])
})

t.test('each status that a condition or a variable can select is found', async t => {
  const isReady = (): boolean => true
  const some: any = {}
  for (const [title, fn, expected] of [
    ['a success or an error', (_: unknown, reply: FastifyReply) => reply.code(isReady() ? 200 : 503).send({ message: 'No.' }), ['sends service_unavailable']],
    ['two errors', (_: unknown, reply: FastifyReply) => reply.status(isReady() ? 404 : 409).send({ message: 'No.' }), ['sends resource_conflict', 'sends resource_not_found']],
    ['nested conditions', (_: unknown, reply: FastifyReply) => reply.code(isReady() ? 200 : isReady() ? 403 : 404).send(), ['sends forbidden', 'sends resource_not_found']],
    ['a constant', (_: unknown, reply: FastifyReply) => { const status = isReady() ? 200 : 404; return reply.code(status).send() }, ['sends resource_not_found']],
    ['a status that is assigned', (_: unknown, reply: FastifyReply) => { reply.statusCode = isReady() ? 200 : 410; return 'x' }, ['sends resource_gone']],
    ['a condition of literals', (_: unknown, reply: FastifyReply) => { const isClosed = false as boolean; return reply.code(isClosed ? 404 : 200).send() }, []],
    ['500', (_: unknown, reply: FastifyReply) => reply.code(isReady() ? 200 : 500).send(), []],
    ['a variable with several values', (_: unknown, reply: FastifyReply) => { let status = 404; if (isReady()) status = 200; return reply.code(status).send() }, []],
    ['a value of another function', (_: unknown, reply: FastifyReply) => { const { status } = some; return reply.code(status).send() }, []],
    ['no status', (_: unknown, reply: any) => reply.code().send(), []]
  ] as const) t.strictSame(read(fn), expected, title)
  t.strictSame(readFunctionErrors((_: unknown, reply: FastifyReply) => reply.code(isReady() ? 200 : 503).send({ status: 'degraded', services: some }), context), [
    { code: 'service_unavailable', by: 'sends', bodies: [{ type: 'object', required: ['status'], properties: { status: { type: 'string' }, services: {} } }] }
  ])
})

t.test('functions of every form, and values that cannot be read', async t => {
  const methods = { find () { throw new HttpError(404) }, async load () { throw new HttpError(404) } }
  t.strictSame(read(methods.find), ['throws resource_not_found'])
  t.strictSame(read(methods.load), ['throws resource_not_found'])
  t.strictSame(read(function named () { throw new HttpError(404) }), ['throws resource_not_found'])
  t.strictSame(read(methods.find.bind(null)), [], 'a bound function has no source')
  t.strictSame(read(class { code = 404 }), [], 'a class')
  t.strictSame(read({}), [], 'an object')
})

t.test('calls of decorators are followed, and getters are not called', async t => {
  const decorators: Record<string, unknown> = {
    'request isAdmin': function (this: { check: (role: string) => void }) { this.check('admin') },
    'request check': (_role: string) => { throw new HttpError(403) },
    'app authenticate': async () => { throw new HttpError(401) },
    'app queues': Object.create({ find () { throw new HttpError(404) }, get open () { throw new Error('A getter was called.') } }),
    'app again': (app: { again: () => void }) => { app.again() }
  }
  const given = { getDecorator: (owner: string, name: string) => decorators[`${owner} ${name}`] }
  interface Request { isAdmin: () => void, server: { authenticate: () => void, queues: { find: () => void, open: () => void } } }
  const app = {} as unknown as { authenticate: () => void, queues: { find: () => void, open: () => void, none: () => void }, again: () => void }
  const queues = app.queues
  for (const [title, fn, expected] of [
    ['of requests, which call another', (request: Request) => { request.isAdmin() }, ['throws forbidden']],
    ['of requests under another name', (value: Request) => { value.isAdmin() }, ['throws forbidden']],
    ['of the application', async () => { await app.authenticate() }, ['throws unauthorized']],
    ['of the application of a request', async (request: Request) => { request.server.authenticate() }, ['throws unauthorized']],
    ['an object on the application', async () => { app.queues.find() }, ['throws resource_not_found']],
    ['the same object in a variable', async () => { queues.find(); throw isOpen() }, ['throws resource_not_found']],
    ['a getter', async () => { app.queues.open(); app.queues.none(); throw isOpen() }, []],
    ['the application as this', async function (this: typeof app) { this.authenticate() }, ['throws unauthorized']],
    ['one that calls itself', () => { app.again(); throw isOpen() }, []],
    ['of something else', () => { [app][0]?.authenticate(); throw isOpen() }, []]
  ] as const) t.strictSame(read(fn, given), expected, title)
})

t.test('a class in a decorator has the status that it sets, whatever its name is', async t => {
  class ForbiddenException extends Error {}
  class QueueLockedError extends Error { readonly status = 423 }
  const decorators: Record<string, unknown> = {
    'app errors': { ForbiddenException, QueueLockedError, Conflict: createError.Conflict, Native: Error, Plain: function Plain () {}, text: 'no class' },
    'app LockedError': QueueLockedError,
    'app classes': Object.assign(() => {}, { QueueLockedError })
  }
  const given = { getDecorator: (owner: string, name: string) => decorators[`${owner} ${name}`] }
  const app = {} as unknown as { LockedError: typeof Error, classes: Record<'QueueLockedError', typeof Error>, errors: Record<'ForbiddenException' | 'QueueLockedError' | 'Conflict' | 'Native' | 'Plain' | 'text', typeof Error> }
  for (const [title, fn, expected] of [
    ['with a status', () => { throw new app.errors.QueueLockedError() }, ['throws resource_locked']],
    ['on the application itself', () => { throw new app.LockedError() }, ['throws resource_locked']],
    ['on a function', () => { throw new app.classes.QueueLockedError() }, ['throws resource_locked']],
    ['with a status on the prototype', () => { throw new app.errors.Conflict() }, ['throws resource_conflict']],
    ['without a status', () => { throw new app.errors.ForbiddenException() }, []],
    ['of the runtime', () => { throw new app.errors.Native() }, []],
    ['a function', () => { throw new app.errors.Plain() }, []],
    ['no class', () => { throw new app.errors.text() }, []] // eslint-disable-line new-cap
  ] as const) t.strictSame(read(fn, given), expected, title)
})

t.test('a visible class without a status is documented and sent as 500, whatever its name is', async t => {
  class ForbiddenException extends Error {}
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(apiErrors, { log: false })
  app.get('/merely-named', async () => {
    class ForbiddenException extends Error {}
    throw new ForbiddenException('No.')
  })
  app.get('/nest', async () => { throw Object.assign(new ForbiddenException('No.'), { status: 403, response: {}, getStatus: () => 403 }) })
  await app.ready()
  t.strictSame(app.apiErrors.explain('GET', '/merely-named').map(({ status, code }) => [status, code]), [[500, 'internal_error']])
  t.match((await app.inject('/merely-named')).json(), { code: 'internal_error', message: 'Something went wrong on our side.' })
  t.strictSame(app.apiErrors.explain('GET', '/nest').map(({ status, code }) => [status, code]), [[500, 'internal_error'], [403, 'forbidden']])
  t.match((await app.inject('/nest')).json(), { code: 'forbidden', message: 'No.' })
  t.strictSame(app.apiErrors.ledger().filter(({ documented }) => !documented), [])
})

/** Returns the errors that the rules about functions find for a route. */
function explain (app: FastifyInstance, url: string, method = 'GET'): string[] {
  return app.apiErrors.explain(method, url).filter(({ rule }) => rule === 'hooks' || rule === 'thrown').map(({ status, code, rule, reason }) => `${rule}: ${status} ${code}. ${reason}`)
}

t.test('@fastify/jwt verifies a token that the application passes to it', async t => {
  const app = Fastify(serverOptions())
  t.teardown(() => app.close())
  await app.register(apiErrors, { log: false })
  await app.register(jwt, { secret: 'a-secret-of-thirty-two-characters' })
  await app.register(jwt, { secret: 'a-secret-of-thirty-two-characters', namespace: 'refresh' })
  const own: any = app.decorate('keys', { verify (key: string) { return key } })
  app.get('/server', async request => app.jwt.verify(String(request.headers.a)))
  app.get('/this', async function (request) { return this.jwt.verify(String(request.headers.a)) })
  app.get('/namespace', async function (request) { return (this.jwt as any).refresh.verify(String(request.headers.a)) })
  app.get('/caught', async request => { try { return app.jwt.verify(String(request.headers.a)) } catch { return {} } })
  app.get('/other', async () => own.keys.verify('a'))
  app.get('/missing', async () => own.jwt.missing.verify('a'))
  await app.ready()
  const expected = ['401 unauthorized', '401 invalid_token', '401 token_expired'].map(error => `thrown: ${error}. The handler verifies a token.`)
  for (const path of ['/server', '/this', '/namespace']) t.strictSame(explain(app, path), expected, path)
  for (const path of ['/caught', '/other', '/missing']) t.strictSame(explain(app, path), [], path)
  for (const path of ['/server', '/this', '/namespace']) {
    const { statusCode, body } = await app.inject({ url: path, headers: { a: 'x' } })
    t.equal(statusCode, 401)
    t.match(JSON.parse(body), { code: 'invalid_token' })
  }
  t.match((await app.inject({ url: '/server', headers: { a: '' } })).json(), { code: 'unauthorized' })
})

t.test('a token that a hook has verified is valid in the handler', async t => {
  const app = Fastify(serverOptions())
  t.teardown(() => app.close())
  await app.register(apiErrors, { log: false })
  await app.register(jwt, { secret: 'a-secret-of-thirty-two-characters' })
  const handler = async (request: FastifyRequest): Promise<unknown> => await request.jwtVerify()
  app.get('/thrown', { onRequest: async request => { await request.jwtVerify() } }, handler)
  app.get('/sent', { onRequest: async (request, reply) => { try { await request.jwtVerify() } catch { return await reply.code(401).send('No.') } } }, handler)
  app.get('/optional', { onRequest: async request => { try { await request.jwtVerify() } catch {} } }, handler)
  app.get('/other', { onRequest: async (request, reply) => { if (request.headers.a === undefined) return await reply.code(401).send('No.') } }, handler)
  await app.ready()
  const token = ['400 invalid_request', '401 unauthorized', '401 invalid_token', '401 token_expired']
  t.strictSame(explain(app, '/thrown'), token.map(error => `hooks: ${error}. The onRequest hook 'onRequest' of the route verifies a token.`))
  t.strictSame(explain(app, '/sent'), ["hooks: 401 unauthorized. The onRequest hook 'onRequest' of the route sends it."])
  t.strictSame(explain(app, '/optional'), token.map(error => `thrown: ${error}. The handler verifies a token.`))
  const [malformed, unauthorized, ...others] = token.map(error => `thrown: ${error}. The handler verifies a token.`)
  t.strictSame(explain(app, '/other'), ["hooks: 401 unauthorized. The onRequest hook 'onRequest' of the route sends it.", malformed, unauthorized, ...others])
})

t.test('the decorators of the official plugins for credentials have their errors', async t => {
  const app = Fastify(serverOptions())
  t.teardown(() => app.close())
  await app.register(apiErrors, { log: false })
  await app.register(jwt, { secret: 'a-secret-of-thirty-two-characters' })
  await app.register(auth)
  await app.register(basicAuth, { validate: async () => {} })
  await app.register(cookie)
  await app.register(csrf)
  const token = ['400 invalid_request', '401 unauthorized', '401 invalid_token', '401 token_expired']
  const verify = async (request: FastifyRequest): Promise<void> => { await request.jwtVerify() }
  const hasRole = async (): Promise<void> => { throw new HttpError(403) }
  app.get('/jwt', { onRequest: verify }, async () => 'ok')
  app.get('/jwt/cookie', { onRequest: async request => { await request.jwtVerify({ onlyCookie: true }) } }, async () => 'ok')
  app.get('/auth', { preHandler: app.auth([verify, [hasRole]], { relation: 'and' }) }, async () => 'ok')
  app.get('/auth/unreadable', { preHandler: app.auth([(_request, _reply, next) => { next(isOpen() ? new Error('No.') : undefined) }]) }, async () => 'ok')
  app.get('/basic', { onRequest: app.basicAuth }, async () => 'ok')
  app.post('/csrf', { preHandler: app.csrfProtection }, async () => 'ok')
  app.register(async scope => {
    await scope.register(bearerAuth, { keys: new Set(['a']) })
    scope.get('/bearer', async () => 'ok')
  })
  await app.ready()
  t.strictSame(explain(app, '/jwt'), token.map(error => `hooks: ${error}. The onRequest hook 'verify' of the route verifies a token.`))
  t.strictSame(explain(app, '/jwt/cookie'), token.slice(1).map(error => `hooks: ${error}. The onRequest hook 'onRequest' of the route verifies a token.`))
  t.strictSame(explain(app, '/auth'), [
    ...token.map(error => `hooks: ${error}. The preHandler hook 'bound _auth' of the route verifies a token.`),
    "hooks: 403 forbidden. The preHandler hook 'bound _auth' of the route throws it."
  ])
  t.strictSame(explain(app, '/auth/unreadable'), ["hooks: 401 unauthorized. The preHandler hook 'bound _auth' of the route throws it."])
  t.equal((await app.inject('/auth/unreadable')).json().code, 'unauthorized')
  t.strictSame(explain(app, '/basic'), ["hooks: 401 unauthorized. The onRequest hook 'basicAuth' of the route is of @fastify/basic-auth."])
  t.equal((await app.inject('/basic')).json().code, 'unauthorized')
  t.strictSame(explain(app, '/csrf', 'POST'), ["hooks: 403 forbidden. The preHandler hook 'csrfProtection' of the route is of @fastify/csrf-protection."])
  t.equal((await app.inject({ method: 'POST', url: '/csrf' })).json().code, 'forbidden')
  t.strictSame(explain(app, '/bearer'), ['unauthorized', 'invalid_token'].map(code => `hooks: 401 ${code}. The onRequest hook 'verifyBearerAuth' of the scope is of @fastify/bearer-auth.`))
  t.strictSame((await app.inject('/bearer')).json().code, 'unauthorized')
  for (const { documented, route } of app.apiErrors.ledger()) t.ok(documented, route as string)
})

t.test('a 401 without another explanation can come from a token', async t => {
  const create = async (hasTokens: boolean): Promise<(url: string) => string[]> => {
    const app = Fastify(serverOptions())
    t.teardown(() => app.close())
    await app.register(apiErrors, { log: false })
    if (hasTokens) await app.register(jwt, { secret: 'a-secret-of-thirty-two-characters' })
    const security = [{ bearer: [] }]
    const response = { 401: { type: 'object', properties: { error: { type: 'string' } }, required: ['error'] } }
    app.get('/secured', { schema: { security } as object }, async () => 'ok')
    app.get('/declared', { schema: { response } }, async () => 'ok')
    app.get('/declared/:id', { schema: { response, security } as object }, async () => 'ok')
    app.get('/thrown', { schema: { security } as object }, async () => { throw new HttpError(401) })
    app.get('/named', { schema: { response }, config: { errors: ['unauthorized'] } }, async () => 'ok')
    await app.ready()
    return url => app.apiErrors.explain('GET', url).filter(({ rule }) => rule === 'token').map(({ status, code, reason }) => `${status} ${code}. ${reason}`)
  }
  const token = ['unauthorized', 'invalid_token', 'token_expired'].map(code => `401 ${code}. The route documents a 401, and @fastify/jwt verifies tokens.`)
  const tokens = await create(true)
  t.strictSame(tokens('/secured'), token)
  t.strictSame(tokens('/declared'), token)
  t.strictSame(tokens('/declared/:id'), token)
  t.strictSame(tokens('/thrown'), [], 'the handler throws it')
  t.strictSame(tokens('/named'), [], 'config.errors names it')
  const none = await create(false)
  for (const url of ['/secured', '/declared', '/thrown']) t.strictSame(none(url), [], 'no tokens')
})

t.test('calls of decorators are followed up to five levels', async t => {
  const app = {} as Record<string, () => void>
  const decorators: Record<string, unknown> = {
    a: () => { app.b?.() },
    b: () => { app.c?.() },
    c: () => { app.d?.() },
    d: () => { throw new HttpError(404) },
    z: () => { app.a?.() }
  }
  const given = { getDecorator: (owner: string, name: string) => owner === 'app' ? decorators[name] : undefined }
  t.strictSame(read(() => { app.a?.() }, given), ['throws resource_not_found'])
  t.strictSame(read(() => { app.z?.() }, given), [])
})

t.test('an unrelated decorator named auth is ignored', async t => {
  const app = Fastify(serverOptions())
  t.teardown(() => app.close())
  const own = {}
  app.decorate('auth', own as never)
  t.equal(app.auth, own)
})

t.test('the hook of a plugin that was registered earlier is also found', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(auth)
  await app.register(apiErrors, { log: false })
  app.get('/', { preHandler: app.auth([async () => { throw new HttpError(403) }]) }, async () => 'ok')
  await app.ready()
  t.strictSame(explain(app, '/'), ["hooks: 403 forbidden. The preHandler hook 'bound _auth' of the route throws it."])
  t.throws(() => app.auth('no list' as never), 'the plugin checks its option')
})

t.test('handlers document the errors of @fastify/sensible and @fastify/static', async t => {
  const root = mkdtempSync(join(tmpdir(), 'files-'))
  writeFileSync(join(root, 'a.txt'), 'content')
  const app = Fastify(serverOptions())
  t.teardown(() => app.close())
  await app.register(apiErrors, { log: false })
  await app.register(sensible)
  await app.register(staticFiles, { root, serve: false })
  app.get('/sensible', async (_request, reply) => isOpen() ? reply.notFound() : 'ok')
  app.get('/thrown', async () => { throw app.httpErrors.conflict() })
  app.get('/file', (request, reply) => reply.sendFile((request.query as { name: string }).name))
  await app.ready()
  t.strictSame(explain(app, '/sensible'), ['thrown: 404 resource_not_found. The handler sends it.'])
  t.strictSame(explain(app, '/thrown'), ['thrown: 409 resource_conflict. The handler throws it.'])
  t.strictSame(explain(app, '/file'), ['404 route_not_found', '412 precondition_failed', '416 range_not_satisfiable'].map(error => `thrown: ${error}. The handler sends a file.`))
  await app.inject('/sensible')
  await app.inject('/thrown')
  t.equal((await app.inject('/file?name=b.txt')).statusCode, 404)
  t.equal((await app.inject({ url: '/file?name=a.txt', headers: { 'if-match': '"none"' } })).statusCode, 412)
  t.equal((await app.inject({ url: '/file?name=a.txt', headers: { range: 'bytes=100-200' } })).statusCode, 416)
  t.strictSame(app.apiErrors.ledger().filter(({ documented }) => !documented), [])
})

t.test('an error that is sent unchanged is not documented as an error of the catalog', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(apiErrors, { log: false, sentErrors: 'report' })
  app.get('/', async (_request, reply) => reply.code(404).send({ message: 'No.' }))
  await app.ready()
  t.strictSame(explain(app, '/'), [])
})

t.test('errors from the source replace the rules that guess', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(apiErrors, { log: false, inferred: { version: 1, routes: { 'GET /:id': [{ status: 404, code: 'resource_not_found', at: 'src/a.ts:1' }] } } })
  app.get('/:id', async () => 'ok')
  app.get('/lists/:id', { onRequest: async () => { throw new HttpError(403) } }, async () => { throw new HttpError(409) })
  await app.ready()
  const errors = (url: string): string[] => app.apiErrors.explain('GET', url).map(({ rule, code }) => `${rule}: ${code}`)
  t.strictSame(errors('/:id'), ['handler: internal_error', 'source: resource_not_found'])
  t.strictSame(errors('/lists/:id'), ['handler: internal_error'])
})

t.test('the code of a function with more than 50,000 characters is not read', async t => {
  const create = (length: number): unknown => {
    const [start, end] = ['(() => { throw errors.queue_full() /*', '*/ })']
    return new Function(`return ${start}${' '.repeat(length - start.length - end.length + 2)}${end}`)() as unknown // eslint-disable-line no-new-func
  }
  t.equal(String(create(50_000)).length, 50_000)
  t.strictSame([read(create(50_000)), read(create(50_001))], [['throws queue_full'], []])
})

t.test('the errors of a function that a hook puts on the request are documented on the routes that call it', t => {
  const list = (fn: unknown): string[] => readFunctionErrors(fn as object, context).map(({ code, requestFunctions: of }) => `${code} ${String(of)}`).sort()
  t.strictSame(list(async (request: any) => {
    request.getUser = async () => { throw errors.unauthorized() }
    request.getMember = async (slug: string) => {
      const user = await request.getUser()
      if (user === slug) throw errors.forbidden()
    }
    request.getAdmin = async () => [await request.getUser(), await request.getMember('admin')]
  }), ['forbidden getMember,getAdmin', 'unauthorized getUser,getMember,getAdmin'])
  t.strictSame(list(async (request: any) => {
    request.getUser = async () => { throw errors.unauthorized() }
    if (request.headers.a === undefined) throw errors.unauthorized()
  }), ['unauthorized undefined'])
  t.strictSame(list(async (request: any) => {
    if (request.headers.a === undefined) throw errors.unauthorized()
    request.getUser = async () => { throw errors.unauthorized() }
  }), ['unauthorized undefined'])
  t.strictSame(list(async (request: any) => {
    request.getUser = async () => { throw errors.unauthorized() }
    request.getAccount = async () => { throw errors.unauthorized() }
  }), ['unauthorized getUser,getAccount'])
  t.end()
})
