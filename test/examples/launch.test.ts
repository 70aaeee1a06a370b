import { setTimeout as wait } from 'node:timers/promises'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { FastifyInstance } from 'fastify'
import { formats, standardErrors, type ErrorStatus, type FormatName } from 'fastify-api-errors'
import t from 'tap'
import { createApp } from '../../examples/launch/app.js'
import { errorHeaders } from '../../lib/catalog/headers.js'
import { demoCases, signIn, type DemoCase, type DemoRequest } from '../../examples/launch/cases.js'

/** Every error of the example, provoked over HTTP and held against the document that the example serves. */

interface Operation { readonly responses: Record<string, { readonly $ref?: string }> }
interface Response {
  readonly headers: Record<string, unknown>
  readonly content: Record<string, { readonly schema: object }>
}
interface Document {
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { readonly responses: Record<string, Response> }
}

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

/** The documented response of a route for a status; undefined where no route has the path. */
function documented (document: Document, { method = 'GET', path }: DemoRequest, status: number): Response | undefined {
  const plain = path.replace(/\?.*/, '')
  for (const [template, operations] of Object.entries(document.paths)) {
    if (!new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(plain)) continue
    const response = operations[method.toLowerCase()]?.responses[status]
    if (response === undefined) return undefined
    return response.$ref === undefined ? response as unknown as Response : document.components.responses[response.$ref.split('/').at(-1) as string]
  }
  return undefined
}

const withoutRoute = new Set(['route_not_found', 'method_not_allowed'])
const codeField: Readonly<Partial<Record<FormatName, string>>> = { code: 'code', typed: 'code', error: 'error', problem: 'code' }

for (const format of Object.keys(formats) as FormatName[]) {
  t.test(`the format '${format}'`, async t => {
    const app: FastifyInstance = await createApp({ format })
    t.teardown(() => app.close())
    const url = await app.listen({ port: 0, host: '127.0.0.1' })
    const document = await documentOf(url)
    const ajv = new Ajv2020({ strict: false, allErrors: true })
    addFormats.default(ajv)
    ajv.addSchema(document, 'document')

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

        const described = documented(document, demo.request, demo.status)
        if (withoutRoute.has(demo.code)) {
          t.equal(described, undefined, 'an answer without a route is on no route')
          return
        }
        t.ok(described, 'the document has the answer')
        const { headers, content } = described as Response
        for (const { name, on } of errorHeaders) {
          if (!on({ code: demo.code, status: demo.status as ErrorStatus })) continue
          t.ok(response.headers.has(name), `${name} is sent`)
          t.ok(Object.hasOwn(headers, name), `${name} is documented`)
        }
        const media = content[formats[format].contentType] as { schema: { $ref?: string } }
        const schema = media.schema.$ref === undefined ? media.schema : { $ref: `document${media.schema.$ref}` }
        const validate = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/').replaceAll('documentdocument', 'document')))
        t.ok(validate(body), JSON.stringify(validate.errors))
      })
    }

    t.same(app.apiErrors.ledger().filter(entry => !entry.documented), [], 'nothing was answered that is not documented')
  })
}

t.test('the cases reach every standard code of the statuses that an API answers every day, and both of the example', async t => {
  const everyDay = [400, 401, 403, 404, 405, 409, 422, 429, 500, 502, 503, 504]
  const expected = Object.values(standardErrors).filter(({ status }) => everyDay.includes(status)).map(({ code }) => code)
  const reached = new Set(demoCases.map(({ code }) => code))
  t.same([...expected, 'already_in_queue', 'already_registered'].filter(code => !reached.has(code)), [])
})
