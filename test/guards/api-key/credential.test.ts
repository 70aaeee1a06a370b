/** Reads the credential of a request, and writes the challenge. */
import t from 'tap'
import { createKeyLocation, createSecurityScheme, formatChallenge, readCredential } from '../../../lib/guards/api-key/credential.js'

const bearer = createKeyLocation()
const header = createKeyLocation('X-API-Key')
const prefixed = createKeyLocation('X-Token', 'Key')

t.test('the location of a key is a header, with or without a scheme', async t => {
  t.strictSame([bearer, header, prefixed], [{ header: 'authorization', scheme: 'Bearer' }, { header: 'x-api-key', scheme: undefined }, { header: 'x-token', scheme: 'Key' }])
  t.throws(() => createKeyLocation('not a header'), new TypeError('apiKey: header: expected the name of a header, such as \'x-api-key\', got "not a header".'))
  t.throws(() => createKeyLocation('x-key', 7 as unknown as string), new TypeError('apiKey: scheme: expected the word before the key, such as \'Bearer\', got 7.'))
})

t.test('the credential is read from the request', async t => {
  const none = { key: undefined, isSent: false, hasScheme: false }
  const malformed = { key: undefined, isSent: true, hasScheme: false }
  for (const [value, location, credential] of [
    [undefined, bearer, none],
    ['', bearer, none],
    ['Bearer key_1', bearer, { key: 'key_1', isSent: true, hasScheme: true }],
    ['bearer   key_1', bearer, { key: 'key_1', isSent: true, hasScheme: true }],
    ['Bearer two words', bearer, { key: undefined, isSent: true, hasScheme: true }],
    ['Bearer "quoted"', bearer, { key: undefined, isSent: true, hasScheme: true }],
    ['Bearer', bearer, none],
    ['key_1', bearer, malformed],
    ['Basic dXNlcg==', bearer, none],
    [' key_1', bearer, malformed],
    ['key_1', header, { key: 'key_1', isSent: true, hasScheme: true }],
    ['a key', header, { key: undefined, isSent: true, hasScheme: true }],
    [['key_1', 'key_2'], header, { key: undefined, isSent: true, hasScheme: true }],
    ['Key key_1', prefixed, { key: 'key_1', isSent: true, hasScheme: true }]
  ] as const) {
    t.strictSame(readCredential({ [location.header]: value as string }, location), credential, String(value))
  }
})

t.test('the challenge follows RFC 6750, section 3', async t => {
  t.equal(formatChallenge(bearer, 'api', undefined), 'Bearer realm="api"')
  t.equal(formatChallenge(bearer, 'api', { error: 'invalid_token' }), 'Bearer realm="api", error="invalid_token"')
  t.equal(formatChallenge(header, 'api', { error: 'insufficient_scope', scope: ['a', 'b'] }), 'ApiKey realm="api", header="x-api-key", error="insufficient_scope", scope="a b"')
})

t.test('each location has its security scheme of OpenAPI', async t => {
  t.strictSame(createSecurityScheme(bearer), { name: 'apiKey', scheme: { type: 'http', scheme: 'bearer', description: 'An API key.' } })
  t.strictSame(createSecurityScheme(createKeyLocation('authorization', 'Token')), { name: 'authorizationToken', scheme: { type: 'http', scheme: 'token', description: 'An API key.' } })
  t.strictSame(createSecurityScheme(header), { name: 'xApiKey', scheme: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'An API key.' } })
  t.strictSame(createSecurityScheme(prefixed), { name: 'xTokenKey', scheme: { type: 'apiKey', in: 'header', name: 'x-token', description: 'An API key, after the word Key.' } })
})
