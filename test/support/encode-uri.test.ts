/** Encodes URI components and paths. */
import t from 'tap'
import fc from 'fast-check'
import { encodeUriComponent, encodeUriPath } from '../../lib/support/encode-uri.js'

t.test('a component is encoded completely, including lone surrogates', async t => {
  t.equal(encodeUriComponent('a/b ü'), 'a%2Fb%20%C3%BC')
  t.equal(encodeUriComponent('\ud800'), '%EF%BF%BD')
})

t.test('in a path, invalid characters are encoded, and encoded ones are unchanged', async t => {
  for (const [path, encoded] of [['/a/b', '/a/b'], ['/a%20b', '/a%20b'], ['/%zz', '/%25zz'], ['/a|b"<c>', '/a%7Cb%22%3Cc%3E'], ['/ü', '/%C3%BC'], ['/\ud800', '/%EF%BF%BD'], ["/a(b)!$&'*+,;=:@~", "/a(b)!$&'*+,;=:@~"]] as const) {
    t.equal(encodeUriPath(path), encoded)
  }
  t.doesNotThrow(() => fc.assert(fc.property(fc.string({ unit: 'binary' }), path => {
    const encoded = encodeUriPath(path)
    return /^([\w\-.~:/@!$&'()*+,;=]|%[\dA-Fa-f]{2})*$/.test(encoded) && encodeUriPath(encoded) === encoded
  })))
})
