/** The security requirements of a route. */
import t from 'tap'
import { declareSecurity, getSecurityRequirements } from '../../../lib/infer/declared/security.js'

t.test('a route has the security requirements that its scopes and hooks declare', async t => {
  const [scope, hook] = [{}, () => {}]
  const bearer = { name: 'bearer', scheme: { type: 'http', scheme: 'bearer', description: 'A token.' }, scopes: [] } as const
  const key = { name: 'key', scheme: { type: 'apiKey', in: 'header', name: 'x-key', description: 'A key.' }, scopes: ['read'] } as const
  declareSecurity(scope, bearer)
  declareSecurity(hook, key)
  declareSecurity(hook, bearer)
  const targets = [scope, hook, {}].map(target => ({ target, what: 'a hook' })) as unknown as Parameters<typeof getSecurityRequirements>[0]
  t.strictSame(getSecurityRequirements(targets), [bearer, key, bearer])
  t.strictSame(getSecurityRequirements([]), [])
})
