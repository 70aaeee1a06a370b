/** The names of components. */
import fc from 'fast-check'
import t from 'tap'
import { createSchemaNames, hashedNames, hashText, toCodeName, toComponentName } from '../../lib/openapi/component-names.js'

t.test('the component name of a code', async t => {
  for (const [code, name] of [['resource_not_found', 'ResourceNotFound'], ['gone', 'Gone'], ['e1001', 'E1001'], ['NoSuchBucket', 'NoSuchBucket'], ['a$b', 'Ab']] as const) {
    t.equal(toComponentName(code), name)
  }
  fc.assert(fc.property(fc.string(), text => { t.match(toComponentName(text), /^[A-Za-z0-9.-]*$/) }), { numRuns: 100 })
})

t.test('a code in any spelling as the name of a component', async t => {
  for (const [code, name] of [['resource_not_found', 'ResourceNotFound'], ['NoSuchBucket', 'NoSuchBucket'], ['auth/invalid-token', 'AuthInvalidToken'], ['user.not:found', 'UserNotFound'], ['QUEUE_FULL', 'QueueFull'], ['E1001', 'E1001'], ['FORBIDDEN', 'Forbidden'], ['AUTH/INVALID-TOKEN', 'AuthInvalidToken']] as const) {
    t.equal(toCodeName(code), name)
  }
})

t.test('schema names are unique for any codes, and depend only on the codes', async t => {
  t.strictSame([...createSchemaNames(['taken', 'gone_error'])], [['taken', 'TakenError'], ['gone_error', 'GoneError']])
  fc.assert(fc.property(fc.uniqueArray(fc.stringMatching(/^[a-c]{1,2}(_error)?$/), { minLength: 1 }), codes => {
    const names = createSchemaNames(codes)
    t.equal(new Set(names.values()).size, codes.length)
    t.strictSame(new Map([...createSchemaNames(codes.toReversed())].reverse()), names)
  }), { numRuns: 50 })
})

t.test('a hash depends only on its input, and is extended while the name is in use', async t => {
  t.equal(hashText('a'), hashText('a'))
  t.not(hashText('a'), hashText('b'))
  const names = hashedNames('Conflict', 'a')
  const [first, second] = [names.next().value, names.next().value] as [string, string]
  t.match(first, /^Conflict_[0-9a-z]{4}$/)
  t.match(second, /^Conflict_[0-9a-z]{5}$/)
  t.ok(second.startsWith(first))
})
