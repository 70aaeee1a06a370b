import { Marked, type Tokens } from 'marked'
import { highlight } from './highlight.js'
import { escapeHtml, html, type Html } from './escape-html.js'

/** Where a link of a description may lead. What a browser would run is not among them. */
const protocols: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:'])

const marked = new Marked({
  // Tags are text, and so is an address in a sentence: a value must not become a link by itself.
  tokenizer: { html: () => undefined, tag: () => undefined, url: () => undefined },
  renderer: {
    image: ({ text }: Tokens.Image) => escapeHtml(text),
    link ({ href, tokens }: Tokens.Link) {
      const text = this.parser.parseInline(tokens)
      return isSafe(href) ? html`<a href="${href}">${{ html: text }}</a>`.html : text
    },
    heading ({ depth, tokens }: Tokens.Heading) {
      const level = Math.min(6, depth + 2) // the page itself has the levels 1 and 2
      return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>`
    },
    code: ({ lang, text }: Tokens.Code) => html`<pre tabindex="0"><code>${highlight(lang, text)}</code></pre>`.html,
    table ({ header, rows }: Tokens.Table) {
      const row = (cells: readonly Tokens.TableCell[], tag: 'th' | 'td'): string =>
        `<tr>${cells.map(({ tokens }) => `<${tag}${tag === 'th' ? ' scope="col"' : ''}>${this.parser.parseInline(tokens)}</${tag}>`).join('')}</tr>`
      return `<div class="scroll" tabindex="0"><table><thead>${row(header, 'th')}</thead><tbody>${rows.map(cells => row(cells, 'td')).join('')}</tbody></table></div>`
    }
  }
})

/** CommonMark with tables as HTML. Tags in it are shown as text, and links lead to the web, to a mailbox or to a page beside. */
export function renderMarkdown (markdown: string): Html {
  return { html: marked.parse(markdown, { async: false }) }
}

function isSafe (href: string): boolean {
  return URL.canParse(href, 'https://localhost') && protocols.has(new URL(href, 'https://localhost').protocol)
}
