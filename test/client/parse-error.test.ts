/** `parseError` reads any response and never rejects. */
import Fastify from 'fastify'
import apiErrors, { serverOptions, standardErrors, type FormatName, type Issue, type StandardCode } from 'fastify-api-errors'
import { isResponseError, parseError, ResponseError, type BodyFacts, type ResponseIssue } from 'fastify-api-errors/client'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { getDefaultRetryAfter } from '../../lib/catalog/error-headers.js'

/** The members that each format sends in addition to status and message. */
const sentBy: Readonly<Record<FormatName, { readonly code: boolean, readonly meta: boolean, readonly issues: 'all' | 'none' | ((issue: Issue) => string) }>> = {
  code: { code: true, meta: true, issues: 'all' },
  typed: { code: true, meta: false, issues: 'none' },
  summary: { code: false, meta: false, issues: issue => issue.message },
  message: { code: false, meta: false, issues: issue => `The ${issue.field} field ${issue.message}.` },
  error: { code: true, meta: false, issues: 'all' },
  problem: { code: true, meta: true, issues: 'all' }
}

/** Starts a server that sends the example of the code on `/:code`, with the issues that are set. */
async function serve (t: Test, format: FormatName) {
  const app = Fastify(serverOptions({ forceCloseConnections: true }))
  const issues: { current: readonly Issue[] | undefined } = { current: undefined }
  t.teardown(() => app.close())
  await app.register(apiErrors, { format, log: false })
  app.get<{ Params: { code: StandardCode } }>('/:code', async request => {
    const factory = standardErrors[request.params.code]
    throw factory({ ...factory.example as object, ...(issues.current !== undefined && { issues: issues.current }) })
  })
  return { issues, url: await app.listen({ host: '127.0.0.1', port: 0 }) }
}

for (const [format, { code: hasCode, meta: hasMeta, issues: hasIssues }] of Object.entries(sentBy) as Array<[FormatName, (typeof sentBy)[FormatName]]>) {
  t.test(`parseError() reads every code in the format '${format}'`, async t => {
    const { url } = await serve(t, format)
    for (const [code, { status, message, meta, example }] of Object.entries(standardErrors)) {
      if (status === 407) {
        await t.rejects(fetch(`${url}/${code}`), 'fetch hides this status from its caller (Fetch standard, section 4.6)')
        continue
      }
      const response = await fetch(`${url}/${code}`)
      const body = await response.clone().json() as unknown
      const error = await parseError<typeof standardErrors>(response)
      const issues = example.issues ?? []
      const retryAfter = response.headers.get('retry-after')
      t.equal(error.message, message)
      t.strictSame({ ...error }, {
        name: 'ResponseError',
        code: hasCode ? code : undefined,
        status,
        issues: hasIssues === 'all'
          ? issues
          : hasIssues === 'none' ? [] : issues.map(issue => ({ field: issue.field, message: hasIssues(issue) })),
        meta: hasMeta && meta !== undefined ? example.meta : undefined,
        requestId: response.headers.get('x-request-id'),
        retryAfter: retryAfter === null ? undefined : Number(retryAfter),
        body
      }, code)
      t.equal(error.retryAfter !== undefined, getDefaultRetryAfter({ code, status }) !== undefined)
    }
  })

  t.test(`parseError() reads any fields in the format '${format}'`, async t => {
    const { url, issues } = await serve(t, format)
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
    const issue = fc.record({ in: fc.constant('body' as const), field: text, pointer: text.map(name => `/${name}`), code: fc.constant('pattern'), message: text })
    await fc.assert(fc.asyncProperty(fc.uniqueArray(issue, { minLength: 1, maxLength: 5, selector: ({ field }) => field }), async sent => {
      issues.current = sent
      const error = await parseError(await fetch(`${url}/validation_error`))
      const expected: readonly ResponseIssue[] = hasIssues === 'all'
        ? sent
        : hasIssues === 'none' ? [] : sent.map(issue => ({ field: issue.field, message: hasIssues(issue) }))
      t.strictSame(new Set(error.issues.map(sorted)), new Set(expected.map(sorted)))
    }), { numRuns: 50 })
  })
}

/** Returns an issue as a string that does not depend on the order of its members. */
function sorted (issue: ResponseIssue): string {
  return JSON.stringify(Object.entries(issue).sort(([a], [b]) => a < b ? -1 : 1))
}

/** @default a status of 400, no issues, and undefined for the rest */
interface Expected {
  readonly status?: number
  readonly message: string
  readonly code?: string
  readonly issues?: readonly ResponseIssue[]
  readonly meta?: unknown
  readonly requestId?: string
  readonly retryAfter?: number
}

