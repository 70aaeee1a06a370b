/** The files that the commands write, as the content or the path that an option has. */
import { once } from 'node:events'
import { join } from 'node:path'
import t from 'tap'
import { isRecord } from '../../lib/support/is-object.js'
import { readGeneratedFile, type GeneratedFile } from '../../lib/support/read-generated-file.js'
import { thrown } from '../helpers/thrown.js'

interface List { readonly version: 1, readonly names: readonly string[] }

const file: GeneratedFile<List> = {
  command: 'list',
  isContent: (value): value is List => isRecord(value) && value.version === 1,
  empty: { version: 1, names: [] },
  missing: { effect: 'no names are known', code: 'FASTIFY_API_ERRORS_NO_LIST' }
}

t.test('the content is returned, or read from a path', async t => {
  const list = { version: 1, names: ['ada'] }
  t.equal(readGeneratedFile(list, 'names', file), list as unknown)
  const folder = t.testdir({ 'names.json': `\uFEFF${JSON.stringify(list)}` })
  t.strictSame(readGeneratedFile(join(folder, 'names.json'), 'names', file), list)
})

t.test('a missing file is empty, with a warning that names the command', async t => {
  const warned = once(process, 'warning')
  t.equal(readGeneratedFile('absent.json', 'names', file), file.empty)
  const [{ code, message }] = await warned as [Error & { readonly code: string }]
  t.strictSame({ code, message }, {
    code: 'FASTIFY_API_ERRORS_NO_LIST',
    message: "absent.json does not exist, so no names are known. Create it with 'fastify-api-errors list'."
  })
})

t.test('any other value or file is rejected with one sentence', async t => {
  const folder = t.testdir({ 'other.json': '{}', 'broken.json': '{' })
  const [other, broken] = [join(folder, 'other.json'), join(folder, 'broken.json')]
  t.equal(thrown(() => readGeneratedFile(7, 'names', file)), "TypeError: fastify-api-errors: names: expected the output of 'fastify-api-errors list', got 7.")
  t.equal(thrown(() => readGeneratedFile(other, '--names', file)), `TypeError: fastify-api-errors: --names: expected the output of 'fastify-api-errors list', got other content in ${other}.`)
  t.match(thrown(() => readGeneratedFile(broken, 'names', file)), `TypeError: fastify-api-errors: names: expected a file that 'fastify-api-errors list' wrote, but ${broken} cannot be read: `)
  t.match(thrown(() => readGeneratedFile(folder, 'names', file)), 'cannot be read: EISDIR')
})
