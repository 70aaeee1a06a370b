/** The pages of the reference in JSON. */
import t from 'tap'
import { indexJson, pageJson } from '../../../lib/reference/render/json.js'
import type { ReferenceCode } from '../../../lib/reference/create-reference.js'
import { build } from '../app.js'

const site = { origin: 'https://api.example.com', index: '/errors', page: (code: string) => `/errors/${code}`, markdown: (code = 'index') => `/errors/${code}.md`, asset: (name: string) => name, alternates: () => [] }
const app = await build()
t.teardown(() => app.close())
await app.ready()
const reference = app.apiErrors.reference()

t.test('a page is the code of the reference, with its URL and its command', async t => {
  const page = reference.codes.find(({ code }) => code === 'route_not_found') as ReferenceCode
  t.strictSame(JSON.parse(pageJson(page, site)), JSON.parse(JSON.stringify({
    ...page, url: '/errors/route_not_found', curl: "curl -i 'https://api.example.com/no-such-route'"
  })))
})

t.test('a page without a request has no command', async t => {
  const page = reference.codes.find(({ code }) => code === 'internal_error') as ReferenceCode
  t.strictSame(JSON.parse(pageJson(page, site)), JSON.parse(JSON.stringify({ ...page, url: '/errors/internal_error' })))
})

t.test('the index has the formats, the limits and the main facts of each code', async t => {
  t.strictSame(JSON.parse(indexJson(reference, site)), JSON.parse(JSON.stringify({
    title: 'Errors of the Queue API',
    formats: [{ name: 'code', contentType: 'application/json' }],
    limits: reference.limits,
    codes: reference.codes.map(({ code, title, status, type, message, retry }) => ({ code, title, status, type, message, retry, url: `/errors/${code}` }))
  })))
})
