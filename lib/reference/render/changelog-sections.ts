/** The content of the page with the changes, one section for each date. Every form of the page is created from it. */
import { codeSpan, escapeMarkdown } from '../../support/escape-markdown.js'
import type { Reference } from '../create-reference.js'
import { toPathTemplate } from '../operation-urls.js'
import type { Site } from './site.js'

/** The changes of one date. */
export interface ChangelogSection {
  readonly id: string
  readonly title: string
  /** The content in CommonMark. */
  readonly markdown: string
}

/** Returns the changes by date, the latest first. A code links to its page, if the catalog still has it. */
export function createChangelogSections ({ changelog, codes }: Reference, site: Site): ChangelogSection[] {
  const known = new Set(codes.map(({ code }) => code))
  const formatSubject = (subject: string): string =>
    known.has(subject) ? `[${codeSpan(subject)}](${site.page(subject)})` : codeSpan(toPathTemplate(subject))
  const byDate = new Map<string, string[]>()
  for (const { date, changes } of changelog?.entries ?? []) {
    const lines = changes.map(({ severity, subject, explanation }) => {
      return `- ${severity === 'breaking' ? '**Breaking:** ' : ''}${formatSubject(subject)}: ${escapeMarkdown(explanation)}`
    })
    byDate.set(date, [...byDate.get(date) ?? [], lines.join('\n')])
  }
  if (byDate.size === 0) return [{ id: 'changes', title: 'None', markdown: 'The errors have not changed.' }]
  return [...byDate].map(([date, lines]) => ({ id: `changes-${date}`, title: date, markdown: lines.join('\n') }))
}
