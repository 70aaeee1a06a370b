/** The second validation of an invalid request, which lists all errors within limits. */
import { performance } from 'node:perf_hooks'
import ajvErrors from 'ajv-errors'
import fc from 'fast-check'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import t, { type Test } from 'tap'
import apiErrors, { serverOptions, standardErrors } from 'fastify-api-errors'
import { keptItems, listAllErrors, maxCreated, maxDepth, maxPath, maxValues } from '../../lib/server/list-all-errors.js'

const names = Array.from({ length: 30 }, (_, at) => `field${at}`)
const item = { type: 'object', required: names, properties: Object.fromEntries(names.map(name => [name, { type: 'string' }])) }
const list = { type: 'object', required: ['items'], properties: { items: { type: 'array', items: item } } }

type Report = ReadonlyArray<{ readonly instancePath: string, readonly keyword: string, readonly message: string }> | undefined

interface Probe {
  readonly app: FastifyInstance
  /** The report about a body, or the body that the handler received. */
  readonly post: (body: unknown) => Promise<{ status: number, report: Report, seen: unknown }>
}

/** A route with a schema, without the plugin. It returns the validation errors that Fastify passes to any error handler. */
async function probe (t: Test, schema: unknown, ajv: FastifyServerOptions['ajv'] = {}, shared: object[] = []): Promise<Probe> {
  const app = Fastify(serverOptions({ ajv }))
  t.teardown(() => app.close())
  let report: Report
  app.setErrorHandler((error: { validation?: Report }, _request, reply) => {
    report = error.validation
    reply.code(422).send()
  })
  shared.forEach(schema => { app.addSchema(schema) })
  app.post('/', { schema: { body: schema } }, async request => ({ seen: request.body }))
  await app.ready()
  return {
    app,
    async post (body) {
      report = undefined
      const response = await app.inject({ method: 'POST', url: '/', headers: { 'content-type': 'application/json' }, payload: JSON.stringify(body) })
      return { status: response.statusCode, report, seen: response.statusCode === 200 ? (response.json() as { seen: unknown }).seen : undefined }
    }
  }
}

t.test('every error of an ordinary body is listed, in the order of Ajv', async t => {
  const { post } = await probe(t, list)
  const { report } = await post({ items: [{}, Object.fromEntries(names.map((name, at) => [name, at < 2 ? [] : 'x']))] })
  t.strictSame(report?.map(({ instancePath, keyword }) => [instancePath, keyword]), [
    ...names.map(() => ['/items/0', 'required']), ['/items/1/field0', 'type'], ['/items/1/field1', 'type']
  ])
  t.equal((await post({ items: [] })).status, 200)
})

t.test('the errors are those of Ajv, for any value', async t => {
  const schema = {
    type: 'object',
    required: ['a'],
    additionalProperties: false,
    properties: {
      a: { type: 'array', minItems: 1, uniqueItems: true, items: { anyOf: [{ type: 'integer', minimum: 3 }, { type: 'object', required: ['x'], properties: { x: { enum: ['"errors++', 2] } } }] } },
      b: { type: 'string', minLength: 2, pattern: 'x' },
      c: { $ref: 'C#' }
    }
  }
  const shared = { $id: 'C', type: 'object', required: ['d', 'e'], properties: { d: { type: 'boolean' }, e: { not: { const: 1 } } } }
  const ours = await probe(t, schema, {}, [shared])
  const app = Fastify({ ajv: { customOptions: { allErrors: true } } })
  t.teardown(() => app.close())
  let expected: Report
  app.setErrorHandler((error: { validation?: Report }, _request, reply) => { expected = error.validation; reply.code(422).send() })
  app.addSchema(shared)
  app.post('/', { schema: { body: schema } }, async request => ({ seen: request.body }))
  await fc.assert(fc.asyncProperty(fc.record({
    a: fc.array(fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.record({ x: fc.constantFrom('"errors++', 2, 3) }))), b: fc.jsonValue({ maxDepth: 1 }), c: fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.record({ d: fc.boolean() })), z: fc.nat()
  }, { requiredKeys: [] }), async body => {
    expected = undefined
    const plain = await app.inject({ method: 'POST', url: '/', payload: body })
    const { status, report, seen } = await ours.post(body)
    // With `allErrors`, Ajv 8 fails on two objects with a property `valueOf` or `toString` in a list of unique items.
    if (plain.statusCode === 422 && expected === undefined) t.equal(status, 422)
    else t.strictSame([status, report, seen], [plain.statusCode, expected, plain.statusCode === 200 ? plain.json().seen : undefined])
  }), { numRuns: 200 })
})

