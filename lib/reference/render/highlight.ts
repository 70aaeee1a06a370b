import { html, type Html } from './escape-html.js'

/** Marks the parts of an example: `http` is an answer whose body is JSON; everything else stays as it is. */
export function highlight (language: string | undefined, text: string): Html {
  if (language !== 'http') return html`${text}`
  const [head = '', ...rest] = text.split('\n\n')
  const [statusLine, ...fields] = head.split('\n')
  return html`<span class="hl-status">${statusLine}</span>${fields.map(headerField)}\n\n${json(rest.join('\n\n'))}`
}

function headerField (line: string): Html {
  const [name, ...value] = line.split(': ')
  return html`\n<span class="hl-name">${name}</span>: ${value.join(': ')}`
}

const jsonToken = /("(?:[^"\\]|\\.)*")(\s*:)?|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|true|false|null/gi

function json (text: string): Html {
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
