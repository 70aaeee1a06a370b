/** The page with the errors that the API sends: its data, who may read it, and that it stays small. */
import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import apiErrors, { standardErrors as errors, type ReferenceOptions } from 'fastify-api-errors'

const inferred = {
  version: 1,
  routes: { 'GET /queues/:id': [{ status: 410, code: 'resource_gone', at: 'src/a file.ts:41', by: 'findQueue' }] }
} as const

let id = 0

async function build (reference: Omit<ReferenceOptions, 'path'>): Promise<FastifyInstance> {
  id = 0
  const app = Fastify({ genReqId: () => `req_${++id}` })
  await app.register(apiErrors, { errors, inferred, reference: { path: '/errors', ...reference }, log: false })
  const fail = (name: 'resource_gone' | 'forbidden'): never => { throw errors[name]() }
  app.get('/queues/:id', async request => fail((request.params as { id: string }).id === '1' ? 'resource_gone' : 'forbidden'))
  app.get('/sent', (_request, reply) => reply.code(409).send({ reason: 'closed', place: 7 }))
  await app.register(async scope => {
    await scope.register(apiErrors, { errors, format: 'problem', log: false })
    scope.get('/inner', async () => fail('forbidden'))
  })
  return app
}

interface LiveError { recent: Array<{ requestId: string, at: unknown }> }

/** Returns the status, and the errors with their times replaced, because they differ in each run. */
async function read (app: FastifyInstance, headers: Record<string, string> = {}): Promise<{ status: number, errors: unknown }> {
  const response = await app.inject({ url: '/errors/live', headers: { accept: 'application/json', ...headers } })
  const { errors } = response.json<{ errors?: LiveError[] }>()
  return { status: response.statusCode, errors: errors?.map(error => ({ ...error, recent: error.recent.map(({ requestId, at }) => [requestId, typeof at]) })) }
}

t.test('what was sent, by route and code, with the last requests and the reasons', async t => {
  const app = await build({ live: true, source: 'https://github.com/acme/api/blob/main/' })
  for (const url of ['/queues/1', '/queues/1', '/queues/2', '/sent', '/inner', '/nothing']) await app.inject(url)
  t.strictSame(await read(app), {
    status: 200,
    errors: [
      {
        route: 'GET /queues/:id',
        status: 410,
        code: 'resource_gone',
        count: 2,
        documented: true,
        recent: [['req_2', 'number'], ['req_1', 'number']],
        reasons: [{ text: 'Thrown at src/a file.ts:41 by findQueue.', url: 'https://github.com/acme/api/blob/main/src/a%20file.ts#L41' }]
      },
      { route: 'GET /queues/:id', status: 403, code: 'forbidden', count: 1, documented: false, recent: [['req_3', 'number']], reasons: [] },
      { route: 'GET /sent', status: 409, code: null, count: 1, documented: true, recent: [['req_4', 'number']], reasons: [] },
      { route: null, status: 404, code: 'route_not_found', count: 1, documented: true, recent: [['req_6', 'number']], reasons: [] },
      { route: 'GET /inner', status: 403, code: 'forbidden', count: 1, documented: false, recent: [['req_5', 'number']], reasons: [] }
    ]
  })
  t.strictSame(app.apiErrors.ledger()[0], { route: 'GET /queues/:id', status: 410, code: 'resource_gone', count: 2, documented: true })

  const page = await app.inject('/errors/live')
  const { date, connection, 'content-length': length, ...headers } = page.headers
  t.strictSame(headers, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    vary: 'accept'
  })
  t.match(page.body, '<a href="/errors/resource_gone"><code>resource_<wbr>gone</code></a>')
  t.equal(page.body.split('<tr data-key').length - 1, 5)
  t.match((await app.inject('/errors')).body, '<a href="/errors/live">Live errors</a>')
})

t.test('without the URL of the source, links open an editor, except in production', async t => {
  const linkOf = async (app: FastifyInstance): Promise<unknown> => {
    await app.inject('/queues/1')
    const { errors } = (await app.inject({ url: '/errors/live', headers: { accept: 'application/json' } })).json()
    return errors[0].reasons[0]
  }
  t.strictSame(await linkOf(await build({ live: true })), { text: 'Thrown at src/a file.ts:41 by findQueue.', url: `vscode://file${encodeURI(process.cwd())}/src/a%20file.ts:41` })
  setProduction(t)
  t.strictSame(await linkOf(await build({ live: () => true })), { text: 'Thrown at src/a file.ts:41 by findQueue.' })
})

function setProduction (t: { teardown: (reset: () => void) => void }): void {
  const before = process.env.NODE_ENV
  process.env.NODE_ENV = 'production'
  t.teardown(() => {
    if (before === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = before
  })
}

t.test('it is off by default and in production, and a guard decides who may read it', async t => {
  const rejected = { status: 404, errors: undefined }
  t.strictSame(await read(await build({})), rejected)
  t.strictSame(await read(await build({ live: false })), rejected)

  const guarded = await build({ live: async request => request.headers.authorization === 'Bearer admin' })
  t.strictSame(await read(guarded), rejected)
  t.equal((await guarded.inject('/errors/live.js')).statusCode, 404)
  t.equal((await read(guarded, { authorization: 'Bearer admin' })).status, 200)
  t.notMatch((await guarded.inject('/errors')).body, '/errors/live')
  const body = (await guarded.inject('/errors/live')).json()
  t.strictSame(body, { code: 'resource_not_found', message: 'No error has this code.', request_id: body.request_id, doc_url: '/errors/resource_not_found' })
  t.strictSame(await read(await build({ live: (() => 'yes') as unknown as () => boolean })), rejected, 'only true')
  t.equal((await read(await build({ live: () => { throw errors.unauthorized() } }))).status, 401)

  setProduction(t)
  const app = await build({ live: true })
  t.strictSame(await read(app), rejected)
  t.notMatch((await app.inject('/errors')).body, '/errors/live')
  t.equal((await read(await build({ live: () => true }))).status, 200)
})

t.test('the page is rendered without an error, and its script is sent', async t => {
  const app = await build({ live: true })
  const page = await app.inject('/errors/live')
  t.match(page.body, '<p class="nothing">No errors have been sent yet.</p>')
  const { headers, body } = await app.inject('/errors/live.js')
  t.match(headers, { 'content-type': 'text/javascript; charset=utf-8', 'x-content-type-options': 'nosniff' })
  t.match(body, 'setTimeout(load, interval)')
})

t.test('a client that accepts neither HTML nor JSON gets HTML', async t => {
  const app = await build({ live: true })
  const { statusCode, headers } = await app.inject({ url: '/errors/live', headers: { accept: 'image/png' } })
  t.strictSame([statusCode, headers['content-type']], [200, 'text/html; charset=utf-8'])
})
