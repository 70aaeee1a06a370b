/** The hooks that `app.auth()` combines. `serverOptions()` is not called here, because it would watch the application from its creation on. */
import auth from '@fastify/auth'
import Fastify from 'fastify'
import t from 'tap'
import { getComposedHook, trackComposedHooks } from '../../lib/fastify/composed-hooks.js'

t.test('the functions in app.auth() are recorded even if the decorator existed before', async t => {
  const app = Fastify()
  await app.register(auth)
  trackComposedHooks(app)
  trackComposedHooks(app)
  const check = async (): Promise<void> => {}
  const other = async (): Promise<void> => {}
  t.strictSame(getComposedHook(app.auth([check, [other]])), [check, other])
  await app.register(async scope => { t.strictSame(getComposedHook(scope.auth([other])), [other]) })
  await app.ready()
})
