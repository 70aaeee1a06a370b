/** Runs the cases of each Fastify plugin and compares complete responses. */
import { gunzipSync } from 'node:zlib'
import compress from '@fastify/compress'
import Fastify from 'fastify'
import t from 'tap'
import apiErrors, { serverOptions, standardErrors } from '../../lib/index.js'
import type { CatalogResponse, OwnResponse } from './case.js'
import { pluginCases } from './cases.js'
import { shouldRetry } from '../helpers/http.js'

function expected (response: CatalogResponse | OwnResponse): unknown {
  if ('status' in response) return { ...response, headers: sorted(response.headers) }
  const { code, status, message } = standardErrors[response.code]
  const body = JSON.stringify({ code, message: response.message ?? message, request_id: 'req_1', meta: response.meta })
  return {
    status,
    headers: sorted({
      'cache-control': 'no-store',
      'content-length': String(Buffer.byteLength(body)),
      'content-type': 'application/json; charset=utf-8',
      'x-request-id': 'req_1',
      'x-should-retry': shouldRetry(status, code),
      ...response.headers
    }),
    body
  }
}

function sorted (headers: object): object {
  return Object.fromEntries(Object.entries(headers).sort(([a], [b]) => a < b ? -1 : 1))
}

for (const [plugin, cases] of Object.entries(pluginCases)) {
  t.test(`@fastify/${plugin}`, async t => {
    for (const { what, setup, request, response: wanted } of cases) {
      t.test(`${what} ${'code' in wanted ? wanted.code : wanted.status}`, async t => {
        const app = Fastify(serverOptions({ genReqId: () => 'req_1' }))
        t.teardown(() => app.close())
        await app.register(apiErrors)
        await setup(app)
        await app.ready()
        const response = await app.inject({ url: '/', ...typeof request === 'function' ? await request(app) : request })
        const { date, connection, ...headers } = response.headers
        t.strictSame({ status: response.statusCode, headers: sorted(headers), body: response.body }, expected(wanted))
      })
    }
  })
}

t.test('@fastify/compress compresses a large error like any other response', async t => {
  const app = Fastify(serverOptions({ genReqId: () => 'req_1' }))
  t.teardown(() => app.close())
  await app.register(apiErrors)
  await app.register(compress)
  const message = 'No queue has this id. '.repeat(100)
  app.get('/', async () => { throw standardErrors.resource_not_found({ message }) })
  const response = await app.inject({ url: '/', headers: { 'accept-encoding': 'gzip' } })
  const { date, connection, ...headers } = response.headers
  t.strictSame({ status: response.statusCode, headers, body: gunzipSync(response.rawPayload).toString() }, {
    status: 404,
    headers: {
      'cache-control': 'no-store',
      'content-encoding': 'gzip',
      'content-length': String(response.rawPayload.length),
      'content-type': 'application/json; charset=utf-8',
      vary: 'accept-encoding',
      'x-request-id': 'req_1',
      'x-should-retry': 'false'
    },
    body: JSON.stringify({ code: 'resource_not_found', message, request_id: 'req_1' })
  })
})

t.test('a 416 of another plugin keeps a well-formed Content-Range, and no other header', async t => {
  const app = Fastify(serverOptions())
  t.teardown(() => app.close())
  await app.register(apiErrors)
  app.get('/:range', async ({ params }) => {
    const { range } = params as { range: string }
    throw Object.assign(new Error('Range Not Satisfiable'), { statusCode: 416, headers: { 'Content-Range': range, 'X-Path': '/srv' } })
  })
  for (const [range, told] of [['bytes */7', 'bytes */7'], ['/srv/files', undefined]]) {
    const { statusCode, headers } = await app.inject(`/${encodeURIComponent(range!)}`)
    t.match({ statusCode, range: headers['content-range'], path: headers['x-path'] }, { statusCode: 416, range: told, path: undefined })
  }
})
