/** `responses()` and the types of `reply.send()`. */
import t from 'tap'
import { TypeBoxValidatorCompiler as Compiler6, Type as Type6, type TypeBoxTypeProvider as Provider6 } from '@fastify/type-provider-typebox'
import { Type as Type5, type TypeBoxTypeProvider as Provider5 } from 'type-provider-typebox-5'
import * as official from '@fastify/type-provider-zod'
import swagger from '@fastify/swagger'
import { expectTypeOf } from 'expect-type'
import Fastify from 'fastify'
import * as community from 'fastify-type-provider-zod'
import * as openApi from 'fastify-zod-openapi'
import { z } from 'zod'
import apiErrors, { defineErrors, responses, serverOptions, standardErrors, type ApiError } from 'fastify-api-errors'
import { codesByStatus, createApp, documentOf } from '../../openapi/documents.js'

const errors = defineErrors(standardErrors, {
  already_in_queue: { status: 409, type: 'conflict_error', message: 'You are in this queue.', description: 'Twice.', action: 'Wait.' }
})

t.test('responses() returns the schema of the status of a factory', t => {
  const declared = responses(errors.resource_not_found, errors.resource_conflict, errors.already_in_queue)
  expectTypeOf<keyof typeof declared>().toEqualTypeOf<404 | 409>()
  expectTypeOf(declared[404].static).toEqualTypeOf<ApiError<'resource_not_found'>>()
  expectTypeOf(declared[409]['~unsafe']).toEqualTypeOf<ApiError<'resource_conflict'> | ApiError<'already_in_queue'>>()
  t.strictSame(Object.keys(declared), ['404', '409'])
  t.strictSame(JSON.parse(JSON.stringify(declared)), {
    404: { description: 'resource_not_found' },
    409: { description: 'resource_conflict, already_in_queue' }
  }, 'at run time it accepts anything, so that nothing is changed')
  t.throws(() => responses('resource_not_found' as never), {
    message: 'responses: argument 1: expected a factory of a catalog, such as errors.resource_not_found, got "resource_not_found".'
  })
  t.end()
})

t.test('reply.send() accepts exactly the errors of the status: @fastify/type-provider-typebox 5', async t => {
  const app = Fastify(serverOptions()).withTypeProvider<Provider5>()
  t.teardown(() => app.close())
  await app.register(apiErrors, { errors })
  app.get('/queues/:id', {
    schema: {
      params: Type5.Object({ id: Type5.String() }),
      response: { 200: Type5.Object({ id: Type5.String() }), ...responses(errors.resource_not_found, errors.already_in_queue) }
    }
  }, async (request, reply) => {
    expectTypeOf(request.params.id).toEqualTypeOf<string>()
    // @ts-expect-error: another code
    if (request.params.id === '') reply.code(404).send(errors.already_in_queue())
    // @ts-expect-error: not an error of the catalog
    if (request.params.id === '') reply.code(409).send({ message: 'no' })
    // @ts-expect-error: a status that is not declared
    if (request.params.id === '') reply.code(410).send(errors.resource_gone())
    if (request.params.id === '1') return reply.code(404).send(errors.resource_not_found({ message: 'No queue has this id.' }))
    if (request.params.id === '2') return reply.code(409).send(errors.already_in_queue())
    return { id: request.params.id }
  })
  await check(t, app)
})

t.test('reply.send() accepts exactly the errors of the status: @fastify/type-provider-typebox 6', async t => {
  const app = Fastify(serverOptions()).withTypeProvider<Provider6>().setValidatorCompiler(Compiler6)
  t.teardown(() => app.close())
  await app.register(apiErrors, { errors })
  app.get('/queues/:id', {
    schema: {
      params: Type6.Object({ id: Type6.String() }),
      response: { 200: Type6.Object({ id: Type6.String() }), ...responses(errors.resource_not_found, errors.already_in_queue) }
    }
  }, async (request, reply) => {
    expectTypeOf(request.params.id).toEqualTypeOf<string>()
    // @ts-expect-error: another code
    if (request.params.id === '') reply.code(404).send(errors.already_in_queue())
    // @ts-expect-error: not an error of the catalog
    if (request.params.id === '') reply.code(409).send({ message: 'no' })
    // @ts-expect-error: a status that is not declared
    if (request.params.id === '') reply.code(410).send(errors.resource_gone())
    if (request.params.id === '1') return reply.code(404).send(errors.resource_not_found({ message: 'No queue has this id.' }))
    if (request.params.id === '2') return reply.code(409).send(errors.already_in_queue())
    return { id: request.params.id }
  })
  await check(t, app)
})

