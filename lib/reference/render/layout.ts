/** The layout of the pages in HTML. */
import { html, type Html } from './escape-html.js'
import { introduction } from './index-groups.js'
import type { Reference } from '../create-reference.js'
import type { Site } from './site.js'

/** The URLs of a page in other forms. */
type PageForms = Pick<Site['changelog'], 'markdown' | 'alternates'>

/** Returns a whole page: its head, the links at its top, its content, and its footer. */
export function renderLayout (
  reference: Reference,
  site: Site,
  { title, description, forms, scripts = ['script.js'], main }: {
    readonly title: string,
    readonly description: string,
    /** The other forms of the page. @default it has none */
    readonly forms?: PageForms,
    /** The scripts that the page loads. @default those of the reference pages */
    readonly scripts?: readonly string[],
    readonly main: Html
  }
): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="${description}">
<meta name="color-scheme" content="light dark">
${
    forms && html`<link rel="alternate" type="text/markdown" href="${forms.markdown}">
`
  }<link rel="icon" href="${site.asset('icon.svg')}" type="image/svg+xml">
<link rel="stylesheet" href="${site.asset('style.css')}">
${
    scripts.map(script =>
      html`<script defer src="${site.asset(script)}"></script>
`
    )
  }</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
${renderTop(reference, site)}<main id="main" tabindex="-1">${main}
</main>
${renderFooter(reference, forms)}</body>
</html>
`.html
}

/** Renders the logo and the links of the application. */
function renderTop ({ title, branding: { logo, support }, changelog }: Reference, site: Site): Html | undefined {
  const links = [
    ...(site.live === undefined ? [] : [html`<a href="${site.live}">${introduction.live}</a>`]),
    ...(changelog === undefined ? [] : [html`<a href="${site.changelog.page}">${introduction.changelog}</a>`]),
    ...(support === undefined ? [] : [html`<a href="${support}">${introduction.support}</a>`])
  ]
  if (logo === undefined && links.length === 0) return undefined
  const image = logo === undefined
    ? undefined
    : html`<a href="${site.index}"><img src="${site.resolve(logo)}" alt="${title}"></a>`
  const nav = links.length === 0 ? undefined : html`<nav aria-label="Links">${links}</nav>`
  return html`<header class="top">${image}${nav}</header>\n`
}

function renderFooter ({ branding: { support } }: Reference, forms: PageForms | undefined): Html | undefined {
  if (support === undefined && forms === undefined) return undefined
  const help = support === undefined
    ? undefined
    : html`<p>Do you need help? <a href="${support}">${introduction.support}</a> with the id of the request. Each error response has it.</p>`
  return html`<footer>${help}${forms && renderForms(forms)}</footer>\n`
}

function renderForms ({ alternates }: PageForms): Html {
  return html`<p>${
    alternates.length === 0
      ? html`This page is also available as Markdown or JSON: send <code>Accept: text/markdown</code> or <code>Accept: application/json</code>.`
      : html`This page as ${alternates.map(({ name, href }) => html`<a href="${href}">${name}</a> `)}`
  }</p>`
}
