/** The tables of the languages: every text of the package has a translation, and numbers have the right forms. */
import t from 'tap'
import { standardErrors, type Language } from 'fastify-api-errors'
import { german } from 'fastify-api-errors/languages/de'
import { spanish } from 'fastify-api-errors/languages/es'
import { french } from 'fastify-api-errors/languages/fr'
import { japanese } from 'fastify-api-errors/languages/ja'
import { formatMessages, issueCodes, issueKinds, issueLocations, toIssueCode } from '../../lib/catalog/issues.js'
import { specificMessages, specificPhrases } from '../../lib/catalog/specific-messages.js'
import { createPhrase, resolveLanguages } from '../../lib/languages/resolve-languages.js'

const tables = { de: german, es: spanish, fr: french, ja: japanese }

/** The parameters of each keyword, with their names. A phrase that has a parameter shows it. */
const keywordParams = {
  type: [{ type: 'string' }, { type: 'number' }, { type: 'integer' }, { type: 'boolean' }, { type: 'object' }, { type: 'array' }, { type: 'null' }, { type: ['string', 'null'] }],
  min_length: [{ limit: 1 }, { limit: 7 }],
  max_length: [{ limit: 1 }, { limit: 7 }],
  minimum: [{ limit: 7, comparison: '>=' }, { limit: 7, comparison: '>' }, { limit: 7 }],
  maximum: [{ limit: 7, comparison: '<=' }, { limit: 7, comparison: '<' }, { limit: 7 }],
  multiple_of: [{ multipleOf: 7 }],
  enum: [{ allowedValues: ['a', 7, null] }],
  const: [{ allowedValue: 'a' }],
  min_items: [{ limit: 1 }, { limit: 7 }],
  max_items: [{ limit: 1 }, { limit: 7 }],
  contains: [{ minContains: 1 }, { minContains: 7 }, { minContains: 1, maxContains: 7 }],
  min_properties: [{ limit: 1 }, { limit: 7 }],
  max_properties: [{ limit: 1 }, { limit: 7 }],
  any_of: [{ passingSchemas: [0, 1] }, { passingSchemas: null }],
  format: [{ format: 'ticket' }]
} satisfies Readonly<Record<string, ReadonlyArray<Readonly<Record<string, unknown>>>>>

const namesOf = (table: object): string[] => Object.keys(table).sort()

for (const [tag, language] of Object.entries(tables)) {
  t.test(`${tag}: every code, issue code and message of the package has a translation, and there is no other`, async t => {
    t.strictSame(namesOf(language.errors), namesOf(standardErrors))
    t.strictSame(namesOf(language.titles ?? {}), namesOf(standardErrors))
    t.strictSame(namesOf(language.messages ?? {}), namesOf({ ...specificMessages, ...specificPhrases }))
    t.strictSame(namesOf(language.issues), [...issueCodes, 'format', ...Object.keys(formatMessages).map(toIssueCode)].sort())
    t.doesNotThrow(() => resolveLanguages({ default: 'en', [tag]: language }, standardErrors))
  })

  t.test(`${tag}: none is the English message, sentences end with a period, and phrases and titles do not`, async t => {
    const period = tag === 'ja' ? '。' : '.'
    for (const [code, text] of Object.entries(language.errors)) {
      t.type(text, 'string', code)
      t.ok(String(text).endsWith(period), code)
      t.not(text, standardErrors[code as keyof typeof standardErrors].message, code)
    }
    for (const [name, text] of Object.entries(language.messages ?? {})) t.equal(text.endsWith(period), Object.hasOwn(specificMessages, name), name)
    for (const [code, text] of Object.entries(language.titles ?? {})) t.notOk(text.endsWith(period), code)
    for (const [code, phrase] of Object.entries(language.issues)) {
      const params = code === 'type' ? { type: 'string' } : {}
      const text = createPhrase(phrase, params, 'field')
      t.notOk(text === '' || text.endsWith(period) || text.includes('undefined'), code)
      if (Object.hasOwn(issueKinds, code)) t.not(text, issueKinds[code as keyof typeof issueKinds].message(params), code)
    }
    const all = [language.errors, language.titles, language.messages, language.issues].flatMap(table => Object.values(table ?? {})).filter(text => typeof text === 'string')
    t.strictSame(all.filter(text => text !== text.trim() || / {2}/.test(text) || text !== text.normalize('NFC')), [])
  })

  t.test(`${tag}: a phrase shows each parameter of its keyword`, async t => {
    for (const [code, samples] of Object.entries(keywordParams)) {
      for (const params of samples as ReadonlyArray<Readonly<Record<string, unknown>>>) {
        const text = createPhrase(language.issues[code] as string, params, 'field')
        for (const name of ['limit', 'multipleOf', 'minContains', 'maxContains', 'format']) {
          if (params[name] !== undefined) t.match(text, String(params[name]), `${code} ${name}`)
        }
        if (params.allowedValues !== undefined) t.match(text, '"a", 7, null')
        if (params.allowedValue !== undefined) t.match(text, '"a"')
        t.notMatch(text, 'undefined', code)
      }
    }
    t.not(createPhrase(language.issues.minimum, { limit: 7, comparison: '>' }, ''), createPhrase(language.issues.minimum, { limit: 7, comparison: '>=' }, ''))
    t.not(createPhrase(language.issues.maximum, { limit: 7, comparison: '<' }, ''), createPhrase(language.issues.maximum, { limit: 7, comparison: '<=' }, ''))
    t.not(createPhrase(language.issues.any_of, { passingSchemas: [0, 1] }, ''), createPhrase(language.issues.any_of, {}, ''))
  })

  t.test(`${tag}: the format message has a sentence for a field and for each part of a request`, async t => {
    const sentence = (place: (typeof issueLocations)[number], field: string): string =>
      String(language.formats?.message?.({ in: place, field, pointer: '', code: 'required', message: 'PHRASE' }))
    t.match(sentence('body', 'email'), /email.*PHRASE(\.|。)$/)
    t.equal(new Set(issueLocations.map(place => sentence(place, ''))).size, issueLocations.length)
  })
}

