/** Documents of @fastify/swagger with the errors of each route. */
import t from 'tap'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import autoload from '@fastify/autoload'
import cors from '@fastify/cors'
import swagger from '@fastify/swagger'
import { Type } from '@sinclair/typebox'
import Fastify, { type FastifyInstance } from 'fastify'
import apiErrors, { defineFormat, formats, serverOptions, swaggerOptions } from 'fastify-api-errors'
import { Validator } from '@seriousme/openapi-schema-validator'
import { codesByStatus, createApp, documentOf, info, resolved, type Document, type Json, type Setup } from './documents.js'
import { thrown } from '../support/thrown.js'

const Email = Type.Object({ email: Type.String({ format: 'email' }) })
const Name = Type.Object({ name: Type.String({ minLength: 1 }) })

function routes (app: FastifyInstance): void {
  app.get('/health', async () => 'ok')
  app.post('/users', { schema: { body: Email, response: { 201: Type.Object({ id: Type.String() }) } } }, async () => ({ id: '1' }))
  app.put('/users/:id', { schema: { body: Name }, config: { errors: ['resource_conflict'] } }, async () => ({}))
}

const expected = {
  '/health get': { 200: [], 500: ['internal_error'] },
  '/users post': {
    201: [],
    400: ['invalid_request'],
    413: ['payload_too_large'],
    415: ['unsupported_media_type'],
    422: ['missing_required_field', 'validation_error'],
    500: ['internal_error']
  },
  '/users/{id} put': {
    200: [],
    400: ['invalid_request'],
    404: ['resource_not_found'],
    409: ['resource_conflict'],
    413: ['payload_too_large'],
    414: ['uri_too_long'],
    415: ['unsupported_media_type'],
    422: ['missing_required_field', 'validation_error'],
    500: ['internal_error']
  }
}

function shown (document: Document): Json {
  return Object.fromEntries(Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map(method => [`${path} ${method}`, codesByStatus(document, path, method)])))
}

t.test('the document is the same in any order of registration, with or without swaggerOptions(), in JSON and YAML', async t => {
  for (const wiring of ['swagger first', 'ours first', 'swagger alone', 'swagger alone, ours first'] as const) {
    const app = await createApp({ wiring }, routes)
    t.strictSame(shown(documentOf(app)), expected, wiring)
    const yaml = (app as unknown as { swagger: (options: object) => string }).swagger({ yaml: true })
    const validator = new Validator()
    t.strictSame(await validator.validate(yaml), { valid: true }, `${wiring}, in YAML`)
    t.strictSame(validator.specification, documentOf(app), `${wiring}, the same in YAML`)
    t.notMatch(yaml, /[&*]a\d/, 'without anchors and aliases')
    await app.close()
  }
})

t.test('the document is valid in every format and version', async t => {
  const enveloped = defineFormat({
    name: 'enveloped',
    fields: {
      error: {
        fields: {
          code: { schema: ({ code }) => Type.Unsafe<string>({ type: 'string', enum: [code] }), value: answer => answer.code },
          message: { schema: () => Type.String(), value: answer => answer.message }
        }
      }
    }
  })
  for (const format of [...Object.values(formats), enveloped]) {
    for (const openapi of ['3.0.3', '3.1.0']) {
      for (const negotiate of [false, true]) {
        const setup: Setup = { plugin: { format, negotiate, requestId: 'all' }, openapi: { openapi } }
        for (const wiring of ['swagger first', 'swagger alone'] as const) {
          const app = await createApp({ ...setup, wiring }, routes)
          const document = documentOf(app)
          const title = `${format.name}, ${openapi}${negotiate ? ', negotiated' : ''}, ${wiring}`
          const result = await new Validator().validate(structuredClone(document))
          t.strictSame(result, { valid: true }, title)
          t.strictSame(shown(document), expected, `${title}: the same errors`)
          await app.close()
        }
      }
    }
  }
})

