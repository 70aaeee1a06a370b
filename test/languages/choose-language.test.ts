/** The language of a response, from the `Accept-Language` header of the request. */
import fc from 'fast-check'
import t from 'tap'
import { standardErrors } from 'fastify-api-errors'
import { german } from 'fastify-api-errors/languages/de'
import { french } from 'fastify-api-errors/languages/fr'
import { chooseLanguage, maxChosen, maxRead } from '../../lib/languages/choose-language.js'
import { resolveLanguages, type ResolvedLanguages } from '../../lib/languages/resolve-languages.js'

const create = (): ResolvedLanguages => resolveLanguages({ default: 'en', de: german, 'fr-CA': french, 'zh-Hant': german }, standardErrors)

t.test('the language is chosen by the lookup of RFC 4647, section 3.4', async t => {
  const languages = create()
  for (const [header, tag] of [
    [undefined, 'en'],
    ['', 'en'],
    ['de', 'de'],
    ['DE', 'de'],
    ['de-AT', 'de'],
    ['de-Latn-AT-1996', 'de'],
    ['de-x-private', 'de'],
    ['fr', 'en'],
    ['fr-CA', 'fr-CA'],
    ['fr-ca-x-a', 'fr-CA'],
    ['zh-Hant-TW', 'zh-Hant'],
    ['zh-Hans, de;q=0.1', 'de'],
    ['ja', 'en'],
    ['ja, de;q=0.5', 'de'],
    ['en, de', 'en'],
    ['de;q=0.5, en', 'en'],
    ['de;q=0.5, fr-CA;q=0.6', 'fr-CA'],
    ['en-US, en;q=0.9, de;q=0.8', 'en'],
    ['de;q=0', 'en'],
    ['de;q=0, *', 'en'],
    ['*', 'en'],
    ['*, de;q=0.5', 'de'],
    ['de;q=x, ,;;', 'en']
  ] as const) t.equal(chooseLanguage(languages, header).tag, tag, String(header))
})

t.test('each header always leads to the same language of the API, and a header with one language of the API leads to that language', async t => {
  const languages = create()
  const tags = [...languages.byTag.values()].map(({ tag }) => tag)
  const range = fc.oneof(fc.constantFrom('de', 'en', 'fr', 'fr-CA', 'de-AT', 'zh-Hant-TW', '*', 'ja'), fc.stringMatching(/^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,3}$/))
  const weighted = fc.tuple(range, fc.option(fc.float({ min: 0, max: 1, noNaN: true }))).map(([tag, q]) => q === null ? tag : `${tag};q=${q.toFixed(3)}`)
  const header = fc.oneof(fc.array(weighted, { maxLength: 8 }).map(list => list.join(', ')), fc.string({ unit: 'binary', maxLength: 300 }))
  fc.assert(fc.property(header, value => {
    const { tag } = chooseLanguage(languages, value)
    return tags.includes(tag) && chooseLanguage(languages, value).tag === tag && chooseLanguage(create(), value).tag === tag
  }))
  fc.assert(fc.property(fc.constantFrom(...tags), fc.stringMatching(/^(-[a-z0-9]{2,8}){0,3}$/), (tag, rest) => {
    const expected = tags.filter(each => `${tag}${rest}-`.toLowerCase().startsWith(`${each.toLowerCase()}-`)).sort((a, b) => b.length - a.length)[0]
    return chooseLanguage(languages, tag + rest).tag === expected
  }))
  t.ok(languages.chosen.size > 0)
})

t.test('the language is cached for a limited number of headers, and not for a very long one', async t => {
  const languages = create()
  for (let index = 0; index < 2 * maxChosen + 10; index++) t.equal(chooseLanguage(languages, `de, x${index}`).tag, 'de')
  t.equal(languages.chosen.size, 10)
  t.equal(chooseLanguage(languages, `de, ${'x'.repeat(200)}`).tag, 'de')
  t.equal(languages.chosen.size, 10)
})

t.test('only the first characters of a very long header are read', async t => {
  const languages = create()
  const list = 'ja,'.repeat(maxRead).slice(0, maxRead - 3)
  t.equal(chooseLanguage(languages, `${list},de`).tag, 'de')
  t.equal(chooseLanguage(languages, `${list},,de`).tag, 'en')
  for (const part of ['-', 'a-', 'de-a-', ',', ';', 'de;q=0.1,', '*', ' ']) {
    t.equal(chooseLanguage(languages, part.repeat(1_000_000)).tag, part.startsWith('de') ? 'de' : 'en', JSON.stringify(part))
  }
})

t.test('with one language, the header is ignored', async t => {
  const languages = resolveLanguages({ default: 'de', de: german }, standardErrors)
  t.equal(chooseLanguage(languages, 'en').tag, 'de')
  t.equal(languages.chosen.size, 0)
})
