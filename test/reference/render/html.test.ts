/** The pages of the reference in HTML. */
import t from 'tap'
import { indexHtml, pageHtml } from '../../../lib/reference/render/html.js'
import type { ReferenceCode } from '../../../lib/reference/create-reference.js'
import { build } from '../app.js'
import { site } from '../site.js'

const app = await build()
t.teardown(() => app.close())
await app.ready()
const reference = app.apiErrors.reference()
const page = reference.codes.find(({ code }) => code === 'already_in_queue') as ReferenceCode

t.test('a page loads only its own files', async t => {
  for (const text of [indexHtml(reference, site), pageHtml(reference, page, site)]) {
    t.strictSame([...text.matchAll(/<(?:link rel="(?!alternate)|script)[^>]* (?:href|src)="([^"]*)"/g)].map(([, url]) => url), ['/errors/icon.svg', '/errors/style.css', '/errors/script.js'])
    t.notMatch(text, / style=| on\w+=|<script(?! defer src=)/, 'the content security policy forbids inline styles and scripts')
  }
})

t.test('text of the catalog is escaped', async t => {
  const hostile = '<script>alert(1)</script>'
  const text = pageHtml(reference, { ...page, title: hostile, message: hostile, description: hostile, action: hostile, type: hostile }, site)
  t.notMatch(text, '<script>')
  t.match(text, '&#60;script&#62;alert(1)&#60;/script&#62;', 'in text that is not Markdown')
  t.match(text, '&lt;script&gt;alert(1)&lt;/script&gt;', 'in Markdown')
})

t.test('a page links to the other codes of its status', async t => {
  const text = pageHtml(reference, page, site)
  t.match(text, '<h2 id="siblings">Other codes with status 409</h2>')
  t.match(text, '<a href="/errors/resource_conflict"><code>resource_<wbr>conflict</code></a>')
  t.notMatch(pageHtml({ ...reference, codes: [page] }, page, site), 'siblings')
})

t.test('the index lists each code once', async t => {
  const text = indexHtml(reference, site)
  const links = [...text.matchAll(/<li data-status="\d+"><a href="\/errors\/([^"]*)">/g)].map(([, code]) => code)
  t.strictSame(links.sort(), reference.codes.map(({ code }) => code).sort())
})

t.test('the logo and the support link of an application', async t => {
  t.notMatch(indexHtml(reference, site), '<header class="top">')
  const text = pageHtml({ ...reference, branding: { logo: '/logo.svg', support: 'mailto:help@example.com' } }, page, site)
  t.match(text, '<header class="top"><a href="/errors"><img src="/logo.svg" alt="Errors of the Queue API"></a><nav aria-label="Links"><a href="mailto:help@example.com">Contact support</a></nav></header>')
  t.match(text, '<footer><p>Do you need help? <a href="mailto:help@example.com">Contact support</a> with the id of the request. Each error response has it.</p>')
  t.match(pageHtml({ ...reference, branding: { logo: '/logo.svg' } }, page, site), '<header class="top"><a href="/errors"><img src="/logo.svg" alt="Errors of the Queue API"></a></header>')
})

t.test('a request is shown in several languages, the first one without a script', async t => {
  const text = pageHtml(reference, page, site)
  t.strictSame([...text.matchAll(/<input type="radio" name="language" id="(.*?)" value="(.*?)"( checked)?><label for="(.*?)">(.*?)<\/label>/g)].map(match => match.slice(1)), [
    ['language-curl', 'curl', ' checked', 'language-curl', 'curl'],
    ['language-fetch', 'fetch', undefined, 'language-fetch', 'JavaScript'],
    ['language-python', 'python', undefined, 'language-python', 'Python']
  ])
  t.strictSame([...text.matchAll(/<div class="tab"><h3>(.*?)<\/h3>/g)].map(([, name]) => name), ['curl', 'JavaScript', 'Python'])
})
