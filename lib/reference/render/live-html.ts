/** Writes the page with the errors that the API sends while it runs, in HTML. */
import { insertLineBreaks, html, type Html } from './escape-html.js'
import { introduction } from './index-groups.js'
import { renderLayout } from './layout.js'
import { toPathTemplate } from '../operation-urls.js'
import type { Reference } from '../create-reference.js'
import type { LiveError } from '../live-error-types.js'
import type { Site } from './site.js'

/** Returns the page in HTML. The script loads it again and replaces the rows that changed. */
export function liveHtml (reference: Reference, errors: readonly LiveError[], site: Site): string {
  const known = new Set(reference.codes.map(({ code }) => code))
  return renderLayout(reference, site, {
    title: `${introduction.live}: ${reference.title}`,
    description: introduction.live,
    scripts: ['live.js'],
    main: html`
<nav class="trail" aria-label="Breadcrumb"><a href="${site.index}">${reference.title}</a></nav>
<header class="about">
<h1>${introduction.live}</h1>
<p class="lead">The errors that this process has sent since it started, by route and code. Search for the id of a request to find its error.</p>
</header>
<form class="filter live-filter" role="search" hidden>
<p><label for="search">Search</label> <input id="search" type="search" autocomplete="off" spellcheck="false" placeholder="Route, code or request id"></p>
<p><label for="status">Status</label> <select id="status">
<option value="">All</option>
<option value="4">4xx: client errors</option>
<option value="5">5xx: server errors</option>
</select></p>
<p><label for="documented">Documentation</label> <select id="documented">
<option value="">All</option>
<option value="false">Undocumented</option>
<option value="true">Documented</option>
</select></p>
<p><label for="sort">Order</label> <select id="sort">
<option value="last">Last sent</option>
<option value="count">Count</option>
<option value="route">Route</option>
</select></p>
<output for="search status documented"></output>
</form>
<p class="state" role="status"></p>
<div class="scroll" tabindex="0"><table class="live">
<thead><tr><th scope="col">Route</th><th scope="col">Error</th><th scope="col">Sent</th><th scope="col">Last requests</th><th scope="col">Reason</th></tr></thead>
<tbody>
${errors.map(error => renderRow(error, known, site))}</tbody>
</table></div>
<p class="nothing"${errors.length === 0 ? undefined : html` hidden`}>${errors.length === 0 ? 'No errors have been sent yet.' : 'No error matches.'}</p>`
  })
}

function renderRow (
  { route, status, code, count, documented, recent, reasons }: LiveError,
  known: ReadonlySet<string>,
  site: Site
): Html {
  const last = recent[0]?.at
  return html`<tr data-key="${JSON.stringify([route, status, code])}" data-status="${status}" data-documented="${String(documented)}" data-count="${count}" data-last="${last ?? 0}" data-route="${route ?? ''}">
<td>${route === null ? 'No route' : html`<code>${insertLineBreaks(toPathTemplate(route))}</code>`}</td>
<td><span class="pill s${Math.floor(status / 100)}">${status}</span> ${renderCode(code, known, site)}${documented ? undefined : html` <span class="pill undocumented">Undocumented</span>`}</td>
<td><b>${count}</b> ${count === 1 ? 'time' : 'times'}${last === undefined ? undefined : html`<br>last ${renderTime(last)}`}</td>
<td>${
    recent.length === 0
      ? undefined
      : html`<ul>${recent.map(({ requestId, at }) => html`<li><code>${insertLineBreaks(requestId)}</code> ${renderTime(at)}</li>`)}</ul>`
  }</td>
<td>${renderReasons(reasons, documented)}</td>
</tr>
`
}

function renderCode (code: string | null, known: ReadonlySet<string>, site: Site): Html {
  if (code === null) return html`<span>body of a handler</span>`
  const name = html`<code>${insertLineBreaks(code)}</code>`
  return known.has(code) ? html`<a href="${site.page(code)}">${name}</a>` : name
}

/** Renders a time in UTC. The script shows it in the time zone of the browser. */
function renderTime (milliseconds: number): Html {
  const iso = new Date(milliseconds).toISOString()
  return html`<time datetime="${iso}">${iso.slice(11, 19)} UTC</time>`
}

function renderReasons (reasons: LiveError['reasons'], documented: boolean): Html | undefined {
  if (reasons.length === 0) {
    return documented
      ? undefined
      : html`Add the code to <code>config.errors</code> of the route, or run <code>npx fastify-api-errors infer --write</code>.`
  }
  return html`<ul>${
    reasons.map(({ text, url }) =>
      html`<li>${url === undefined ? text : html`<a href="${url}">${insertLineBreaks(text)}</a>`}</li>`
    )
  }</ul>`
}
