/** Escapes strings in Markdown, so that they are shown unchanged. */

/** Escapes a string for Markdown. Line breaks become spaces. */
export function escapeMarkdown (text: string): string {
  return toOneLine(text)
    .replace(/[\\`*_[\]<>|~&]/g, '\\$&')
    .replace(/^(?:[#+=-]|\d+(?=[.)]))/, start => /\d/.test(start) ? `${start}\\` : `\\${start}`)
}

/** Returns a code span: the string between more backticks than it contains (CommonMark, section 6.1). */
export function codeSpan (text: string): string {
  const line = toOneLine(text)
  if (line === '') return ''
  if (line.includes('\\|')) return escapeMarkdown(line) // a code span in a table cannot contain these two characters
  const fence = '`'.repeat(getLongestRun(line, '`') + 1)
  const padding = /^`|`$|^ .* $/.test(line) ? ' ' : ''
  return fence + padding + line + padding + fence
}

/** Returns a code block, with a longer fence than any in its content (CommonMark, section 4.5). */
export function codeBlock (language: string, text: string): string {
  const fence = '`'.repeat(Math.max(3, getLongestRun(text, '`') + 1))
  return `${fence}${language}\n${text}\n${fence}`
}

/**
 * Returns a table (GitHub Flavored Markdown, section 4.10).
 *
 * @param rows the cells, in Markdown
 */
export function table (header: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map(cell => toOneLine(cell).replace(/(\\*)\|/g, escapePipe)).join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n')
}

/** Escapes HTML tags in an author's CommonMark, so that `<id>` in a sentence is shown as text. */
export function escapeTags (markdown: string): string {
  return markdown.replace(
    /(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)|<(?!https?:|mailto:)(?=[a-z/!?])/gi,
    found => found === '<' ? '\\<' : found
  ).trim()
}

function escapePipe (pipe: string, backslashes: string): string {
  return backslashes.length % 2 === 1 ? pipe : `${backslashes}\\|`
}

/** Returns a string without line breaks. A regular expression for the spaces around them would take quadratic time. */
function toOneLine (text: string): string {
  return text.split(/[\r\n]+/).map(line => line.trim()).filter(line => line !== '').join(' ')
}

function getLongestRun (text: string, character: string): number {
  return Math.max(0, ...[...text.matchAll(new RegExp(`${character}+`, 'g'))].map(([run]) => run.length))
}
