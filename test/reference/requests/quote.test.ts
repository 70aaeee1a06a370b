/** Strings in the programs of the pages. */
import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { quote } from '../../../lib/reference/requests/quote.js'
import { absent } from '../../helpers/absent.js'

const run = promisify(execFile)

t.test('a string is in single quotes, and only special characters are escaped', async t => {
  t.equal(quote('/queues/1'), "'/queues/1'")
  t.equal(quote('it\'s "here"\n'), "'it\\'s \"here\"\\n'")
})

t.test('JavaScript and Python read a quoted string as it was', async t => {
  const text = fc.string({ unit: fc.oneof(fc.constantFrom("'", '"', '\\', '\n', '\t', '\u2028', '\0'), fc.integer({ min: 1, max: 0xd7ff }).map(point => String.fromCodePoint(point))), maxLength: 30 })
  const samples = fc.sample(text, 200)
  for (const sample of samples) t.equal(eval(quote(sample)), sample) // eslint-disable-line no-eval
  if (spawnSync('python3', ['--version']).status !== 0) return absent(t, 'python3 is not installed')
  const { stdout } = await run('python3', ['-c', `import json\nprint(json.dumps([${samples.map(quote).join(',')}]))`])
  t.strictSame(JSON.parse(stdout), samples)
})
