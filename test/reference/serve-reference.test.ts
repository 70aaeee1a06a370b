/** The reference pages over HTTP: forms, headers, caching, and what they contain. */
import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import apiErrors, { defineErrors, serverOptions, standardErrors, type ReferenceOptions } from 'fastify-api-errors'
import { serveReference } from '../../lib/reference/serve-reference.js'
import { build } from './app.js'

const policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** Sends a GET, and returns the response without the date and the connection. */
async function get (app: FastifyInstance, url: string, headers: Record<string, string> = {}): Promise<{ status: number, headers: Record<string, unknown>, body: string }> {
  const { statusCode, headers: { date, connection, ...rest }, body } = await app.inject({ url, headers })
  return { status: statusCode, headers: rest, body }
}

/** Builds a small API with one route, which uses few of the standard codes. */
async function small (): Promise<FastifyInstance> {
  const app = Fastify(serverOptions())
  await app.register(apiErrors, { reference: { path: '/errors' }, log: false })
  app.get('/queues/:id', async () => 'ok')
  return app
}

t.test('the page of a code is served as Markdown', async t => {
  const response = await get(await small(), '/errors/resource_not_found', { accept: 'text/markdown', host: 'api.example.com' })
  const { etag } = response.headers
  t.match(etag, /^W\/"[\w-]{22}"$/)
  t.strictSame(response, {
    status: 200,
    headers: {
      'content-type': 'text/markdown; charset=utf-8',
      'content-length': String(response.body.length),
      'content-security-policy': policy,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-cache',
      vary: 'accept',
      etag
    },
    body: `# Resource not found

\`resource_not_found\`, status 404 Not Found, type \`not_found_error\`

> The resource does not exist.

## When it happens

No resource has this id. It was never created, was deleted, or is not visible to the client.

## What to do

Check the id.

## Retry

**Do not retry.** The same request fails again unless something changes.

## Example response

\`\`\`http
HTTP/1.1 404 Not Found
content-type: application/json; charset=utf-8
x-request-id: req_4mXq1VbE0s6RkYt2
cache-control: no-store
x-should-retry: false

{
  "code": "resource_not_found",
  "message": "The resource does not exist.",
  "request_id": "req_4mXq1VbE0s6RkYt2",
  "doc_url": "/errors/resource_not_found"
}
\`\`\`

## Try it

### curl

\`\`\`sh
curl -i 'http://api.example.com/queues/no-such-id'
\`\`\`

### JavaScript

\`\`\`js
import { parseError, withRetry } from 'fastify-api-errors/client'

const response = await withRetry(fetch)('http://api.example.com/queues/no-such-id')
if (!response.ok) {
  const { status, code, message } = await parseError(response)
  console.log(status, code, message)
}
\`\`\`

### Python

\`\`\`python
from urllib.error import HTTPError
from urllib.request import Request, urlopen

request = Request(
    'http://api.example.com/queues/no-such-id',
)
try:
    urlopen(request)
except HTTPError as error:
    print(error.status, error.read().decode())
\`\`\`

## Fields

The body has only [fields that every error can have](/errors#fields).

## Routes

- \`GET /queues/{id}\`

[Errors](/errors)
`
  })
})

t.test('llms.txt lists the pages in Markdown, and each of them can be read without Accept', async t => {
  const app = await small()
  const response = await get(app, '/errors/llms.txt')
  const { etag } = response.headers
  t.strictSame({ ...response, body: response.body.slice(0, response.body.indexOf('\n- ')) }, {
    status: 200,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'content-length': String(response.body.length), 'x-content-type-options': 'nosniff', 'cache-control': 'no-cache', etag },
    body: `# Errors

> Every error response has a code. Codes do not change, so check the code in your program and show the message to people.

Each link leads to a page in Markdown: when the error happens, what to do, whether to retry, and an example.

## 400 Bad Request
`
  })
  const links = [...response.body.matchAll(/^- \[(.*)\]\((.*)\): (.*)$/gm)].map(([, code = '', url = '', text]) => ({ code: code.replaceAll('\\', ''), url, text }))
  t.strictSame(links.map(({ code }) => code).sort(), Object.keys(standardErrors).sort())
  t.strictSame(links.find(({ code }) => code === 'resource_not_found'), {
    code: 'resource_not_found', url: '/errors/resource_not_found.md', text: '404. The resource does not exist. Do not retry.'
  })
  for (const { code, url } of links) {
    const page = await get(app, url, { accept: 'text/html' })
    t.strictSame([page.status, page.headers['content-type'], page.body], [200, 'text/markdown; charset=utf-8', (await get(app, `/errors/${code}`, { accept: 'text/markdown' })).body], code)
  }
  t.strictSame((await get(app, '/errors/index.md')).body, (await get(app, '/errors', { accept: 'text/markdown' })).body)
  t.strictSame((await get(app, '/errors/nothing.md')).status, 404)
})