t.test('if Ajv itself fails with all errors, the first fault is reported', async t => {
  for (const name of ['valueOf', 'toString']) {
    const { post } = await probe(t, { type: 'object', properties: { items: { type: 'array', uniqueItems: true, items: { type: 'object', required: ['x'] } } } })
    const { status, report } = await post({ items: [{ [name]: 1 }, { [name]: 1 }] })
    t.strictSame([status, report?.map(({ instancePath, keyword }) => [instancePath, keyword])], [422, [['/items/0', 'required']]], name)
  }
})

t.test('coercion, defaults and the removal of unknown fields are unchanged', async t => {
  const { post } = await probe(t, {
    type: 'object', required: ['n', 'd'], additionalProperties: false, properties: { n: { type: 'integer' }, d: { type: 'string', default: 'x' }, l: { type: 'array', items: { type: 'integer' } } }
  })
  t.strictSame((await post({ n: '5', l: 7, more: true })).seen, { n: 5, d: 'x', l: [7] })
  const { report } = await post({ n: 'five', l: ['1', 'two', 'three'] })
  t.strictSame(report?.map(({ instancePath }) => instancePath), ['/n', '/l/1', '/l/2'])
})

t.test('above the limit, the errors of the first items are listed', async t => {
  const { post } = await probe(t, list)
  const { report } = await post({ items: Array(5000).fill({}) })
  t.equal(report?.length, 300, 'from 10 items, because 100 items have 3,000 errors, which is too many')
  t.ok(report?.every(({ instancePath }) => /^\/items\/\d$/.test(instancePath)))
  t.strictSame([keptItems, maxCreated], [[100, 10], 1000])
})

t.test('errors of a referenced schema also count', async t => {
  const { post } = await probe(t, { type: 'object', properties: { items: { type: 'array', items: { $ref: 'Item#' } } } }, {}, [{ $id: 'Item', ...item }])
  t.equal((await post({ items: Array(5000).fill({}) })).report?.length, 300)
})

t.test('an error after the items that are read is reported as Ajv reports the first', async t => {
  const { post } = await probe(t, { type: 'object', properties: { items: { type: 'array', items: { type: 'integer' } } } })
  const { report } = await post({ items: [...Array(3000).fill(1), 'x', 'y'] })
  t.match(report, [{ instancePath: '/items/3000', keyword: 'type' }])
  t.equal(report?.length, 1)
})

t.test('an error that only the shortened value has is not reported', async t => {
  for (const [what, schema, first] of [
    ['minItems', { minItems: 200 }, { keyword: 'type' }],
    ['contains', { contains: { const: 7 } }, { keyword: 'type' }]
  ] as const) {
    const { post } = await probe(t, { type: 'object', properties: { z: { type: 'integer' }, items: { type: 'array', ...schema } }, required: ['z'] })
    const { report } = await post({ z: 'x', items: [...Array(300).fill(1), 7] })
    t.match(report, [{ instancePath: '/z', ...first }], what)
    t.equal(report?.length, 1)
  }
})

t.test('an error in the property names of an object is certain, also above a shortened list', async t => {
  const { post } = await probe(t, { type: 'object', required: ['a', 'b'], properties: { items: { type: 'array', maxItems: 5, items: { type: 'integer' } } } })
  const { report } = await post({ items: Array(300).fill(null).map((_, at) => at === 3 ? 'x' : at) })
  t.strictSame(report?.map(({ instancePath, keyword }) => [instancePath, keyword]), [['', 'required'], ['', 'required'], ['/items', 'maxItems'], ['/items/3', 'type']])
})

