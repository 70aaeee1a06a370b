/** `defineTranslator`: its types, and invalid translators. */
import { expectTypeOf } from 'expect-type'
import t from 'tap'
import { defineTranslator, type TranslateContext, type Translator } from '../../lib/translate/translator.js'
import { thrown } from '../helpers/thrown.js'

t.test('defineTranslator returns the translator, and rejects an invalid one', async t => {
  const quota = defineTranslator({ name: 'quota', translate: (_error, { errors }) => errors.payment_required() })
  t.strictSame(Object.keys(quota), ['name', 'translate'])
  t.ok(Object.isFrozen(quota))
  expectTypeOf<Parameters<Translator['translate']>>().toEqualTypeOf<[error: unknown, context: TranslateContext]>()
  const expectedFunction = 'expected a function of (error, { errors, request, reply }) that returns an ApiError or undefined'
  const wrong: ReadonlyArray<readonly [translator: unknown, sentence: string]> = [
    [undefined, 'translator: expected an object with name and translate, got undefined.'],
    [() => undefined, 'translator: expected an object with name and translate, got a function.'],
    [{ translate: () => undefined }, 'name: expected a name for messages, got undefined.'],
    [{ name: '', translate: () => undefined }, 'name: expected a name for messages, got "".'],
    [{ name: 'quota' }, `quota.translate: ${expectedFunction}, got undefined.`],
    [{ name: 'quota', translate: 'payment_required' }, `quota.translate: ${expectedFunction}, got "payment_required".`]
  ]
  for (const [translator, sentence] of wrong) t.equal(thrown(() => defineTranslator(translator as Translator)), `TypeError: defineTranslator: ${sentence}`)
})
