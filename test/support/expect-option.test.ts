/** The messages about invalid options. */
import t from 'tap'
import { expectKnownOptions, expectOption, rejectOption } from '../../lib/support/expect-option.js'

t.test('an invalid option is rejected with one sentence', async t => {
  expectOption('apiKey', 'header', true, 'the name of a header', 'x-api-key')
  t.throws(() => { expectOption('apiKey', 'header', false, 'the name of a header', 7) }, new TypeError('apiKey: header: expected the name of a header, got 7.'))
  t.throws(() => rejectOption('fastify-api-errors', 'reference.path', "a path such as '/errors'", []), new TypeError("fastify-api-errors: reference.path: expected a path such as '/errors', got an empty array."))
})

t.test('options that are not an object are rejected with the first names of the known ones', async t => {
  const received = (options: unknown) => () => { expectKnownOptions('redisStore', '', options as object, ['client', 'nameSpace', 'a', 'b']) }
  t.throws(received(undefined), new TypeError('redisStore: options: expected an object with client, nameSpace, a, got undefined.'))
  t.throws(received('redis://127.0.0.1'), new TypeError('redisStore: options: expected an object with client, nameSpace, a, got "redis://127.0.0.1".'))
  t.throws(() => { expectKnownOptions('x', 'reference', [] as object, ['path']) }, new TypeError('x: reference: expected an object with path, got an empty array.'))
})

t.test('the rejection of a promise that is not an option is handled', async t => {
  t.throws(() => rejectOption('fastify-api-errors', 'docUrl', 'a URL', Promise.reject(new Error('down'))), new TypeError('fastify-api-errors: docUrl: expected a URL, got a promise.'))
  await new Promise(setImmediate)
})

t.test('an unknown option is rejected with the names of the known ones', async t => {
  expectKnownOptions('fastify-api-errors', '', { path: '/', title: undefined }, ['path', 'title'])
  t.throws(() => { expectKnownOptions('fastify-api-errors', '', { paht: '/' }, ['path', 'title']) }, new TypeError('fastify-api-errors: paht: unknown option, expected one of path, title.'))
  t.throws(() => { expectKnownOptions('fastify-api-errors', 'reference', { root: 1 }, ['path']) }, new TypeError('fastify-api-errors: reference.root: unknown option, expected path.'))
})
