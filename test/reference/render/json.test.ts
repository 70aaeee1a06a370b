/** The pages of the reference in JSON. */
import t from 'tap'
import { changelogJson, indexJson, pageJson } from '../../../lib/reference/render/json.js'
import type { ReferenceCode } from '../../../lib/reference/create-reference.js'
import { build } from '../app.js'
import { site } from '../site.js'

const app = await build()
t.teardown(() => app.close())
await app.ready()
const reference = app.apiErrors.reference()

t.test('a page is the code of the reference, with its URL and its command', async t => {
  const page = reference.codes.find(({ code }) => code === 'route_not_found') as ReferenceCode
  t.strictSame(JSON.parse(pageJson(page, site)), JSON.parse(JSON.stringify({
    ...page,
    url: '/errors/route_not_found',
    curl: "curl -i 'https://api.example.com/no-such-route'",
    fetch: `import { parseError, withRetry } from 'fastify-api-errors/client'

const response = await withRetry(fetch)('https://api.example.com/no-such-route')
if (!response.ok) {
  const { status, code, message } = await parseError(response)
  console.log(status, code, message)
}`,
    python: `from urllib.error import HTTPError
from urllib.request import Request, urlopen

request = Request(
    'https://api.example.com/no-such-route',
)
try:
    urlopen(request)
except HTTPError as error:
    print(error.status, error.read().decode())`
  })))
})

t.test('a page without a request has no command', async t => {
  const page = reference.codes.find(({ code }) => code === 'internal_error') as ReferenceCode
  t.strictSame(JSON.parse(pageJson(page, site)), JSON.parse(JSON.stringify({ ...page, routes: page.routes.map(route => route.replace(':id', '{id}')), url: '/errors/internal_error' })))
})

t.test('the index has the formats, the limits and the main facts of each code', async t => {
  t.strictSame(JSON.parse(indexJson(reference, site)), JSON.parse(JSON.stringify({
    title: 'Errors of the Queue API',
    formats: [{
      name: 'code',
      contentType: 'application/json',
      fields: reference.formats[0]?.fields
    }],
    limits: reference.limits,
    codes: reference.codes.map(({ code, title, status, type, message, retry }) => ({ code, title, status, type, message, retry, url: `/errors/${code}` }))
  })))
})

t.test('the index has the support link and the URL of the changes, and the changes are data', async t => {
  const changelog = { version: 1, entries: [{ date: '2030-01-31', changes: [{ severity: 'fine', subject: 'queue_full', explanation: 'the code is new.' }] }] } as const
  t.match(JSON.parse(indexJson({ ...reference, branding: { support: 'https://example.com/help' }, changelog }, site)), { support: 'https://example.com/help', changelog: '/errors/changelog' })
  t.strictSame(JSON.parse(changelogJson(changelog)), changelog)
})
