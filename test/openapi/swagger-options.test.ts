/** Documents of @fastify/swagger with the errors of each route. */
import t from 'tap'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import autoload from '@fastify/autoload'
import swagger from '@fastify/swagger'
import { Type } from '@sinclair/typebox'
import Fastify from 'fastify'
import apiErrors, { defineFormat, formats, serverOptions, swaggerOptions } from 'fastify-api-errors'
import { Validator } from '@seriousme/openapi-schema-validator'
import { addSampleRoutes, codesByOperation, createApp, documentOf, info, type Document, type Setup, sampleCodes } from './documents.js'
import { thrown } from '../helpers/thrown.js'

t.test('the document is the same in any order of registration, with or without swaggerOptions(), in JSON and YAML', async t => {
  for (const wiring of ['swagger first', 'ours first', 'swagger alone', 'swagger alone, ours first'] as const) {
    const app = await createApp({ wiring }, addSampleRoutes)
    t.strictSame(codesByOperation(documentOf(app)), sampleCodes, wiring)
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
          code: { schema: ({ code }) => Type.Unsafe<string>({ type: 'string', enum: [code] }), value: response => response.code },
          message: { schema: () => Type.String(), value: response => response.message }
        }
      }
    }
  })
  for (const format of [...Object.values(formats), enveloped]) {
    for (const openapi of ['3.0.3', '3.1.0']) {
      for (const negotiate of [false, true, ['problem', 'markdown']] as const) {
        const setup: Setup = { plugin: { format, negotiate, requestId: 'all' }, openapi: { openapi } }
        for (const wiring of ['swagger first', 'swagger alone'] as const) {
          const app = await createApp({ ...setup, wiring }, addSampleRoutes)
          const document = documentOf(app)
          const title = `${format.name}, ${openapi}${negotiate === false ? '' : `, negotiated: ${String(negotiate)}`}, ${wiring}`
          const result = await new Validator().validate(structuredClone(document))
          t.strictSame(result, { valid: true }, title)
          t.strictSame(codesByOperation(document), sampleCodes, `${title}: the same errors`)
          await app.close()
        }
      }
    }
  }
})

t.test('routes in scopes with a prefix and routes of @fastify/autoload are documented', async t => {
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
  t.strictSame(codesByOperation(document), {
    '/v1/ get': { 200: [], 500: ['internal_error'] },
    '/v1/items/{id} get': { 200: [], 404: ['resource_not_found'], 500: ['internal_error'] },
    '/auto/things/{id} delete': {
      200: [], 400: ['invalid_request'], 404: ['resource_not_found'], 413: ['payload_too_large'], 415: ['unsupported_media_type'], 500: ['internal_error']
    }
  })
  t.strictSame(app.apiErrors.explain('get', '/v1'), app.apiErrors.explain('GET', '/v1/'), 'a route below a prefix is found with and without its slash')
})

t.test('a document that is requested in onReady also has the errors', async t => {
  const app = Fastify(serverOptions())
  t.teardown(() => app.close())
  await app.register(swagger, swaggerOptions({ openapi: { openapi: '3.1.0', info } }))
  let early: Document | undefined
  app.addHook('onReady', async () => { early = documentOf(app) })
  await app.register(apiErrors)
  addSampleRoutes(app)
  await app.ready()
  t.strictSame(codesByOperation(early as Document), sampleCodes)
})

t.test('a document without openapi is an OpenAPI 3 document, and one that cannot contain the errors is rejected', async t => {
  t.match(swaggerOptions({ hideUntagged: true }), { openapi: {}, hideUntagged: true })
  for (const [options, sentence] of [
    [5, 'options: expected the options of @fastify/swagger, got 5.'],
    [{ swagger: { info } }, "swagger: expected 'openapi' instead, because a Swagger 2.0 document cannot contain the errors, got an object."],
    [{ transform: 5 }, 'transform: expected a function, got 5.'],
    [{ transformObject: {} }, 'transformObject: expected a function, got an empty object.'],
    [{ refResolver: 'id' }, 'refResolver: expected an object with buildLocalReference, got "id".']
  ] as const) t.equal(thrown(() => swaggerOptions(options as object)), `TypeError: swaggerOptions: ${sentence}`)
})

t.test('Markdown is documented as a media type, with the text of each code as its example', async t => {
  const app = await createApp({ plugin: { negotiate: ['markdown'] } }, async app => {
    app.delete('/queues/:id', { config: { errors: ['resource_conflict'] } }, async () => ({}))
  })
  t.teardown(() => app.close())
  const { paths, components } = documentOf(app) as unknown as { paths: Record<string, any>, components: Record<string, any> }
  const response = components.responses[paths['/queues/{id}'].delete.responses[409].$ref.split('/').at(-1)]
  t.strictSame(response.content['text/markdown'], {
    schema: { type: 'string' },
    examples: { resource_conflict: { $ref: '#/components/examples/ResourceConflictMarkdown' } }
  })
  t.match(components.examples.ResourceConflictMarkdown.value, /^---\ncode: "resource_conflict"\nstatus: 409\nretryable: false\n[^]*## What to do\n/)
})
