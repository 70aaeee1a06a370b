/** The content of a code's page, section by section. Every form of the page is created from it. */
import type { RetryAdvice } from '../../catalog/retry-advice.js'
import { describeDeprecation } from '../../catalog/deprecation.js'
import { formatContentType } from '../../support/http-syntax.js'
import { listSamples, type Sample } from '../requests/list-samples.js'
import { isFieldOfMeta } from '../../support/merge-fields.js'
import type { FieldFacts } from '../body-fields.js'
import { toPathTemplate } from '../operation-urls.js'
import { codeBlock, codeSpan, escapeMarkdown, escapeTags, table } from '../../support/escape-markdown.js'
import type { Reference, ReferenceResponse, ReferenceCode } from '../create-reference.js'
import type { Site } from './site.js'

/** A section of a code's page. */
export interface Section {
  readonly id: string
  readonly title: string
  /** The content in CommonMark with tables. */
  readonly markdown: string
  /** A request in several languages, before the content. */
  readonly samples: readonly Sample[]
  /** The place of the section: before the examples, next to the others on a wide screen, or after the examples. */
  readonly place: 'first' | 'beside' | 'last'
}

/** The explanation of each retry advice: a short form for lists, and a long form. */
export const retryTexts: Readonly<Record<RetryAdvice, { readonly short: string, readonly long: string }>> = {
  never: {
    short: 'Do not retry',
    long: 'The same request fails again unless something changes.'
  },
  backoff: {
    short: 'Retry with backoff',
    long:
      'Send the same request again after a short wait, and double the wait after each attempt: 1, 2, 4 seconds, each with a small random part. Give up after a few attempts. Before you retry a request that changes data, check whether the change was made, or send an idempotency key.'
  },
  'retry-after': {
    short: 'Retry after the given time',
    long:
      'Wait for the number of seconds in the `Retry-After` header, then send the same request again. An earlier retry fails.'
  }
}

/** Returns the sections of a code's page. */
export function createSections (reference: Reference, page: ReferenceCode, site: Site): Section[] {
  const { description, action, retry } = page
  const limits = page.code === 'rate_limit_exceeded' && reference.limits.length > 0
    ? createLimitsTable(reference, site)
    : undefined
  const samples = page.request === undefined ? [] : listSamples(page.request, site.origin)
  const sections: ReadonlyArray<
    readonly [
      id: string,
      title: string,
      place: Section['place'],
      markdown: string | undefined,
      samples?: readonly Sample[]
    ]
  > = [
    ['deprecated', 'Deprecated', 'first', createDeprecation(page, site)],
    ['when', 'When it happens', 'first', escapeTags(description)],
    ['action', 'What to do', 'first', escapeTags(action)],
    ['retry', 'Retry', 'first', `**${retryTexts[retry].short}.** ${retryTexts[retry].long}`],
    [
      'example',
      'Example response',
      'beside',
      page.responses.map(response => createExample(page, response)).join('\n\n')
    ],
    ['request', 'Try it', 'beside', describeRequest(page), samples],
    ['limits', 'Limits', 'last', limits],
    ['fields', 'Fields', 'last', describeFields(page, site)],
    ['routes', 'Routes', 'last', describeRoutes(reference, page, site)]
  ]
  return sections.flatMap(([id, title, place, markdown, samples = []]) =>
    markdown === undefined ? [] : [{ id, title, place, markdown, samples }]
  )
}

function createDeprecation ({ deprecated }: ReferenceCode, site: Site): string | undefined {
  if (deprecated === undefined) return undefined
  const { link } = deprecated
  const sentences = describeDeprecation(deprecated, code => `[${codeSpan(code)}](${site.page(code)})`)
  return link === undefined ? sentences : `${sentences} [More about the deprecation](${link})`
}

function createExample ({ status, phrase, headers }: ReferenceCode, { contentType, body }: ReferenceResponse): string {
  return codeBlock(
    'http',
    [
      `HTTP/1.1 ${status} ${phrase}`,
      ...Object.entries({ 'content-type': formatContentType(contentType), ...headers }).flatMap(([name, values]) =>
        [values].flat().map(value => `${name}: ${value}`)
      ),
      '',
      JSON.stringify(body, null, 2)
    ].join('\n')
  )
}

function describeRequest ({ request, status, elsewhere }: ReferenceCode): string {
  if (request !== undefined) {
    return request.certain
      ? ''
      : 'This request can trigger the error, depending on the stored data. Use your own values.'
  }
  if (status >= 500) return 'The cause is in the server, so no request can trigger it.'
  return elsewhere === undefined
    ? 'No route currently returns this code, so there is no example request.'
    : 'No single request triggers this error.'
}

/** Returns the fields that only this code has. The index has the fields of all codes. */
function describeFields ({ responses }: ReferenceCode, { fields }: Site): string {
  const own = responses.map(response => ({ ...response, fields: response.fields.filter(isFieldOfMeta) })).filter(
    response => response.fields.length > 0
  )
  return own.length === 0
    ? `The body has only [fields that every error can have](${fields}).`
    : `${createFieldsTables(own)}\n\nThe body also has [fields that every error can have](${fields}).`
}

/** Returns the tables of fields by media type. Media types with the same fields share a table. */
export function createFieldsTables (
  formats: ReadonlyArray<{ readonly contentType: string, readonly fields: readonly FieldFacts[] }>
): string {
  const tables = new Map<string, string[]>()
  for (const { contentType, fields } of formats) {
    const text = createFieldsTable(fields)
    tables.set(text, [...tables.get(text) ?? [], codeSpan(contentType)])
  }
  return [...tables].map(([text, types]) => (tables.size > 1 ? `As ${types.join(' and ')}:\n\n` : '') + text).join(
    '\n\n'
  )
}

function createFieldsTable (fields: readonly FieldFacts[]): string {
  const rows = fields.map(({ name, type, required, description }) => [
    codeSpan(name),
    codeSpan(type) + (required ? '' : ', optional'),
    escapeTags(description)
  ])
  return table(['Field', 'Type', 'Meaning'], rows)
}

function describeRoutes (reference: Reference, { routes, elsewhere }: ReferenceCode, site: Site): string {
  const isEvery = routes.length === reference.routes.length && routes.length > 1
  const listed = isEvery
    ? ['Every route can return this code.']
    : routes.length === 0
      ? []
      : [routes.map(route => `- ${formatRoute(reference, route, site)}`).join('\n')]
  if (elsewhere !== undefined) {
    listed.push(
      `${listed.length === 0 ? 'Any path can return this code' : 'Any other path can also return this code'}: ${elsewhere}`
    )
  }
  return listed.length === 0 ? 'No route currently returns this code.' : listed.join('\n\n')
}

/** Returns the name of a route with its path as in the OpenAPI document, and a link to its operation. */
function formatRoute ({ operations }: Reference, route: string, site: Site): string {
  const name = codeSpan(toPathTemplate(route))
  return Object.hasOwn(operations, route) ? `[${name}](<${site.resolve(String(operations[route]))}>)` : name
}

function createLimitsTable (reference: Reference, site: Site): string {
  return table(
    ['Limit', 'Requests', 'Window', 'Routes'],
    reference.limits.map(({ name, max, window, routes }) => [
      codeSpan(name),
      max === undefined ? 'depends on the client' : String(max),
      window === undefined ? 'depends on the client' : escapeMarkdown(window),
      routes.map(route => formatRoute(reference, route, site)).join(', ')
    ])
  )
}
