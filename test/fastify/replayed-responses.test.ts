/** Marks of replies that send a stored response. */
import t from 'tap'
import type { FastifyReply } from 'fastify'
import { isReplayed, markReplayed } from '../../lib/fastify/replayed-responses.js'
import { createApp, listen, sendRequest } from '../helpers/http.js'

t.test('a marked reply is recognized', async t => {
  const reply = {} as FastifyReply
  t.equal(isReplayed(reply), false)
  markReplayed(reply)
  t.equal(isReplayed(reply), true)
})

t.test('an error of a marked reply is sent unchanged and not counted', async t => {
  for (const sentErrors of [undefined, 'convert', 'report'] as const) {
    const app = await createApp({ ...(sentErrors !== undefined && { sentErrors }) })
    app.get('/', (_request, reply) => {
      markReplayed(reply)
      reply.code(404).send({ message: 'No queue has this id.' })
    })
    const port = await listen(t, app)
    const body = { message: 'No queue has this id.' }
    t.strictSame(await sendRequest(port, 'GET', '/'), {
      status: 404, headers: { 'content-type': 'application/json; charset=utf-8', 'content-length': String(JSON.stringify(body).length) }, body
    })
    t.strictSame(app.apiErrors.ledger(), [])
  }
})
