/** The template tag that builds HTML. */
import t from 'tap'
import { escapeHtml, html } from '../../../lib/reference/render/escape-html.js'

t.test('values are escaped, also in attributes', async t => {
  t.equal(html`<a title="${'"&<\'>'}">${1}</a>`.html, '<a title="&#34;&#38;&#60;&#39;&#62;">1</a>')
  t.equal(escapeHtml('a'), 'a')
})

t.test('HTML in HTML is kept, and undefined adds nothing', async t => {
  t.equal(html`<ul>${['<', '>'].map(text => html`<li>${text}</li>`)}${undefined}</ul>${html`<hr>`}`.html, '<ul><li>&#60;</li><li>&#62;</li></ul><hr>')
})
