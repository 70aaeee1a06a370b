/** The fields that the bodies of several codes have together. */
import t from 'tap'
import { isFieldOfMeta, mergeFields } from '../../lib/support/merge-fields.js'

const field = (name: string, type: string, required = true): { name: string, type: string, required: boolean } => ({ name, type, required })

t.test('a field is required if every body requires it, and has the types of all bodies', async t => {
  t.strictSame(mergeFields([
    [field('code', '"queue_full"'), field('status', '409'), field('details', 'object[]'), field('error.meta.seats', 'integer')],
    [field('code', '"queue_closed"'), field('status', '410'), field('details', 'null', false)],
    [field('code', 'string'), field('status', 'integer'), field('link', 'string')]
  ]), [
    field('code', 'string'),
    field('status', 'integer'),
    field('details', 'object[] | null', false),
    field('link', 'string', false)
  ])
  t.strictSame(mergeFields([]), [])
})

t.test('the fields inside meta belong to one code', async t => {
  for (const [name, expected] of [['meta.seats', true], ['error.meta.seats', true], ['meta', false], ['metadata.seats', false]] as const) {
    t.equal(isFieldOfMeta({ name }), expected, name)
  }
})
