/** The option `languages`: what is missing or invalid is refused in one sentence. */
import t from 'tap'
import Fastify from 'fastify'
import { expectTypeOf } from 'expect-type'
import apiErrors, { defineErrors, standardErrors, type ErrorInit, type Language, type Languages, type Phrase } from 'fastify-api-errors'
import { german } from 'fastify-api-errors/languages/de'
import { issueCodes } from '../../lib/catalog/issues.js'
import { resolveLanguages } from '../../lib/languages/resolve-languages.js'
import { thrown } from '../helpers/thrown.js'

const errors = defineErrors(standardErrors, { queue_closed: { status: 403, message: 'The queue is closed.' } })

const messageOf = (languages: unknown): string => thrown(() => resolveLanguages(languages as Languages, errors))

const own = { ...german, errors: { ...german.errors, queue_closed: 'Die Warteschlange ist geschlossen.' } }

t.test('an invalid option is rejected with its path', async t => {
  const { required: _, ...withoutRequired } = german.issues
  const text = 'expected a string, or a function of meta that returns one, got'
  for (const [languages, message] of [
    ['de', "languages: expected an object like { default: 'en', de: german }, got \"de\"."],
    [{ de: own }, "languages.default: expected a language tag, like 'en', got undefined."],
    [{ default: 'e' }, "languages.default: expected a language tag, like 'en', got \"e\"."],
    [{ default: ['en'] }, "languages.default: expected a language tag, like 'en', got an array."],
    [{ default: 'en', 'de_DE!': own }, "languages: expected language tags as keys, like 'de', got \"de_DE!\"."],
    [{ default: 'english' }, "languages.default: expected a language tag, like 'en', got \"english\"."],
    [{ default: 'en', german: own }, "languages: expected language tags as keys, like 'de', got \"german\"."],
    [{ default: 'en', de: 'german' }, "languages.de: expected an object with errors and issues, like that of 'fastify-api-errors/languages/de', got \"german\"."],
    [{ default: 'en', de: {} }, "languages.de: expected an object with errors and issues, like that of 'fastify-api-errors/languages/de', got an empty object."],
    [{ default: 'en', de: Promise.resolve(own) }, "languages.de: expected an object with errors and issues, like that of 'fastify-api-errors/languages/de', got a promise."],
    [{ default: 'en', de: { ...own, error: {} } }, 'languages.de.error: unknown option, expected one of errors, issues, messages, titles, formats.'],
    [{ default: 'en', de: { ...own, errors: undefined } }, 'languages.de.errors: expected an object of messages by code, got undefined.'],
    [{ default: 'en', de: { ...own, issues: [] } }, 'languages.de.issues: expected an object of messages by code, got an empty array.'],
    [{ default: 'en', de: { ...own, titles: 'x' } }, 'languages.de.titles: expected an object, got "x".'],
    [{ default: 'en', de: german }, `languages.de.errors.queue_closed: ${text} undefined.`],
    [{ default: 'en', de: { ...own, errors: { ...own.errors, forbidden: '' } } }, `languages.de.errors.forbidden: ${text} "".`],
    [{ default: 'en', de: { ...own, errors: { ...own.errors, forbidden: () => 7 } } }, `languages.de.errors.forbidden: ${text} 7.`],
    [{ default: 'en', de: { ...own, issues: withoutRequired } }, 'languages.de.issues.required: expected a string, or a function of params that returns one, got undefined.'],
    [{ default: 'en', de: { ...own, titles: { forbidden: 7 } } }, 'languages.de.titles.forbidden: expected a string, got 7.'],
    [{ default: 'en', de: { ...own, titles: { forbidden: () => 'x' } } }, 'languages.de.titles.forbidden: expected a string, got a function.'],
    [{ default: 'en', de: { ...own, messages: { invalid_jsn: 'x' } } }, "languages.de.messages: expected names of the package's messages, got \"invalid_jsn\"."],
    [{ default: 'en', de: { ...own, messages: { invalid_json: '' } } }, 'languages.de.messages.invalid_json: expected a string, got "".'],
    [{ default: 'en', de: { ...own, formats: { summary: () => '' } } }, 'languages.de.formats.summary: unknown option, expected message.'],
    [{ default: 'en', de: { ...own, formats: { message: 'x' } } }, 'languages.de.formats.message: expected a function of an issue that returns a sentence, got "x".']
  ] as const) t.equal(messageOf(languages), `TypeError: fastify-api-errors: ${message}`)
  t.match(messageOf({ default: 'en', de: { ...own, errors: { ...own.errors, forbidden: () => { throw new Error('no') } } } }), /^TypeError: fastify-api-errors: languages\.de\.errors\.forbidden: expected a string, or a function of meta that returns one, got /)
})

