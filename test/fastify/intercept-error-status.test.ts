/** Payloads that are sent after a reply got an error status. */
import t from 'tap'
import Fastify, { type FastifyInstance } from 'fastify'
import { interceptErrorStatus } from '../../lib/fastify/intercept-error-status.js'

/** Returns an application that sends the payload of each error status as `{ status, payload }`, except the payload 'own'. */
function createApp (): FastifyInstance {
  const app = Fastify()
  interceptErrorStatus(app, (reply, payload) => {
    if (payload === 'own') return false
    const { statusCode: status } = reply
    reply.raw.writeHead(status).end(JSON.stringify({ status, payload }))
    return true
  })
  return app
}

t.test('each way to set an error status intercepts the payload', async t => {
  const app = createApp()
  app.get('/code', (_request, reply) => { reply.code(404).send('none') })
  app.get('/status', (_request, reply) => { reply.status(409).send('taken') })
  app.get('/statusCode', (_request, reply) => { reply.statusCode = 503; reply.send('down') })
  app.get('/returned', async (_request, reply) => { reply.code(404); return 'none' })
  app.get('/nothing', (_request, reply) => { reply.code(404).send() })
  for (const [path, status, payload] of [
    ['/code', 404, 'none'], ['/status', 409, 'taken'], ['/statusCode', 503, 'down'], ['/returned', 404, 'none'], ['/nothing', 404, undefined]
  ] as const) {
    const { statusCode, body } = await app.inject(path)
    t.strictSame([statusCode, body], [status, JSON.stringify({ status, payload })], path)
  }
})

t.test('other payloads are sent by Fastify', async t => {
  const app = createApp()
  app.get('/ok', (_request, reply) => { reply.code(201).send('made') })
  app.get('/back', (_request, reply) => { reply.code(404).code(200).send('found') })
  app.get('/own', (_request, reply) => { reply.code(404).send('own') })
  app.get('/replaced', (_request, reply) => {
    reply.send = payload => { reply.raw.end(`replaced ${String(payload)}`); return reply }
    reply.code(404).send('none')
  })
  for (const [path, status, sent] of [['/ok', 201, 'made'], ['/back', 200, 'found'], ['/own', 404, 'own'], ['/replaced', 404, 'replaced none']] as const) {
    const { statusCode, body } = await app.inject(path)
    t.strictSame([statusCode, body], [status, sent], path)
  }
})
