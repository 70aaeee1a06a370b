/** The URLs of operations in the API documentation, to which the routes on the pages link. */
import { parameter, type SampleRoute } from '../samples/sample-request.js'
import { rejectOption } from '../support/expect-option.js'
import type { OperationFacts, OperationUrl } from './reference-options.js'

/**
 * The viewers that can be recognized: the end of a path that only the viewer registers, and the place of an operation
 * on its page.
 */
const viewers: ReadonlyArray<{ readonly file: string, readonly getHash: (operation: OperationFacts) => string }> = [
  {
    file: '/static/swagger-initializer.js',
    // If an operation has no id, swagger-client creates one.
    getHash: ({ method, path, operationId, tags }) =>
      `/#/${encodeURIComponent(tags[0] ?? 'default')}/${encodeURIComponent(operationId ?? method.toLowerCase() + path.replace(/\W/g, '_'))}`
  },
  {
    file: '/js/scalar.js',
    getHash: ({ method, path, tags: [tag] }) =>
      `/#${tag === undefined ? '' : `tag/${encodeURIComponent(tag.toLowerCase().replace(/\s+/g, '-'))}/`}${method}${path}`
  }
]

/**
 * Returns the function that links to the viewer that an application registers; `undefined` if it registers none of
 * {@link viewers}.
 *
 * @param urls the paths of all routes
 */
export function findOperationUrl (urls: readonly string[]): OperationUrl | undefined {
  for (const { file, getHash } of viewers) {
    const url = urls.find(url => url.endsWith(file))
    if (url !== undefined) return operation => url.slice(0, -file.length) + getHash(operation)
  }
  return undefined
}

/** Returns the URL of a route's operation; `undefined` if it has none. */
export function getOperationUrl (getUrl: OperationUrl, { method, record: { route } }: SampleRoute): string | undefined {
  const { operationId, tags } = (route.schema ?? {}) as {
    readonly operationId?: string,
    readonly tags?: readonly string[]
  }
  const url: unknown = getUrl({ method, path: toPathTemplate(route.url), operationId, tags: tags ?? [] })
  if (url !== undefined && (typeof url !== 'string' || !/^(https?:\/\/|\/(?!\/))[^\s"<>]*$/.test(url))) {
    rejectOption(
      'fastify-api-errors',
      `reference.operationUrl for ${method} ${route.url}`,
      "a URL or a path, like '/docs#operation/getQueue', or undefined",
      url
    )
  }
  return url
}

/** Returns the path of a route as OpenAPI writes it: `/queues/{id}` for `/queues/:id`. */
export function toPathTemplate (url: string): string {
  return url.replace(parameter, '{$1}').replaceAll('::', ':')
}
