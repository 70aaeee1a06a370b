/** The section of RESULTS.md that another benchmark writes. */

/** The heading of the chaos benchmark. */
export const chaosHeading = 'An unreliable server'

/**
 * Returns the text of a section without its heading; `undefined` if there is none. It is the last section of the file.
 */
export function findSection (markdown: string, heading: string): string | undefined {
  const start = markdown.indexOf(`\n## ${heading}\n`)
  return start === -1 ? undefined : markdown.slice(start + heading.length + 5)
}

/** Replaces the last section of a file, or adds it. */
export function replaceSection (markdown: string, heading: string, text: string): string {
  const start = markdown.indexOf(`\n## ${heading}\n`)
  return `${start === -1 ? markdown : markdown.slice(0, start)}\n## ${heading}\n${text}`
}
