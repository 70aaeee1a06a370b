/** The helpers for the phrases of languages: plurals, and names of types. */
import t from 'tap'
import { createCount, createTypes } from '../../lib/languages/format-values.js'

t.test('a number has the singular or the plural of the language', async t => {
  const [german, french] = [createCount('de'), createCount('fr')]
  t.strictSame([0, 1, 2].map(count => german(count, 'Eintrag', 'Einträge')), ['0 Einträge', '1 Eintrag', '2 Einträge'])
  t.strictSame([0, 1, 2].map(count => french(count, 'élément', 'éléments')), ['0 élément', '1 élément', '2 éléments'])
})

t.test('the types of JSON have names, and others are unchanged', async t => {
  const types = createTypes({ string: 'eine Zeichenkette', null: 'null' }, ' oder ')
  t.equal(types('string'), 'eine Zeichenkette')
  t.equal(types(['string', 'null']), 'eine Zeichenkette oder null')
  t.equal(types(['date', 'toString']), 'date oder toString')
})
