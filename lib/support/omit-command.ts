/** Prepares the errors of ioredis for the log. */
import { isObject } from './is-object.js'

/**
 * Returns an error of ioredis without its command. The arguments of the command contain the key of a client, or a whole
 * response.
 */
export function omitCommand<T> (error: T): T {
  if (isObject(error)) Reflect.deleteProperty(error, 'command')
  return error
}
