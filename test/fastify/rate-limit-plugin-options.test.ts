/** The options of plugins that are read again for the document. */
import rateLimit from '@fastify/rate-limit'
import t from 'tap'
import { findPluginFunction, getRateLimitPluginOptions, keepPluginOptions } from '../../lib/fastify/rate-limit-plugin-options.js'

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

t.test('a plugin is found by its function, which refers to itself', async t => {
  t.equal(findPluginFunction(rateLimit, 'fastifyRateLimit'), rateLimit)
  t.equal(findPluginFunction({ default: rateLimit }, 'fastifyRateLimit'), rateLimit, 'a module')
  for (const other of [undefined, null, {}, () => {}]) t.equal(findPluginFunction(other, 'fastifyRateLimit'), undefined)
})
