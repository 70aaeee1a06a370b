/** The values of errors, and the responses to them. */
import { standardErrors } from 'fastify-api-errors'
import t from 'tap'
import { catalogError, codedError, externalError, httpError, plainError } from '../../lib/source/error-values.js'
import { translateThrown } from '../../lib/source/translate-thrown.js'
import { listNumbers, listTexts, type ObjectValue, type Value, type Values } from '../../lib/source/values.js'
import { builtInTranslators } from '../../lib/translate/translate.js'

/** The literal properties of an error. */
function propertiesOf ({ fields }: ObjectValue): Record<string, unknown> {
  return Object.fromEntries([...fields].map(([name, values]) => [name, [...listTexts(values), ...listNumbers(values)][0]]))
}

/** The responses to an error, as `status code`. */
function responsesTo (error: ObjectValue): string[] {
  const readField = (value: Value, name: string): Values => value.kind === 'object' ? value.fields.get(name) ?? [] : []
  return translateThrown(
    { value: error, site: { file: 'app.ts', line: 1 }, via: [], isUncertain: false, statuses: [] },
    { errors: standardErrors, translators: builtInTranslators, validationStatus: undefined, getClass: () => undefined, findClass: () => undefined },
    readField
  ).map(({ status, code }) => `${status} ${code}`)
}

t.test('an error has the properties and the response that it has at run time', async t => {
  for (const [what, error, properties, responses] of [
    ['an error of the catalog', catalogError('resource_gone', 410), { code: 'resource_gone', status: 410, statusCode: 410 }, ['410 resource_gone']],
    ['an error of a database', externalError('resource_already_exists', { code: '23505' }), { code: '23505' }, ['409 resource_already_exists']],
    ['an error of http-errors', httpError(404, 'NotFoundError'), { statusCode: 404, status: 404, expose: undefined, message: undefined }, ['404 resource_not_found']],
    ['an error of a plugin', codedError('FST_JWT_AUTHORIZATION_TOKEN_EXPIRED'), { code: 'FST_JWT_AUTHORIZATION_TOKEN_EXPIRED', message: undefined, statusCode: 401 }, ['401 token_expired']],
    ['an error of JavaScript', plainError(['TypeError', 'Error']), { message: undefined }, ['500 internal_error']]
  ] as const) {
    t.strictSame(propertiesOf(error), properties, what)
    t.strictSame(responsesTo(error), responses, what)
  }
})

t.test('an error about an expired token needs tokens with a lifetime', async t => {
  t.equal(codedError('FAST_JWT_EXPIRED').error?.requiresTokenLifetime, true)
  t.equal(codedError('FAST_JWT_MALFORMED').error?.requiresTokenLifetime, undefined)
})
