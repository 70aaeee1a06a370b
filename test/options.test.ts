/** The options of the plugin: defaults, types and messages about invalid values. */
import { Type } from '@sinclair/typebox'
import Fastify from 'fastify'
import { expectTypeOf } from 'expect-type'
import t from 'tap'
import apiErrors, { defineErrors, defineFormat, formats, standardErrors, type ApiErrorsOptions } from 'fastify-api-errors'
import { resolveOptions } from '../lib/options.js'
import { writeLog } from '../lib/respond/log-errors.js'
import { builtInTranslators } from '../lib/translate/translate.js'
import { thrown } from './helpers/thrown.js'

t.test('without options, every default applies', async t => {
  const { docUrl, errors, rules, ...settings } = resolveOptions({})
  t.strictSame(settings, {
    format: formats.code,
    negotiated: [],
    languages: undefined,
    translators: builtInTranslators,
    database: undefined,
    validationStatus: 422,
    realm: 'api',
    resourceMetadata: undefined,
    retryHeaders: true,
    log: writeLog,
    rateLimit: undefined,
    reference: undefined,
    notFound: true,
    sentErrors: undefined,
    requestId: 'errors',
    requestIdHeader: 'X-Request-Id',
    componentPrefix: undefined,
    findInferredErrors: undefined,
    addSchemas: false,
    onUndocumented: undefined
  })
  t.equal(docUrl('resource_not_found'), undefined)
  t.strictSame(Object.keys(errors), Object.keys(standardErrors))
  t.not(rules.length, 0)
})

t.test('errors: missing standard codes are added, and given codes take precedence', async t => {
  const definition = { status: 410, type: 'x', message: 'Gone.', description: 'It is gone.', action: 'Forget it.' } as const
  const mine = defineErrors({ resource_gone: definition, mine: definition })
  const { errors } = resolveOptions({ errors: mine })
  t.equal(errors.resource_gone, mine.resource_gone)
  t.strictSame(Object.keys(errors), [...Object.keys(standardErrors), 'mine'])
})

t.test('format and negotiate resolve to formats', async t => {
  const mine = defineFormat({ name: 'mine', fields: { text: { schema: () => Type.String(), value: response => response.message } } })
  t.equal(resolveOptions({ format: 'typed' }).format, formats.typed)
  t.equal(resolveOptions({ format: formats.typed }).format, formats.typed)
  t.strictSame(resolveOptions({ format: mine }).format, mine)
  t.strictSame(resolveOptions({ negotiate: true }).negotiated, [formats.problem])
  t.strictSame(resolveOptions({ negotiate: ['markdown', 'problem', 'markdown'] }).negotiated.map(({ name }) => name), ['markdown', 'problem'])
  t.strictSame(resolveOptions({ negotiate: [] }).negotiated, [])
  t.strictSame(resolveOptions({ format: 'problem', negotiate: true }).negotiated, [], 'there is no choice')
})

t.test('docUrl is a base, a function, or by default the pages of the reference', async t => {
  const urlOf = (options: ApiErrorsOptions, prefix?: string): string | undefined => resolveOptions(options, prefix).docUrl('forbidden')
  t.equal(urlOf({ docUrl: 'https://api.example.com/errors' }), 'https://api.example.com/errors/forbidden')
  t.equal(urlOf({ docUrl: '/errors/' }), '/errors/forbidden')
  t.equal(urlOf({ docUrl: code => `/errors#${code}` }), '/errors#forbidden')
  t.equal(urlOf({ docUrl: () => undefined }), undefined)
  t.equal(urlOf({ docUrl: () => undefined, reference: { path: '/errors' } }), '/errors/forbidden', 'a code without a URL has its page of the reference')
  t.equal(urlOf({ reference: { path: '/errors', title: 'Faults' } }, '/v1'), '/v1/errors/forbidden')
  t.equal(urlOf({ reference: { path: '/errors' }, docUrl: '/pages' }), '/pages/forbidden')
  t.equal(resolveOptions({ docUrl: '/errors' }).docUrl('of_another_catalog'), undefined)
})

t.test('translators run before the built-in ones', async t => {
  const translator = { name: 'mine', translate: () => undefined }
  t.strictSame(resolveOptions({ translators: [translator] }).translators, [translator, ...builtInTranslators])
})

t.test('options that Fastify passes to every plugin are accepted', async t => {
  const app = Fastify()
  await app.register(apiErrors, { prefix: '/v1', logLevel: 'warn', logSerializers: {} } as ApiErrorsOptions)
  t.ok(app.hasPlugin('fastify-api-errors'))
})

