/** The format `problem` (RFC 9457). */
import { Ajv } from 'ajv'
import ajvFormats from 'ajv-formats'
import fc from 'fast-check'
import t from 'tap'
import { standardErrors, type Issue } from 'fastify-api-errors'
import { problemFormat } from '../../lib/formats/problem.js'
import { createThrower } from '../helpers/http.js'

t.test('problem details without pages: type is about:blank, and title is the reason phrase (RFC 9457, section 4.2.1)', async t => {
  const send = await createThrower({ format: 'problem' })
  t.strictSame(await send({ error: standardErrors.resource_not_found({ message: 'No user has this id.' }) }), {
    status: 404,
    contentType: 'application/problem+json',
    body: {
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'No user has this id.',
      instance: '/users/7#req_1',
      code: 'resource_not_found',
      request_id: 'req_1'
    }
  })
})

t.test('with error pages, a body has the URL of the page as its type', async t => {
  const send = await createThrower({ format: 'problem', docUrl: 'https://api.example.com/errors/' })
  const meta = { required: ['queues:write'], held: [] }
  t.strictSame(await send({ error: standardErrors.insufficient_scope({ meta }) }), {
    status: 403,
    contentType: 'application/problem+json',
    body: {
      type: 'https://api.example.com/errors/insufficient_scope',
      title: 'Insufficient scope',
      status: 403,
      detail: 'Your credentials lack a required scope.',
      instance: '/users/7#req_1',
      code: 'insufficient_scope',
      request_id: 'req_1',
      meta
    }
  })
})

t.test('type is absolute if a base URL is known, also if the pages are served, and about:blank only without pages', async t => {
  const base = 'https://api.example.com/errors'
  const reference = { path: '/errors' }
  for (const [options, type] of [
    [{ docUrl: base }, `${base}/resource_not_found`],
    [{ docUrl: base, reference }, `${base}/resource_not_found`],
    [{ docUrl: (code: string) => `${base}#${code}`, reference }, `${base}#resource_not_found`],
    [{ docUrl: () => undefined, reference }, '/errors/resource_not_found'],
    [{ reference }, '/errors/resource_not_found'],
    [{ docUrl: () => undefined }, 'about:blank']
  ] as const) {
    const send = await createThrower({ format: 'problem', ...options })
    t.strictSame(await send({ error: standardErrors.resource_not_found() }), {
      status: 404,
      contentType: 'application/problem+json',
      body: {
        type,
        title: type === 'about:blank' ? 'Not Found' : 'Resource not found',
        status: 404,
        detail: 'The resource does not exist.',
        instance: '/users/7#req_1',
        code: 'resource_not_found',
        request_id: 'req_1'
      }
    })
  }
})

t.test('errors lists the failed fields, each with its pointer as a URI fragment', async t => {
  const send = await createThrower({ format: 'problem' })
  const issue = (field: string, pointer: string): Issue => ({ in: 'body', field, pointer, code: 'type', message: 'must be a string' })
  const issues = [issue('items[0].price', '/items/0/price'), issue('a/b#c', '/a~1b#c'), issue('größe %', '/größe %'), issue('\ud800', '/\ud800'), issue('', '')]
  const { body } = await send({ error: standardErrors.validation_error({ issues }) })
  t.strictSame(body, {
    type: 'about:blank',
    title: 'Unprocessable Content',
    status: 422,
    detail: 'One or more fields are invalid.',
    instance: '/users/7#req_1',
    code: 'validation_error',
    request_id: 'req_1',
    errors: [
      { detail: 'must be a string', pointer: '#/items/0/price', in: 'body', field: 'items[0].price', code: 'type' },
      { detail: 'must be a string', pointer: '#/a~1b%23c', in: 'body', field: 'a/b#c', code: 'type' },
      { detail: 'must be a string', pointer: '#/gr%C3%B6%C3%9Fe%20%25', in: 'body', field: 'größe %', code: 'type' },
      { detail: 'must be a string', pointer: '#/%EF%BF%BD', in: 'body', field: '\ud800', code: 'type' },
      { detail: 'must be a string', pointer: '#', in: 'body', field: '', code: 'type' }
    ]
  })
})

t.test('instance is a valid URI reference for any request path', async t => {
  const { instance } = problemFormat.fields
  if (instance === undefined || !('value' in instance)) throw new Error('instance is a field')
  const instanceOf = (path: string, requestId = 'req_1'): unknown => instance.value({ instance: path, requestId } as never)
  const paths: ReadonlyArray<readonly [path: string, instance: string]> = [
    ['/users/7', '/users/7'],
    ['/100%', '/100%25'],
    ['/%zz/%2F', '/%25zz/%2F'],
    ['/a"b{c}|d^e`f', '/a%22b%7Bc%7D%7Cd%5Ee%60f'],
    ['/größe', '/gr%C3%B6%C3%9Fe'],
    ['/\ud800', '/%EF%BF%BD'],
    ['/\u212a', '/%E2%84%AA'],
    ['//evil.example:x/', '/.//evil.example:x/'],
    ['http://api.example.com:80/users', '/users'],
    ['http://[::1]', '/'],
    ['*', '/*']
  ]
  for (const [path, instance] of paths) t.equal(instanceOf(path), `${instance}#req_1`)
  t.equal(instanceOf('/users', 'a b#\ud800'), '/users#a%20b%23%EF%BF%BD')

  const ajv = ajvFormats.default(new Ajv())
  const isUriReference = ajv.compile({ type: 'string', format: 'uri-reference' })
  const anyText = fc.oneof(fc.webPath(), fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom('/', '%', '[', ']', ':', '#', '?', 'a', '2', '@', '.', '\udc00') }))
  fc.assert(fc.property(anyText, anyText, (path, requestId) => isUriReference(instanceOf(path, requestId))), { numRuns: 2000 })
})