const problem = { 'content-type': 'application/problem+json' }
const cases: ReadonlyArray<readonly [name: string, response: Response, expected: Expected]> = [
  ['a problem of another API, RFC 9457, section 3', json(403, {
    type: 'https://shop.example/problems/balance', title: 'The balance is too low.', detail: 'You have 3 credits, and this costs 5.', instance: '/orders/7', balance: 3
  }, problem), { status: 403, message: 'You have 3 credits, and this costs 5.' }],
  ['a problem with errors, RFC 9457, section 3', json(422, {
    type: 'https://shop.example/problems/fields', title: 'Some fields are wrong.', errors: [{ detail: 'must be 1 or more', pointer: '#/amount' }, { detail: 'must be red', pointer: '#/paint/color' }]
  }, problem), {
    status: 422,
    message: 'Some fields are wrong.',
    issues: [{ field: 'amount', pointer: '/amount', message: 'must be 1 or more' }, { field: 'paint.color', pointer: '/paint/color', message: 'must be red' }]
  }],
  ['a problem of ASP.NET', json(400, { title: 'Some fields are wrong.', status: 400, errors: { Name: ['Too short.', 'Not a name.'], Age: 'Too young.' } }, problem), {
    message: 'Some fields are wrong.',
    issues: [{ field: 'Name', message: 'Too short.' }, { field: 'Name', message: 'Not a name.' }, { field: 'Age', message: 'Too young.' }]
  }],
  ['a problem without a title', json(400, { type: 'about:blank' }, problem), { message: 'HTTP 400' }],
  ['an error of Fastify itself', json(404, { statusCode: 404, error: 'Not Found', message: 'Route GET:/a not found' }), { status: 404, message: 'Route GET:/a not found' }],
  ['an error with a custom code', json(400, { code: 'FST_ERR_VALIDATION', error: 'Bad Request', message: 'No.' }), { code: 'FST_ERR_VALIDATION', message: 'No.' }],
  ['an error of OAuth', json(401, { error: 'invalid_token', error_description: 'Expired.' }, {}, 'Unauthorized'), { status: 401, code: 'invalid_token', message: 'HTTP 401 Unauthorized' }],
  ['parts of other types', json(400, { code: 7, message: { text: 'No.' }, details: [7, null, {}, { message: 'Lost.' }, { field: 'a' }, { field: 'b', message: 'No.', code: 7 }], request_id: 7 }), {
    message: 'HTTP 400', issues: [{ field: 'b', message: 'No.' }]
  }],
  ['pointers that are not fragments', json(400, { details: [{ pointer: '#/%zz', message: 'No.' }, { pointer: '', message: 'All of it.' }, { pointer: 7, field: 'c', message: 'No.' }] }), {
    message: 'HTTP 400',
    issues: [{ field: '%zz', pointer: '/%zz', message: 'No.' }, { field: '', pointer: '', message: 'All of it.' }, { field: 'c', message: 'No.' }]
  }],
  ['fields without reasons', json(400, { errors: { a: [7, '', null], b: 7 } }), { message: 'HTTP 400' }],
  ['errors that are a string', json(400, { errors: 'No.' }), { message: 'HTTP 400' }],
  ['a list', json(400, [1]), { message: 'HTTP 400' }],
  ['null', json(400, null), { message: 'HTTP 400' }],
  ['the page of a proxy', new Response('<h1>Bad Gateway</h1>', { status: 502, statusText: 'Bad Gateway' }), { status: 502, message: 'HTTP 502 Bad Gateway' }],
  ['invalid JSON', new Response('{"message":', { status: 400, headers: { 'x-request-id': 'req_1' } }), { message: 'HTTP 400', requestId: 'req_1' }],
  ['no body', new Response(null, { status: 503, headers: { 'retry-after': '7' } }), { status: 503, message: 'HTTP 503', retryAfter: 7 }],
  ['a body that stops halfway', new Response(new ReadableStream({ pull: controller => { controller.error(new Error('reset')) } }), { status: 500 }), { status: 500, message: 'HTTP 500' }],
  ['the request id of the body, if both have one', json(400, { request_id: 'req_body' }, { 'x-request-id': 'req_header' }), { message: 'HTTP 400', requestId: 'req_body' }],
  ['seconds in meta, because a browser hides the header', json(429, { meta: { retry_after: 30 } }), { status: 429, message: 'HTTP 429', meta: { retry_after: 30 }, retryAfter: 30 }],
  ['seconds in meta that are not a number', json(429, { meta: { retry_after: '30' } }), { status: 429, message: 'HTTP 429', meta: { retry_after: '30' } }],
  ['negative seconds in meta', json(429, { meta: { retry_after: -1 } }), { status: 429, message: 'HTTP 429', meta: { retry_after: -1 } }]
]

