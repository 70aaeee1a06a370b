/** The errors of unions. */
import t from 'tap'
import type { FailedKeyword } from '../../../lib/translate/validation/failed-keyword.js'
import { resolveUnions } from '../../../lib/translate/validation/unions.js'

const type = (name: string, path: readonly string[] = []): FailedKeyword => ({ keyword: 'type', path, params: { type: name } })
const constant = (allowedValue: unknown, path: readonly string[] = []): FailedKeyword => ({ keyword: 'const', path, params: { allowedValue } })
const choice = (allowedValues: readonly unknown[], path: readonly string[] = []): FailedKeyword => ({ keyword: 'enum', path, params: { allowedValues } })
const required = (name: string): FailedKeyword => ({ keyword: 'required', path: [name], params: { missingProperty: name } })
const union = (...branches: ReadonlyArray<readonly FailedKeyword[]>): FailedKeyword => ({ keyword: 'anyOf', path: [], params: {}, branches })

t.test('the errors of a failed union are those of one branch, or of the union itself', async t => {
  const tooShort: FailedKeyword = { keyword: 'minLength', path: [], params: { limit: 3 } }
  for (const [what, given, reported] of [
    ['the only branch whose type fits', union([type('integer')], [tooShort]), [tooShort]],
    ['the types of all branches, each once', union([type('integer')], [type('string')], [type('string')]), [{ keyword: 'type', path: [], params: { type: ['integer', 'string'] } }]],
    ['the values of all branches', union([constant('a')], [choice(['b', 'c'])]), [choice(['a', 'b', 'c'])]],
    ['the values of all branches, or null', union([constant('a')], [type('null')]), [choice(['a', null])]],
    ['a constant or another type', union([constant('a')], [type('integer')]), 'union'],
    ['the branch with the tag that was sent', union([constant('card', ['kind']), required('number')], [required('iban')]), [required('iban')]],
    ['all tags, if none was sent', union([constant('card', ['kind'])], [constant('bank', ['kind']), required('iban')]), [choice(['card', 'bank'], ['kind'])]],
    ['tags in different fields', union([constant('card', ['kind'])], [constant('bank', ['type'])]), 'union'],
    ['what fails in each branch', union([required('id'), required('a')], [required('id'), required('b')]), [required('id')]],
    ['nothing that all branches share', union([required('a')], [required('b')]), 'union'],
    ['a union in a branch', union([union([type('integer')], [tooShort])], [type('boolean')]), [tooShort]]
  ] as const) {
    t.strictSame(resolveUnions([given]), reported === 'union' ? [given] : reported, what)
  }
})

t.test('other errors stay, in their order', async t => {
  const failures = [required('a'), union([type('integer')], [type('string')]), { ...required('b'), branches: [] }]
  t.strictSame(resolveUnions(failures), [failures[0], { keyword: 'type', path: [], params: { type: ['integer', 'string'] } }, failures[2]])
  const plain = [required('a')]
  t.equal(resolveUnions(plain), plain)
})
