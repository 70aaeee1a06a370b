/** Values that a JavaScript program can throw, from common to malicious ones. */
import { createContext, runInContext } from 'node:vm'
import { ApiError, standardErrors as errors } from 'fastify-api-errors'

/** Creates a value to throw, with the code of the response if it is not `internal_error`. */
export interface Throwable {
  readonly make: () => unknown
  readonly code?: keyof typeof errors
  readonly message?: string
}

const trap = (): never => { throw new Error('a trap of a proxy') }

const traps = {
  get: trap, set: trap, has: trap, apply: trap, ownKeys: trap, getPrototypeOf: trap, getOwnPropertyDescriptor: trap, defineProperty: trap
}

function revoked (): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

function circular (): Error {
  const error: Error & { self?: unknown } = new Error('circular')
  return Object.assign(error, { self: error, cause: error })
}

/** An error whose properties throw when they are read. */
function treacherous (): Error {
  const error = new Error('treacherous')
  const names = ['stack', 'name', 'message', 'code', 'status', 'statusCode', 'headers', 'cause', 'validation', 'validationContext', 'expose', 'constructor', 'toJSON', 'toString']
  return Object.defineProperties(error, Object.fromEntries(names.map(name => [name, { get: () => { throw new Error(`the getter of ${name}`) } }])))
}

const error = (properties: object): Error => Object.assign(new Error('secret'), properties)

/** An object that looks like an ApiError of another copy of the package. */
const forged = (properties: object): object => Object.assign(
  { [Symbol.for('fastify-api-errors.ApiError')]: true, code: 'resource_not_found', status: 404, type: 'not_found_error', message: 'forged' }, properties
)

