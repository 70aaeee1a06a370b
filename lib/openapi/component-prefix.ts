/** Determines the prefix of the component names of a registration, so that several registrations can share a document. */
import type { FastifyInstance } from 'fastify'
import type { Format } from '../formats/format.js'
import { hashText, toComponentName } from './names.js'

/**
 * Returns the prefix of a registration without the option `documentation.componentPrefix`. The prefix depends only on the scope
 * of the registration, so that another registration does not rename its components.
 *
 * Call it before the registration decorates its scope.
 */
export function createComponentPrefix (app: FastifyInstance, format: Pick<Format, 'name'>): string {
  const outer = Object.getPrototypeOf(app) as FastifyInstance
  const inherited = app.hasDecorator('apiErrors') ? findPrefixOf(outer) : ''
  if (app.prefix !== inherited) return toName(app.prefix)
  return app.hasDecorator('apiErrors') ? toName(format.name) : ''
}

/** Returns the path prefix of the outer scope with a registration. */
function findPrefixOf (scope: FastifyInstance): string {
  return Object.hasOwn(scope, 'apiErrors') ? scope.prefix : findPrefixOf(Object.getPrototypeOf(scope))
}

/** Converts a string to the beginning of a name: `ApiV1` for `/api/v1`. */
function toName (text: string): string {
  const name = toComponentName(text.replace(/[^A-Za-z0-9]+/g, '_'))
  return name === '' ? hashText(text).slice(0, 4) : name
}