t.test('schemas that operations share are components', async t => {
  const app = await createApp({}, routes)
  t.teardown(() => app.close())
  const document = documentOf(app)
  t.strictSame(document.paths['/users']?.post?.responses['413'], { $ref: '#/components/responses/PayloadTooLarge' })
  t.strictSame(document.components.responses?.PayloadTooLarge, {
    description: 'The body is larger than the endpoint allows. Send a smaller body, or split it into several requests.',
    headers: {
      'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' },
      'Cache-Control': { $ref: '#/components/headers/Cache-Control' }
    },
    content: {
      'application/json': {
        schema: { $ref: '#/components/schemas/PayloadTooLarge' },
        examples: { payload_too_large: { $ref: '#/components/examples/PayloadTooLarge' } }
      }
    }
  })
  t.strictSame(document.components.headers?.['X-Request-Id'], {
    description: 'The id of the request. Include it when you contact support.',
    required: true,
    schema: { type: 'string', maxLength: 16_384, pattern: '^[!-~]([ -~]*[!-~])?$' },
    example: 'req_4mXq1VbE0s6RkYt2'
  }, 'a header that is always present is required')
  const { $ref } = document.paths['/users']?.post?.responses['422'] as { readonly $ref: string }
  const unprocessable = document.components.responses?.[$ref.replace('#/components/responses/', '')]
  const [, name] = /#\/components\/schemas\/(ValidationError_\w{4})"/.exec(JSON.stringify(unprocessable)) ?? []
  t.match(unprocessable, {
    content: {
      'application/json': {
        schema: {
          oneOf: [{ $ref: '#/components/schemas/MissingRequiredFieldError' }, { $ref: `#/components/schemas/${name}` }],
          discriminator: {
            propertyName: 'code',
            mapping: { missing_required_field: '#/components/schemas/MissingRequiredFieldError', validation_error: `#/components/schemas/${name}` }
          }
        }
      }
    }
  }, 'a status with several codes is a union with the code as the discriminator')
  t.strictSame(document.components.schemas?.PayloadTooLarge, { $ref: '#/components/schemas/PayloadTooLargeError' }, 'a status with a single code has the schema of that code')
})

t.test('the document lists only the issues that the schema of the route can produce', async t => {
  const app = await createApp({}, routes)
  t.teardown(() => app.close())
  const document = documentOf(app)
  const issueCodes = (schema: unknown): unknown =>
    ((((schema as Json).properties as Json).details as Json).items as { properties: { code: { enum: unknown } } }).properties.code.enum
  t.strictSame(issueCodes(document.components.schemas?.ValidationError), ['email', 'min_length', 'required', 'type'], 'in the document')
  const ofRoute = (path: string, method: string) =>
    (resolved(document.paths[path]?.[method]?.responses['422'], document) as { content: Record<string, { schema: { oneOf: Json[] }, examples: Json }> }).content['application/json']
  const [missing, invalid] = ofRoute('/users', 'post')?.schema.oneOf ?? []
  t.strictSame(issueCodes(missing), ['required'], 'missing fields have the same code everywhere')
  t.strictSame((invalid?.allOf as Json[])[0], document.components.schemas?.ValidationError)
  t.strictSame(issueCodes((invalid?.allOf as Json[])[1]), ['email', 'required', 'type'], 'on one route')
  t.strictSame(issueCodes((ofRoute('/users/{id}', 'put')?.schema.oneOf[1]?.allOf as Json[])[1]), ['min_length', 'required', 'type'], 'on another')
  const { value } = ofRoute('/users/{id}', 'put')?.examples.validation_error as { value: { details: Array<{ code: string }> } }
  t.strictSame(value.details.map(({ code }) => code), ['min_length'], 'the example has issues of the route')
})

