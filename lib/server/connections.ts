import { channel } from 'node:diagnostics_channel'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { markClosing } from './server-state.js'
import type { Responder } from '../respond/error-handler.js'

/** Takes over what the server of an application would answer by itself, and that can be taken over once it is there. */
export function watchServer (app: FastifyInstance, responder: Responder): void {
  app.server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => answerExpectation(app, responder, request, response))
  app.addHook('preClose', done => {
    markClosing(app.server)
    done()
  })
  forwardFromOtherAddresses(app)
}

/** Node answers an `Expect` that it does not know by itself, with an empty body. */
function answerExpectation (app: FastifyInstance, responder: Responder, request: IncomingMessage, response: ServerResponse): void {
  const { status, headers, payload } = responder.prepareRaw(responder.settings.errors.expectation_failed(), request, app.log)
  response.writeHead(status, { ...headers as Record<string, string>, 'content-length': Buffer.byteLength(payload) }).end(payload)
}

const listens = channel('tracing:net.server.listen:asyncStart')

/**
 * Where `localhost` has two addresses, Fastify listens on the second one with another server, which it shows to nobody
 * and gives no error handlers. Node tells of it, its listener says whose it is, and its events go on to the first one.
 */
function forwardFromOtherAddresses (app: FastifyInstance): void {
  const forward = (message: unknown): void => {
    const { server } = message as { readonly server: Server }
    if (!server.listeners('request').includes(app.routing)) return
    for (const event of ['clientError', 'checkExpectation']) server.on(event, (...args) => app.server.emit(event, ...args))
  }
  app.server.once('listening', () => listens.subscribe(forward))
  app.addHook('onListen', done => {
    listens.unsubscribe(forward)
    done()
  })
}
