/** Writes the index and the pages of the reference in Markdown. */
import { describeDeprecation } from '../../catalog/deprecation.js'
import { codeBlock, codeSpan, escapeMarkdown, table } from '../../support/escape-markdown.js'
import type { Reference, ReferenceCode } from '../create-reference.js'
import { groupCodes, introduction } from './index-groups.js'
import { retryTexts, createFieldsTables, createSections } from './page-sections.js'
import { createChangelogSections } from './changelog-sections.js'
import type { Site } from './site.js'

/** Returns the index in Markdown. */
export function indexMarkdown (reference: Reference, site: Site): string {
  const { used, reserved } = groupCodes(reference)
  const rows = (codes: readonly ReferenceCode[]): string[][] =>
    codes.map(({ code, message, retry, deprecated }) => [
      `[${codeSpan(code)}](${site.page(code)})`,
      deprecated === undefined ? escapeMarkdown(message) : `**Deprecated.** ${escapeMarkdown(message)}`,
      retryTexts[retry].short
    ])
  const createTable = (codes: readonly ReferenceCode[]): string => table(['Code', 'Message', 'Retry'], rows(codes))
  return joinBlocks([
    `# ${escapeMarkdown(reference.title)}`,
    introduction.lead,
    ...listLinks(reference, site),
    ...used.flatMap(({ status, phrase, codes }) => [`## ${status} ${phrase}`, createTable(codes)]),
    ...(reserved.length === 0 ? [] : ['## Not in use', introduction.reserved, createTable(reserved)]),
    `## ${introduction.fields}`,
    createFieldsTables(reference.formats)
  ])
}

/** Returns the index as `llms.txt` (llmstxt.org): a title, a summary, and lists of links to pages in Markdown. */
export function llmsText (reference: Reference, site: Site): string {
  const { used, reserved } = groupCodes(reference)
  const list = (codes: readonly ReferenceCode[]): string =>
    codes.map(({ code, status, message, retry, deprecated }) => {
      const state = deprecated === undefined ? '' : `${describeDeprecation(deprecated)} `
      return `- [${escapeMarkdown(code)}](${site.markdown(code)}): ${status}. ${state}${escapeMarkdown(message)} ${retryTexts[retry].short}.`
    }).join('\n')
  return joinBlocks([
    `# ${escapeMarkdown(reference.title)}`,
    `> ${introduction.lead}`,
    introduction.llms,
    ...listLinks(reference, site),
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
    ...createSections(reference, page, site).flatMap(
      section => [
        `## ${section.title}`,
        ...section.samples.flatMap(({ name, language, text }) => [`### ${name}`, codeBlock(language, text)]),
        section.markdown
      ]
    ).filter(block => block !== ''),
    `[${escapeMarkdown(reference.title)}](${site.index})`
  ])
}

/** Returns the changes in Markdown. */
export function changelogMarkdown (reference: Reference, site: Site): string {
  return joinBlocks([
    `# ${introduction.changelog}`,
    ...createChangelogSections(reference, site).flatMap(({ title, markdown }) => [`## ${title}`, markdown]),
    `[${escapeMarkdown(reference.title)}](${site.index})`
  ])
}

/** Returns the links of the index to other pages. */
function listLinks ({ branding: { support }, changelog }: Reference, site: Site): string[] {
  return [
    ...(changelog === undefined ? [] : [`[${introduction.changelog}](${site.changelog.markdown})`]),
    ...(support === undefined ? [] : [`[${introduction.support}](<${support}>)`])
  ]
}

function joinBlocks (blocks: readonly string[]): string {
  return `${blocks.join('\n\n')}\n`
}
