/** The state of an HTTP server: the responders to its errors, and whether it is closing. */
import type { FastifyInstance } from 'fastify'
import { defaultRequestIdHeader } from '../catalog/error-headers.js'
import { standardErrors } from '../catalog/standard-errors.js'
import { findByUrl } from '../fastify/registrations.js'
import { codeFormat } from '../formats/code.js'
import { createResponder, type Responder } from '../respond/error-handler.js'
import { writeLog } from '../respond/log-errors.js'
import { builtInTranslators } from '../translate/translate.js'

/** The responders by scope. */
const responders = new WeakMap<object, Responder>()

/** Adds the responder of a registration. */
export function addResponder (app: FastifyInstance, responder: Responder): void {
  responders.set(app, responder)
}

/**
 * Returns the responder for a request that has not been routed. `frameworkErrors` and `clientErrorHandler` are passed
 * to Fastify's constructor before any plugin is registered. They use this function to find the registrations.
 *
 * @param server the HTTP server
 * @param url the URL of the request, to select the scope with the longest matching prefix. @default the outermost scope
 * @returns a responder with the default options if the plugin is not registered on the server
 */
export function getResponder (server: object, url?: string): Responder {
  const scope = findByUrl(server, url)
  const responder = scope === undefined ? undefined : responders.get(scope)
  return responder ?? (fallback ??= createResponder({
    errors: standardErrors,
    format: codeFormat,
    negotiated: [],
    translators: builtInTranslators,
    docUrl: () => undefined,
    realm: 'api',
    requestIdHeader: defaultRequestIdHeader,
    retryHeaders: true,
    log: writeLog
  }, () => {}))
}

let fallback: Responder | undefined

/** The servers that are closing, from `preClose` on, because Fastify does not expose this state. */
const closing = new WeakSet<object>()

export function markClosing (server: object): void {
  closing.add(server)
}

export function isClosing (server: object): boolean {
  return closing.has(server)
}
