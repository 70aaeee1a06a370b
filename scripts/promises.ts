/** Finds sentences in the docs that promise something, so that each can be linked to its test. */

const promise = /\b(never|every|always|nothing|no)\b/i

/**
 * Returns the sentences of a page that have the word "never", "every", "always", "nothing" or "no", outside of code
 * blocks.
 */
export function listPromises (markdown: string): string[] {
  const text = markdown.replace(/<!-- generated: [^]*?<!-- \/generated -->/g, '').replace(/^```[^]*?^```/gm, '')
    .replace(/^( {4}\S.*)$/gm, '')
  const blocks = text.split(/\n{2,}/).flatMap(block =>
    /^\|/.test(block) ? block.split('\n').flatMap(row => row.split(' | ')) : block.split(/\n(?=- |\d+\. |#)/)
  )
  return blocks
    .flatMap(block =>
      block.replace(/\s+/g, ' ').replace(/^[|#\-\s\d.]+|[|\s]+$/g, '').split(/(?<=[.!?:]) (?=[A-Z`*[])/)
    )
    .map(sentence => sentence.trim())
    .filter(sentence => promise.test(sentence.replace(/`[^`]*`/g, '')))
}
