/** Writes the index and the pages of the reference in Markdown. */
import { codeSpan, escapeMarkdown, table } from '../../support/escape-markdown.js'
import type { Reference, ReferenceCode } from '../create-reference.js'
import { groupCodes, introduction } from './index-groups.js'
import { retryTexts, createSections } from './sections.js'
import type { Site } from './site.js'

/** Returns the index in Markdown. */
export function indexMarkdown (reference: Reference, site: Site): string {
  const { used, reserved } = groupCodes(reference)
  const rows = (codes: readonly ReferenceCode[]): string[][] => codes.map(({ code, message, retry }) => [
    `[${codeSpan(code)}](${site.page(code)})`, escapeMarkdown(message), retryTexts[retry].short
  ])
  const createTable = (codes: readonly ReferenceCode[]): string => table(['Code', 'Message', 'Retry'], rows(codes))
  return joinBlocks([
    `# ${escapeMarkdown(reference.title)}`,
    introduction.lead,
    ...used.flatMap(({ status, phrase, codes }) => [`## ${status} ${phrase}`, createTable(codes)]),
    ...(reserved.length === 0 ? [] : ['## Not in use', introduction.reserved, createTable(reserved)])
  ])
}

/** Returns the index as `llms.txt` (llmstxt.org): a title, a summary, and lists of links to pages in Markdown. */
export function llmsText (reference: Reference, site: Site): string {
  const { used, reserved } = groupCodes(reference)
  const list = (codes: readonly ReferenceCode[]): string => codes.map(({ code, status, message, retry }) => {
    return `- [${escapeMarkdown(code)}](${site.markdown(code)}): ${status}. ${escapeMarkdown(message)} ${retryTexts[retry].short}.`
  }).join('\n')
  return joinBlocks([
    `# ${escapeMarkdown(reference.title)}`,
    `> ${introduction.lead}`,
    introduction.llms,
    ...used.flatMap(({ status, phrase, codes }) => [`## ${status} ${phrase}`, list(codes)]),
    ...(reserved.length === 0 ? [] : ['## Optional', introduction.reserved, list(reserved)])
  ])
}

/** Returns the page of a code in Markdown. */
export function pageMarkdown (reference: Reference, page: ReferenceCode, site: Site): string {
  const { code, title, status, phrase, type, message } = page
  return joinBlocks([
    `# ${escapeMarkdown(title)}`,
    `${codeSpan(code)}, status ${status} ${phrase}, type ${codeSpan(type)}`,
    `> ${escapeMarkdown(message)}`,
    ...createSections(reference, page, site).flatMap(section => [`## ${section.title}`, section.markdown]),
    `[${escapeMarkdown(reference.title)}](${site.index})`
  ])
}

function joinBlocks (blocks: readonly string[]): string {
  return `${blocks.join('\n\n')}\n`
}
