/** Programming mistakes are recognized at a first look. The result must be the same as if each translator had examined them. */
import t from 'tap'
import fc from 'fast-check'
import { standardErrors as errors } from 'fastify-api-errors'
import { builtInTranslators, translate } from '../../lib/translate/translate.js'
import { isProgrammingMistake } from '../../lib/translate/programming-mistakes.js'
import { errorsWithoutCode, formParserErrors } from '../../lib/translate/plugin-codes.js'
import { fetchMessages } from '../../lib/translate/upstreams/upstream-codes.js'
import type { TranslateContext } from '../../lib/translate/translator.js'

const context = {
  errors,
  request: { headers: { 'content-type': 'multipart/form-data' }, method: 'POST', routeOptions: {}, server: { hasDecorator: () => false } },
  reply: { statusCode: 404 }
} as unknown as TranslateContext

/** Returns the code that the first translator with a result finds. */
const examineFully = (thrown: unknown): string => {
  for (const { translate } of builtInTranslators) {
    const error = translate(thrown, context)
    if (error !== undefined) return error.code
  }
  return 'internal_error'
}

t.test('errors of JavaScript itself are mistakes', async t => {
  t.equal(isProgrammingMistake(new TypeError('x is not a function')), true)
  t.equal(isProgrammingMistake(new RangeError('Invalid array length')), true)
  t.equal(isProgrammingMistake(new ReferenceError()), true)
})

t.test('other values are examined by each translator', async t => {
  class OwnError extends TypeError {}
  const others: readonly unknown[] = [
    new Error('no'), new SyntaxError('no'), new OwnError('no'), Object.create(null), null, undefined, 'TypeError', () => {},
    new TypeError('no', { cause: new Error('reset') }), Object.assign(new TypeError('no'), { statusCode: 400 }), Object.assign(new RangeError('no'), { code: 'ERR_OUT_OF_RANGE' }),
    new TypeError('fetch failed')
  ]
  for (const other of others) t.equal(isProgrammingMistake(other), false)
})

t.test('a mistake has the code that an examination by each translator finds', async t => {
  const known = [...Object.values(errorsWithoutCode).flatMap(responses => Object.keys(responses)), ...Object.keys(formParserErrors), ...fetchMessages]
  fc.assert(fc.property(fc.constantFrom(TypeError, RangeError, ReferenceError), fc.oneof(fc.constantFrom(...known), fc.string()), (Mistake, message) => {
    const thrown = new Mistake(message)
    return translate(thrown, builtInTranslators, context).code === examineFully(thrown)
  }))
  t.equal(translate(new TypeError('fetch failed'), builtInTranslators, context).code, 'bad_gateway')
  t.equal(translate(new TypeError('x is not a function'), builtInTranslators, context).code, 'internal_error')
})