export const throwables: Readonly<Record<string, Throwable>> = {
  null: { make: () => null },
  undefined: { make: () => undefined },
  false: { make: () => false },
  'a number': { make: () => 0 },
  NaN: { make: () => NaN },
  'a BigInt': { make: () => 1n },
  'an empty string': { make: () => '' },
  'a string': { make: () => 'secret' },
  'a symbol': { make: () => Symbol('secret') },
  'a function': { make: () => () => { throw new Error('the thrown function was called') } },
  'a class': { make: () => class Secret {} },
  'a factory that was not called': { make: () => errors.resource_not_found },
  'a promise': { make: () => Promise.resolve('secret') },
  'a rejected promise': { make: () => Promise.reject(new Error('secret')) },
  'a promise whose constructor throws': { make: () => Object.defineProperty(Promise.resolve(), 'constructor', { get: trap }) },
  'a thenable': { make: () => ({ then: trap }) },
  'an array': { make: () => ['secret'] },
  'an invalid date': { make: () => new Date(NaN) },
  'an object without a prototype': { make: () => Object.create(null) as unknown },
  'a proxy whose traps throw': { make: () => new Proxy({}, traps) },
  'a proxy of an error': { make: () => new Proxy(new Error('secret'), traps) },
  'a proxy of an ApiError': { make: () => new Proxy(errors.resource_not_found(), {}), code: 'resource_not_found' },
  'a proxy of a function': { make: () => new Proxy(() => {}, traps) },
  'a revoked proxy': { make: revoked },
  'an Error': { make: () => new Error('secret') },
  'a TypeError': { make: () => new TypeError('secret') },
  'a frozen error': { make: () => Object.freeze(new Error('secret')) },
  'a sealed error': { make: () => Object.seal(new Error('secret')) },
  'an error whose getters throw': { make: treacherous },
  'a circular error': { make: circular },
  'an error with a BigInt': { make: () => error({ amount: 1n }) },
  'an AggregateError': { make: () => new AggregateError([new Error('secret'), null], 'secret') },
  'an error from another realm': { make: () => runInContext('new TypeError("secret")', createContext()) as unknown },
  'a 404 from another realm': {
    make: () => runInContext('Object.assign(new Error("Gone fishing."), { statusCode: 404 })', createContext()) as unknown, code: 'resource_not_found', message: 'Gone fishing.'
  },
  'an error with a 4xx statusCode': { make: () => Object.assign(new Error('Gone fishing.'), { statusCode: 404 }), code: 'resource_not_found', message: 'Gone fishing.' },
  'an error with a 4xx status': { make: () => Object.assign(new Error('Gone fishing.'), { status: 410 }), code: 'resource_gone', message: 'Gone fishing.' },
  'an error with an unregistered 4xx status': { make: () => Object.assign(new Error('Too late.'), { statusCode: 499 }), code: 'invalid_request', message: 'Too late.' },
  'an object with a 4xx statusCode': { make: () => ({ statusCode: 404, message: 'Gone fishing.' }), code: 'resource_not_found', message: 'Gone fishing.' },
  'an error with a 4xx statusCode and a message that is not a string': { make: () => ({ statusCode: 404, message: { text: 'secret' } }), code: 'resource_not_found' },
  'an error whose statusCode is a string': { make: () => error({ statusCode: '404' }) },
  'an error whose statusCode is NaN': { make: () => error({ statusCode: NaN }) },
  'an error with the statusCode 200': { make: () => error({ statusCode: 200 }) },
  'an error with the statusCode 999': { make: () => error({ statusCode: 999 }) },
  'an error with the statusCode 404.5': { make: () => error({ statusCode: 404.5 }) },
  'an error with the statusCode 502': { make: () => error({ statusCode: 502 }), code: 'bad_gateway' },
  'an error whose headers have line breaks': {
    make: () => Object.assign(new Error('Gone fishing.'), { statusCode: 404, headers: { 'x-evil': 'a\r\nset-cookie: admin=1', 'bad name': 'a' } }), code: 'resource_not_found', message: 'Gone fishing.'
  },
  'an error whose headers are null': { make: () => Object.assign(new Error('Gone fishing.'), { statusCode: 404, headers: null }), code: 'resource_not_found', message: 'Gone fishing.' },
  'an ApiError': { make: () => errors.resource_not_found(), code: 'resource_not_found' },
  'an ApiError with a 5xx status and a message': { make: () => errors.bad_gateway({ message: 'secret' }), code: 'bad_gateway' },
  'an ApiError whose headers have line breaks': { make: () => errors.resource_not_found({ headers: { 'x-evil': 'a\r\nset-cookie: admin=1', 'bad name': 'a' } }), code: 'resource_not_found' },
  'an ApiError with a meta that its code does not allow': { make: () => errors.resource_not_found({ meta: { secret: 1n } } as object), code: 'resource_not_found' },
  'an ApiError whose meta is circular': {
    make: () => {
      const meta: Record<string, unknown> = {}
      return errors.insufficient_scope({ meta: Object.assign(meta, { meta }) as object })
    },
    code: 'insufficient_scope'
  },
  'an ApiError whose meta contains a BigInt': { make: () => errors.insufficient_scope({ meta: { held: [1n] } as object }), code: 'insufficient_scope' },
  'an ApiError whose meta has a toJSON that throws': { make: () => errors.insufficient_scope({ meta: { toJSON: trap } as object }), code: 'insufficient_scope' },
  'an ApiError created with its constructor': { make: () => new ApiError(errors.resource_not_found), code: 'resource_not_found' },
  'a forged ApiError': { make: () => forged({}), code: 'resource_not_found', message: 'forged' },
  'a forged ApiError without a code': { make: () => forged({ code: {} }) },
  'a forged ApiError with an unregistered status': { make: () => forged({ code: 'overslept', status: 499 }) },
  'a forged ApiError with a message that is not a string': { make: () => forged({ message: ['secret'] }) },
  'a forged ApiError with a param that is not a string': { make: () => forged({ param: {} }) },
  'a forged ApiError with invalid issues': { make: () => forged({ issues: 'secret' }) },
  'a forged ApiError with a negative retryAfter': { make: () => forged({ retryAfter: -1 }) },
  'a forged ApiError with invalid headers': { make: () => forged({ headers: 'secret' }) },
  'a forged ApiError without a type': { make: () => forged({ type: undefined }) },
  'a forged ApiError whose properties throw': { make: () => Object.defineProperty(forged({}), 'message', { get: trap }) }
}
