/** The syntax of realms, scopes and media types in headers. */
import t from 'tap'
import { formatContentType, isRealm, isScope } from '../../lib/support/http-syntax.js'

t.test('a realm is a string that needs no backslash inside quotes', async t => {
  for (const realm of ['', 'api', 'Launch API!', '~[]']) t.ok(isRealm(realm), realm)
  for (const realm of ['a"b', 'a\\b', 'a\nb', 'ü', 5, undefined]) t.notOk(isRealm(realm), String(realm))
})

t.test('a scope is printable ASCII without spaces, quotes and backslashes', async t => {
  for (const scope of ['queues:write', '!', '~[]']) t.ok(isScope(scope), scope)
  for (const scope of ['', 'a b', 'a"b', 'a\\b', 'ü', 5, null]) t.notOk(isScope(scope), String(scope))
})

t.test('only application/json has a charset', async t => {
  t.equal(formatContentType('application/json'), 'application/json; charset=utf-8')
  t.equal(formatContentType('application/problem+json'), 'application/problem+json')
})
