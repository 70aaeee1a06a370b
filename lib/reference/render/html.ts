/** Writes the index and the pages of the reference in HTML. */
import { html, type Html } from './escape-html.js'
import { groupCodes, introduction, isInUse } from './index-groups.js'
import { renderMarkdown } from './markdown-to-html.js'
import type { Reference, ReferenceCode } from '../create-reference.js'
import { retryTexts, createSections, type Section } from './sections.js'
import type { Site } from './site.js'

/** Returns the index in HTML. The script adds a search and a filter. All content is readable without it. */
export function indexHtml (reference: Reference, site: Site): string {
  const { used, reserved } = groupCodes(reference)
  return renderLayout(site, {
    title: reference.title,
    description: introduction.lead,
    alternates: site.alternates(),
    markdown: site.markdown(),
    main: html`
<h1>${reference.title}</h1>
<p class="lead">${introduction.lead}</p>
<form class="filter" role="search" hidden>
<p><label for="search">Search</label> <input id="search" type="search" autocomplete="off" spellcheck="false" placeholder="Code, message or status"></p>
<p><label for="status">Status</label> <select id="status">
<option value="">All</option>
<option value="4">4xx: client errors</option>
<option value="5">5xx: server errors</option>
${listStatuses(reference).map(({ status, phrase }) => html`<option value="${status}">${status} ${phrase}</option>\n`)}</select></p>
<output for="search status"></output>
</form>
<div class="columns">
<nav class="contents" aria-label="Contents"><ul>
${used.map(({ status, phrase }) => html`<li><a href="#${status}"><b>${status}</b> <span>${phrase}</span></a></li>\n`)}${
reserved.length === 0 ? undefined : html`<li><a href="#not-in-use">Not in use</a></li>\n`}</ul></nav>
<div>
${used.map(({ status, phrase, codes }) => html`<section class="group" aria-labelledby="${status}">
<h2 id="${status}">${status} ${phrase}</h2>
${renderList(codes, site)}</section>
`)}${reserved.length === 0
  ? undefined
  : html`<section class="group reserved" aria-labelledby="not-in-use">
<h2 id="not-in-use">Not in use</h2>
<p>${introduction.reserved}</p>
${renderList(reserved, site, true)}</section>
`}<p class="nothing" hidden>No code matches.</p>
</div>
</div>`
  })
}

/** Returns the page of a code in HTML. */
export function pageHtml (reference: Reference, page: ReferenceCode, site: Site): string {
  const sections = createSections(reference, page, site)
  const siblings = reference.codes.filter(({ status, code }) => status === page.status && code !== page.code)
  return renderLayout(site, {
    title: `${page.code}: ${page.title}`,
    description: page.message,
    alternates: site.alternates(page.code),
    markdown: site.markdown(page.code),
    main: html`
<nav class="trail" aria-label="Breadcrumb"><a href="${site.index}">${reference.title}</a> <span aria-hidden="true">/</span> <a href="${site.index}#${isInUse(page) ? page.status : 'not-in-use'}">${page.status} ${page.phrase}</a></nav>
<header class="about">
<h1>${page.title}</h1>
<p class="facts"><code class="name">${page.code}</code> <span class="pill s${getStatusClass(page)}">${page.status} ${page.phrase}</span> <span class="pill">${page.type}</span> <span class="pill">${retryTexts[page.retry].short}</span></p>
<p class="lead">${page.message}</p>
</header>
<div class="page">
<div>${sections.filter(({ beside }) => !beside).map(renderSection)}</div>
<div class="beside">${sections.filter(({ beside }) => beside).map(renderSection)}</div>
</div>
${siblings.length === 0
  ? undefined
  : html`<nav class="siblings" aria-labelledby="siblings"><h2 id="siblings">Other codes with status ${page.status}</h2>
${renderList(siblings, site)}</nav>`}`
  })
}

function renderList (codes: readonly ReferenceCode[], site: Site, showStatus = false): Html {
  return html`<ul class="codes">
${codes.map(page => html`<li data-status="${page.status}"><a href="${site.page(page.code)}"><code>${page.code}</code></a>${showStatus ? html` <span class="pill s${getStatusClass(page)}">${page.status}</span>` : undefined}
<span class="message">${page.message}</span>${page.retry === 'never' ? undefined : html` <span class="pill">${retryTexts[page.retry].short}</span>`}</li>
`)}</ul>
`
}

function renderSection ({ id, title, markdown }: Section): Html {
  return html`
<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${renderMarkdown(markdown)}</section>`
}

function listStatuses ({ codes }: Reference): ReferenceCode[] {
  return codes.filter(({ status }, index) => codes[index - 1]?.status !== status)
}

function getStatusClass ({ status }: ReferenceCode): number {
  return Math.floor(status / 100)
}

function renderLayout (site: Site, { title, description, alternates, markdown, main }: {
  readonly title: string
  readonly description: string
  readonly alternates: ReturnType<Site['alternates']>
  readonly markdown: string
  readonly main: Html
}): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="${description}">
<meta name="color-scheme" content="light dark">
<link rel="alternate" type="text/markdown" href="${markdown}">
<link rel="icon" href="${site.asset('icon.svg')}" type="image/svg+xml">
<link rel="stylesheet" href="${site.asset('style.css')}">
<script type="module" src="${site.asset('script.js')}"></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<main id="main" tabindex="-1">${main}
</main>
<footer><p>${alternates.length === 0
  ? html`This page is also available as Markdown or JSON: send <code>Accept: text/markdown</code> or <code>Accept: application/json</code>.`
  : html`This page as ${alternates.map(({ name, href }) => html`<a href="${href}">${name}</a> `)}`}</p></footer>
</body>
</html>
`.html
}