for (const [provider, compilers] of Object.entries({ '@fastify/type-provider-zod': official, 'fastify-type-provider-zod': community })) {
  t.test(`reply.send() accepts exactly the errors of the status, and a handler can return them: ${provider}`, async t => {
    const app = Fastify(serverOptions()).withTypeProvider<official.ZodTypeProvider>()
      .setValidatorCompiler(compilers.validatorCompiler).setSerializerCompiler(compilers.serializerCompiler)
    t.teardown(() => app.close())
    await app.register(swagger, { openapi: { info: { title: 'Queues', version: '1.0.0' } }, transform: compilers.jsonSchemaTransform })
    await app.register(apiErrors, { errors })
    app.get('/queues/:id', {
      schema: {
        params: z.object({ id: z.string() }),
        response: { 200: z.object({ id: z.string() }), ...responses(errors.resource_not_found, errors.already_in_queue) }
      }
    }, async (request, reply) => {
      expectTypeOf(request.params.id).toEqualTypeOf<string>()
      // @ts-expect-error: another code
      if (request.params.id === '') reply.code(404).send(errors.already_in_queue())
      // @ts-expect-error: not an error of the catalog
      if (request.params.id === '') reply.code(409).send({ message: 'no' })
      // @ts-expect-error: a status that is not declared
      if (request.params.id === '') reply.code(410).send(errors.resource_gone())
      if (request.params.id === '1') return errors.resource_not_found({ message: 'No queue has this id.' })
      if (request.params.id === '2') return reply.code(409).send(errors.already_in_queue())
      return { id: request.params.id }
    })
    app.get('/declared', { schema: { response: { 200: z.string(), ...responses(errors.resource_not_found, errors.already_in_queue) } } }, async () => 'ok')
    await check(t, app)
    t.strictSame(codesByStatus(documentOf(app), '/declared', 'get'), {
      200: [], 404: ['resource_not_found'], 409: ['already_in_queue'], 500: ['internal_error']
    })
  })
}

t.test('reply.send() accepts exactly the errors of the status, and a handler can return them: fastify-zod-openapi', async t => {
  const app = Fastify(serverOptions()).withTypeProvider<openApi.FastifyZodOpenApiTypeProvider>()
    .setValidatorCompiler(openApi.validatorCompiler).setSerializerCompiler(openApi.serializerCompiler)
  t.teardown(() => app.close())
  await app.register(openApi.fastifyZodOpenApiPlugin)
  await app.register(swagger, { openapi: { openapi: '3.1.0', info: { title: 'Queues', version: '1.0.0' } }, ...openApi.fastifyZodOpenApiTransformers })
  await app.register(apiErrors, { errors })
  app.get('/queues/:id', {
    schema: {
      params: z.object({ id: z.string() }),
      response: { 200: z.object({ id: z.string() }), ...responses(errors.resource_not_found, errors.already_in_queue) }
    }
  }, async (request, reply) => {
    expectTypeOf(request.params.id).toEqualTypeOf<string>()
    // @ts-expect-error: another code
    if (request.params.id === '') reply.code(404).send(errors.already_in_queue())
    // @ts-expect-error: not an error of the catalog
    if (request.params.id === '') reply.code(409).send({ message: 'no' })
    // @ts-expect-error: a status that is not declared
    if (request.params.id === '') reply.code(410).send(errors.resource_gone())
    if (request.params.id === '1') return errors.resource_not_found({ message: 'No queue has this id.' })
    if (request.params.id === '2') return reply.code(409).send(errors.already_in_queue())
    return { id: request.params.id }
  })
  app.get('/declared', { schema: { response: { 200: z.string(), ...responses(errors.resource_not_found, errors.already_in_queue) } } }, async () => 'ok')
  await check(t, app)
  t.strictSame(codesByStatus(documentOf(app), '/declared', 'get'), {
    200: [], 404: ['resource_not_found'], 409: ['already_in_queue'], 500: ['internal_error']
  })
})

