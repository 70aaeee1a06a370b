/** The parameters in the path of a route. */

/** Returns the names of the parameters in a path, without the wildcard. `::` is a literal colon. */
export function listPathParameters (path: string): string[] {
  return [...path.replaceAll('::', '').matchAll(/:(\w+)/g)].map(([, name]) => name as string)
}
