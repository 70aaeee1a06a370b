/** The failures of the example, in every format. */
import { setTimeout as wait } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { formats, standardErrors, type FormatName } from 'fastify-api-errors'
import t from 'tap'
import { createApp } from '../../examples/launch/app.js'
import { demoCases, signIn, type DemoCase, type DemoRequest } from '../../examples/launch/cases.js'
import { shouldRetry } from '../helpers/http.js'
import { createContract, type Document } from './conformance.js'

/** Every error of the example, caused over HTTP and compared with the document that the example serves. */

const documentOf = async (url: string): Promise<Document> => await (await fetch(`${url}/docs/json`)).json() as Document

async function send (url: string, { method = 'GET', path, headers = {}, body }: DemoRequest): Promise<globalThis.Response> {
  return await fetch(url + path, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) })
  })
}

async function provoke (url: string, { before = [], signIn: session, request, times = 1 }: DemoCase): Promise<globalThis.Response> {
  for (const earlier of before) await send(url, earlier)
  let headers = request.headers
  if (session !== undefined) {
    const { token } = await (await send(url, signIn(session.lifetime))).json() as { token: string }
    headers = { ...headers, authorization: `Bearer ${token}` }
    await wait(session.wait * 1000)
  }
  let response = await send(url, { ...request, ...(headers !== undefined && { headers }) })
  for (let sent = 1; sent < times; sent++) response = await send(url, { ...request, ...(headers !== undefined && { headers }) })
  return response
}

/** Returns the route of a request, as the document names it. `undefined` if there is none. */
function routeOf (document: Document, { method = 'GET', path }: DemoRequest): string | undefined {
  const plain = path.replace(/\?.*/, '')
  const [template] = Object.entries(document.paths).find(([template, operations]) =>
    method.toLowerCase() in operations && new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(plain)) ?? []
  return template === undefined ? undefined : `${method} ${template}`
}

const withoutRoute = new Set(['route_not_found', 'method_not_allowed'])
const codeField: Readonly<Partial<Record<FormatName, string>>> = { code: 'code', typed: 'code', error: 'error', problem: 'code' }

for (const format of Object.keys(formats) as FormatName[]) {
  t.test(`the format '${format}'`, async t => {
    const app: FastifyInstance = await createApp({ format })
    t.teardown(() => app.close())
    const url = await app.listen({ port: 0, host: '127.0.0.1' })
    const document = await documentOf(url)
    const { faultsOf } = createContract(document)

    for (const demo of demoCases) {
      await t.test(`${demo.status} ${demo.code}: ${demo.what}`, async t => {
        const response = await provoke(url, demo)
        const body = await response.json() as Record<string, unknown>
        t.equal(response.status, demo.status)
        const field = codeField[format]
        if (field !== undefined) t.equal(body[field], demo.code)
        const contentType = format === 'problem' ? 'application/problem+json' : 'application/json; charset=utf-8'
        t.equal(response.headers.get('content-type'), contentType)
        t.equal(response.headers.get('cache-control'), 'no-store')
        t.match(response.headers.get('x-request-id'), /^req_[\w-]{20}$/)
        t.equal(response.headers.get('x-should-retry'), shouldRetry(demo.status, demo.code))

        const route = routeOf(document, demo.request)
        if (withoutRoute.has(demo.code)) t.equal(route, undefined, 'a response without a route is not counted for any route')
        else t.strictSame(faultsOf(route as string, { status: response.status, headers: response.headers, body }), [], 'it is as documented')
      })
    }

    t.same(app.apiErrors.ledger().filter(entry => !entry.documented), [], 'every response was documented')
  })
}

t.test('the cases include every standard code of the common statuses, and both codes of the example', async t => {
  const everyDay = [400, 401, 403, 404, 405, 409, 422, 429, 500, 502, 503, 504]
  // The schema of the example requires the idempotency key, and an order is finished before the same one can arrive again.
  const unused = ['idempotency_key_missing', 'idempotency_in_progress']
  const expected = Object.values(standardErrors).filter(({ status, code }) => everyDay.includes(status) && !unused.includes(code)).map(({ code }) => code)
  const reached = new Set(demoCases.map(({ code }) => code))
  t.same([...expected, 'already_in_queue', 'already_registered'].filter(code => !reached.has(code)), [])
})