t.test('a handler can return the errors that its responses list, and throw any other', async () => {
  const app5 = Fastify().withTypeProvider<Provider5>()
  const app6 = Fastify().withTypeProvider<Provider6>()
  const zodApp = Fastify().withTypeProvider<official.ZodTypeProvider>()
  const communityApp = Fastify().withTypeProvider<community.ZodTypeProvider>()
  const unused = (): unknown => [
    app5.get('/', { schema: { response: { 200: Type5.String(), ...responses(errors.resource_not_found) } } }, async () => errors.resource_not_found()),
    app6.get('/', { schema: { response: { 200: Type6.String(), ...responses(errors.resource_not_found) } } }, async () => errors.resource_not_found()),
    zodApp.get('/', { schema: { response: { 200: z.string(), ...responses(errors.resource_not_found) } } }, async () => errors.resource_not_found()),
    communityApp.get('/', { schema: { response: { 200: z.string(), ...responses(errors.resource_not_found) } } }, async () => errors.resource_not_found()),
    // @ts-expect-error: another code
    communityApp.get('/', { schema: { response: responses(errors.resource_not_found) } }, (_request, reply) => { reply.code(404).send(errors.resource_gone()) }),
    // @ts-expect-error: the responses do not list the error
    app5.get('/', { schema: { response: { 200: Type5.String() } } }, async () => errors.resource_not_found()),
    // @ts-expect-error: the responses do not list the error
    app6.get('/', { schema: { response: { 200: Type6.String(), ...responses(errors.resource_not_found) } } }, async () => errors.resource_gone()),
    // @ts-expect-error: the responses do not list the error
    zodApp.get('/', { schema: { response: { 200: z.string(), ...responses(errors.resource_not_found) } } }, async () => errors.resource_gone()),
    // @ts-expect-error: the type of the reply does not list the error
    Fastify().get<{ Reply: string }>('/', async () => errors.resource_not_found()),
    Fastify().get<{ Reply: string | ApiError<'resource_not_found'> }>('/', async () => errors.resource_not_found()),
    Fastify().get('/', async () => errors.resource_not_found()),
    Fastify().get('/', { schema: { response: { 200: { type: 'string' } } } }, async () => errors.resource_not_found()),
    app5.get('/', { schema: { response: { 200: Type5.String() } } }, async () => { throw errors.resource_not_found() })
  ]
  expectTypeOf(unused).toBeFunction()
})

async function check (t: Tap, app: { inject: (url: string) => Promise<{ statusCode: number, headers: object, json: () => unknown }> }): Promise<void> {
  const ok = await app.inject('/queues/3')
  t.strictSame([ok.statusCode, ok.json()], [200, { id: '3' }])
  const missing = await app.inject('/queues/1')
  t.equal(missing.statusCode, 404)
  t.match(missing.headers, { 'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8' })
  t.match(missing.json(), { code: 'resource_not_found', message: 'No queue has this id.', request_id: /^req_/ })
  const conflict = await app.inject('/queues/2')
  t.equal(conflict.statusCode, 409)
  t.match(conflict.json(), { code: 'already_in_queue', message: 'You are in this queue.' })
}

type Tap = Pick<typeof t, 'strictSame' | 'equal' | 'match'>

t.test('a response declared with a factory is documented from the catalog, and the implicit 200 stays', async t => {
  for (const wiring of ['swagger first', 'swagger alone'] as const) {
    const app = await createApp({ plugin: { errors }, wiring }, app => {
      app.get('/only', { schema: { response: responses(errors.already_in_queue) } }, async () => ({}))
      app.get('/beside', { schema: { response: { 201: { type: 'object' }, ...responses(errors.already_in_queue) } } }, async () => ({}))
    })
    const document = documentOf(app)
    t.strictSame(codesByStatus(document, '/only', 'get'), { 200: [], 409: ['already_in_queue'], 500: ['internal_error'] }, wiring)
    t.strictSame(codesByStatus(document, '/beside', 'get'), { 201: [], 409: ['already_in_queue'], 500: ['internal_error'] }, wiring)
    await app.close()
  }
  await t.rejects(createApp({}, app => { app.get('/a', { schema: { response: responses(errors.already_in_queue) } }, async () => ({})) }), {
    message: 'fastify-api-errors: the errors of GET /a: expected codes of the option \'errors\', got "already_in_queue". schema.response of the route lists it.'
  }, 'an error of another catalog is reported')
})

t.test('config.errors is typed without a declaration by the user', async t => {
  await createApp({ plugin: { errors } }, app => {
    app.get('/a', { config: { errors: ['resource_gone', errors.already_in_queue] } }, async () => ({}))
    // @ts-expect-error: no such standard code
    t.throws(() => app.get('/b', { config: { errors: ['resource_gon'] } }, async () => ({})), /resource_gon/)
  }).then(async app => await app.close())
})