t.test('the names and shapes of the option types', async () => {
  const unused = (): unknown => [
    // @ts-expect-error an unknown option
    resolveOptions({ formt: 'code' }),
    // @ts-expect-error an unknown format
    resolveOptions({ format: 'xml' }),
    // @ts-expect-error definitions that are not yet a catalog
    resolveOptions({ errors: { mine: { status: 410, type: 'x', message: 'Gone.', description: 'Gone.', action: 'Forget it.' } } })
  ]
  expectTypeOf(unused).toBeFunction()
})

t.test('register() rejects an invalid option with one sentence', async t => {
  const app = Fastify()
  await t.rejects(async () => app.register(apiErrors, { format: 'xml' as 'code' }), {
    name: 'TypeError',
    message: "fastify-api-errors: format: expected one of 'code', 'typed', 'summary', 'message', 'error', 'problem', or the result of defineFormat(), got \"xml\"."
  })
})

t.test('the sentence contains the option, what was expected and what was received', async t => {
  const names = 'errors, format, negotiate, languages, rateLimit, translators, database, validationStatus, docUrl, reference, realm, resourceMetadata, retryHeaders, log, notFound, sentErrors, requestId, requestIdHeader, inferred, documentation, addSchemas, onUndocumented'
  const takesFormat = "one of 'code', 'typed', 'summary', 'message', 'error', 'problem', or the result of defineFormat()"
  const takesUrl = "a base URL like 'https://api.example.com/errors', or a function of the code that returns a URL"
  const takesRealm = 'printable ASCII without quotes and backslashes'
  const takesResourceMetadata = "an absolute URL like 'https://api.example.com/.well-known/oauth-protected-resource'"
  const takesTranslators = 'an array of results of defineTranslator()'
  const takesTranslator = 'the result of defineTranslator()'
  const translator = { name: 'mine', translate: () => undefined }
  const takesConstraint = "an object like { field: 'email', message: 'Email already registered' }"
  const constraint = (given: unknown): object => ({ database: { constraints: { users_email_key: given } } })
  const rule = (given: unknown): object => ({ documentation: { rules: { tenant: given } } })

  const wrong: ReadonlyArray<readonly [options: unknown, option: string, got: string, expected: string]> = [
    [{ errors: null }, 'errors', 'null', 'the result of defineErrors()'],
    [{ errors: [] }, 'errors', 'an empty array', 'the result of defineErrors()'],
    [{ errors: { mine: { status: 404 } } }, 'errors', 'an object', 'the result of defineErrors()'],
    [{ errors: { mine: () => {} } }, 'errors', 'an object', 'the result of defineErrors()'],
    [{ format: 'xml' }, 'format', '"xml"', takesFormat],
    [{ format: 'toString' }, 'format', '"toString"', takesFormat],
    [{ format: null }, 'format', 'null', 'a name or the result of defineFormat()'],
    [{ format: 7 }, 'format', '7', 'a name or the result of defineFormat()'],
    [{ negotiate: 'yes' }, 'negotiate', '"yes"', "true, false, or a list of 'problem' and 'markdown'"],
    [{ negotiate: ['problem', 'html'] }, 'negotiate[1]', '"html"', "'problem' or 'markdown'"],
    [{ rateLimit: true }, 'rateLimit', 'true', 'an object with policies'],
    [{ errors: Promise.resolve(standardErrors) }, 'errors', 'a promise', 'an awaited value'],
    [{ format: Promise.resolve('code') }, 'format', 'a promise', 'an awaited value'],
    [{ rateLimit: Promise.reject(new Error('No limits.')) }, 'rateLimit', 'a promise', 'an awaited value'],
    [{ translators: {} }, 'translators', 'an empty object', takesTranslators],
    [{ translators: [() => undefined] }, 'translators[0]', 'a function', takesTranslator],
    [{ translators: [{ name: 'mine' }] }, 'translators[0]', 'an object', takesTranslator],
    [{ translators: [translator, null] }, 'translators[1]', 'null', takesTranslator],
    [{ database: 'postgres' }, 'database', '"postgres"', 'an object with constraints'],
    [{ database: { constraints: [] } }, 'database.constraints', 'an empty array', `an object with constraint names as keys, like { users_email_key: ${takesConstraint.slice('an object like '.length)} }`],
    [constraint('email'), 'database.constraints.users_email_key', '"email"', takesConstraint],
    [constraint({ field: '' }), 'database.constraints.users_email_key.field', '""', 'the name of a field in the body'],
    [constraint({ message: 7 }), 'database.constraints.users_email_key.message', '7', 'a sentence'],
    [constraint({ onDelete: true }), 'database.constraints.users_email_key.onDelete', 'true', 'a sentence'],
    [{ docUrl: '' }, 'docUrl', '""', takesUrl],
    [{ docUrl: 'my errors' }, 'docUrl', '"my errors"', takesUrl],
    [{ docUrl: '/100%' }, 'docUrl', '"/100%"', takesUrl],
    [{ docUrl: new URL('https://api.example.com') }, 'docUrl', 'an object', takesUrl],
    [{ docUrl: () => 7 }, "docUrl('invalid_request')", '7', 'a URL, or undefined if the code has no page'],
    [{ docUrl: (code: string) => code === 'forbidden' ? 'my errors' : undefined }, "docUrl('forbidden')", '"my errors"', 'a URL, or undefined if the code has no page'],
    [{ reference: '/errors' }, 'reference', '"/errors"', "an object like { path: '/errors' }"],
    [{ reference: {} }, 'reference.path', 'undefined', "a path like '/errors'"],
    [{ reference: { path: 'errors' } }, 'reference.path', '"errors"', "a path like '/errors'"],
    [{ reference: { path: '/errors', title: '' } }, 'reference.title', '""', 'a heading'],
    [{ reference: { path: '/errors', title: 7 } }, 'reference.title', '7', 'a heading'],
    [{ realm: 'a"b' }, 'realm', '"a\\"b"', takesRealm],
    [{ realm: 'a\nb' }, 'realm', '"a\\nb"', takesRealm],
    [{ realm: 7 }, 'realm', '7', takesRealm],
    [{ retryHeaders: 'yes' }, 'retryHeaders', '"yes"', 'true or false'],
    [{ resourceMetadata: '/.well-known/oauth-protected-resource' }, 'resourceMetadata', '"/.well-known/oauth-protected-resource"', takesResourceMetadata],
    [{ resourceMetadata: 'https://a.example/"' }, 'resourceMetadata', '"https://a.example/\\""', takesResourceMetadata],
    [{ log: true }, 'log', 'true', 'false, or a function of (entry, request, log)'],
    [{ notFound: 0 }, 'notFound', '0', 'true or false'],
    [{ sentErrors: 'change' }, 'sentErrors', '"change"', "'report' or 'convert'"],
    [{ requestIdHeader: 'two words' }, 'requestIdHeader', '"two words"', "the name of a header, like 'X-Correlation-Id'"],
    [{ requestIdHeader: 'Content-Type' }, 'requestIdHeader', '"Content-Type"', "the name of a header, like 'X-Correlation-Id'"],
    [{ requestId: 'some' }, 'requestId', '"some"', "'errors' or 'all'"],
    [{ documentation: [] }, 'documentation', 'an empty array', 'an object with rules or componentPrefix'],
    [{ documentation: { rules: false } }, 'documentation.rules', 'false', 'an object of rules by name'],
    [rule('acme'), 'documentation.rules.tenant', '"acme"', 'false, or an object with errors and reason'],
    [{ addSchemas: 'all' }, 'addSchemas', '"all"', 'true or false'],
    [{ onUndocumented: 'throw' }, 'onUndocumented', '"throw"', "'log', or a function of (response, request)"]
  ]
  for (const [options, option, got, expected] of wrong) {
    t.equal(thrown(() => resolveOptions(options as ApiErrorsOptions)), `TypeError: fastify-api-errors: ${option}: expected ${expected}, got ${got}.`)
  }

  const unknown: ReadonlyArray<readonly [options: unknown, sentence: string]> = [
    [null, 'options: expected an object, got null.'],
    [[], 'options: expected an object, got an empty array.'],
    [{ formt: 'code' }, `formt: unknown option, expected one of ${names}.`],
    [{ toString: 1 }, `toString: unknown option, expected one of ${names}.`],
    [{ database: { constraint: {} } }, 'database.constraint: unknown option, expected constraints.'],
    [constraint({ column: 'email' }), 'database.constraints.users_email_key.column: unknown option, expected one of field, message, onDelete.'],
    [{ reference: { path: '/errors', titel: 'Errors' } }, 'reference.titel: unknown option, expected one of path, title, origin, colors, logo, support, operationUrl, changelog, live, source.'],
    [{ documentation: { rule: {} } }, 'documentation.rule: unknown option, expected one of rules, componentPrefix.'],
    [{ sent: 'keep' }, "sent: the option was renamed to sentErrors, and its value 'keep' to 'report'."],
    [{ undocumented: 'log' }, 'undocumented: the option was renamed to onUndocumented.']
  ]
  for (const [options, sentence] of unknown) {
    t.equal(thrown(() => resolveOptions(options as ApiErrorsOptions)), `TypeError: fastify-api-errors: ${sentence}`)
  }

  t.equal(
    thrown(() => resolveOptions({ format: { name: 'mine', contentType: 'text/html', fields: {} } })),
    'TypeError: defineFormat: mine.serialize: expected a function that returns a body as a string, because \'text/html\' is not JSON, got undefined.'
  )
  for (const fault of ['no page', new Error('no page')]) {
    t.equal(
      thrown(() => resolveOptions({ docUrl: () => { throw fault } })),
      "TypeError: fastify-api-errors: docUrl('invalid_request'): expected a URL, or undefined if the code has no page, but the function threw: no page."
    )
  }
})
