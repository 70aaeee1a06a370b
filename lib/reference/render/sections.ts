import type { RetryAdvice } from '../../catalog/definition.js'
import { formatCurl } from '../requests/curl.js'
import { codeBlock, codeSpan, escapeMarkdown, escapeTags, table } from './escape-markdown.js'
import type { Reference, ReferenceAnswer, ReferenceCode } from '../create-reference.js'
import type { Site } from './site.js'

/** A part of the page of a code. */
export interface Section {
  readonly id: string
  readonly title: string
  /** CommonMark, with tables. */
  readonly markdown: string
  /** Whether it stands beside the others where there is room: what one looks at while one reads. */
  readonly beside: boolean
}

/** The words for each advice: a short one for lists, and a sentence. */
export const retryTexts: Readonly<Record<RetryAdvice, { readonly short: string, readonly long: string }>> = {
  never: {
    short: 'Do not retry',
    long: 'The same request fails in the same way until something has changed.'
  },
  backoff: {
    short: 'Retry with backoff',
    long: 'Send the same request again after a short wait, and wait about twice as long each time: 1, 2, 4 seconds, each a little at random. Give up after a few attempts. Before you repeat a request that changes something, look whether the change was made, or send an idempotency key.'
  },
  'retry-after': {
    short: 'Retry after the time it names',
    long: 'Wait for the seconds in the `Retry-After` header, then send the same request again. Sent earlier, it fails again.'
  }
}

/** The page of a code, part by part. Every form of the page is made of this. */
export function createSections (reference: Reference, page: ReferenceCode, site: Site): Section[] {
  const { description, action, retry } = page
  const limits = page.code === 'rate_limit_exceeded' && reference.limits.length > 0 ? limitsTable(reference) : undefined
  const sections: ReadonlyArray<readonly [id: string, title: string, markdown: string | undefined, beside?: true]> = [
    ['when', 'When it happens', escapeTags(description)],
    ['action', 'What to do', escapeTags(action)],
    ['retry', 'Retry', `**${retryTexts[retry].short}.** ${retryTexts[retry].long}`],
    ['limits', 'Limits', limits],
    ['example', 'Example answer', page.answers.map(answer => exampleBlock(page, answer)).join('\n\n'), true],
    ['request', 'Try it', requestText(page, site), true],
    ['fields', 'Fields', page.answers.map(answer => fieldsText(answer, page.answers.length > 1)).join('\n\n')],
    ['routes', 'Routes', routesText(reference, page)]
  ]
  return sections.flatMap(([id, title, markdown, beside = false]) => markdown === undefined ? [] : [{ id, title, markdown, beside }])
}

function exampleBlock ({ status, phrase, headers }: ReferenceCode, { contentType, body }: ReferenceAnswer): string {
  return codeBlock('http', [
    `HTTP/1.1 ${status} ${phrase}`,
    ...Object.entries({ 'content-type': sentAs(contentType), ...headers }).flatMap(([name, values]) => [values].flat().map(value => `${name}: ${value}`)),
    '',
    JSON.stringify(body, null, 2)
  ].join('\n'))
}

/** JSON is sent with its charset; a media type of its own, like problem+json, has no such parameter. */
function sentAs (contentType: string): string {
  return contentType === 'application/json' ? `${contentType}; charset=utf-8` : contentType
}

function requestText ({ request, status, elsewhere }: ReferenceCode, { origin }: Site): string {
  if (request === undefined) {
    return status >= 500
      ? 'It comes from our side: no request gives it on purpose.'
      : elsewhere === undefined ? 'No route answers with it today, so there is no request to show.' : 'No single request shows it.'
  }
  const hint = request.certain
    ? ''
    : '\n\nThis request can be answered with it. Whether it is depends on what is stored: put your own values in.'
  return codeBlock('sh', formatCurl(request, origin)) + hint
}

function fieldsText ({ contentType, fields }: ReferenceAnswer, isOneOfSeveral: boolean): string {
  const rows = fields.map(({ name, type, required, description }) => [
    codeSpan(name), codeSpan(type) + (required ? '' : ', optional'), escapeTags(description)
  ])
  return (isOneOfSeveral ? `As ${codeSpan(contentType)}:\n\n` : '') + table(['Field', 'Type', 'What it says'], rows)
}

function routesText (reference: Reference, { routes, elsewhere }: ReferenceCode): string {
  const isEvery = routes.length === reference.routes.length && routes.length > 1
  const listed = isEvery ? ['Every route can answer with it.'] : routes.length === 0 ? [] : [formatList(routes)]
  if (elsewhere !== undefined) listed.push(`${listed.length === 0 ? 'Any address can answer with it' : 'Any other address can answer with it, too'}: ${elsewhere}`)
  return listed.length === 0 ? 'No route answers with it today.' : listed.join('\n\n')
}

function formatList (routes: readonly string[]): string {
  return routes.map(route => `- ${codeSpan(route)}`).join('\n')
}

function limitsTable ({ limits }: Reference): string {
  return table(['Limit', 'Requests', 'In', 'Routes'], limits.map(({ name, max, window, routes }) => [
    codeSpan(name), max === undefined ? 'depends on the caller' : String(max), window === undefined ? 'depends on the caller' : escapeMarkdown(window), routes.map(codeSpan).join(', ')
  ]))
}
