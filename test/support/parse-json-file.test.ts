/** The JSON of files, as editors write it. */
import t from 'tap'
import { parseJsonFile } from '../../lib/support/parse-json-file.js'

t.test('a byte order mark at the start and line ends of Windows are accepted', async t => {
  t.strictSame(parseJsonFile('\uFEFF{\r\n"a": 1 }\r\n'), { a: 1 })
  t.throws(() => parseJsonFile('\uFEFF\uFEFF{}'), SyntaxError)
  t.throws(() => parseJsonFile(''), SyntaxError)
})
