/** Writes the index and the pages of the reference in HTML. */
import { insertLineBreaks, html, type Html } from './escape-html.js'
import { groupCodes, introduction, isInUse } from './index-groups.js'
import { renderCodeBlock, renderMarkdown } from './markdown-to-html.js'
import { createChangelogSections } from './changelog-sections.js'
import type { Reference, ReferenceCode } from '../create-reference.js'
import type { Sample } from '../requests/list-samples.js'
import { renderLayout } from './layout.js'
import { retryTexts, createFieldsTables, createSections, type Section } from './page-sections.js'
import type { Site } from './site.js'

/** Returns the index in HTML. The script adds a search and a filter. All content is readable without it. */
export function indexHtml (reference: Reference, site: Site): string {
  const { used, reserved } = groupCodes(reference)
  return renderLayout(reference, site, {
    title: reference.title,
    description: introduction.lead,
    forms: { markdown: site.markdown(), alternates: site.alternates() },
    main: html`
<h1>${reference.title}</h1>
<p class="lead">${introduction.lead}</p>
<form class="filter" role="search" hidden>
<p><label for="search">Search</label> <input id="search" type="search" autocomplete="off" spellcheck="false" placeholder="Code, message or status"></p>
<p><label for="status">Status</label> <select id="status">
<option value="">All</option>
<option value="4">4xx: client errors</option>
<option value="5">5xx: server errors</option>
${
      listStatuses(reference).map(({ status, phrase }) =>
        html`<option value="${status}">${status} ${phrase}</option>\n`
      )
    }</select></p>
<output for="search status"></output>
</form>
<div class="columns">
<nav class="contents" aria-label="Contents"><ul>
${used.map(({ status, phrase }) => html`<li><a href="#${status}"><b>${status}</b> <span>${phrase}</span></a></li>\n`)}${reserved.length === 0 ? undefined : html`<li><a href="#not-in-use">Not in use</a></li>\n`}<li><a href="#fields">${introduction.fields}</a></li>
</ul></nav>
<div>
${
      used.map(({ status, phrase, codes }) =>
        html`<section class="group" aria-labelledby="${status}">
<h2 id="${status}">${status} ${phrase}</h2>
${renderList(codes, site)}</section>
`
      )
    }${
      reserved.length === 0
        ? undefined
        : html`<section class="group reserved" aria-labelledby="not-in-use">
<h2 id="not-in-use">Not in use</h2>
<p>${introduction.reserved}</p>
${renderList(reserved, site, true)}</section>
`
    }<p class="nothing" hidden>No code matches.</p>
<section aria-labelledby="fields">
<h2 id="fields">${introduction.fields}</h2>
${renderMarkdown(createFieldsTables(reference.formats))}</section>
</div>
</div>`
  })
}

/** Returns the page of a code in HTML. */
export function pageHtml (reference: Reference, page: ReferenceCode, site: Site): string {
  const sections = createSections(reference, page, site)
  const siblings = reference.codes.filter(({ status, code }) => status === page.status && code !== page.code)
  const renderPlace = (place: Section['place']): Html =>
    html`<div class="${place}">${sections.filter(section => section.place === place).map(renderSection)}</div>\n`
  return renderLayout(reference, site, {
    title: `${page.code}: ${page.title}`,
    description: page.message,
    forms: { markdown: site.markdown(page.code), alternates: site.alternates(page.code) },
    main: html`
<nav class="trail" aria-label="Breadcrumb"><a href="${site.index}">${reference.title}</a> <span aria-hidden="true">/</span> <a href="${site.index}#${isInUse(page) ? page.status : 'not-in-use'}">${page.status} ${page.phrase}</a></nav>
<header class="about">
<h1>${page.title}</h1>
<p class="facts"><code class="name">${insertLineBreaks(page.code)}</code> <span class="pill s${getStatusClass(page)}">${page.status} ${page.phrase}</span> <span class="pill">${insertLineBreaks(page.type)}</span> <span class="pill">${retryTexts[page.retry].short}</span>${renderDeprecated(page)}</p>
<p class="lead">${page.message}</p>
</header>
<div class="page">
${renderPlace('first')}${renderPlace('beside')}${renderPlace('last')}</div>
${
      siblings.length === 0
        ? undefined
        : html`<nav class="siblings" aria-labelledby="siblings"><h2 id="siblings">Other codes with status ${page.status}</h2>
${renderList(siblings, site)}</nav>`
    }`
  })
}

/** Returns the page with the changes in HTML. */
export function changelogHtml (reference: Reference, site: Site): string {
  return renderLayout(reference, site, {
    title: `${introduction.changelog}: ${reference.title}`,
    description: introduction.changelog,
    forms: site.changelog,
    main: html`
<nav class="trail" aria-label="Breadcrumb"><a href="${site.index}">${reference.title}</a></nav>
<header class="about">
<h1>${introduction.changelog}</h1>
<p class="lead">${introduction.changes}</p>
</header>
${createChangelogSections(reference, site).map(section => renderSection({ ...section, samples: [] }))}`
  })
}

function renderList (codes: readonly ReferenceCode[], site: Site, showStatus = false): Html {
  return html`<ul class="codes">
${
    codes.map(page =>
      html`<li data-status="${page.status}"><a href="${site.page(page.code)}"><code>${insertLineBreaks(page.code)}</code></a>${showStatus ? html` <span class="pill s${getStatusClass(page)}">${page.status}</span>` : undefined}
<span class="message">${page.message}</span>${renderDeprecated(page)}${page.retry === 'never' ? undefined : html` <span class="pill">${retryTexts[page.retry].short}</span>`}</li>
`
    )
  }</ul>
`
}

function renderDeprecated ({ deprecated }: ReferenceCode): Html | undefined {
  return deprecated === undefined ? undefined : html` <span class="pill deprecated">Deprecated</span>`
}

function renderSection ({ id, title, markdown, samples }: Omit<Section, 'place'>): Html {
  return html`
<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${samples.length === 0 ? undefined : renderSamples(samples)}${renderMarkdown(markdown)}</section>`
}

/** Renders a request in several languages. Radio buttons choose the language without a script. */
function renderSamples (samples: readonly Sample[]): Html {
  return html`<fieldset class="tabs"><legend>Language</legend>
${
    samples.map(({ key, name }, index) =>
      html`<input type="radio" name="language" id="language-${key}" value="${key}"${index === 0 ? html` checked` : undefined}><label for="language-${key}">${name}</label>
`
    )
  }${
    samples.map(({ name, language, text }) =>
      html`<div class="tab"><h3>${name}</h3>${renderCodeBlock(language, text)}</div>
`
    )
  }</fieldset>
`
}

function listStatuses ({ codes }: Reference): ReferenceCode[] {
  return codes.filter(({ status }, index) => codes[index - 1]?.status !== status)
}

function getStatusClass ({ status }: Pick<ReferenceCode, 'status'>): number {
  return Math.floor(status / 100)
}
