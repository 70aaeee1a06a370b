/** The syntax of headers: names and values, realms, scopes and media types. */
import t from 'tap'
import { formatContentType, isHttpUrl, isRealm, isScope, isSendableHeader, isUnsatisfiedRange } from '../../lib/support/http-syntax.js'

t.test('a realm is a string that needs no backslash inside quotes', async t => {
  for (const realm of ['', 'api', 'Launch API!', '~[]']) t.ok(isRealm(realm), realm)
  for (const realm of ['a"b', 'a\\b', 'a\nb', 'ü', 5, undefined]) t.notOk(isRealm(realm), String(realm))
})

t.test('a scope is printable ASCII without spaces, quotes and backslashes', async t => {
  for (const scope of ['queues:write', '!', '~[]']) t.ok(isScope(scope), scope)
  for (const scope of ['', 'a b', 'a"b', 'a\\b', 'ü', 5, null]) t.notOk(isScope(scope), String(scope))
})

t.test('the Content-Range of a range that cannot be sent has only the length of the resource', async t => {
  t.ok(isUnsatisfiedRange('bytes */7'))
  for (const range of ['bytes 0-1/7', 'bytes */*', 'bytes */7\n', 'items */7', 7, undefined]) t.notOk(isUnsatisfiedRange(range), String(range))
})

t.test('a URL in a parameter of a header is absolute, and needs no backslash inside quotes', async t => {
  for (const url of ['https://api.example.com/.well-known/oauth-protected-resource', 'http://127.0.0.1:3000/a?b=c']) t.ok(isHttpUrl(url), url)
  for (const url of ['/a', 'ftp://a.example/', 'https://', 'https://a.example/"', 'https://a.example/ b', 'https://a.example/ü', 'https://[', 7]) t.notOk(isHttpUrl(url), String(url))
})

t.test('only application/json has a charset', async t => {
  t.equal(formatContentType('application/json'), 'application/json; charset=utf-8')
  t.equal(formatContentType('application/problem+json'), 'application/problem+json')
})

t.test('Node can send a header with a valid name and a value without line breaks', async t => {
  for (const [name, value] of [['link', '<https://a.example>'], ['x-count', 7], ['x-empty', '']] as const) t.ok(isSendableHeader(name, value), name)
  for (const [name, value] of [['a header', 'x'], ['', 'x'], ['link', 'a\nb'], ['link', undefined]] as const) t.notOk(isSendableHeader(name, value), `${name}: ${String(value)}`)
})
