import { standardErrors } from '../catalog/standard-errors.js'
import { codeFormat } from '../formats/code.js'
import { builtInTranslators } from '../translate/index.js'
import { writeLog } from './log.js'
import { createResponder, type Responder } from './responder.js'

/**
 * The responders by HTTP server. `frameworkErrors` and `clientErrorHandler` are given to Fastify's constructor, before
 * any plugin is registered: here they find the format that was registered since.
 */
const responders = new WeakMap<object, Responder>()

/** Makes a responder the one of a server; the first one registered stays, for it is the outermost. */
export function registerResponder (server: object, responder: Responder): void {
  if (!responders.has(server)) responders.set(server, responder)
}

export function responderOf (server: object): Responder | undefined {
  return responders.get(server)
}

let fallback: Responder | undefined

/** Answers for a server on which the plugin is not registered. */
export function defaultResponder (): Responder {
  fallback ??= createResponder({
    errors: standardErrors,
    format: codeFormat,
    negotiated: undefined,
    translators: builtInTranslators,
    docUrl: () => undefined,
    realm: 'api',
    log: writeLog
  }, () => {})
  return fallback
}
