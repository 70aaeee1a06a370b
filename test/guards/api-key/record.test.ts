/** Checks the record of an API key. */
import t from 'tap'
import { findKeyFault, type ApiKeyRecord } from '../../../lib/guards/api-key/record.js'
import { hashKey } from '../../../lib/guards/api-key/key.js'

const now = Date.parse('2030-01-01T00:00:00Z')
const use = { key: 'key_1', ip: '192.0.2.7', now, required: ['queues:read'] }
const good: ApiKeyRecord = { id: 'k1', scopes: ['queues:read', 'queues:write'], allowedIps: ['192.0.2.0/24'], expiresAt: '2030-01-01T00:00:01Z', hash: hashKey('key_1') }

t.test('no fault is found in a valid key', async t => {
  t.equal(findKeyFault(good, use), undefined)
  t.equal(findKeyFault({ id: 'k1', scopes: null, allowedIps: null, expiresAt: null, revokedAt: null, hash: null }, { ...use, required: [] }), undefined)
})

t.test('each fault of a key has a reason', async t => {
  for (const [change, fault] of [
    [{ hash: hashKey('key_2') }, 'invalid_api_key'],
    [{ revokedAt: new Date(now) }, 'api_key_revoked'],
    [{ expiresAt: now }, 'api_key_expired'],
    [{ allowedIps: [] }, 'ip_not_allowed'],
    [{ allowedIps: ['2001:db8::/32'] }, 'ip_not_allowed'],
    [{ scopes: ['queues:write'] }, 'insufficient_scope'],
    [{ revokedAt: 0, expiresAt: 0, allowedIps: [], scopes: [] }, 'api_key_revoked'],
    [{ allowedIps: [], scopes: [] }, 'ip_not_allowed']
  ] as const) {
    t.equal(findKeyFault({ ...good, ...change }, use), fault, JSON.stringify(change))
  }
  t.equal(findKeyFault(null, use), 'invalid_api_key', 'a key without a record')
  t.equal(findKeyFault(good, { ...use, ip: undefined }), 'ip_not_allowed', 'a client without an address')
})

t.test('an invalid record is rejected with one sentence that does not contain the key', async t => {
  for (const [change, message] of [
    [{ id: 7 }, 'The record of the API key 7 is invalid: id: expected a string with at least one character, got 7.'],
    [{ id: '' }, 'The record of the API key "" is invalid: id: expected a string with at least one character, got "".'],
    [{ revokedAt: false }, 'The record of the API key "k1" is invalid: revokedAt: expected a Date, an ISO 8601 string or milliseconds, got false.'],
    [{ expiresAt: true }, 'The record of the API key "k1" is invalid: expiresAt: expected a Date, an ISO 8601 string or milliseconds, got true.'],
    [{ expiresAt: [2040] }, 'The record of the API key "k1" is invalid: expiresAt: expected a Date, an ISO 8601 string or milliseconds, got an array.'],
    [{ expiresAt: 5n }, 'The record of the API key "k1" is invalid: expiresAt: expected a Date, an ISO 8601 string or milliseconds, got 5.'],
    [{ expiresAt: 'soon' }, 'The record of the API key "k1" is invalid: expiresAt: expected a Date, an ISO 8601 string or milliseconds, got "soon".'],
    [{ revokedAt: new Date(NaN) }, 'The record of the API key "k1" is invalid: revokedAt: expected a Date, an ISO 8601 string or milliseconds, got an invalid date.'],
    [{ scopes: 'queues:read' }, 'The record of the API key "k1" is invalid: scopes: expected an array of strings, or null, got "queues:read".'],
    [{ allowedIps: '192.0.2.7' }, 'The record of the API key "k1" is invalid: allowedIps: expected an array of strings, or null, got "192.0.2.7".'],
    [{ allowedIps: ['192.0.2.7', 'home'] }, 'The record of the API key "k1" is invalid: allowedIps: expected addresses and ranges such as \'192.0.2.1\', \'192.0.2.0/24\' or \'2001:db8::/32\', got "home".']
  ] as const) {
    t.throws(() => findKeyFault({ ...good, ...change } as unknown as ApiKeyRecord, use), new TypeError(message))
  }
})
