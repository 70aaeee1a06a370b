/** The error statuses that a route declares in `schema.response`. */
import t from 'tap'
import { declaresErrors, declaresStatus } from '../../lib/fastify/declared-statuses.js'

t.test('a status can be declared by number, by class or by default', async t => {
  for (const key of ['404', '4xx', '4XX', 'default']) t.ok(declaresStatus({ [key]: {} }, 404), key)
  for (const responses of [undefined, {}, { 200: {} }, { 400: {} }, { '5xx': {} }]) t.notOk(declaresStatus(responses, 404), JSON.stringify(responses))
})

t.test('a route can declare errors by number, by class or by default', async t => {
  for (const key of ['404', '500', '4xx', '5XX', 'default', 'Default']) t.ok(declaresErrors({ 200: {}, [key]: {} }), key)
  for (const responses of [undefined, {}, { 200: {}, '2xx': {}, 304: {} }]) t.notOk(declaresErrors(responses), JSON.stringify(responses))
})