t.test('a value that is too large or too deep, or whose path is too long, is reported as Ajv reports the first error', async t => {
  const wide = await probe(t, { type: 'object', additionalProperties: { type: 'string' } })
  const { report } = await wide.post(Object.fromEntries(Array.from({ length: maxValues }, (_, at) => [`k${at}`, []])))
  t.match(report, [{ instancePath: '/k0', keyword: 'type' }])
  t.equal(report?.length, 1)
  const deep = await probe(t, { type: 'object', required: ['a', 'b'] })
  let body: object = {}
  for (let depth = 0; depth <= maxDepth; depth++) body = { body }
  t.equal((await deep.post(body)).report?.length, 1)
  const named = await probe(t, { type: 'object', additionalProperties: { type: 'array', items: { type: 'object', required: ['a', 'b'] } } })
  for (const [length, count] of [[maxPath - 10, 2], [maxPath + 1, 1]] as const) t.equal((await named.post({ ['k'.repeat(length)]: [{}] })).report?.length, count)
  t.equal((await named.post({ ['/'.repeat(400)]: [{}, {}] })).report?.length, 4)
})

t.test('every error of an asynchronous schema is listed', async t => {
  const schema = { $async: true, type: 'object', required: ['a', 'b'], properties: { items: { type: 'array', items: { type: 'integer' } } } }
  const reports: Array<readonly unknown[] | undefined> = []
  const app = Fastify(serverOptions())
  t.teardown(() => app.close())
  app.setErrorHandler((error: { errors?: readonly unknown[] }, _request, reply) => { reports.push(error.errors); reply.code(422).send() })
  app.post('/', { schema: { body: schema } }, async () => 'ok')
  const post = async (payload: object) => (await app.inject({ method: 'POST', url: '/', payload })).statusCode
  t.equal(await post({ a: 1, b: 1 }), 200)
  t.equal(await post({}), 422)
  t.equal(reports.pop()?.length, 2)
  t.equal(await post({ items: Array(200).fill('x') }), 422)
  t.equal(reports.pop()?.length, 1, 'a long list is reported with its first error')
})

t.test('an asynchronous schema with a keyword that throws or changes its result', async t => {
  let calls = 0
  const keywords: Record<string, () => Promise<boolean>> = {
    breaks: async () => { throw new Error('The database is gone.') },
    once: async () => ++calls > 1,
    breaksLater: async () => { if (++calls > 1) throw new Error('The database is gone.'); return false }
  }
  const add = (ajv: { addKeyword: (definition: object) => void }): void => {
    for (const [keyword, validate] of Object.entries(keywords)) ajv.addKeyword({ keyword, async: true, validate })
    ajv.addKeyword({ keyword: 'compiledOnce', compile: () => { if (++calls > 1) throw new Error('no'); return () => false } })
  }
  const expected: Readonly<Record<string, unknown>> = { breaks: 'The database is gone.', once: ['once'], breaksLater: ['breaksLater'], compiledOnce: ['compiledOnce'] }
  for (const [keyword, reported] of Object.entries(expected)) {
    calls = 0
    const app = Fastify(serverOptions({ ajv: { plugins: [[add as never, {}]] } }))
    t.teardown(() => app.close())
    let report: unknown
    app.setErrorHandler((error: { errors?: ReadonlyArray<{ keyword: string }>, message: string }, _request, reply) => {
      report = error.errors?.map(({ keyword }) => keyword) ?? error.message
      reply.code(422).send()
    })
    app.post('/', { schema: { body: { $async: true, type: 'object', [keyword]: true } } }, async () => 'ok')
    t.equal((await app.inject({ method: 'POST', url: '/', payload: {} })).statusCode, 422, keyword)
    t.strictSame(report, reported, keyword)
  }
})