t.test('a status with the same responses on every route has one schema', async t => {
  const app = await createApp({}, app => {
    app.post('/users', { schema: { body: Email } }, async () => ({}))
    app.put('/users/:id', { schema: { body: Email } }, async () => ({}))
  })
  t.teardown(() => app.close())
  const document = documentOf(app)
  t.strictSame(document.components.schemas?.UnprocessableEntity, {
    oneOf: [{ $ref: '#/components/schemas/MissingRequiredFieldError' }, { $ref: '#/components/schemas/ValidationError' }],
    discriminator: {
      propertyName: 'code',
      mapping: { missing_required_field: '#/components/schemas/MissingRequiredFieldError', validation_error: '#/components/schemas/ValidationError' }
    }
  })
  for (const path of ['/users', '/users/{id}']) {
    t.match(Object.values(document.paths[path] ?? {})[0]?.responses['422'], { $ref: '#/components/responses/UnprocessableEntity' })
  }
  t.match(document.components.responses?.UnprocessableEntity, { content: { 'application/json': { schema: { $ref: '#/components/schemas/UnprocessableEntity' } } } })
})

t.test('responses that a route declares take precedence', async t => {
  const app = await createApp({}, app => {
    app.get('/things/:id', { schema: { response: { 200: Type.Object({}), 404: { description: 'No such thing.', type: 'object', properties: { own: { type: 'string' } } } } } }, async () => ({}))
  })
  t.teardown(() => app.close())
  const document = documentOf(app)
  t.equal((document.paths['/things/{id}']?.get?.responses['404'] as Json).description, 'No such thing.')
  t.notOk(document.components.responses?.ResourceNotFound, 'no component is left over')
})

t.test('components of the user keep their names', async t => {
  const NotFound = { type: 'object', properties: { mine: { type: 'string' } } }
  const app = await createApp({ openapi: { components: { schemas: { NotFound }, responses: { ResourceNotFound: { description: 'Mine.' } } } } }, app => {
    app.get('/things/:id', async () => ({}))
  })
  t.teardown(() => app.close())
  const document = documentOf(app)
  t.strictSame(document.components.schemas?.NotFound, NotFound)
  t.strictSame(document.components.responses?.ResourceNotFound, { description: 'Mine.' })
  t.strictSame(document.paths['/things/{id}']?.get?.responses['404'], { $ref: '#/components/responses/ApiResourceNotFound' })
})

