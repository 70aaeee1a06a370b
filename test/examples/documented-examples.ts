/** Compares responses of the example application with the examples of its OpenAPI document. */
import type { SentResponse, Document } from './conformance.js'

type Json = Readonly<Record<string, unknown>>

/** The example of an error on a route, and the headers in the examples of its response. */
export interface DocumentedExample {
  readonly body: unknown
  /** The header examples of the status, which one of its codes sends, by name in lower case. */
  readonly headers: ReadonlyMap<string, string>
}

/** Returns the example of an error on a route. */
export function findExample (document: Document, route: string, status: number, code: string): DocumentedExample {
  const resolve = (value: unknown): Json => {
    const { $ref } = value as { readonly $ref?: string }
    return $ref === undefined ? value as Json : resolve($ref.slice(2).split('/').reduce<unknown>((at, part) => (at as Json)[part], document))
  }
  const [method = '', path = ''] = route.split(' ')
  const response = resolve(document.paths[path]?.[method.toLowerCase()]?.responses[status])
  const [content] = Object.values(response.content as Readonly<Record<string, { readonly examples: Json }>>)
  return {
    body: resolve(content?.examples[code]).value,
    headers: new Map(Object.entries(response.headers as Json).map(([name, header]) => [name.toLowerCase(), String(resolve(header).example)]))
  }
}

/** Headers with an id, with the origin of the client, or with a time that is only sent if it is shorter than a second. */
const variable: ReadonlySet<string> = new Set(['x-request-id', 'access-control-allow-origin', 'retry-after-ms'])

/** The data of responses that depends on time and on stored data, with a value that is the same in every response. */
export function withoutOccurrence (body: unknown): unknown {
  return JSON.parse(JSON.stringify(body, (name, value: unknown) => {
    if (name === 'request_id') return 'an id'
    if (name === 'retry_after') return 'a time'
    return name === 'entry_id' ? 'an id' : value
  }))
}

/** Returns the headers of a response that have an example, without the parts that depend on time. */
export function listExampleHeaders ({ headers: examples }: DocumentedExample, { headers }: Pick<SentResponse, 'headers'>): Array<readonly [name: string, example: string, sent: string | null]> {
  return [...examples].filter(([name]) => !variable.has(name)).map(([name, example]) => {
    const sent = headers.get(name)
    return [name, withoutTime(name, example), sent === null ? null : withoutTime(name, sent)] as const
  })
}

function withoutTime (name: string, value: string): string {
  if (name === 'retry-after') return 'a time'
  return name === 'ratelimit' ? value.replace(/;[rt]=\d+/g, ';a number') : value
}
