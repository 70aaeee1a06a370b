/** The hook that runs for a request which Fastify handles before it is routed. */
import t from 'tap'
import Fastify, { type FastifyInstance } from 'fastify'
import { addRegistration } from '../../lib/fastify/registrations.js'
import { findUnroutedHook, setUnroutedHook } from '../../lib/fastify/unrouted-requests.js'

t.test('a URL has the hook of its registration, or of the nearest outer one', async t => {
  const app = Fastify()
  const scopes: FastifyInstance[] = []
  for (const prefix of ['/v1', '/v2']) await app.register(async scope => { scopes.push(scope) }, { prefix })
  const [v1, v2] = scopes as [FastifyInstance, FastifyInstance]
  const [outer, inner] = [async () => undefined, async () => undefined]
  t.equal(findUnroutedHook(app.server, '/v1'), undefined, 'without a registration')
  for (const scope of [app, v1, v2]) addRegistration(scope, {})
  t.equal(findUnroutedHook(app.server, '/v1'), undefined, 'without a hook')
  setUnroutedHook(app, outer)
  setUnroutedHook(v2, inner)
  t.strictSame(['/v1/queues', '/v2/queues', '/other', undefined].map(url => findUnroutedHook(app.server, url) === inner), [false, true, false, false])
  t.equal(findUnroutedHook(app.server, '/v1/queues'), outer)
  t.equal(findUnroutedHook(app.server, undefined), outer)
})
