/** The highlighted parts of an example. */
import { strictEqual } from 'node:assert'
import fc from 'fast-check'
import t from 'tap'
import { highlight } from '../../../lib/reference/render/highlight.js'
import { escapeHtml } from '../../../lib/reference/render/escape-html.js'

t.test('a response: its status, the names of its headers, and the parts of its JSON', async t => {
  const response = 'HTTP/1.1 404 Not Found\ncontent-type: a: b\n\n{\n  "code": "<x>",\n  "n": -1.5,\n  "ok": true\n}'
  t.equal(highlight('http', response).html, `<span class="hl-status">HTTP/1.1 404 Not Found</span>
<span class="hl-name">content-type</span>: a: b

{
  <span class="hl-name">&#34;code&#34;</span>: <span class="hl-string">&#34;&#60;x&#62;&#34;</span>,
  <span class="hl-name">&#34;n&#34;</span>: <span class="hl-value">-1.5</span>,
  <span class="hl-name">&#34;ok&#34;</span>: <span class="hl-value">true</span>
}`)
})

t.test('every other language is unchanged', async t => {
  t.equal(highlight('sh', 'a < "b"').html, 'a &#60; &#34;b&#34;')
  t.equal(highlight(undefined, 'a: b').html, 'a: b')
})

t.test('no part of a response is lost or left unescaped', async () => {
  fc.assert(fc.property(fc.json({ maxDepth: 3 }), fc.string(), (body, value) => {
    const text = `HTTP/1.1 200 OK\nname: ${value.replaceAll('\n', ' ')}\n\n${JSON.stringify(JSON.parse(body), null, 2)}`
    strictEqual(highlight('http', text).html.replace(/<\/?span[^>]*>/g, ''), escapeHtml(text))
  }))
})
