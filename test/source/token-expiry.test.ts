/** A token can only be expired if the tokens of the application have a lifetime. */
import t from 'tap'
import type { Inspector } from '../../lib/source/inspector.js'
import type { LibraryCall } from '../../lib/source/library-context.js'
import { createTokens } from '../../lib/source/token-expiry.js'
import { literal, native, object, unknown, type Values } from '../../lib/source/values.js'
import { describeFindings, inferFixtures } from './infer-fixtures.js'
import tokens from './fixtures/tokens.js'

t.test('tokens without a lifetime do not expire', async t => {
  const found = describeFindings(await inferFixtures(t, { tokens }))
  t.strictSame(found['GET /tokens/me'], ['400 invalid_request certain', '401 invalid_token certain', '401 unauthorized certain'].map(error => `${error} via onRequest`))
  t.strictSame(found['GET /tokens/session'], ['401 null certain via rejectExpired'], 'a hook tests the status of the error')
})

t.test('the plugin can set the lifetime of all tokens', async t => {
  for (const [signOptions, canExpire] of [[{ expiresIn: '1h' }, true], [{ algorithm: 'HS256' }, false], [undefined, false]] as const) {
    const tokens = createTokens()
    tokens.add({ getScopes: () => [{ signOptions }] } as unknown as Inspector, { args: [], live: { kind: 'live', id: 1, value: {} } } as unknown as LibraryCall)
    t.equal(tokens.canExpire(), canExpire)
  }
})

t.test('the arguments of a call show whether the token has a lifetime', async t => {
  const fields = (entries: Readonly<Record<string, Values>>): Values => [object({ fields: new Map(Object.entries(entries)) })]
  const inspector = { getScopes: () => [{ signOptions: {} }, {}] } as unknown as Inspector
  const payload = fields({ sub: [literal('1')] })
  const callback = [native('callback', () => [])]
  t.equal(createTokens().canExpire(), true, 'no token is signed')
  for (const [title, args, canExpire, isLive] of [
    ['no options', [payload], false, true],
    ['nothing', [], false, true],
    ['an unknown payload', [[unknown()]], false, true],
    ['a payload with its end', [fields({ exp: [unknown()] })], true, true],
    ['a callback', [payload, callback], false, true],
    ['other options', [payload, fields({ algorithm: [literal('HS256')] })], false, true],
    ['undefined options', [payload, [literal(undefined)]], false, true],
    ['a lifetime', [payload, fields({ expiresIn: [literal('1h')] })], true, true],
    ['a lifetime in the options of a reply', [payload, fields({ sign: fields({ expiresIn: [literal('1h')] }) })], true, true],
    ['other options of a reply', [payload, fields({ sign: fields({ algorithm: [literal('HS256')] }) })], false, true],
    ['unknown options', [payload, [unknown()]], true, true],
    ['a function that does not exist in the application, so its options are unknown', [payload], true, false]
  ] as const) {
    const tokens = createTokens()
    tokens.add(inspector, { args, live: isLive ? { kind: 'live', id: 1, value: {} } : undefined } as unknown as LibraryCall)
    t.equal(tokens.canExpire(), canExpire, title)
  }
})