t.test('a component whose plain names are all in use has a hash in its name', async t => {
  const responses = { ResourceNotFound: { description: 'Mine.' }, ApiResourceNotFound: { description: 'Mine, too.' } }
  const schemas = { ResourceNotFoundError: { type: 'string' }, ApiResourceNotFoundError: { type: 'string' } }
  const app = await createApp({ openapi: { components: { responses, schemas } } }, app => { app.get('/things/:id', async () => ({})) })
  t.teardown(() => app.close())
  const document = documentOf(app)
  t.match(document.components, { responses, schemas })
  const { $ref } = document.paths['/things/{id}']?.get?.responses['404'] as { $ref: string }
  t.match($ref, /^#\/components\/responses\/ResourceNotFound_[0-9a-z]{4}$/)
  t.match(Object.keys(document.components.schemas ?? {}).filter(name => name.includes('ResourceNotFound')), [
    'ResourceNotFoundError', 'ApiResourceNotFoundError'
  ])
  t.strictSame(await new Validator().validate(structuredClone(document)), { valid: true })
})

t.test('schemas whose $ids differ only in characters that a name cannot have are separate components', async t => {
  const ids = ['https://example.com/money', 'https://example.com?money', '/']
  const app = await createApp({}, app => {
    for (const [index, $id] of ids.entries()) app.addSchema({ $id, type: 'object', properties: { [`amount${index}`]: { type: 'integer' } } })
    for (const [index, $id] of ids.slice(0, 1).entries()) app.get(`/${index}`, { schema: { response: { 200: { $ref: `${$id}#` } } } }, async () => ({}))
  })
  t.teardown(() => app.close())
  const document = documentOf(app)
  const own = Object.entries(document.components.schemas ?? {}).filter(([, { properties }]) => Object.keys(properties ?? {}).some(name => name.startsWith('amount')))
  t.strictSame(own.map(([, { properties }]) => Object.keys(properties as object)), [['amount0'], ['amount1'], ['amount2']])
  t.match(own.map(([name]) => name), ['https-example.com-money', /^https-example.com-money_[0-9a-z]{8}$/, /^_[0-9a-z]{8}$/])
  t.strictSame(document.paths['/0']?.get?.responses['200'], {
    description: 'Default Response', content: { 'application/json': { schema: { $ref: '#/components/schemas/https-example.com-money' } } }
  })
  t.strictSame(await new Validator().validate(structuredClone(document)), { valid: true })
})

t.test('HEAD routes that are shown have no content', async t => {
  for (const operationId of [undefined, 'getThing']) {
    const app = await createApp({ swagger: { exposeHeadRoutes: true } }, app => {
      app.get('/things/:id', { schema: operationId === undefined ? {} : { operationId } as object }, async () => ({}))
    })
    const document = documentOf(app)
    t.strictSame(Object.keys(document.paths['/things/{id}']?.head?.responses ?? {}), ['200', '404', '414', '500'], `${operationId ?? 'no operationId'}: the same statuses`)
    t.notOk((resolved(document.paths['/things/{id}']?.head?.responses['404'], document) as Json).content, 'without a body')
    t.strictSame(await new Validator().validate(structuredClone(document)), { valid: true })
    await app.close()
  }
  const app = await createApp({ swagger: { exposeHeadRoutes: true }, wiring: 'swagger alone' }, app => { app.get('/things/:id', async () => ({})) })
  t.teardown(() => app.close())
  const document = documentOf(app)
  t.strictSame(Object.keys(document.paths['/things/{id}']?.head?.responses ?? {}), ['200', '404', '414', '500'], 'without swaggerOptions(), too')
  t.notOk(document.paths['/things/{id}']?.head?.responses['404']?.content)
})

t.test('hidden routes stay hidden, and a route with several methods is documented for each method', async t => {
  for (const wiring of ['swagger first', 'swagger alone'] as const) {
    const app = await createApp({ wiring }, app => {
      app.get('/hidden', { schema: { hide: true } as object }, async () => ({}))
      app.route({ method: ['GET', 'POST'], url: '/both', handler: async () => ({}) })
    })
    const document = documentOf(app)
    t.strictSame(Object.keys(document.paths), ['/both'])
    t.strictSame(Object.keys(document.paths['/both']?.post?.responses ?? {}), ['200', '400', '413', '415', '500'])
    t.strictSame(Object.keys(document.paths['/both']?.get?.responses ?? {}), ['200', '500'])
    await app.close()
  }
})

t.test('prefixes, encapsulation and autoload', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'routes-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'things.cjs'), "module.exports = async app => { app.delete('/things/:id', async () => ({})) }\nmodule.exports.autoPrefix = '/auto'\n")
  const app = await createApp({}, async app => {
    await app.register(async scope => {
      scope.get('/', async () => ({}))
      scope.get('/items/:id', async () => ({}))
    }, { prefix: '/v1' })
    await app.register(autoload, { dir: folder })
  })
  t.teardown(() => app.close())
  const document = documentOf(app)
  t.strictSame(shown(document), {
    '/v1/ get': { 200: [], 500: ['internal_error'] },
    '/v1/items/{id} get': { 200: [], 404: ['resource_not_found'], 414: ['uri_too_long'], 500: ['internal_error'] },
    '/auto/things/{id} delete': {
      200: [], 400: ['invalid_request'], 404: ['resource_not_found'], 413: ['payload_too_large'], 414: ['uri_too_long'], 415: ['unsupported_media_type'], 500: ['internal_error']
    }
  })
  t.strictSame(app.apiErrors.explain('get', '/v1'), app.apiErrors.explain('GET', '/v1/'), 'a route below a prefix is found with and without its slash')
})