t.test('register rejects a missing sentence, also of a code whose name every object has', async t => {
  const named = defineErrors(standardErrors, { constructor: { status: 409, message: 'Construction is in progress.' } } as never)
  await t.rejects(async () => { await Fastify().register(apiErrors, { errors: named, languages: { default: 'en', de: german } }) }, {
    message: 'fastify-api-errors: languages.de.errors.constructor: expected a string, or a function of meta that returns one, got undefined.'
  })
})

t.test('a language with only the required parts: the message of the code is used, and titles come from messages', async t => {
  const { errors: sentences } = german
  const issues = Object.fromEntries([...issueCodes, 'format'].map(code => [code, german.issues[code] as Phrase])) as Language['issues']
  const app = Fastify({ genReqId: () => 'req_1' })
  await app.register(apiErrors, { log: false, format: 'problem', docUrl: '/errors', languages: { default: 'en', de: { errors: { ...sentences, method_not_allowed: () => 'Methode nicht erlaubt.' }, issues } } })
  app.post('/', async () => 'ok')
  const issue = { in: 'body', field: 'name', pointer: '/name', code: 'max_length', message: 'is too long' } as const
  app.get('/issue', async () => { throw standardErrors.validation_error({ issues: [issue, { ...issue, code: 'other', message: 'is odd' }] }) })
  const send = async (method: 'POST' | 'GET', url: string, body?: string): Promise<Record<string, unknown>> => {
    const response = await app.inject({ method, url, headers: { 'accept-language': 'de', ...body !== undefined && { 'content-type': 'application/json' } }, ...body !== undefined && { body } })
    const { title, detail } = response.json() as Record<string, unknown>
    return { title, detail }
  }
  t.strictSame(await send('POST', '/', '{'), { title: 'Die Anfrage ist fehlerhaft', detail: 'Die Anfrage ist fehlerhaft.' })
  t.strictSame(await send('GET', '/'), { title: 'Method not allowed', detail: 'Methode nicht erlaubt.' })
  const { errors: invalid } = (await app.inject({ url: '/issue', headers: { 'accept-language': 'de' } })).json() as { readonly errors: ReadonlyArray<{ readonly detail: string }> }
  t.strictSame(invalid.map(({ detail }) => detail), ['ist zu lang', 'is odd'])
  await app.close()
})

t.test('in a language without its own sentences about fields, the format message names the field first', async t => {
  const app = Fastify()
  await app.register(apiErrors, { log: false, format: 'message', languages: { default: 'en', de: { errors: german.errors, issues: german.issues } } })
  app.post('/', { schema: { body: { type: 'object', required: ['email'] } } }, async () => 'ok')
  const send = async (body: unknown): Promise<unknown> => (await app.inject({ method: 'POST', url: '/', headers: { 'accept-language': 'de', 'content-type': 'application/json' }, body: JSON.stringify(body) })).json().errors
  t.strictSame(await send({}), { email: ['email: ist erforderlich.'] })
  t.strictSame(await send(7), { body: ['body: muss ein Objekt sein.'] })
  await app.close()
})

t.test('types: a language needs each standard code and issue code, and with a catalog also each of its codes', async t => {
  const { forbidden: _, ...others } = german.errors
  expectTypeOf<typeof german>().toExtend<Language>()
  // @ts-expect-error a standard code is missing
  const incomplete: Language = { ...german, errors: others }
  // @ts-expect-error the code of the application is missing
  const missing: Language<typeof errors> = { ...german, errors: german.errors }
  const complete: Language<typeof errors> = { ...german, errors: { ...german.errors, queue_closed: 'Zu.' } }
  const options: Languages = { default: 'en', de: complete, fr: { ...german, errors: { ...german.errors, queue_closed: 'Fermé.' } } }
  const init: ErrorInit = { message: { en: 'Closed.', de: 'Zu.' } }
  t.ok(incomplete && missing && options && init)
})

t.test('null is refused like any other value', async t => {
  for (const languages of [null, false, 0, '']) {
    const message = /^fastify-api-errors: languages: expected an object like \{ default: 'en', de: german \}, got /
    await t.rejects(async () => { await Fastify().register(apiErrors, { languages: languages as never }) }, { message })
  }
})