t.test('an asynchronous keyword that fails with any value is a failure of the server, and the request does not reach the handler', async t => {
  const sent: unknown[] = []
  const thrown: readonly unknown[] = [undefined, null, 0, 'no', new Error('The database is gone.'), Object.freeze(new Error('frozen')), new AggregateError([new Error('no')], 'none')]
  const add = (ajv: { addKeyword: (definition: object) => void }): void => {
    ajv.addKeyword({ keyword: 'breaks', async: true, validate: async (at: number) => { throw thrown[at] } })
    ajv.addKeyword({ keyword: 'taken', async: true, validate: async () => { throw standardErrors.resource_conflict({ message: 'The name is taken.' }) } })
  }
  const app = Fastify(serverOptions({ genReqId: () => 'req_1', ajv: { plugins: [[add as never, {}]] } }))
  t.teardown(() => app.close())
  await app.register(apiErrors, { log: false })
  const handler = async (): Promise<string> => { sent.push('handler'); return 'ok' }
  thrown.forEach((_, at) => { app.post(`/${at}`, { schema: { body: { $async: true, type: 'object', breaks: at } } }, handler) })
  app.post('/taken', { schema: { body: { $async: true, type: 'object', taken: true } } }, handler)
  for (const at of thrown.keys()) {
    const response = await app.inject({ method: 'POST', url: `/${at}`, payload: {} })
    t.equal(response.statusCode, 500, String(at))
    t.strictSame(response.json(), { code: 'internal_error', message: standardErrors.internal_error.message, request_id: 'req_1' }, String(at))
  }
  const taken = await app.inject({ method: 'POST', url: '/taken', payload: {} })
  t.strictSame([taken.statusCode, taken.json()], [409, { code: 'resource_conflict', message: 'The name is taken.', request_id: 'req_1' }])
  t.strictSame(sent, [])
})

t.test('the second validator has the keywords and formats of the application', async t => {
  let created = 0
  const { post } = await probe(t, { type: 'object', properties: { a: { type: 'string', format: 'even' }, b: { type: 'integer', odd: true }, c: { type: 'string', format: 'date' }, d: { $ref: 'Early#' } } }, {
    plugins: [[((ajv: { addKeyword: (definition: object) => void }) => ajv.addKeyword({ keyword: 'odd', validate: (_: unknown, value: number) => value % 2 === 1 })) as never, {}]],
    onCreate (ajv: { addFormat: (name: string, format: RegExp) => void, addSchema: (schema: object) => void }) {
      created++
      ajv.addFormat('even', /^(..)*$/)
      ajv.addSchema({ $id: 'Early', type: 'integer' })
    }
  } as FastifyServerOptions['ajv'])
  t.strictSame((await post({ a: 'x', b: 2, c: 'x', d: 'x' })).report?.map(({ keyword }) => keyword), ['format', 'odd', 'format', 'type'])
  t.equal((await post({ a: 'xx', b: 3, c: '2030-01-31', d: 1 })).status, 200)
  t.equal(created, 1)
})

t.test('if a keyword throws after the first error, the report has the first error', async t => {
  const { post } = await probe(t, { type: 'object', properties: { a: { type: 'integer' }, b: { breaks: true } } }, {
    plugins: [[((ajv: { addKeyword: (definition: object) => void }) => ajv.addKeyword({ keyword: 'breaks', validate: () => { throw new Error('no') } })) as never, {}]]
  })
  t.strictSame((await post({ a: 'x', b: 1 })).report?.map(({ instancePath }) => instancePath), ['/a'])
})

t.test('if a keyword changes its result, the report has the first error', async t => {
  let calls = 0
  const { post } = await probe(t, { type: 'object', properties: { a: { once: true } } }, {
    plugins: [[((ajv: { addKeyword: (definition: object) => void }) => ajv.addKeyword({ keyword: 'once', validate: () => ++calls > 1 })) as never, {}]]
  })
  t.match((await post({ a: 1 })).report, [{ keyword: 'once' }])
})

t.test('schemas with an $id can be shared by routes', async t => {
  const { app, post } = await probe(t, { $id: 'Body', ...list })
  t.equal((await post({ items: [{}] })).report?.length, 30)
  t.equal(app.hasRoute({ method: 'POST', url: '/' }), true)
  const twice = await probe(t, { $ref: 'Body#' }, {}, [{ $id: 'Body', ...list }])
  t.equal((await twice.post({ items: [{}] })).report?.length, 30)
  const direct = await probe(t, { $id: 'Body', ...list }, {}, [{ $id: 'Body', ...list }])
  t.equal((await direct.post({ items: [{}] })).report?.length, 30)
})

t.test('the option code.process of the application also runs', async t => {
  const processed: string[] = []
  const { post } = await probe(t, list, { customOptions: { code: { process: code => { processed.push(code); return code } } } })
  t.equal((await post({ items: [{}] })).report?.length, 30)
  t.ok(processed.some(code => code.includes('errors++')), 'Ajv counts its errors like this, and the limit depends on it')
})