function json (status: number, body: unknown, headers: Record<string, string> = {}, statusText = ''): Response {
  return new Response(JSON.stringify(body), { status, statusText, headers: { 'content-type': 'application/json', ...headers } })
}

for (const [name, response, { status = 400, message, code, issues = [], meta, requestId, retryAfter }] of cases) {
  t.test(name, async t => {
    const body: unknown = await response.clone().text().then(text => { try { return JSON.parse(text) } catch { return text } }, () => undefined)
    const error = await parseError(response)
    t.equal(error.message, message)
    t.strictSame({ ...error }, { name: 'ResponseError', code, status, issues, meta, requestId, retryAfter, body })
  })
}

t.test('Retry-After can be a number of seconds or a date', async t => {
  const retryAfter = async (headers: Record<string, string>): Promise<number | undefined> => (await parseError(new Response('', { status: 503, headers }))).retryAfter
  const date = 'Sun, 06 Nov 1994 08:49:37 GMT'
  t.equal(await retryAfter({ 'retry-after': '120' }), 120)
  t.equal(await retryAfter({ 'retry-after': '0' }), 0)
  t.equal(await retryAfter({ 'retry-after': ' 5 ' }), 5)
  t.equal(await retryAfter({ 'retry-after': date, date: 'Sun, 06 Nov 1994 08:49:07 GMT' }), 30, 'compared with the clock of the server')
  t.equal(await retryAfter({ 'retry-after': date, date: 'Sun, 06 Nov 1994 08:50:07 GMT' }), 0, 'a date that has passed')
  t.equal(await retryAfter({ 'retry-after': date }), 0)
  const soon = await retryAfter({ 'retry-after': new Date(Date.now() + 60_000).toUTCString() })
  t.ok(soon !== undefined && soon > 30 && soon <= 60, 'compared with the clock of the client, if the server sends no date')
  for (const old of ['Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994']) {
    t.equal(await retryAfter({ 'retry-after': old, date: 'Sun, 06 Nov 1994 08:49:07 GMT' }), 30, 'the obsolete forms of RFC 9110, section 5.6.7')
  }
  for (const wrong of ['soon', 'Soon', '-1', '1.5', '1e3', '2030-01-01', '']) t.equal(await retryAfter({ 'retry-after': wrong }), undefined, wrong)
})

t.test('parseError() accepts a response that was already read, with its body', async t => {
  const response = json(409, { code: 'resource_conflict', message: 'No.' }, { 'x-request-id': 'req_1' })
  const body: unknown = await response.json()
  t.match(await parseError(response, body), { code: 'resource_conflict', message: 'No.', status: 409, requestId: 'req_1', body })
  t.match(await parseError(response), { code: undefined, message: 'HTTP 409', status: 409, requestId: 'req_1', body: undefined }, 'without a Retry-After header')
})

t.test('a reader also receives the headers', async t => {
  const read = (_body: unknown, headers: Headers): Partial<BodyFacts> => ({ code: headers.get('x-amzn-errortype') ?? undefined, requestId: headers.get('x-amzn-requestid') ?? undefined })
  t.match(await parseError(json(400, { message: 'No.' }, { 'x-amzn-errortype': 'ThrottlingException', 'x-amzn-requestid': 'req_7' }), { read }), { code: 'ThrottlingException', message: 'No.', requestId: 'req_7' })
})

t.test('a reader reads the body of another format', async t => {
  const read = (body: unknown): Partial<BodyFacts> | undefined => {
    const { Fault } = body as { readonly Fault?: { readonly Id: string, readonly Text: string, readonly Fields: readonly string[] } }
    return Fault && { code: Fault.Id, message: Fault.Text, issues: Fault.Fields.map(field => ({ field, message: 'is wrong' })) }
  }
  const fault = { Fault: { Id: 'E17', Text: 'Out of stock.', Fields: ['sku'] } }
  t.match(await parseError(json(409, fault, { 'x-request-id': 'req_1' }), undefined, { read }), {
    code: 'E17', message: 'Out of stock.', status: 409, issues: [{ field: 'sku', message: 'is wrong' }], requestId: 'req_1', body: fault
  })
  t.match(await parseError(json(409, { code: 'resource_conflict', message: 'No.' }), undefined, { read }), { code: 'resource_conflict', message: 'No.' }, 'a body that it does not know')
  t.match(await parseError(json(409, fault), { read, maxSize: 1000 }), { code: 'E17', status: 409 }, 'options instead of a body')
  t.match(await parseError(json(409, fault), { read, maxSize: 5 }), { code: undefined, status: 409 }, 'its limits apply too')
  t.match(await parseError(new Response('null', { status: 502 }), undefined, { read }), { code: undefined, message: 'HTTP 502', status: 502 }, 'a reader that throws')
})