t.test('the page of a code is served as JSON', async t => {
  const response = await get(await small(), '/errors/resource_not_found', { accept: 'application/json', host: 'api.example.com' })
  t.equal(response.status, 200)
  t.equal(response.headers['content-type'], 'application/json; charset=utf-8')
  t.strictSame(JSON.parse(response.body), {
    code: 'resource_not_found',
    title: 'Resource not found',
    status: 404,
    phrase: 'Not Found',
    type: 'not_found_error',
    message: 'The resource does not exist.',
    description: 'No resource has this id. It was never created, was deleted, or is not visible to the client.',
    action: 'Check the id.',
    retry: 'never',
    headers: { 'x-request-id': 'req_4mXq1VbE0s6RkYt2', 'cache-control': 'no-store', 'x-should-retry': 'false' },
    responses: [{
      format: 'code',
      contentType: 'application/json',
      fields: [
        { name: 'code', type: '"resource_not_found"', required: true, description: 'A constant that identifies the error.' },
        { name: 'message', type: 'string', required: true, description: 'A human-readable description of the error.' },
        { name: 'request_id', type: 'string', required: true, description: 'The id of the request.' },
        { name: 'doc_url', type: 'string', required: false, description: 'The documentation page of this code.' }
      ],
      body: {
        code: 'resource_not_found',
        message: 'The resource does not exist.',
        request_id: 'req_4mXq1VbE0s6RkYt2',
        doc_url: '/errors/resource_not_found'
      }
    }],
    meta: [],
    routes: ['GET /queues/{id}'],
    request: { method: 'GET', path: '/queues/no-such-id', headers: {}, times: 1, certain: true },
    url: '/errors/resource_not_found',
    curl: "curl -i 'http://api.example.com/queues/no-such-id'",
    fetch: `import { parseError, withRetry } from 'fastify-api-errors/client'

const response = await withRetry(fetch)('http://api.example.com/queues/no-such-id')
if (!response.ok) {
  const { status, code, message } = await parseError(response)
  console.log(status, code, message)
}`,
    python: `from urllib.error import HTTPError
from urllib.request import Request, urlopen

request = Request(
    'http://api.example.com/queues/no-such-id',
)
try:
    urlopen(request)
except HTTPError as error:
    print(error.status, error.read().decode())`
  })
})

t.test('a code that no route returns has no request', async t => {
  const { body } = await get(await small(), '/errors/payment_required', { accept: 'application/json' })
  t.match(JSON.parse(body), { routes: [], url: '/errors/payment_required' })
  t.notOk('request' in JSON.parse(body) || 'curl' in JSON.parse(body))
})

