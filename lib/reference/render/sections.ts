/** The content of a code's page, section by section. Every form of the page is created from it. */
import type { RetryAdvice } from '../../catalog/definition.js'
import { formatContentType } from '../../support/http-syntax.js'
import { formatCurl } from '../requests/curl.js'
import { codeBlock, codeSpan, escapeMarkdown, escapeTags, table } from '../../support/escape-markdown.js'
import type { Reference, ReferenceAnswer, ReferenceCode } from '../create-reference.js'
import type { Site } from './site.js'

/** A section of a code's page. */
export interface Section {
  readonly id: string
  readonly title: string
  /** The content in CommonMark with tables. */
  readonly markdown: string
  /** Whether the section is placed next to the other sections on a wide screen. */
  readonly beside: boolean
}

/** The explanation of each retry advice: a short form for lists, and a long form. */
export const retryTexts: Readonly<Record<RetryAdvice, { readonly short: string, readonly long: string }>> = {
  never: {
    short: 'Do not retry',
    long: 'The same request fails again unless something changes.'
  },
  backoff: {
    short: 'Retry with backoff',
    long: 'Send the same request again after a short wait, and double the wait after each attempt: 1, 2, 4 seconds, each with a small random part. Give up after a few attempts. Before you retry a request that changes data, check whether the change was made, or send an idempotency key.'
  },
  'retry-after': {
    short: 'Retry after the given time',
    long: 'Wait for the number of seconds in the `Retry-After` header, then send the same request again. An earlier retry fails.'
  }
}

/** Returns the sections of a code's page. */
export function createSections (reference: Reference, page: ReferenceCode, site: Site): Section[] {
  const { description, action, retry } = page
  const limits = page.code === 'rate_limit_exceeded' && reference.limits.length > 0 ? createLimitsTable(reference) : undefined
  const sections: ReadonlyArray<readonly [id: string, title: string, markdown: string | undefined, beside?: true]> = [
    ['when', 'When it happens', escapeTags(description)],
    ['action', 'What to do', escapeTags(action)],
    ['retry', 'Retry', `**${retryTexts[retry].short}.** ${retryTexts[retry].long}`],
    ['limits', 'Limits', limits],
    ['example', 'Example response', page.answers.map(answer => createExample(page, answer)).join('\n\n'), true],
    ['request', 'Try it', createRequest(page, site), true],
    ['fields', 'Fields', page.answers.map(answer => createFieldsTable(answer, page.answers.length > 1)).join('\n\n')],
    ['routes', 'Routes', describeRoutes(reference, page)]
  ]
  return sections.flatMap(([id, title, markdown, beside = false]) => markdown === undefined ? [] : [{ id, title, markdown, beside }])
}

function createExample ({ status, phrase, headers }: ReferenceCode, { contentType, body }: ReferenceAnswer): string {
  return codeBlock('http', [
    `HTTP/1.1 ${status} ${phrase}`,
    ...Object.entries({ 'content-type': formatContentType(contentType), ...headers }).flatMap(([name, values]) => [values].flat().map(value => `${name}: ${value}`)),
    '',
    JSON.stringify(body, null, 2)
  ].join('\n'))
}

function createRequest ({ request, status, elsewhere }: ReferenceCode, { origin }: Site): string {
  if (request === undefined) {
    return status >= 500
      ? 'The cause is in the server, so no request can trigger it.'
      : elsewhere === undefined ? 'No route currently returns this code, so there is no example request.' : 'No single request triggers this error.'
  }
  const hint = request.certain
    ? ''
    : '\n\nThis request can trigger the error, depending on the stored data. Use your own values.'
  return codeBlock('sh', formatCurl(request, origin)) + hint
}

function createFieldsTable ({ contentType, fields }: ReferenceAnswer, isOneOfSeveral: boolean): string {
  const rows = fields.map(({ name, type, required, description }) => [
    codeSpan(name), codeSpan(type) + (required ? '' : ', optional'), escapeTags(description)
  ])
  return (isOneOfSeveral ? `As ${codeSpan(contentType)}:\n\n` : '') + table(['Field', 'Type', 'Meaning'], rows)
}

function describeRoutes (reference: Reference, { routes, elsewhere }: ReferenceCode): string {
  const isEvery = routes.length === reference.routes.length && routes.length > 1
  const listed = isEvery ? ['Every route can return this code.'] : routes.length === 0 ? [] : [formatList(routes)]
  if (elsewhere !== undefined) listed.push(`${listed.length === 0 ? 'Any path can return this code' : 'Any other path can also return this code'}: ${elsewhere}`)
  return listed.length === 0 ? 'No route currently returns this code.' : listed.join('\n\n')
}

function formatList (routes: readonly string[]): string {
  return routes.map(route => `- ${codeSpan(route)}`).join('\n')
}

function createLimitsTable ({ limits }: Reference): string {
  return table(['Limit', 'Requests', 'Window', 'Routes'], limits.map(({ name, max, window, routes }) => [
    codeSpan(name), max === undefined ? 'depends on the client' : String(max), window === undefined ? 'depends on the client' : escapeMarkdown(window), routes.map(codeSpan).join(', ')
  ]))
}
