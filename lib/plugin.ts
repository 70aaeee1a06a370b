import type { FastifyInstance, FastifyPluginAsync, RouteOptions } from 'fastify'
import fp from 'fastify-plugin'
import type { AnyCatalog, AnyErrorFactory } from './catalog/define-errors.js'
import type { StandardCode } from './catalog/standard-errors.js'
import { createDocumenter, exchangeSchemas } from './document/documenter.js'
import { sameDeclarations, type RouteRecord } from './document/route-record.js'
import type { RouteError } from './document/rules.js'
import { resolveOptions, type ApiErrorsOptions } from './options.js'
import { registerLimiter } from './rate-limit/limiter.js'
import type { PolicyChoice } from './rate-limit/policies.js'
import { limitErrorsOf, limitsOfRoute } from './rate-limit/route-limits.js'
import { createReference, type Reference } from './reference/reference.js'
import { serveReference } from './reference/routes.js'
import { watchServer } from './respond/connections.js'
import { guardHooks } from './respond/guard-hooks.js'
import { createNotFoundHandler } from './respond/not-found.js'
import { registerResponder } from './respond/registry.js'
import { requestIdOf } from './respond/request-id.js'
import { createResponder } from './respond/responder.js'
import { createConverter } from './respond/sent.js'
import { createJudge, recordAnswer } from './verify/undocumented.js'
import { createLedger, type LedgerEntry } from './verify/ledger.js'

/** What `app.apiErrors` offers. */
export interface ApiErrors {
  /** The whole catalog: the standard codes, and those of the application. */
  readonly errors: AnyCatalog
  /**
   * The errors that a route can answer with, and the reason for each.
   *
   * @throws Error where no such route is registered
   * @example
   * app.apiErrors.explain('POST', '/queues/:id/entries')
   */
  readonly explain: (method: string, url: string) => readonly RouteError[]
  /** Every kind of error that was sent so far, with its count and whether it is documented. */
  readonly ledger: () => LedgerEntry[]
  /** All about the errors of the application as plain data: what the pages of the reference and the lockfile are made of. */
  readonly reference: () => Reference
}

declare module 'fastify' {
  interface FastifyInstance {
    apiErrors: ApiErrors
  }
  interface FastifyContextConfig {
    /** Codes that the route may answer with, beyond what is inferred; `false` keeps it out of the documentation. */
    errors?: ReadonlyArray<StandardCode | AnyErrorFactory> | false
    /** The rate-limit policies of the route: a name, several, or `false`. */
    rateLimitPolicy?: PolicyChoice
  }
}

async function plugin (app: FastifyInstance, options: ApiErrorsOptions): Promise<void> {
  const settings = resolveOptions(options, app.prefix)
  const { errors, rateLimit } = settings

  const ledger = createLedger()
  const responder = createResponder(settings, event => recordAnswer({ ledger, isDocumented, onUndocumented: settings.undocumented }, event))

  guardHooks(app, sameDeclarations)
  app.setErrorHandler((error, request, reply) => responder.handle(error, request, reply))
  const notFoundHooks = rateLimit === undefined ? {} : registerLimiter(app, rateLimit, errors)
  if (settings.notFound) app.setNotFoundHandler(notFoundHooks, createNotFoundHandler(responder))
  registerResponder(app.server, responder)
  watchServer(app, responder)
  if (settings.sent === 'convert') app.addHook('onSend', createConverter(responder))
  if (settings.requestId === 'all') {
    app.addHook('onRequest', (request, reply, done) => {
      reply.header('x-request-id', requestIdOf(request))
      done()
    })
  }

  const policiesOfRoute = (record: RouteRecord): readonly string[] => limitsOfRoute(record, rateLimit).map(({ name }) => name)
  const documenter = createDocumenter(
    { errors, formats: settings.negotiated === undefined ? [settings.format] : [settings.format, settings.negotiated], docUrl: settings.docUrl },
    {
      errors,
      policiesOf: policiesOfRoute,
      limitErrorsOf: record => limitErrorsOf(record, rateLimit)
    }
  )
  const isDocumented = createJudge(documenter)
  app.addHook('onRoute', function (route: RouteOptions) { documenter.note(route, this) })
  app.addHook('onReady', done => {
    if (documenter.routes.some(({ scope }) => scope.hasPlugin('@fastify/swagger'))) exchangeSchemas(documenter)
    done()
  })

  const reference = (): Reference => createReference(documenter, {
    title: settings.reference?.title ?? 'Errors', notFound: settings.notFound, limitsOf: record => limitsOfRoute(record, rateLimit)
  })
  if (settings.reference !== undefined) serveReference(app, settings.reference, { reference, errors })

  const find = (method: string, url: string) => documenter.routes.find(record => record.route.url === url && record.methods.includes(method.toUpperCase()))
  app.decorate('apiErrors', {
    errors,
    explain (method, url) {
      const record = find(method, url)
      if (record === undefined) throw new Error(`fastify-api-errors: explain('${method}', '${url}'): no such route; it takes the method and the pattern of a registered one, like 'GET', '/queues/:id'.`)
      return documenter.errorsOf(record)
    },
    ledger: () => ledger.entries(isDocumented),
    reference
  } satisfies ApiErrors)
}

/**
 * One `register`, and every error of the API comes out of one catalog, in one shape, with the right headers,
 * documented on each route that can give it. Register it before the routes.
 *
 * @throws TypeError at register, with one sentence, where an option is wrong
 * @example
 * await app.register(apiErrors, { errors, format: 'problem' })
 */
const apiErrors: FastifyPluginAsync<ApiErrorsOptions> = fp(plugin, { name: 'fastify-api-errors', fastify: '5.x' })

export default apiErrors