t.test('the index is served as Markdown and as JSON', async t => {
  const app = await small()
  const { body } = await get(app, '/errors', { accept: 'text/markdown' })
  t.equal(body.slice(0, body.indexOf('## 405')), `# Errors

Every error response has a code. Codes do not change, so check the code in your program and show the message to people.

## 400 Bad Request

| Code | Message | Retry |
| --- | --- | --- |
| [\`invalid_request\`](/errors/invalid_request) | The request is malformed. | Do not retry |

## 404 Not Found

| Code | Message | Retry |
| --- | --- | --- |
| [\`resource_not_found\`](/errors/resource_not_found) | The resource does not exist. | Do not retry |
| [\`route_not_found\`](/errors/route_not_found) | This endpoint does not exist. | Do not retry |

`)
  t.match(body, /\n## Not in use\n\nNo route currently returns these codes\. [^]*\| \[`payment_required`\]\(\/errors\/payment_required\)/)

  const index = JSON.parse((await get(app, '/errors', { accept: 'application/json' })).body)
  t.strictSame(Object.keys(index), ['title', 'formats', 'limits', 'codes'])
  t.strictSame(index.formats.map(({ fields, ...format }: { fields: unknown }) => format), [{ name: 'code', contentType: 'application/json' }])
  t.strictSame(index.formats[0].fields.slice(0, 2), [
    { name: 'code', type: 'string', required: true, description: 'A constant that identifies the error.' },
    { name: 'message', type: 'string', required: true, description: 'A human-readable description of the error.' }
  ])
  t.strictSame(index.codes.map(({ code }: { code: string }) => code).sort(), Object.keys(app.apiErrors.errors).sort())
  t.strictSame(index.codes.find(({ code }: { code: string }) => code === 'resource_gone'), {
    code: 'resource_gone',
    title: 'Resource gone',
    status: 410,
    type: 'not_found_error',
    message: 'The resource was permanently removed.',
    retry: 'never',
    url: '/errors/resource_gone'
  })
})

t.test('an index without codes that are not in use', async t => {
  const app = Fastify()
  await app.register(apiErrors, { reference: { path: '/errors' } })
  app.get('/', { config: { errors: Object.values(app.apiErrors.errors) } }, async () => 'ok')
  t.notMatch((await get(app, '/errors', { accept: 'text/markdown' })).body, 'Not in use')
  t.notMatch((await get(app, '/errors', { accept: 'text/html' })).body, 'not-in-use')
})

t.test('Accept selects the form; a browser and a client without a preference get HTML', async t => {
  const app = await build()
  const typeFor = async (accept?: string): Promise<unknown> => (await get(app, '/errors', accept === undefined ? {} : { accept })).headers['content-type']
  t.equal(await typeFor(), 'text/html; charset=utf-8')
  t.equal(await typeFor('*/*'), 'text/html; charset=utf-8')
  t.equal(await typeFor('text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'), 'text/html; charset=utf-8')
  t.equal(await typeFor('image/png'), 'text/html; charset=utf-8')
  t.equal(await typeFor('application/problem+json, application/json'), 'application/json; charset=utf-8')
  t.equal(await typeFor('text/html;q=0.5, text/markdown'), 'text/markdown; charset=utf-8')
})

t.test('a page that the client already has is not sent again', async t => {
  const app = await small()
  const { headers: { etag } } = await get(app, '/errors', { accept: 'text/markdown' })
  const unchanged = {
    status: 304,
    headers: {
      'content-security-policy': policy, 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff', 'cache-control': 'no-cache', vary: 'accept', etag
    },
    body: ''
  }
  for (const tags of [String(etag), String(etag).replace('W/', ''), `"other", ${String(etag)}`, '*']) {
    t.strictSame(await get(app, '/errors', { accept: 'text/markdown', 'if-none-match': tags }), unchanged, tags)
  }
  t.equal((await get(app, '/errors', { accept: 'text/markdown', 'if-none-match': 'W/"other"' })).status, 200)
  t.equal((await get(app, '/errors', { accept: 'text/html', 'if-none-match': String(etag) })).status, 200, 'another form is another page')
})

t.test('a page of a code that does not exist results in 404', async t => {
  const app = await small()
  const { status, headers, body } = await get(app, '/errors/no_such_code', { accept: 'text/html' })
  t.equal(status, 404)
  t.equal(headers['content-type'], 'application/json; charset=utf-8')
  t.strictSame(JSON.parse(body), {
    code: 'resource_not_found', message: 'No error has this code.', request_id: headers['x-request-id'], doc_url: '/errors/resource_not_found'
  })
  t.strictSame(app.apiErrors.ledger(), [{ route: 'GET /errors/:code', status: 404, code: 'resource_not_found', count: 1, documented: true }])
})

t.test('the files that the pages load are served', async t => {
  const app = await small()
  for (const [name, contentType] of [['style.css', 'text/css; charset=utf-8'], ['script.js', 'text/javascript; charset=utf-8'], ['icon.svg', 'image/svg+xml']] as const) {
    const { status, headers, body } = await get(app, `/errors/${name}`)
    t.equal(status, 200)
    t.strictSame(headers, {
      'content-type': contentType, 'content-length': String(Buffer.byteLength(body)), 'x-content-type-options': 'nosniff', 'cache-control': 'no-cache', etag: headers.etag
    })
    t.equal((await get(app, `/errors/${name}`, { 'if-none-match': String(headers.etag) })).status, 304)
  }
})

t.test('the pages are not in the OpenAPI document, not in the reference, and not limited', async t => {
  const app = await build({ rateLimit: { policies: { search: { max: 1, timeWindow: '1 minute' }, hourly: { max: 1, timeWindow: '1 hour' } }, default: 'search' } })
  for (let i = 0; i < 3; i++) t.equal((await get(app, '/errors')).status, 200)
  t.strictSame(Object.keys(app.swagger().paths ?? {}), ['/health', '/search', '/queues/{id}', '/queues/{id}/entries', '/broken'])
  t.strictSame(app.apiErrors.reference().routes, ['GET /broken', 'GET /health', 'GET /queues/:id', 'GET /search', 'POST /queues/:id/entries'])
})

t.test('doc_url and the type of a problem are the URL of the page, also below a prefix', async t => {
  const app = Fastify(serverOptions())
  await app.register(async scope => {
    await scope.register(apiErrors, { format: 'problem', reference: { path: '/errors' }, log: false })
    scope.get('/fail', async () => { throw scope.apiErrors.errors.resource_gone?.() })
  }, { prefix: '/v1' })
  const { type } = JSON.parse((await get(app, '/v1/fail')).body)
  t.equal(type, '/v1/errors/resource_gone')
  t.match((await get(app, type, { accept: 'text/html' })).body, '<code class="name">resource_<wbr>gone</code>')
  t.match((await get(app, '/v1/errors', { accept: 'text/html' })).body, '<a href="/v1/errors/resource_gone">')
})

t.test('the option docUrl takes precedence over the path', async t => {
  const app = await build({ docUrl: 'https://docs.example.com/errors' })
  t.equal(JSON.parse((await get(app, '/nothing')).body).doc_url, 'https://docs.example.com/errors/route_not_found')
})

t.test('with an origin, the URLs in bodies are absolute, and the pages do not depend on the host', async t => {
  const app = Fastify(serverOptions())
  await app.register(async scope => {
    await scope.register(apiErrors, { reference: { path: '/errors', origin: 'https://api.example.com' }, log: false })
    scope.get('/fail', async () => { throw scope.apiErrors.errors.resource_gone?.() })
  }, { prefix: '/v1' })
  t.equal(JSON.parse((await get(app, '/v1/fail')).body).doc_url, 'https://api.example.com/v1/errors/resource_gone')
  const [first, second] = [await get(app, '/v1/errors/route_not_found', { accept: 'text/markdown', host: 'a' }), await get(app, '/v1/errors/route_not_found', { accept: 'text/markdown', host: 'b' })]
  t.match(first.body, "curl -i 'https://api.example.com/no-such-route'")
  t.strictSame(first, second)
})

t.test('the Content-Security-Policy allows the logo of an application', async t => {
  const policyFor = async (logo: string): Promise<string> => {
    const app = Fastify()
    await app.register(apiErrors, { reference: { path: '/errors', logo } })
    return String((await get(app, '/errors')).headers['content-security-policy'])
  }
  t.equal(await policyFor('/logo.svg'), policy)
  t.equal(await policyFor('data:image/svg+xml;base64,PHN2Zy8+'), policy.replace("img-src 'self'", "img-src 'self' data:"))
  t.equal(await policyFor('https://example.com/logo.svg'), policy.replace("img-src 'self'", "img-src 'self' https://example.com"))

  const app = Fastify()
  await app.register(apiErrors, { reference: { path: '/errors', colors: { light: '#7a0055', dark: '#ffaadd' } } })
  t.match((await get(app, '/errors/style.css')).body, /\n:root \{ --link-light: #7a0055; \}\n:root \{ --link-dark: #ffaadd; \}\n$/)
})

t.test('the changes have a page, in each form', async t => {
  const changelog = { version: 1, entries: [{ date: '2030-01-31', changes: [{ severity: 'breaking', subject: 'queue_closed', explanation: 'the code was removed.' }] }] } as const
  const app = Fastify()
  await app.register(apiErrors, { reference: { path: '/errors', changelog }, log: false })
  t.match((await get(app, '/errors/changelog')).body, '<p class="lead">Changes to the codes')
  t.match((await get(app, '/errors')).body, '<a href="/errors/changelog">Changes</a>')
  t.strictSame(JSON.parse((await get(app, '/errors/changelog', { accept: 'application/json' })).body), changelog)
  const markdown = await get(app, '/errors/changelog.md')
  t.equal(markdown.body, '# Changes\n\n## 2030-01-31\n\n- **Breaking:** `queue_closed`: the code was removed.\n\n[Errors](/errors)\n')
  t.strictSame(await get(app, '/errors/changelog', { accept: 'text/markdown' }), markdown)
  t.equal((await get(await small(), '/errors/changelog')).status, 404)
})

t.test('a code cannot have the name of a page', async t => {
  const errors = defineErrors({ changelog: { status: 409, message: 'No.' }, live: { status: 409, message: 'No.' } })
  const register = async (reference: Omit<ReferenceOptions, 'path'>): Promise<unknown> => await Fastify().register(apiErrors, { errors, reference: { path: '/errors', ...reference } })
  await t.rejects(register({ changelog: { version: 1, entries: [] } }), { message: "fastify-api-errors: reference.changelog: expected a catalog without the code 'changelog', because its page would have the same path." })
  await t.rejects(register({ live: true }), { message: "fastify-api-errors: reference.live: expected a catalog without the code 'live', because its page would have the same path." })
  await t.resolves(register({}))
})

t.test('the commands contain the host of the request, unless it is invalid', async t => {
  const app = await small()
  const curlFor = async (host: string): Promise<unknown> =>
    JSON.parse((await get(app, '/errors/route_not_found', { accept: 'application/json', host })).body).curl
  t.equal(await curlFor('api.example.com:8080'), "curl -i 'http://api.example.com:8080/no-such-route'")
  t.equal(await curlFor('[::1]:3000'), "curl -i 'http://[::1]:3000/no-such-route'")
  t.equal(await curlFor("a';rm -rf /;'"), "curl -i 'http://localhost/no-such-route'")
})

t.test('a page is rendered once for all hosts, and each host gets its own entity tag', async t => {
  const documented = await small()
  await documented.ready()
  const { codes, ...reference } = documented.apiErrors.reference()
  let rendered = 0
  const counted = codes.filter(({ code }) => code === 'route_not_found').map(page => ({ ...page, get description () { rendered++; return 'No route has this path.' } }))
  const app = Fastify()
  serveReference(app, { path: '/errors' }, { reference: () => ({ ...reference, codes: counted }), errors: standardErrors, live: { listSent: () => [], explain: () => [] } })

  const hosts = Array.from({ length: 50 }, (_, index) => `h${index}.example.com`)
  const etags = new Set<unknown>()
  for (const host of hosts) {
    const { headers, body } = await get(app, '/errors/route_not_found', { accept: 'text/markdown', host })
    t.match(body, `curl -i 'http://${host}/no-such-route'`)
    etags.add(headers.etag)
  }
  t.equal(etags.size, hosts.length)
  t.equal(rendered, 1)
})

t.test('a hook of the instance guards the reference, added before or after it; a hook of a scope does not', async t => {
  const guard = async (): Promise<never> => { throw standardErrors.forbidden() }
  const statuses = async (register: (app: FastifyInstance, plugin: () => Promise<void>) => Promise<void>): Promise<number[]> => {
    const app = Fastify()
    await register(app, async () => { await app.register(apiErrors, { reference: { path: '/errors' }, log: false }) })
    if (!app.hasRoute({ method: 'GET', url: '/queues' })) app.get('/queues', async () => 'ok')
    return [(await app.inject('/errors')).statusCode, (await app.inject('/queues')).statusCode]
  }
  t.strictSame(await statuses(async (app, plugin) => {
    app.addHook('onRequest', guard)
    await plugin()
  }), [403, 403])
  t.strictSame(await statuses(async (app, plugin) => {
    await plugin()
    app.addHook('onRequest', guard)
  }), [403, 403])
  t.strictSame(await statuses(async (app, plugin) => {
    await plugin()
    await app.register(async api => {
      api.addHook('onRequest', guard)
      api.get('/queues', async () => 'ok')
    })
  }), [200, 403])
})