t.test('parseError() returns an error for any body', async t => {
  await fc.assert(fc.asyncProperty(fc.integer({ min: 400, max: 599 }), fc.oneof(fc.json(), fc.string()), async (status, body) => {
    const error = await parseError(new Response(body, { status }))
    t.equal(error.status, status)
    t.ok(error.message.length > 0)
    t.ok(error.issues.every(({ field, message }) => typeof field === 'string' && message !== ''))
  }), { numRuns: 300 })
})

t.test('parseError() returns an error for a body with any members', async t => {
  const value = fc.jsonValue({ maxDepth: 3 })
  const body = fc.record({
    code: value,
    error: value,
    message: value,
    detail: value,
    title: value,
    summary: value,
    details: value,
    errors: value,
    validation_errors: value,
    meta: value,
    request_id: value,
    requestId: value
  }, { requiredKeys: [] })
  await fc.assert(fc.asyncProperty(body, async body => {
    const error = await parseError(json(400, body))
    t.ok(error.message.length > 0 && error.issues.every(({ field, message }) => typeof field === 'string' && message !== ''))
  }), { numRuns: 300 })
})

t.test('for a body that never ends, the error has only the status', async t => {
  const pending = new Response(new ReadableStream({ start (controller) { controller.enqueue(new TextEncoder().encode('{"code":')) } }), { status: 404, headers: { 'x-request-id': 'req_1' } })
  const start = performance.now()
  t.match(await parseError(pending), { code: undefined, message: 'HTTP 404', status: 404, requestId: 'req_1', body: undefined })
  const duration = performance.now() - start
  t.ok(duration >= 1990, 'after 2 seconds, the default')
  const other = new Response(new ReadableStream({}), { status: 500 })
  t.match(await parseError(other, undefined, { timeout: 10 }), { status: 500, body: undefined })
})

t.test('for a body that is too large, the error has only the status, and the rest of the body is not read', async t => {
  let sent = 0
  let cancelled = false
  const endless = (): Response => new Response(new ReadableStream({
    pull (controller) { sent += 65_536; controller.enqueue(new Uint8Array(65_536).fill(32)) },
    cancel () { cancelled = true }
  }), { status: 502 })
  t.match(await parseError(endless()), { message: 'HTTP 502', status: 502, body: undefined })
  t.ok(sent > 1_048_576 && sent < 1_300_000, '1 MiB is the default')
  t.ok(cancelled)
  const exact = new Response('{"code":"a"}', { status: 400 })
  t.match(await parseError(exact.clone(), undefined, { maxSize: 12 }), { code: 'a' })
  t.match(await parseError(exact, undefined, { maxSize: 11 }), { code: undefined, body: undefined })
})

t.test('parseError() rejects a value that is not a response, such as a promise', async t => {
  const message = (received: string): string => `parseError: response: expected a Response, got ${received}. Is await missing?`
  for (const [value, received] of [
    [Promise.resolve(new Response()), '[object Promise]'],
    [undefined, 'undefined'],
    [null, 'null'],
    [{ status: 500, headers: {} }, '[object Object]'],
    [new TypeError('fetch failed'), 'TypeError: fetch failed']
  ] as const) await t.rejects(parseError(value as unknown as Response, {}), new TypeError(message(received)))
})

t.test('parseError() accepts the response of another fetch implementation', async t => {
  const response = (text: () => Promise<string>): Response => ({ status: 400, statusText: '', headers: new Headers(), bodyUsed: false, body: { pipe () {} }, text }) as unknown as Response
  t.match(await parseError(response(async () => '{"code":"a"}')), { code: 'a', status: 400 })
  t.match(await parseError(response(async () => { throw new Error('reset') })), { code: undefined, status: 400 })
  t.match(await parseError(response(async () => await new Promise(() => {})), undefined, { timeout: 10 }), { code: undefined, status: 400 })
  const locked = json(400, { code: 'a' })
  locked.body?.getReader()
  t.match(await parseError(locked), { code: undefined, status: 400, body: undefined }, 'other code is reading it')
})

t.test('isResponseError() recognizes errors of this copy and another copy of the package, and no other values', async t => {
  const error = await parseError(json(400, {}))
  t.ok(isResponseError(error))
  t.ok(error instanceof ResponseError && error instanceof Error)
  t.ok(isResponseError({ [Symbol.for('fastify-api-errors.ResponseError')]: true }))
  const hostile = new Proxy({}, { get: () => { throw new Error('no') } })
  for (const other of [null, undefined, 'x', 7, {}, new Error('x'), standardErrors.forbidden(), hostile]) t.notOk(isResponseError(other))
})
