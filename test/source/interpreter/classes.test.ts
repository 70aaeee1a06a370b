/** The names by which the class of a package counts as an error class. */
import t from 'tap'
import { listErrorNamesOfPath } from '../../../lib/source/interpreter/classes.js'

t.test('a class of a package is an error class if its name ends in Error', async t => {
  for (const [path, names] of [
    ['ValidationError', ['ValidationError', 'Error']],
    ['errors.ValidationError', ['ValidationError', 'Error']],
    ['Error', ['Error', 'Error']],
    ['Client', []],
    ['ErrorReporter', []]
  ] as const) t.strictSame(listErrorNamesOfPath(path), names, path)
})
