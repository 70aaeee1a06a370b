/** Renders the Markdown in definitions as HTML that is safe to serve. */
import { Marked, type Tokens } from 'marked'
import { highlight } from './highlight.js'
import { insertLineBreaks, escapeHtml, html, type Html } from './escape-html.js'

/** The protocols that links in a description may have. Browsers do not run code from such links. */
const protocols: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:'])

const marked = new Marked({
  // Tags and bare URLs are shown as text, because a value must not become a link automatically.
  tokenizer: { html: () => undefined, tag: () => undefined, url: () => undefined },
  renderer: {
    image: ({ text }: Tokens.Image) => escapeHtml(text),
    link ({ href, tokens }: Tokens.Link) {
      const text = this.parser.parseInline(tokens)
      return isSafeLink(href) ? html`<a href="${href}">${{ html: text }}</a>`.html : text
    },
    heading ({ depth, tokens }: Tokens.Heading) {
      const level = Math.min(6, depth + 2) // the page itself uses levels 1 and 2
      return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>`
    },
    codespan: ({ text }: Tokens.Codespan) => html`<code>${insertLineBreaks(text)}</code>`.html,
    code: ({ lang, text }: Tokens.Code) => renderCodeBlock(lang, text).html,
    table ({ header, rows }: Tokens.Table) {
      const row = (cells: readonly Tokens.TableCell[], tag: 'th' | 'td'): string =>
        `<tr>${
          cells.map(({ tokens }) =>
            `<${tag}${tag === 'th' ? ' scope="col"' : ''}>${this.parser.parseInline(tokens)}</${tag}>`
          ).join('')
        }</tr>`
      return `<div class="scroll" tabindex="0"><table><thead>${row(header, 'th')}</thead><tbody>${rows.map(cells => row(cells, 'td')).join('')}</tbody></table></div>`
    }
  }
})

/**
 * Renders CommonMark with tables as HTML. Tags are shown as text. Links may be relative, `http:`, `https:` or
 * `mailto:`.
 */
export function renderMarkdown (markdown: string): Html {
  return { html: marked.parse(markdown, { async: false }) }
}

/** Renders a code block. It can be focused, so that it can be scrolled by keyboard. */
export function renderCodeBlock (language: string | undefined, text: string): Html {
  return html`<pre tabindex="0"><code>${highlight(language, text)}</code></pre>`
}

function isSafeLink (href: string): boolean {
  return URL.canParse(href, 'https://localhost') && protocols.has(new URL(href, 'https://localhost').protocol)
}
