/** Compares responses of the example with its OpenAPI document. */
import addFormats from 'ajv-formats'
import { Ajv2020 } from 'ajv/dist/2020.js'

type Json = Readonly<Record<string, unknown>>

interface Header {
  readonly required?: boolean
  readonly schema: { readonly type: string }
}

interface Response {
  readonly $ref?: string
  readonly headers?: Readonly<Record<string, Header & { readonly $ref?: string }>>
  readonly content?: Readonly<Record<string, { readonly schema?: Json }>>
}

/** The part of the example's document that responses are compared with. */
export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, Response>> }>>>>
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** An error that the document lists for a route. */
export interface DocumentedError {
  /** `POST /queues/{id}/entries`. */
  readonly route: string
  readonly status: number
  readonly code: string
}

/** A response over HTTP. The body is parsed. It is undefined if there is none. */
export interface SentResponse {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

/** A document that responses can be compared with. */
export interface Contract {
  /** Every combination of route, status and code in the document, from its schemas. */
  readonly errors: readonly DocumentedError[]
  /** Lists the differences between a response and the document. Empty if there are none. */
  readonly faultsOf: (route: string, response: SentResponse) => string[]
}

export function createContract (document: Document): Contract {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addSchema(document, 'document')

  function at (pointer: string): unknown {
    return pointer.slice(2).split('/').reduce<unknown>((value, part) => (value as Json)[decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')], document)
  }

  /** Returns the path of a value after its references are resolved. */
  function located (pointer: string): string {
    const { $ref } = at(pointer) as { readonly $ref?: string }
    return $ref === undefined ? pointer : located($ref)
  }

  const responseAt = (route: string, status: number | string): string => {
    const [method = '', path = ''] = route.split(' ')
    return located(`#/paths/${part(path)}/${method.toLowerCase()}/responses/${status}`)
  }

  function codesOf (schema: Json): string[] {
    const { $ref, oneOf = [], allOf = [], properties } = schema as { $ref?: string, oneOf?: Json[], allOf?: Json[], properties?: { code?: { enum?: string[] } } }
    if ($ref !== undefined) return codesOf(at($ref) as Json)
    return [...[...oneOf, ...allOf].flatMap(codesOf), ...properties?.code?.enum ?? []]
  }

  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { responses }]) => ({ route: `${method.toUpperCase()} ${path}`, statuses: Object.keys(responses) })))
  const errors = operations.flatMap(({ route, statuses }) => statuses.filter(status => Number(status) >= 400).flatMap(status => {
    const { content = {} } = at(responseAt(route, status)) as Response
    return [...new Set(Object.values(content).flatMap(({ schema = {} }) => codesOf(schema)))].map(code => ({ route, status: Number(status), code }))
  }))
  /** All headers in the document, in lower case. */
  const known = new Set(operations.flatMap(({ route, statuses }) =>
    statuses.flatMap(status => Object.keys((at(responseAt(route, status)) as Response).headers ?? {}))).map(name => name.toLowerCase()))

  return {
    errors,
    faultsOf (route, { status, headers, body }) {
      if (!operations.some(operation => operation.route === route && operation.statuses.includes(String(status)))) return [`${route} ${status} is not documented`]
      const pointer = responseAt(route, status)
      const response = at(pointer) as Response
      const faults: string[] = []
      const fits = (schema: string, value: unknown, name: string): void => {
        const validate = ajv.compile({ $ref: `document${schema}` })
        if (!validate(value)) faults.push(`${name}: ${JSON.stringify(value)}: ${JSON.stringify(validate.errors)}`)
      }

      for (const name of Object.keys(response.headers ?? {})) {
        const place = located(`${pointer}/headers/${part(name)}`)
        const { required = false, schema } = at(place) as Header
        const value = headers.get(name)
        if (value !== null) fits(`${place}/schema`, schema.type === 'integer' ? Number(value) : value, name)
        else if (required) faults.push(`${name} is documented and not sent`)
      }
      const documented = new Set(Object.keys(response.headers ?? {}).map(name => name.toLowerCase()))
      for (const [name] of headers) if (known.has(name) && !documented.has(name)) faults.push(`${name} is sent and not documented`)

      const type = headers.get('content-type')?.replace(/;.*/, '')
      if (response.content === undefined) {
        if (body !== undefined) faults.push('a body is sent and not documented')
      } else if (type === undefined || !Object.hasOwn(response.content, type)) {
        faults.push(`the content type ${type} is not documented`)
      } else {
        fits(`${pointer}/content/${part(type)}/schema`, body, 'the body')
      }
      return faults
    }
  }
}

/** Decodes a part of a JSON Pointer in a URI fragment (RFC 6901, section 6). */
function part (name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))
}

/** Sends a request and reads the response. */
export async function responseTo (url: string, init?: RequestInit): Promise<SentResponse> {
  const response = await fetch(url, init)
  const text = await response.text()
  const isText = response.headers.get('content-type')?.startsWith('application/x-ndjson') === true
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : isText ? text : JSON.parse(text) as unknown }
}
