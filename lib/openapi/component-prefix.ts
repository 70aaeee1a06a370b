/**
 * Determines the prefix of the component names of a registration, so that several registrations can share a document.
 */
import type { FastifyInstance } from 'fastify'
import { findOwner } from '../fastify/registrations.js'
import type { Format } from '../formats/format.js'
import type { RouteErrors } from '../infer/route-errors.js'
import { rejectOption } from '../support/expect-option.js'
import { hashText, toComponentName } from './component-names.js'
import { describeContent, getDocumentSettings } from './settings.js'
import { findDocumentsWithRoute, type SwaggerDocument } from './swagger-documents.js'

/**
 * Returns the prefix of a registration without the option `documentation.componentPrefix`. The prefix depends only on
 * the scope of the registration and the registration around it. Other registrations therefore do not rename its
 * components.
 */
export function createComponentPrefix (app: FastifyInstance, format: Pick<Format, 'name'>): string {
  const outer = findOwner(Object.getPrototypeOf(app)) as FastifyInstance | undefined
  if (app.prefix !== (outer?.prefix ?? '')) return toName(app.prefix)
  return outer === undefined ? '' : toName(format.name)
}

/**
 * Converts a string to the beginning of a name: `ApiV1` for `/api/v1`. It starts with a letter, because generated
 * clients have types with these names.
 */
function toName (text: string): string {
  const name = toComponentName(text.replace(/[^A-Za-z0-9]+/g, '_')) || hashText(text).slice(0, 4)
  return /^[A-Za-z]/.test(name) ? name : `Api${name}`
}

/**
 * Compares the components of a registration with those of the other registrations on the server. Call it when the
 * application is ready.
 *
 * @throws TypeError if another registration in the same document has the same prefix and different components
 */
export function checkComponentPrefix (routeErrors: RouteErrors, others: readonly RouteErrors[]): void {
  const settings = getDocumentSettings(routeErrors)
  const conflicting = others.filter(other => {
    const otherSettings = getDocumentSettings(other)
    return otherSettings.componentPrefix === settings.componentPrefix &&
      describeContent(otherSettings) !== describeContent(settings)
  })
  if (conflicting.length === 0) return
  const documents = listDocuments(routeErrors)
  for (const other of conflicting) {
    if (!listDocuments(other).some(document => documents.includes(document))) continue
    const names = [settings, getDocumentSettings(other)].map(({ formats: [{ name }] }) => `'${name}'`).join(' and ')
    rejectOption(
      'fastify-api-errors',
      'documentation.componentPrefix',
      `a different prefix in each registration that shares a document and has other errors (here, two with the formats ${names})`,
      settings.componentPrefix
    )
  }
}

/** Returns the documents that show routes of a registration. */
function listDocuments (routeErrors: RouteErrors): SwaggerDocument[] {
  return routeErrors.routes.filter(routeErrors.isCovered).flatMap(findDocumentsWithRoute)
}
