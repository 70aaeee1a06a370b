/** Security schemes and requirements in the document. */
import t from 'tap'
import { withSecurity } from '../../lib/openapi/security.js'

const bearer = { name: 'bearer', scheme: { type: 'http', scheme: 'bearer', description: 'A token.' }, scopes: ['read'] } as const
const key = { name: 'key', scheme: { type: 'apiKey', in: 'header', name: 'x-key', description: 'A key.' }, scopes: [] } as const

t.test('a route has the requirements of its hooks, and the document has their schemes', async t => {
  const document = { openapi: '3.1.0', components: { schemas: {} } }
  t.strictSame(withSecurity({ tags: ['a'] }, [bearer, key, { ...bearer, scopes: ['read', 'write'] }], document), { tags: ['a'], security: [{ bearer: ['read', 'write'], key: [] }] })
  t.strictSame(document, { openapi: '3.1.0', components: { schemas: {}, securitySchemes: { bearer: bearer.scheme, key: key.scheme } } })
})

t.test('OpenAPI 3.0 has no scopes for these schemes, and a scheme of the document is unchanged', async t => {
  const document = { openapi: '3.0.3', components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } } }
  t.strictSame(withSecurity(undefined, [bearer], document), { security: [{ bearer: [] }] })
  t.strictSame(document.components.securitySchemes, { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } })
})

t.test('a route without requirements or with its own security is unchanged', async t => {
  const document = {}
  const own = { security: [] }
  t.equal(withSecurity(own, [bearer], document), own)
  t.equal(withSecurity(undefined, [], document), undefined)
  t.strictSame(document, {})
})
