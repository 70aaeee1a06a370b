/** The parts that every page of the reference has. */
import t from 'tap'
import { html } from '../../../lib/reference/render/escape-html.js'
import { renderLayout } from '../../../lib/reference/render/layout.js'
import type { Reference } from '../../../lib/reference/create-reference.js'
import { site } from '../site.js'

const reference = { title: 'Errors', branding: {} } as unknown as Reference

t.test('a page has its head, a link to its content, and the content', async t => {
  t.equal(renderLayout(reference, site, { title: 'Gone <1>', description: 'A resource is gone.', main: html`<h1>Gone</h1>` }), `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Gone &#60;1&#62;</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="A resource is gone.">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="/errors/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/errors/style.css">
<script defer src="/errors/script.js"></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<main id="main" tabindex="-1"><h1>Gone</h1>
</main>
</body>
</html>
`)
})

t.test('the logo and the links of an application are at the top, and the support is at the bottom', async t => {
  const page = renderLayout(
    { ...reference, branding: { logo: '/logo.svg', support: 'https://example.com/help' }, changelog: { version: 1, entries: [] } } as unknown as Reference,
    { ...site, live: '/errors/live' },
    { title: 'Gone', description: 'A resource is gone.', forms: { markdown: '/errors/gone.md', alternates: [{ name: 'JSON', href: '/errors/gone.json' }] }, main: html`` }
  )
  t.match(page, `<header class="top"><a href="/errors"><img src="/logo.svg" alt="Errors"></a><nav aria-label="Links"><a href="/errors/live">Live errors</a><a href="/errors/changelog">Changes</a><a href="https://example.com/help">Contact support</a></nav></header>
<main`)
  t.match(page, '<footer><p>Do you need help? <a href="https://example.com/help">Contact support</a> with the id of the request. Each error response has it.</p><p>This page as <a href="/errors/gone.json">JSON</a> </p></footer>')
  t.match(page, '<link rel="alternate" type="text/markdown" href="/errors/gone.md">')
})
