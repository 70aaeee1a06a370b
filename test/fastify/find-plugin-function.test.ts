/** Official plugins that an application registers. */
import rateLimit from '@fastify/rate-limit'
import t from 'tap'
import { findPluginFunction } from '../../lib/fastify/find-plugin-function.js'

t.test('a plugin is found by its function, which refers to itself', async t => {
  t.equal(findPluginFunction(rateLimit, 'fastifyRateLimit'), rateLimit)
  t.equal(findPluginFunction({ default: rateLimit }, 'fastifyRateLimit'), rateLimit, 'a module')
  for (const other of [undefined, null, {}, () => {}]) t.equal(findPluginFunction(other, 'fastifyRateLimit'), undefined)
})
