/** Strings for regular expressions. */
import t from 'tap'
import { createPatternSample } from '../../lib/samples/sample-pattern.js'

t.test('a string matches the pattern and has the length', async t => {
  for (const pattern of [
    '^[A-Z]{2,8}-[0-9]{1,8}$', '^[^\\x00-\\x1f\\x7f]*$', '^[A-Za-z0-9_.-]+$', '^(?:a|b)+c?$', '^(red|green)$', 'abc|def', '^\\d{3}\\w\\s\\D\\W\\S$', '^.+@.+\\.com$', '^\\u0041\\x42$', '^[^a-zA-Z0-9]$',
    '^[\\d]+$', '^[\\]a]+$', '^a{3,}$', '^a{2}?b*$', ''
  ]) t.match(createPatternSample(pattern, 0, 50), new RegExp(pattern, 'u'), pattern)
  t.equal(createPatternSample('^[A-Z]{2,8}-[0-9]{1,8}$', 0, 17), 'AAA-00')
  t.equal(createPatternSample('^[a-z]+$', 8, 64), 'aaaaaaaaa')
  t.equal(createPatternSample('^[a-z]*$', 0, 0), '')
})

t.test('there is no sample for an impossible length, a lookaround, or a pattern of another engine', async t => {
  t.equal(createPatternSample('^a$', 2, 5), undefined)
  t.equal(createPatternSample('^(?=a)a$', 0, 5), undefined)
  t.equal(createPatternSample('(?<', 0, 5), undefined)
  t.equal(createPatternSample('^\\u{61}$', 0, 5), undefined)
  t.equal(createPatternSample('^[^aA0\\-_. ]$', 0, 5), undefined)
})
