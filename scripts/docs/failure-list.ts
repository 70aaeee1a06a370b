/** Lists every failure that the tests cause, for docs/failures.md, docs/failures.json and docs/failures.html. */
import { standardErrors, type StandardCode } from '../../lib/catalog/standard-errors.js'
import { html } from '../../lib/reference/render/escape-html.js'
import { readAssets } from '../../lib/reference/render/assets.js'
import { clientErrors } from '../../lib/server/malformed-http.js'
import { fastifyErrors } from '../../lib/translate/fastify-errors.js'
import { throwables } from '../../test/helpers/throwables.js'
import { databaseFailureList } from './databases.js'
import { failureList } from './failures.js'
import { table } from './table.js'

/** A failure that the tests cause. */
export interface TestedFailure {
  /** What fails: a database and its driver, a client, a plugin. */
  readonly source: string
  /** The page about the source. */
  readonly page: string
  readonly what: string
  /** The code of the response. Absent if the response is not from the catalog. */
  readonly code?: StandardCode
  /** What the client gets if the response is not from the catalog. */
  readonly outcome?: string
  /** The message of the response, if an option sets it. */
  readonly message?: string
}

/** Returns all failures: of the application, of Fastify and Node, and of databases, clients and plugins. */
export function listFailures (): TestedFailure[] {
  const page = 'edge-cases.md'
  return [
    ...Object.entries(throwables).map(([name, { code = 'internal_error' }]) => ({
      source: 'your code',
      page,
      what: `A handler throws ${name}.`,
      code
    })),
    ...Object.entries(fastifyErrors).map(([what, { code }]) => ({ source: 'Fastify', page, what, code })),
    ...Object.entries(clientErrors).map(([what, code]) => ({ source: 'Node', page, what, code })),
    ...databaseFailureList,
    ...failureList
  ]
}

/** Returns the table of docs/failures.md: each source with the number of its failures and the responses to them. */
export function summarizeFailures (): string {
  const bySource = new Map<string, TestedFailure[]>()
  for (const failure of listFailures()) bySource.set(failure.source, [...bySource.get(failure.source) ?? [], failure])
  return table(
    ['source', 'failures', 'responses', 'page'],
    [...bySource].map(([source, failures]) => {
      const responses = [
        ...new Set(failures.map(({ code, outcome }) =>
          code === undefined ? `${outcome}` : `${standardErrors[code].status} \`${code}\``
        ))
      ].sort()
      const [{ page }] = failures as [TestedFailure]
      return [source, String(failures.length), responses.join(', '), `[${page}](${page})`]
    })
  )
}

/** Returns docs/failures.json: one row for each failure. */
export function writeFailuresJson (): string {
  const rows = listFailures().map(({ source, what, code, outcome, message }) =>
    JSON.stringify({
      source,
      what,
      status: code === undefined ? null : standardErrors[code].status,
      code: code ?? null,
      ...(outcome !== undefined && { outcome }),
      ...(message !== undefined && { message })
    })
  )
  return `[\n  ${rows.join(',\n  ')}\n]\n`
}

/**
 * Returns docs/failures.html: a table of all failures with a search. It looks like the error reference and needs no
 * other file.
 */
export function writeFailuresHtml (): string {
  const style = readAssets().find(({ name }) => name === 'style.css')?.content ?? ''
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Tested failures</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<style>@STYLE@</style>
</head>
<body>
<main id="main">
<h1>Tested failures</h1>
<p class="lead">All failures that the tests cause, each with its response.</p>
<form class="filter" role="search" hidden>
<p><label for="search">Search</label> <input id="search" type="search" autocomplete="off" spellcheck="false" placeholder="Source, failure, status or code"></p>
<output for="search"></output>
</form>
<table>
<thead><tr><th scope="col">Source</th><th scope="col">What happens</th><th scope="col">Response</th></tr></thead>
<tbody>
${
    listFailures().map(({ source, what, code, outcome }) =>
      html`<tr><td>${source}</td><td>${what}</td><td>${code === undefined ? outcome : html`${standardErrors[code].status} <code>${code}</code>`}</td></tr>
`
    )
  }</tbody>
</table>
</main>
<script>@SCRIPT@</script>
</body>
</html>
`.html
  return page.replace('@STYLE@', () => style).replace('@SCRIPT@', () => script)
}

const script = `
const form = document.querySelector('.filter')
const rows = [...document.querySelectorAll('tbody tr')].map(element => ({ element, text: element.textContent.toLowerCase() }))
function filterRows () {
  const words = form.querySelector('input').value.toLowerCase().split(/\\s+/)
  let shown = 0
  for (const { element, text } of rows) {
    element.hidden = !words.every(word => text.includes(word))
    if (!element.hidden) shown++
  }
  form.querySelector('output').textContent = shown + ' of ' + rows.length + ' failures'
}
form.hidden = false
form.addEventListener('input', filterRows)
form.addEventListener('submit', event => { event.preventDefault() })
filterRows()
`
