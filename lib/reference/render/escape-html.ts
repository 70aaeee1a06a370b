/** Builds HTML with a template tag that escapes every value. */

/** A piece of HTML. Unlike a string, it is not escaped. */
export interface Html {
  readonly html: string
}

type Value = string | number | undefined | Html | readonly Html[]

/** Builds HTML. Strings and numbers are escaped, HTML is kept, and `undefined` adds nothing. */
export function html (strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  return { html: strings.reduce((before, string, index) => before + toHtml(values[index - 1]) + string) }
}

/** Escapes a string for HTML text and attributes. */
export function escapeHtml (text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}

/**
 * Returns a name of a program with places where a line may break: before each segment of a path, otherwise after
 * separators. No word is broken.
 */
export function insertLineBreaks (name: string): Html[] {
  const place = name.includes('/') ? /(?<=[^\s/])(?=\/)/ : /(?<=[_.:[\]{}|-])(?=[^_.:[\]{}|-])/
  return name.split(place).flatMap((part, index) => [
    ...index === 0 ? [] : [{ html: '<wbr>' }],
    { html: escapeHtml(part) }
  ])
}

function toHtml (value: Value): string {
  if (value === undefined) return ''
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value))
  return 'html' in value ? value.html : value.map(toHtml).join('')
}
