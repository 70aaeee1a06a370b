/** A piece of HTML, apart from a text that still has to be escaped. */
export interface Html {
  readonly html: string
}

type Value = string | number | undefined | Html | readonly Html[]

/** HTML in which every value is escaped, but for values that are HTML already. `undefined` is nothing. */
export function html (strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  return { html: strings.reduce((before, string, index) => before + written(values[index - 1]) + string) }
}

/** A text with the characters that mean something in HTML as references, in attributes, too. */
export function escapeHtml (text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}

function written (value: Value): string {
  if (value === undefined) return ''
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value))
  return 'html' in value ? value.html : value.map(written).join('')
}
