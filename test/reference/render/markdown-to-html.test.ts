/** Converts the Markdown of authors to safe HTML. */
import t from 'tap'
import { renderMarkdown } from '../../../lib/reference/render/markdown-to-html.js'

const shown = (markdown: string): string => renderMarkdown(markdown).html.trim()

t.test('a description in CommonMark becomes HTML', async t => {
  t.equal(shown('The `id` is *wrong*: see [queues](/docs#queues).'), '<p>The <code>id</code> is <em>wrong</em>: see <a href="/docs#queues">queues</a>.</p>')
})

t.test('a link is relative, http:, https: or mailto:; only the text of any other link is kept', async t => {
  t.equal(shown('[a](https://example.com/?a=1&b=2)'), '<p><a href="https://example.com/?a=1&#38;b=2">a</a></p>')
  t.equal(shown('[a](mailto:help@example.com)'), '<p><a href="mailto:help@example.com">a</a></p>')
  t.equal(shown('[**a**](javascript:alert(1))'), '<p><strong>a</strong></p>')
  t.equal(shown('[a](data:text/html,x)'), '<p>a</p>')
  t.equal(shown('[a](<http://[>)'), '<p>a</p>')
  t.equal(shown('[a](<" onclick="x>)'), '<p><a href="&#34; onclick=&#34;x">a</a></p>')
})

t.test('a bare URL does not become a link', async t => {
  t.equal(shown('See https://example.com.'), '<p>See https://example.com.</p>')
})

t.test('tags and images are text', async t => {
  t.equal(shown('a <b>b</b>'), '<p>a &lt;b&gt;b&lt;/b&gt;</p>')
  t.equal(shown('<script>alert(1)</script>'), '<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>')
  t.equal(shown('a <script> b <! c'), '<p>a &lt;script&gt; b &lt;! c</p>')
  t.equal(shown('![a <b>](https://example.com/a.png)'), '<p>a &#60;b&#62;</p>')
})

t.test('headings are below those of the page', async t => {
  t.equal(shown('# One *x*'), '<h3>One <em>x</em></h3>')
  t.equal(shown('##### Five'), '<h6>Five</h6>')
})

t.test('blocks that can be wider than the page can be reached by keyboard', async t => {
  t.equal(shown('```sh\na < b\n```'), '<pre tabindex="0"><code>a &#60; b</code></pre>')
  t.equal(shown('| a |\n| --- |\n| `b` |'), '<div class="scroll" tabindex="0"><table><thead><tr><th scope="col">a</th></tr></thead><tbody><tr><td><code>b</code></td></tr></tbody></table></div>')
})
