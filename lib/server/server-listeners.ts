/** Handles errors that the HTTP server would respond to itself, or that would end the process. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { ApiError } from '../catalog/api-error.js'
import { getServerOptions, onAdditionalServer } from '../fastify/internals.js'
import { handleThrownPromise } from '../support/call-safely.js'
import { getResponder, markClosing } from './server-state.js'

/** The servers that have the listeners already, because several registrations share a server. */
const serversWithListeners = new WeakSet<object>()

/** Adds listeners for these errors to the server of an application, once for all registrations on it. */
export function addServerListeners (app: FastifyInstance): void {
  if (serversWithListeners.has(app.server)) return
  serversWithListeners.add(app.server)
  app.server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    sendRaw(app, request, response, getResponder(app.server, request.url).settings.errors.expectation_failed())
  })
  app.addHook('preClose', done => {
    markClosing(app.server)
    done()
  })
  if (getServerOptions(app).frameworkErrors === undefined) app.addHook('onListen', warnOfServerOptions)
  respondToThrown(app, app.server)
  // If `localhost` has two addresses, Fastify listens on the second one with another server.
  onAdditionalServer(app, server => {
    for (const event of ['clientError', 'checkExpectation']) {
      server.on(event, (...args) =>
        app.server.emit(event, ...args))
    }
    respondToThrown(app, server)
  })
}

/** Only a listening server receives the requests that the warning is about, so tests with `inject` do not cause it. */
function warnOfServerOptions (done: () => void): void {
  process.emitWarning(
    'Fastify and Node respond to invalid URLs, malformed HTTP and slow requests themselves, in another format. Create the server with Fastify(serverOptions({ ...yours })).',
    { code: 'FASTIFY_API_ERRORS_NO_SERVER_OPTIONS' }
  )
  done()
}

/**
 * Replaces Fastify's request listener with one that responds to thrown errors. Fastify calls some functions of the
 * application before it handles errors: `genReqId`, `rewriteUrl`, constraints, the query parser, the logger factory. If
 * one of these threw, the process would end.
 */
function respondToThrown (app: FastifyInstance, server: Pick<Server, 'listeners' | 'off' | 'on'>): void {
  const { routing } = app
  if (!server.listeners('request').includes(routing)) return
  server.off('request', routing)
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    try {
      routing(request, response)
    } catch (thrown) {
      const cause = handleThrownPromise(thrown)
      sendRaw(app, request, response, getResponder(app.server, request.url).settings.errors.internal_error({ cause }))
    }
  })
}

/** Sends an error to a request for which there is no `FastifyRequest`. */
function sendRaw (app: FastifyInstance, request: IncomingMessage, response: ServerResponse, error: ApiError): void {
  const { status, headers, payload } = getResponder(app.server, request.url).prepareRawResponse(error, request, app.log)
  if (response.headersSent) {
    response.destroy()
    return
  }
  response.writeHead(status, { ...headers as Record<string, string>, 'content-length': Buffer.byteLength(payload) })
    .end(payload)
}
