/** Returns a Markdown table. */
export function table (head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  return [head, head.map(() => '---'), ...rows].map(cells =>
    `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
  ).join('\n')
}
