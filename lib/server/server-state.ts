import { standardErrors } from '../catalog/standard-errors.js'
import { codeFormat } from '../formats/code.js'
import { builtInTranslators } from '../translate/index.js'
import { writeLog } from '../respond/log-errors.js'
import { createResponder, type Responder } from '../respond/error-handler.js'

/**
 * The responders by HTTP server. `frameworkErrors` and `clientErrorHandler` are given to Fastify's constructor, before
 * any plugin is registered: here they find the format that was registered since.
 */
const responders = new WeakMap<object, Responder>()

/** Makes a responder the one of a server; the first one registered stays, for it is the outermost. */
export function registerResponder (server: object, responder: Responder): void {
  if (!responders.has(server)) responders.set(server, responder)
}

/** The responder of a server; where the plugin is not registered on it, one with the defaults of the options. */
export function getResponder (server: object): Responder {
  return responders.get(server) ?? (fallback ??= createResponder({
    errors: standardErrors,
    format: codeFormat,
    negotiated: undefined,
    translators: builtInTranslators,
    docUrl: () => undefined,
    realm: 'api',
    log: writeLog
  }, () => {}))
}

let fallback: Responder | undefined

/** The servers that are closing, from `preClose` on; Fastify itself keeps it to itself. */
const closing = new WeakSet<object>()

export function markClosing (server: object): void {
  closing.add(server)
}

export function isClosing (server: object): boolean {
  return closing.has(server)
}
