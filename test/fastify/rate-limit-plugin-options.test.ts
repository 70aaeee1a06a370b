/** The options of @fastify/rate-limit, which are read again for the document. */
import rateLimit from '@fastify/rate-limit'
import t from 'tap'
import { getRateLimitPluginOptions, keepPluginOptions } from '../../lib/fastify/rate-limit-plugin-options.js'

t.test('the options of the nearest @fastify/rate-limit are kept', async t => {
  const [outer, options] = [{}, { max: 5 }]
  const inner = Object.create(outer) as object
  t.strictSame(getRateLimitPluginOptions(inner), {})
  keepPluginOptions(outer, () => {}, { max: 1 })
  keepPluginOptions(outer, rateLimit, () => options)
  t.strictSame(getRateLimitPluginOptions(inner), {}, 'another plugin, and options that a function returns')
  keepPluginOptions(outer, rateLimit, options)
  t.equal(getRateLimitPluginOptions(inner), options)
})
