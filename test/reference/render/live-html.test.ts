/** The page with the errors that the API sends, in HTML. */
import Fastify from 'fastify'
import t from 'tap'
import apiErrors from 'fastify-api-errors'
import type { LiveError } from '../../../lib/reference/live-error-types.js'
import { liveHtml } from '../../../lib/reference/render/live-html.js'
import { site } from '../site.js'

const app = Fastify()
await app.register(apiErrors, { log: false })
await app.ready()
const reference = app.apiErrors.reference()
t.teardown(() => app.close())

/** The texts of the cells of the only row, with spaces between the words. */
function cellsOf (error: LiveError): string[] {
  const [, row = ''] = /<tbody>(.*?)<\/tbody>/s.exec(liveHtml(reference, [error], site)) ?? []
  return [...row.matchAll(/<td>(.*?)<\/td>/gs)].map(([, cell = '']) => cell.replace(/<wbr>/g, '').replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ').trim())
}

const sent: LiveError = {
  route: 'GET /queues/:id', status: 410, code: 'resource_gone', count: 2, documented: true, recent: [{ requestId: 'req_1', at: 0 }], reasons: [{ text: 'Declared.' }, { text: 'Thrown at src/a.ts:1.', url: 'vscode://file/a.ts:1' }]
}

t.test('a row shows the route, the error, the count, the last requests and the reasons', t => {
  t.strictSame(cellsOf(sent), ['GET /queues/{id}', '410 resource_gone', '2 times last 00:00:00 UTC', 'req_1 00:00:00 UTC', 'Declared. Thrown at src/a.ts:1.'])
  t.match(liveHtml(reference, [sent], site), '<a href="vscode://file/a.ts:1">')
  t.end()
})

t.test('an undocumented error without recorded requests has a hint about how to document it', t => {
  t.strictSame(cellsOf({ ...sent, count: 1, documented: false, recent: [], reasons: [] }), [
    'GET /queues/{id}', '410 resource_gone Undocumented', '1 time', '', 'Add the code to config.errors of the route, or run npx fastify-api-errors infer --write .'
  ])
  t.end()
})

t.test('a response can have no route, no code, or a code of another catalog', t => {
  t.strictSame(cellsOf({ ...sent, route: null, reasons: [] })[0], 'No route')
  t.strictSame(cellsOf({ ...sent, code: null, reasons: [] }).slice(1, 2), ['410 body of a handler'])
  t.strictSame(cellsOf({ ...sent, code: 'other' }).slice(1, 2), ['410 other'])
  t.notMatch(liveHtml(reference, [{ ...sent, code: 'other' }], site), '/errors/other')
  t.end()
})

t.test('without errors, the page says so', t => {
  t.match(liveHtml(reference, [], site), /<p class="nothing">No errors have been sent yet\.<\/p>/)
  t.end()
})