t.test('documents of several applications, and of several formats in one application, do not mix', async t => {
  const options = swaggerOptions({ openapi: { openapi: '3.1.0', info } })
  const apps = await Promise.all(['/a', '/b'].map(async url => {
    const app = Fastify(serverOptions())
    await app.register(swagger, options)
    await app.register(apiErrors)
    app.get(url, async () => ({}))
    await app.ready()
    return app
  }))
  for (const [index, app] of apps.entries()) t.strictSame(shown(documentOf(app)), { [index === 0 ? '/a get' : '/b get']: { 200: [], 500: ['internal_error'] } })
  await Promise.all(apps.map(app => app.close()))

  const app = await createApp({}, async app => {
    app.get('/outer', async () => ({}))
    await app.register(async scope => {
      await scope.register(apiErrors, { format: 'problem', notFound: false })
      scope.get('/inner', async () => ({}))
    })
  })
  t.teardown(() => app.close())
  const document = documentOf(app)
  const types = (path: string) => Object.keys((resolved(document.paths[path]?.get?.responses['500'], document) as { content: Json }).content)
  t.strictSame([types('/outer'), types('/inner')], [['application/json'], ['application/problem+json']])
  t.strictSame(await new Validator().validate(structuredClone(document)), { valid: true })
})

t.test('transforms of the user are called, and routes that they remove need no components', async t => {
  const app = await createApp({
    swagger: {
      transform: ({ schema, url }: { schema: Json | undefined, url: string }) => ({ schema: { ...schema, summary: 'Transformed' }, url: `/api${url}` }),
      transformObject: ({ openapiObject }: { openapiObject: Json & { paths: Json } }) => {
        const { '/api/users': _, ...paths } = openapiObject.paths
        return { ...openapiObject, paths, 'x-own': true }
      }
    }
  }, routes)
  t.teardown(() => app.close())
  const document = documentOf(app)
  t.equal(document['x-own'], true)
  t.strictSame(Object.keys(document.paths), ['/api/health', '/api/users/{id}'])
  t.equal(document.paths['/api/health']?.get?.summary, 'Transformed')
  t.strictSame(codesByStatus(document, '/api/users/{id}', 'put'), expected['/users/{id} put'])
  t.notMatch(JSON.stringify(document), 'x-fastify-api-errors', 'no internal mark is left')
})

t.test('a document that is requested in onReady also has the errors', async t => {
  const app = Fastify(serverOptions())
  t.teardown(() => app.close())
  await app.register(swagger, swaggerOptions({ openapi: { openapi: '3.1.0', info } }))
  let early: Document | undefined
  app.addHook('onReady', async () => { early = documentOf(app) })
  await app.register(apiErrors)
  routes(app)
  await app.ready()
  t.strictSame(shown(early as Document), expected)
})

t.test('a route with its own swaggerTransform is also documented', async t => {
  const app = await createApp({}, app => {
    app.get('/transformed/:id', { config: { swaggerTransform: ({ schema, url }: { schema: object, url: string }) => ({ schema, url }) } as object }, async () => ({}))
    app.get('/untransformed/:id', { config: { swaggerTransform: false } as object }, async () => ({}))
  })
  t.teardown(() => app.close())
  t.strictSame(shown(documentOf(app)), {
    '/transformed/{id} get': { 200: [], 404: ['resource_not_found'], 414: ['uri_too_long'], 500: ['internal_error'] },
    '/untransformed/{id} get': { 200: [], 404: ['resource_not_found'], 414: ['uri_too_long'], 500: ['internal_error'] }
  })
})