t.test('allErrors of the application takes precedence', async t => {
  t.strictSame(listAllErrors({ customOptions: { allErrors: false } }), { customOptions: { allErrors: false } })
  t.strictSame(listAllErrors({ customOptions: { code: { source: true } } }), { customOptions: { code: { source: true } } })
  t.equal((await (await probe(t, list, { customOptions: { allErrors: false } })).post({ items: [{}] })).report?.length, 1)
  t.equal((await (await probe(t, list, { customOptions: { allErrors: true } })).post({ items: [{}] })).report?.length, 30)
})

t.test('every error of a JSON Type Definition is listed', async t => {
  const { post } = await probe(t, { properties: { a: { type: 'int8' }, b: { type: 'string' } } }, { mode: 'JTD', customOptions: {} })
  t.strictSame((await post({ a: 'x', b: {}, c: 1 })).report?.map(({ instancePath }) => instancePath), ['/a', '/b'])
  t.equal((await post({ a: 1, b: 'x' })).status, 200)
})

t.test('ajv-errors requires allErrors', async t => {
  const { post } = await probe(t, { type: 'object', required: ['a', 'b'], errorMessage: { required: { a: 'A, please.' } } }, { plugins: [[ajvErrors as never, {}]] })
  t.strictSame((await post({})).report?.map(({ message }) => message), ["must have required property 'b'", 'A, please.'])
})

/** The schema and the worst body of one megabyte. */
const worst: Readonly<Record<string, readonly [schema: object, payload: string]>> = {
  'a list': [list, `{"items":[${Array(349_000).fill('{}').join()}]}`],
  'a long name': [
    { type: 'object', additionalProperties: { type: 'array', items: { type: 'object', required: ['a', 'b', 'c', 'd', 'e'] } } },
    `{"${'/'.repeat(1_000_000)}":[${Array(100).fill('{}').join()}]}`
  ],
  'an object': [{ type: 'object', additionalProperties: { type: 'integer' } }, `{${Array.from({ length: 80_000 }, (_, at) => `"k${at}":"a"`).join()}}`]
}

for (const [what, [schema, payload]] of Object.entries(worst)) {
  t.test(`the worst body of one megabyte that is ${what} costs at most three times as much as with Fastify alone`, async t => {
    const send = async (options: FastifyServerOptions, usePlugin: boolean): Promise<() => Promise<number>> => {
      const app = Fastify(options)
      t.teardown(() => app.close())
      if (usePlugin) await app.register(apiErrors, { log: false })
      app.post('/', { schema: { body: schema } }, async () => 'ok')
      return async () => {
        const start = performance.now()
        const { statusCode } = await app.inject({ method: 'POST', url: '/', headers: { 'content-type': 'application/json' }, payload })
        t.equal(statusCode, usePlugin ? 422 : 400)
        return performance.now() - start
      }
    }
    const [plain, ours] = [await send({}, false), await send(serverOptions(), true)]
    const times = { plain: Infinity, ours: Infinity }
    // Other processes on the machine can only add time, so more rounds are measured until the ratio is small enough.
    for (let round = 0; round < 5 || (round < 20 && times.ours >= 3 * times.plain); round++) {
      times.plain = Math.min(times.plain, await plain())
      times.ours = Math.min(times.ours, await ours())
    }
    t.ok(times.ours < 3 * times.plain, `${times.ours.toFixed()} ms and ${times.plain.toFixed()} ms`)
  })
}

t.test('a value with too many members is too large, with and without a long list', async t => {
  const integers = { type: 'array', items: { type: 'integer' } }
  const { post } = await probe(t, { type: 'object', properties: { items: integers, inner: { type: 'object' } }, additionalProperties: { type: 'integer' } })
  const members = Object.fromEntries(Array.from({ length: maxValues }, (_, at) => [`k${at}`, 'a']))
  for (const items of [[1], Array(keptItems[0] + 1).fill(1)]) {
    t.strictSame((await post({ deep: 'a', items, ...members })).report?.map(({ instancePath, keyword }) => [instancePath, keyword]), [['/deep', 'type']])
    t.strictSame((await post({ items, inner: members, a: 'a', b: 'a' })).report?.map(({ instancePath }) => instancePath), ['/a'])
    t.strictSame((await post({ items, a: 'a', b: 'a' })).report?.map(({ instancePath }) => instancePath), ['/a', '/b'])
  }
})
