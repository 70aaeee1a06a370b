/** Documents with zod schemas. */
import t from 'tap'
import swagger from '@fastify/swagger'
import Fastify from 'fastify'
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import {
  fastifyZodOpenApiPlugin, fastifyZodOpenApiTransform, fastifyZodOpenApiTransformObject,
  serializerCompiler as serializerCompiler2, validatorCompiler as validatorCompiler2
} from 'fastify-zod-openapi'
import apiErrors, { serverOptions, swaggerOptions } from 'fastify-api-errors'
import { Validator } from '@seriousme/openapi-schema-validator'
import { z } from 'zod'
import { codesByStatus, documentOf, info, type Json } from './documents.js'

const providers = {
  'fastify-type-provider-zod': { validatorCompiler, serializerCompiler, options: { transform: jsonSchemaTransform }, plugin: undefined },
  'fastify-zod-openapi': {
    validatorCompiler: validatorCompiler2,
    serializerCompiler: serializerCompiler2,
    options: { transform: fastifyZodOpenApiTransform, transformObject: fastifyZodOpenApiTransformObject },
    plugin: fastifyZodOpenApiPlugin
  }
}

for (const [name, { validatorCompiler, serializerCompiler, options, plugin }] of Object.entries(providers)) {
  for (const openapi of ['3.0.3', '3.1.0']) {
    for (const isOurs of [true, false]) {
      t.test(`zod schemas with ${name}, ${openapi}, ${isOurs ? 'with' : 'without'} swaggerOptions()`, async t => {
        const app = Fastify(serverOptions())
        t.teardown(() => app.close())
        app.setValidatorCompiler(validatorCompiler as never)
        app.setSerializerCompiler(serializerCompiler as never)
        if (plugin !== undefined) await app.register(plugin)
        const swaggerSettings = { openapi: { openapi, info }, ...options }
        await app.register(swagger, (isOurs ? swaggerOptions(swaggerSettings) : swaggerSettings) as object)
        await app.register(apiErrors)
        app.get('/health', { schema: { response: { 200: z.string() } } }, async () => 'ok')
        app.post('/users/:id', {
          schema: { params: z.object({ id: z.uuid() }), body: z.object({ email: z.email() }), response: { 201: z.object({ id: z.string() }) } }
        }, async (_request, reply) => reply.code(201).send({ id: '1' } as never))
        await app.ready()
        const document = documentOf(app)
        t.strictSame(await new Validator().validate(structuredClone(document)), { valid: true })
        t.strictSame(codesByStatus(document, '/health', 'get'), { 200: [], 500: ['internal_error'] })
        t.strictSame(codesByStatus(document, '/users/{id}', 'post'), {
          201: [],
          400: ['invalid_parameter', 'invalid_request'],
          404: ['resource_not_found'],
          413: ['payload_too_large'],
          414: ['uri_too_long'],
          415: ['unsupported_media_type'],
          422: ['missing_required_field', 'validation_error'],
          500: ['internal_error']
        })
        const { details } = document.components.schemas?.ValidationError?.properties as { details: { items: { properties: { code: Json } } } }
        t.notOk(details.items.properties.code.enum, 'the list of issue codes is open, because zod reports errors without a JSON Schema keyword')
      })
    }
  }
}

t.test('a zod schema that cannot fail adds no error', async t => {
  const app = Fastify(serverOptions())
  t.teardown(() => app.close())
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  await app.register(apiErrors)
  app.get('/users/:name', { schema: { params: z.object({ name: z.string() }) } }, async () => 'ok')
  app.post('/notes', { schema: { body: z.object({ text: z.string().optional() }) } }, async () => 'ok')
  await app.ready()
  const codes = (method: string, url: string): string[] => app.apiErrors.explain(method, url).map(({ rule, code }) => `${rule}: ${code}`)
  t.strictSame(codes('GET', '/users/:name'), ['handler: internal_error', 'parameterLength: uri_too_long', 'percentEncoding: invalid_request', 'resource: resource_not_found'])
  t.strictSame(codes('POST', '/notes').filter(code => code.startsWith('bodySchema')), ['bodySchema: validation_error'])
})
