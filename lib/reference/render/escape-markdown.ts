/** A text in Markdown, in which nothing of it means anything: it is shown as it is, on one line. */
export function escapeMarkdown (text: string): string {
  return oneLine(text)
    .replace(/[\\`*_[\]<>|~&]/g, '\\$&')
    .replace(/^(?:[#+=-]|\d+(?=[.)]))/, start => /\d/.test(start) ? `${start}\\` : `\\${start}`)
}

/** A text as code in Markdown: between more backticks than it has itself (CommonMark, section 6.1). */
export function codeSpan (text: string): string {
  const line = oneLine(text)
  if (line === '') return ''
  if (line.includes('\\|')) return escapeMarkdown(line) // no code in a table can have these two characters
  const fence = '`'.repeat(longestRun(line, '`') + 1)
  const padding = /^`|`$|^ .* $/.test(line) ? ' ' : ''
  return fence + padding + line + padding + fence
}

/** Lines of code in Markdown, between a longer fence than any in them (CommonMark, section 4.5). */
export function codeBlock (language: string, text: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text, '`') + 1))
  return `${fence}${language}\n${text}\n${fence}`
}

/**
 * A table (GitHub Flavored Markdown, section 4.10).
 *
 * @param rows cells in Markdown
 */
export function table (header: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell => oneLine(cell).replace(/(\\*)\|/g, escapePipe)).join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n')
}

/** What the author wrote in CommonMark, with tags of HTML as text: `<id>` in a sentence is not a tag. */
export function escapeTags (markdown: string): string {
  return markdown.replace(/(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)|<(?!https?:|mailto:)(?=[a-z/!?])/gi, found => found === '<' ? '\\<' : found).trim()
}

function escapePipe (pipe: string, backslashes: string): string {
  return backslashes.length % 2 === 1 ? pipe : `${backslashes}\\|`
}

function oneLine (text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ').trim()
}

function longestRun (text: string, character: string): number {
  return Math.max(0, ...[...text.matchAll(new RegExp(`${character}+`, 'g'))].map(([run]) => run.length))
}
