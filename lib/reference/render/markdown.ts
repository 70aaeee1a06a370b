import { codeSpan, escapeMarkdown, table } from './escape-markdown.js'
import type { Reference, ReferenceCode } from '../create-reference.js'
import { retryTexts, createSections } from './sections.js'
import type { Site } from './site.js'

/** Whether the application answers with a code today. */
export function isUsed ({ routes, elsewhere }: ReferenceCode): boolean {
  return routes.length > 0 || elsewhere !== undefined
}

/** The codes of one status. */
export interface Group {
  readonly status: number
  readonly phrase: string
  readonly codes: readonly ReferenceCode[]
}

/** The codes of a reference by status, and apart from them those that nothing gives today. */
export function groupCodes ({ codes }: Reference): { readonly used: readonly Group[], readonly reserved: readonly ReferenceCode[] } {
  const used = new Map<number, Group>()
  for (const page of codes.filter(isUsed)) {
    const { status, phrase } = page
    used.set(status, { status, phrase, codes: [...used.get(status)?.codes ?? [], page] })
  }
  return { used: [...used.values()], reserved: codes.filter(page => !isUsed(page)) }
}

/** What an index says before it lists the codes. */
export const introduction = {
  lead: 'Every error answer names a code. Codes do not change: let your program decide by the code, and show the message to people.',
  reserved: 'No route answers with these today. A program that knows them is ready for the day that one does.'
} as const

/** The index as Markdown. */
export function indexMarkdown (reference: Reference, site: Site): string {
  const { used, reserved } = groupCodes(reference)
  const rows = (codes: readonly ReferenceCode[]): string[][] => codes.map(({ code, message, retry }) => [
    `[${codeSpan(code)}](${site.page(code)})`, escapeMarkdown(message), retryTexts[retry].short
  ])
  const listOf = (codes: readonly ReferenceCode[]): string => table(['Code', 'Message', 'Retry'], rows(codes))
  return document([
    `# ${escapeMarkdown(reference.title)}`,
    introduction.lead,
    ...used.flatMap(({ status, phrase, codes }) => [`## ${status} ${phrase}`, listOf(codes)]),
    ...(reserved.length === 0 ? [] : ['## Not in use', introduction.reserved, listOf(reserved)])
  ])
}

/** The page of a code as Markdown. */
export function pageMarkdown (reference: Reference, page: ReferenceCode, site: Site): string {
  const { code, title, status, phrase, type, message } = page
  return document([
    `# ${escapeMarkdown(title)}`,
    `${codeSpan(code)}, status ${status} ${phrase}, type ${codeSpan(type)}`,
    `> ${escapeMarkdown(message)}`,
    ...createSections(reference, page, site).flatMap(section => [`## ${section.title}`, section.markdown]),
    `[${escapeMarkdown(reference.title)}](${site.index})`
  ])
}

function document (blocks: readonly string[]): string {
  return `${blocks.join('\n\n')}\n`
}
