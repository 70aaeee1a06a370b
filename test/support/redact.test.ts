/** A log line contains no API key in any spelling, in any kind of value, and its size is bounded. */
import { inspect } from 'node:util'
import t from 'tap'
import fc from 'fast-check'
import Fastify from 'fastify'
import apiErrors, { standardErrors as errors, type LogEntry } from 'fastify-api-errors'
import { apiKey, generateKey } from '../../lib/guards/api-key.js'
import { listSecrets, maxLogged, printErrors, printValue, redactError, redactText, registerSecretHeader } from '../../lib/support/redact.js'

const key = generateKey({ prefix: 'launch_live' })

/** All common spellings of a key. */
const spellings: Readonly<Record<string, (key: string) => string>> = {
  plain: key => key,
  'in lower case': key => key.toLowerCase(),
  'in a URL': key => `https://keys.example/${encodeURIComponent(key)}?a=b`,
  'percent-encoded byte by byte': key => Buffer.from(key).toString('hex').replace(/../g, byte => `%${byte}`),
  'percent-encoded twice': key => Buffer.from(key).toString('hex').replace(/../g, byte => `%25${byte.toUpperCase()}`),
  hexadecimal: key => Buffer.from(key).toString('hex').toUpperCase(),
  'inspected bytes': key => inspect(Buffer.from(key), { maxArrayLength: null }),
  'decimal bytes': key => [...Buffer.from(key)].join(', '),
  base64: key => Buffer.from(key).toString('base64'),
  'base64 of a longer text': key => Buffer.from(`user:${key}:x`).toString('base64'),
  'base64 of another longer text': key => Buffer.from(`a${key}`).toString('base64'),
  base64url: key => Buffer.from(`us${key}??>>`).toString('base64url'),
  'escaped for JSON': key => [...key].map(character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  'escaped for JavaScript': key => [...key].map(character => `\\x${character.charCodeAt(0).toString(16)}`).join(''),
  'JSON in JSON': key => JSON.stringify(JSON.stringify({ key })),
  'UTF-16': key => Buffer.from(key, 'utf16le').toString('latin1'),
  'UTF-16, hexadecimal': key => Buffer.from(key, 'utf16le').toString('hex')
}

for (const [name, spell] of Object.entries(spellings)) {
  t.test(`a key is removed: ${name}`, async t => {
    const text = redactText(`before ${spell(key)} after`, [key])
    t.match(text, /^before .*\[API key\].* after$/s)
    t.notOk(text.includes(spell(key)))
  })
}

t.test('a key of any characters is removed in every spelling', async t => {
  const character = fc.constantFrom(...'abcXYZ019._~+/=!$&()*,:;<>?@[]^{|}-%')
  const property = fc.property(fc.string({ unit: character, minLength: 8, maxLength: 80 }), fc.constantFrom(...Object.values(spellings)), (key, spell) => {
    const text = redactText(`before ${spell(key)} after`, [key])
    return text.includes('[API key]') && !text.toLowerCase().includes(key.toLowerCase())
  })
  t.doesNotThrow(() => fc.assert(property))
})

t.test('everything except the key is unchanged', async t => {
  const text = `Key launch_live of 127.0.0.1:5432 failed: ${Buffer.from('hello').toString('base64')} [1, 2, 3] \u0000 {"a":"\\u0041"}`
  t.equal(redactText(text, [key]), text)
  t.equal(redactText(text, []), text)
  t.equal(redactText('x'.repeat(8000), []), 'x'.repeat(8000))
})

t.test('several keys are removed', async t => {
  t.equal(redactText('first-key and second-key', ['first-key', 'second-key']), '[API key] and [API key]')
})

t.test('a key of a thousand characters is removed', async t => {
  const long = Array.from({ length: 1000 }, (_, index) => String.fromCharCode(97 + index * 7 % 26)).join('')
  t.equal(redactText(`<${long}>`, [long]), '<[API key]>')
})

t.test('a key that was cut off is removed completely', async t => {
  for (let at = 7990 - key.length; at < 8010; at++) {
    const text = redactText(`${'x'.repeat(at)}${key}${'y'.repeat(9000)}`, [key])
    t.notOk(text.includes(key.slice(0, 8)), String(at))
    t.ok(text.length <= 8001)
  }
  const repeated = redactText(key.repeat(1000), [key])
  t.notOk(repeated.includes('launch'), 'a shortened string shows nothing after the cut')
})

t.test('the secrets of a request are the values of registered headers', async t => {
  registerSecretHeader('X-Own-Key')
  t.strictSame(listSecrets({ 'x-own-key': 'Token abcdefgh', accept: 'text/plain' }), ['abcdefgh'])
  t.strictSame(listSecrets({ 'x-own-key': ['abcdefgh', 'ijklmnop'] }), ['abcdefgh', 'ijklmnop'])
  t.strictSame(listSecrets({ 'x-own-key': 'a' }), [], 'a string this short would be everywhere')
  t.strictSame(listSecrets(), [])
})

class Carrier {
  get message (): string { return `from a getter: ${key}` }
}

/** Values with a key that an application may throw. */
const carriers: Readonly<Record<string, () => unknown>> = {
  'a string': () => `key ${key}`,
  'an error': () => new Error(`select * from api_keys where key = '${key}'`),
  'a catalog error with a cause': () => errors.service_unavailable({ message: 'down', cause: new Error(key) }),
  'a catalog error with the key in all it has': () => Object.assign(errors.insufficient_scope({
    message: `Key ${key}`, param: key, meta: { required: [key] }, headers: { 'x-key': key }, issues: [{ in: 'header', field: key, pointer: `/${key}`, code: 'invalid', message: key }]
  }), { [key]: key }),
  'the name of an error': () => Object.assign(new Error('x'), { name: key }),
  'the stack of an error': () => Object.assign(new Error('x'), { stack: key }),
  'a getter': () => Object.defineProperty(new Error('x'), 'sql', { get: () => key, enumerable: true }),
  'a getter of message': () => Object.defineProperty(new Error('x'), 'message', { get: () => key }),
  'a getter of a prototype': () => new Carrier(),
  'a prototype': () => Object.create({ key }),
  'a prototype of an error': () => Object.setPrototypeOf(new Error('x'), Object.assign(Object.create(Error.prototype), { key })),
  toJSON: () => Object.assign(new Error('x'), { toJSON: () => ({ key }) }),
  'a custom inspection': () => Object.assign(new Error('x'), { [inspect.custom]: () => key }),
  'a buffer': () => Object.assign(new Error('x'), { body: Buffer.from(key) }),
  'a typed array': () => ({ body: new Uint16Array([...Buffer.from(key)]), view: new DataView(Buffer.from(key).buffer) }),
  bytes: () => Object.assign(new Error('x'), { bytes: [...Buffer.from(key)] }),
  'a buffer as JSON': () => JSON.parse(JSON.stringify({ body: Buffer.from(key) })),
  base64: () => Object.assign(new Error('x'), { authorization: `Basic ${Buffer.from(`key:${key}`).toString('base64')}` }),
  depth: () => Array.from({ length: 20 }).reduce<object>(inner => ({ inner }), { key }),
  'a chain of causes': () => Array.from({ length: 20 }).reduce<Error>((cause, _none, at) => new Error(`level ${at}`, { cause }), new Error(key)),
  'a map': () => Object.assign(new Error('x'), { headers: new Map([['authorization', key], [key, 'x']]) }),
  'a set': () => ({ keys: new Set([key]) }),
  headers: () => Object.assign(new Error('x'), { headers: new Headers({ authorization: `Bearer ${key}` }) }),
  'a symbol': () => Object.assign(new Error('x'), { [Symbol('key')]: key, symbol: Symbol(key) }),
  'a function': () => Object.assign(() => key, { key }),
  'a class': () => ({ [key]: class { static key = key } }),
  'a proxy': () => new Proxy({ key }, {}),
  'a promise': () => ({ pending: Promise.resolve(key) }),
  'an AggregateError': () => new AggregateError([new Error(key), key, { key }], key),
  'a regular expression': () => ({ pattern: new RegExp(key) }),
  'a boxed string': () => ({ key: Object(key) as unknown }),
  'a circular value': () => { const circular: Record<string, unknown> = { key }; circular.self = circular; return circular },
  'a property that is not enumerable': () => Object.defineProperty(new Error('x'), 'key', { value: key })
}

/** Everything that could be printed of a value. */
function printAll (value: unknown): string {
  const json = JSON.stringify(value, (_key, member: unknown) => typeof member === 'bigint' ? String(member) : member instanceof Map ? [...member] : member instanceof Set ? [...member] : member)
  return [json, inspect(value, { depth: Infinity, showHidden: true, getters: true, maxStringLength: null, maxArrayLength: null }), String((value as Error | undefined)?.stack)].join('\n')
}

function hasKey (text: string): boolean {
  return Object.values(spellings).some(spell => text.includes(spell(key)))
}

interface Outcome {
  readonly where: string
  readonly log: string
  readonly entries: unknown[]
  readonly response: string
}

/** Applications whose lookup or handler throws a given value: with the built-in log, with custom serializers, and with a log function. */
async function createApps (): Promise<Array<(make: () => unknown) => Promise<Outcome>>> {
  const apps: Array<(make: () => unknown) => Promise<Outcome>> = []
  for (const where of ['lookup', 'a handler']) {
    for (const serializer of [undefined, (error: unknown) => printAll(error)]) {
      let log = ''
      let make: () => unknown = () => undefined
      const entries: LogEntry[] = []
      const lookup = where === 'lookup' ? () => { throw make() } : () => ({ id: '1' })
      const app = Fastify({ logger: { ...(serializer !== undefined && { serializers: { err: serializer as never } }), stream: { write: (line: string) => { log += line } } } })
      for (const [prefix, options] of [['/', {}], ['/own', { log: (entry: LogEntry) => { entries.push(entry) } }]] as const) {
        await app.register(async scope => {
          await scope.register(apiErrors, options)
          scope.get('/', { onRequest: apiKey({ lookup }) }, () => { throw make() })
        }, { prefix })
      }
      apps.push(async (toThrow: () => unknown) => {
        make = toThrow
        log = ''
        entries.length = 0
        let response = ''
        for (const url of ['/', '/own/']) {
          const { body, headers } = await app.inject({ url, headers: { authorization: `Bearer ${key}` } })
          response += body + JSON.stringify(headers)
        }
        return { where, log, entries, response }
      })
    }
  }
  return apps
}

const apps = await createApps()

for (const [name, make] of Object.entries(carriers)) {
  t.test(`${name} with a key loses the key in the copy, when printed and in every log`, async t => {
    t.notOk(hasKey(printAll(redactError(make(), [key]))), 'in the copy')
    t.notOk(hasKey(printValue(make(), [key])), 'in print')
    t.notOk(hasKey(printErrors({ errors: [make(), make()] }, [key]) ?? ''), 'in the print of several errors')
    for (const request of apps) {
      const { where, log, entries, response } = await request(make)
      t.ok(log.length > 0 && entries.length === 1)
      t.notOk(hasKey(log), `in the log, from ${where}`)
      t.notOk(hasKey(printAll(entries)), `for the log function, from ${where}`)
      if (where === 'lookup') t.notOk(hasKey(response), 'in the response')
    }
  })
}

t.test('a copy has the properties of the error, as data', async t => {
  const cause = new TypeError('rows is undefined')
  const error = Object.assign(new Error('x', { cause }), {
    code: 42, at: new Date(0), list: [1, 2n, null, undefined], pattern: /a/g, call: function named () {}, [Symbol('s')]: 1, nested: { a: { b: 'c' } }
  })
  const copy = redactError(error, []) as typeof error
  t.ok(copy instanceof Error)
  t.strictSame({ ...copy }, { code: 42, at: new Date(0), list: [1, 2n, null, undefined], pattern: '/a/g', call: '[Function: named]', nested: { a: { b: 'c' } } } as object)
  t.strictSame([copy.message, copy.stack], ['x', error.stack])
  t.match(copy.cause, { name: 'TypeError', message: 'rows is undefined', stack: cause.stack })
})

t.test('a secret of digits is removed from numbers', async t => {
  t.strictSame(redactError({ a: 1234567890, b: 1234567890n, c: 12 }, ['1234567890']), { a: '[API key]', b: '[API key]', c: 12 } as object)
})

t.test('any thrown value is copied without calling its code', async t => {
  const hostile = Object.defineProperty(new Error('x'), 'stack', { get () { throw new Error('no') } })
  t.match(redactError(hostile, []), { message: 'x' })
  t.strictSame(redactError(Object.defineProperty({}, 'a', { get () { throw new Error('no') }, enumerable: true }), []), { a: '[Getter]' } as object)
  for (const value of [null, undefined, 1, true, NaN]) t.ok(Object.is(redactError(value, []), value))
  const revoked = Proxy.revocable({}, {})
  revoked.revoke()
  t.equal(redactError(revoked.proxy as unknown, []), '[Proxy]')
  t.equal(redactError(class { static get name (): never { throw new Error('no') } } as unknown, []), '[Function]')
  const trap = Object.setPrototypeOf(new Error('x'), new Proxy({}, { get () { throw new Error('no') }, getPrototypeOf () { throw new Error('no') } })) as unknown
  t.ok(redactError(trap, []) instanceof Error)
})

t.test('the size and the time of a copy are bounded', async t => {
  const wide = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`key${index}`, 'x'.repeat(100)]))
  const deep = Array.from({ length: 10_000 }).reduce<object>(inner => ({ inner }), {})
  const tree = (depth: number): unknown => depth === 0 ? 'leaf' : Array.from({ length: 40 }, () => tree(depth - 1))
  for (const value of [
    wide, deep, tree(3), 'x'.repeat(10_000_000), new Array(1_000_000).fill({ a: 1 }), new Map(Object.entries(wide)), new Set(Object.keys(wide)), Array.from({ length: 100_000 }, (_, index) => index),
    Array.from({ length: 50 }, () => Array.from({ length: 50 }, () => Number.MAX_SAFE_INTEGER)),
    Object.assign(new Error('x'.repeat(1_000_000)), { wide, deep, stack: 'y'.repeat(1_000_000) }), new AggregateError(Array.from({ length: 10_000 }, () => new Error('x'.repeat(1000)))),
    Array.from({ length: 1000 }).reduce<Error>(cause => new Error('x'.repeat(1000), { cause }), new Error('x'))
  ]) {
    const began = process.cpuUsage()
    const copy = redactError(value as Error, [key])
    t.ok((JSON.stringify(copy) ?? '').length < 2 * maxLogged)
    t.ok(process.cpuUsage(began).user < 500_000, 'microseconds')
    const strings: string[] = []
    const seen = new Set<unknown>()
    const collect = (member: unknown): void => {
      if (typeof member === 'string') strings.push(member)
      if (typeof member !== 'object' || member === null || seen.has(member)) return
      seen.add(member)
      if (member instanceof Map || member instanceof Set) for (const item of member) collect(item)
      for (const name of Object.getOwnPropertyNames(member)) collect((member as Record<string, unknown>)[name])
    }
    collect(copy)
    t.ok(strings.join('').length < maxLogged + 1000)
    t.ok(printValue(value, [key]).length <= 2000)
    t.ok((printErrors({ errors: Array.from({ length: 100 }, () => value) }, [key]) ?? '').length <= 2000)
  }
})
