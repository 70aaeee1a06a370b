/** The template tag that builds HTML. */
import t from 'tap'
import { insertLineBreaks, escapeHtml, html } from '../../../lib/reference/render/escape-html.js'

t.test('values are escaped, also in attributes', async t => {
  t.equal(html`<a title="${'"&<\'>'}">${1}</a>`.html, '<a title="&#34;&#38;&#60;&#39;&#62;">1</a>')
  t.equal(escapeHtml('a'), 'a')
})

t.test('HTML in HTML is kept, and undefined adds nothing', async t => {
  t.equal(html`<ul>${['<', '>'].map(text => html`<li>${text}</li>`)}${undefined}</ul>${html`<hr>`}`.html, '<ul><li>&#60;</li><li>&#62;</li></ul><hr>')
})

t.test('a line may break before a segment of a path, and after a separator of another name', async t => {
  const mark = (name: string): string => html`${insertLineBreaks(name)}`.html
  t.equal(mark('POST /queue-entries/{queue_id}/entries'), 'POST /queue-entries<wbr>/{queue_id}<wbr>/entries')
  t.equal(mark('application/problem+json'), 'application<wbr>/problem+json')
  t.equal(mark('https://example.com/errors'), 'https:<wbr>//example.com<wbr>/errors')
  t.equal(mark('unsupported_media_type'), 'unsupported_<wbr>media_<wbr>type')
  t.equal(mark('details[].meta<'), 'details[].<wbr>meta&#60;')
})