t.test('security of the document applies to every route without its own security', async t => {
  const app = await createApp({
    openapi: { security: [{ bearer: [] }], components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } } }
  }, app => {
    app.get('/private', async () => ({}))
    app.get('/public', { schema: { security: [] } as object }, async () => ({}))
    app.get('/known', { config: { errors: ['invalid_token'] } }, async () => ({}))
  })
  t.teardown(() => app.close())
  t.strictSame(app.apiErrors.explain('GET', '/private'), [
    { code: 'internal_error', status: 500, rule: 'handler', reason: 'Any handler can fail.' },
    { code: 'unauthorized', status: 401, rule: 'security', reason: 'The document requires authentication.' },
    { code: 'forbidden', status: 403, rule: 'security', reason: 'The document requires authentication.' }
  ], 'explain lists it before the document is requested')
  t.strictSame(shown(documentOf(app)), {
    '/private get': { 200: [], 401: ['unauthorized'], 403: ['forbidden'], 500: ['internal_error'] },
    '/public get': { 200: [], 500: ['internal_error'] },
    '/known get': { 200: [], 401: ['invalid_token'], 403: ['forbidden'], 500: ['internal_error'] }
  })
})

t.test('headers of successful responses', async t => {
  for (const wiring of ['swagger first', 'swagger alone'] as const) {
    const app = await createApp({ wiring, plugin: { requestId: 'all' } }, async app => {
      await app.register(cors)
      app.get('/things', { schema: { response: { 200: { type: 'object', headers: { 'X-Total': { type: 'integer' } } } } } }, async () => ({}))
    })
    const { headers } = resolved(documentOf(app).paths['/things']?.get?.responses['200'], documentOf(app)) as { headers: Json }
    t.strictSame(Object.keys(headers).sort(), ['Access-Control-Allow-Origin', 'X-Request-Id', 'X-Total'], wiring)
    t.strictSame(await new Validator().validate(documentOf(app)), { valid: true })
    await app.close()
  }
})

t.test('without errors, the document is unchanged', async t => {
  const webhooks = { openapi: '3.1.0', info, webhooks: {} }
  const bare = await createApp({ swagger: { transformObject: () => webhooks } }, routes)
  t.strictSame(documentOf(bare), webhooks, 'a transform that leaves no paths gets no errors')
  await bare.close()

  const pathsAlone = ({ openapiObject: { components: _, ...document } }: { openapiObject: Json }) => document
  for (const addSchemas of [false, true]) {
    const app = await createApp({ plugin: { addSchemas }, swagger: { transformObject: pathsAlone } }, routes)
    t.strictSame(shown(documentOf(app)), expected, 'a transform that leaves no components gets those of the errors')
    await app.close()
  }

  const without = Fastify()
  await without.register(swagger, swaggerOptions())
  without.get('/a', async () => ({}))
  await without.ready()
  t.strictSame(documentOf(without).paths, { '/a': { get: { responses: { 200: { description: 'Default Response' } } } } }, 'without the plugin')
  await without.close()

  const plain = Fastify(serverOptions())
  await plain.register(apiErrors)
  plain.get('/a/:id', async () => ({}))
  await plain.ready()
  t.strictSame(plain.apiErrors.explain('GET', '/a/:id').map(({ code }) => code), ['internal_error', 'uri_too_long', 'resource_not_found'], 'explain does not need a document')
  t.throws(() => plain.apiErrors.explain('GET', '/b'), {
    message: 'fastify-api-errors: explain("GET", "/b"): expected the method and the path of a registered route, like \'GET\', \'/queues/:id\'.'
  })
  await plain.close()
})

t.test('a document without openapi is an OpenAPI 3 document, and one that cannot contain the errors is rejected', async t => {
  t.match(swaggerOptions({ hideUntagged: true }), { openapi: {}, hideUntagged: true })
  for (const [options, sentence] of [
    [5, 'options: expected the options of @fastify/swagger, got 5.'],
    [{ swagger: { info } }, "swagger: expected 'openapi' instead, because a Swagger 2.0 document cannot contain the errors, got an object."],
    [{ transform: 5 }, 'transform: expected a function, got 5.'],
    [{ transformObject: {} }, 'transformObject: expected a function, got an object.'],
    [{ refResolver: 'id' }, 'refResolver: expected an object with buildLocalReference, got "id".']
  ] as const) t.equal(thrown(() => swaggerOptions(options as object)), `TypeError: swaggerOptions: ${sentence}`)
})
