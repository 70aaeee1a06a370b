/** The responder of a request that has not been routed, and servers that are closing. */
import t from 'tap'
import Fastify, { type FastifyInstance } from 'fastify'
import { addRegistration } from '../../lib/fastify/registrations.js'
import { addResponder, getResponder, isClosing, markClosing } from '../../lib/server/server-state.js'
import type { Responder } from '../../lib/respond/error-handler.js'

t.test('a URL has the responder of its registration, and a server without one the default responder', async t => {
  const app = Fastify()
  const scopes: FastifyInstance[] = []
  await app.register(async scope => { scopes.push(scope) }, { prefix: '/v2' })
  const { format, realm, negotiated } = getResponder(app.server, '/v2/queues').settings
  t.strictSame([format.name, realm, negotiated], ['code', 'api', []])
  t.equal(getResponder(app.server), getResponder(Fastify().server), 'the default responder')

  const [outer, inner] = [{}, {}] as [Responder, Responder]
  for (const [scope, responder] of [[app, outer], [scopes[0] as FastifyInstance, inner]] as const) {
    addRegistration(scope, {})
    addResponder(scope, responder)
  }
  t.equal(getResponder(app.server, '/v2/queues'), inner)
  t.equal(getResponder(app.server, '/v1'), outer)
  t.equal(getResponder(app.server), outer)
})

t.test('a server is closing once it is marked', async t => {
  const { server } = Fastify()
  t.equal(isClosing(server), false)
  markClosing(server)
  t.equal(isClosing(server), true)
})
