import t from 'tap'
import { declaresStatus } from '../../lib/fastify/declared-statuses.js'

t.test('a status is declared by its number, by its class, or for all', async t => {
  for (const key of ['404', '4xx', '4XX', 'default']) t.ok(declaresStatus({ [key]: {} }, 404), key)
  for (const responses of [undefined, {}, { 200: {} }, { 400: {} }, { '5xx': {} }]) t.notOk(declaresStatus(responses, 404), JSON.stringify(responses))
})
