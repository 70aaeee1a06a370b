/** The references of an application. several-registrations.test.ts tests that the lockfile and `assertLedger` have all of them. */
import Fastify from 'fastify'
import t from 'tap'
import apiErrors from 'fastify-api-errors'
import { listReferences } from '../../lib/verify/error-references.js'

t.test('the registration itself comes first, then the registrations of its scopes, sorted by prefix', async t => {
  const app = Fastify()
  await app.register(apiErrors)
  for (const prefix of ['/b', '/a']) {
    await app.register(async scope => {
      await scope.register(apiErrors, { format: prefix === '/a' ? 'problem' : 'typed' })
      scope.get('/', async () => 'ok')
    }, { prefix })
  }
  await app.ready()
  t.match(listReferences(app), [{ prefix: '', routes: [] }, { prefix: '/a', routes: ['GET /a'], formats: [{ name: 'problem' }] }, { prefix: '/b', routes: ['GET /b'], formats: [{ name: 'typed' }] }])
})

t.test('an application of another copy of the package has the reference of that copy', async t => {
  t.strictSame(listReferences({ apiErrors: { reference: () => 'its own' } }), ['its own'])
})
