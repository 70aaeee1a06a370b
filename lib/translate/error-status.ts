/** Reads the HTTP status of an error. */
import { isObject, type ReadonlyJsonObject } from '../support/is-object.js'

/**
 * Returns the status of an error. Libraries use different properties: `statusCode`, `status`, `httpStatusCode`, or Boom's
 * `output.statusCode`. Returns `undefined` if the value is not an error status.
 */
export function getStatus (error: ReadonlyJsonObject): number | undefined {
  const { output } = error
  const status = [error.statusCode, error.status, error.httpStatusCode, error.isBoom === true && isObject(output) && output.statusCode].find(value => typeof value === 'number') as number | undefined
  return status !== undefined && Number.isInteger(status) && status >= 400 && status <= 599 ? status : undefined
}
