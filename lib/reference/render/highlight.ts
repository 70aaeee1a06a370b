/** Marks the parts of an example for the style sheet. */
import { html, type Html } from './escape-html.js'

/**
 * Marks the parts of an example. The language `http` is a response with a JSON body; other languages are only escaped.
 */
export function highlight (language: string | undefined, text: string): Html {
  if (language !== 'http') return html`${text}`
  const [head = '', ...rest] = text.split('\n\n')
  const [statusLine, ...fields] = head.split('\n')
  return html`<span class="hl-status">${statusLine}</span>${fields.map(highlightHeader)}\n\n${highlightJson(rest.join('\n\n'))}`
}

function highlightHeader (line: string): Html {
  const [name, ...value] = line.split(': ')
  return html`\n<span class="hl-name">${name}</span>: ${value.join(': ')}`
}

const jsonToken = /("(?:[^"\\]|\\.)*")(\s*:)?|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|true|false|null/gi

function highlightJson (text: string): Html {
  const parts: Html[] = []
  let end = 0
  for (const token of text.matchAll(jsonToken)) {
    const [whole, string, colon] = token
    const kind = string === undefined ? 'hl-value' : colon === undefined ? 'hl-string' : 'hl-name'
    parts.push(html`${text.slice(end, token.index)}<span class="${kind}">${string ?? whole}</span>${colon}`)
    end = token.index + whole.length
  }
  return html`${parts}${text.slice(end)}`
}