const phrasesOf = ({ issues }: Language, code: string, values: ReadonlyArray<Readonly<Record<string, unknown>>>): string[] =>
  values.map(params => createPhrase(issues[code] as string, params, 'field'))

t.test('nouns have the singular and the plural of their language', async t => {
  const limits = [{ limit: 0 }, { limit: 1 }, { limit: 2 }, { limit: 1_000_000 }]
  t.strictSame(phrasesOf(german, 'min_items', limits), [
    'muss mindestens 0 Einträge haben', 'muss mindestens 1 Eintrag haben', 'muss mindestens 2 Einträge haben', 'muss mindestens 1000000 Einträge haben'
  ])
  t.strictSame(phrasesOf(french, 'max_items', limits), [
    'doit comporter au maximum 0 élément', 'doit comporter au maximum 1 élément', 'doit comporter au maximum 2 éléments', 'doit comporter au maximum 1000000 éléments'
  ], 'in French, zero has the singular')
  t.strictSame(phrasesOf(spanish, 'min_length', limits), [
    'debe tener al menos 0 caracteres', 'debe tener al menos 1 carácter', 'debe tener al menos 2 caracteres', 'debe tener al menos 1000000 caracteres'
  ])
  t.strictSame(phrasesOf(japanese, 'min_length', limits), [
    '0文字以上である必要があります', '1文字以上である必要があります', '2文字以上である必要があります', '1000000文字以上である必要があります'
  ])
})

t.test('types are named, and a type without a name is written as it is', async t => {
  const values = keywordParams.type
  t.strictSame(phrasesOf(german, 'type', [...values, { type: 'symbol' }]), [
    'muss eine Zeichenkette sein', 'muss eine Zahl sein', 'muss eine ganze Zahl sein', 'muss true oder false sein', 'muss ein Objekt sein', 'muss eine Liste sein', 'muss null sein',
    'muss eine Zeichenkette oder null sein', 'muss symbol sein'
  ])
  t.strictSame(phrasesOf(french, 'type', values), [
    'doit être une chaîne de caractères', 'doit être un nombre', 'doit être un nombre entier', 'doit être true ou false', 'doit être un objet', 'doit être une liste', 'doit être null',
    'doit être une chaîne de caractères ou null'
  ])
  t.strictSame(phrasesOf(spanish, 'type', values.slice(-1)), ['debe ser una cadena de texto o null'])
  t.strictSame(phrasesOf(japanese, 'type', values.slice(-1)), ['文字列またはnullである必要があります'])
})
