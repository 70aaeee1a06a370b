/** The names of components if the plugin is registered several times. */
import t from 'tap'
import swagger from '@fastify/swagger'
import { Validator } from '@seriousme/openapi-schema-validator'
import Fastify, { type FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import apiErrors, { defineErrors, swaggerOptions, type ApiErrorsOptions } from 'fastify-api-errors'
import { documentOf, info } from './documents.js'

type Registration = readonly [prefix: string, options: ApiErrorsOptions]

/** Returns the names of the schemas in a document of several scopes. Each has a registration and a route, `depth` levels below the application. */
async function schemasOf (t: Tap.Test, registrations: readonly Registration[], outer?: ApiErrorsOptions, depth = 1): Promise<string[]> {
  const app = Fastify()
  await app.register(swagger, { openapi: { info } })
  const add = async (scope: FastifyInstance, options: ApiErrorsOptions): Promise<void> => {
    await scope.register(apiErrors, { notFound: false, ...options })
    scope.get(`/${Math.random().toString(36).slice(2)}`, async () => '')
  }
  if (outer !== undefined) await add(app, outer)
  const addBelow = async (scope: FastifyInstance, options: ApiErrorsOptions, levels: number): Promise<void> => {
    if (levels > 1) await scope.register(async below => { await addBelow(below, options, levels - 1) })
    else await add(scope, options)
  }
  for (const [prefix, options] of registrations) await app.register(async scope => { await addBelow(scope, options, depth) }, prefix === '' ? {} : { prefix })
  await app.ready()
  const document = documentOf(app)
  t.strictSame(await new Validator().validate(structuredClone(document)), { valid: true })
  await app.close()
  return Object.keys(document.components.schemas ?? {}).filter(name => name.endsWith('InternalServerError')).sort()
}

declare namespace Tap { type Test = Pick<typeof t, 'strictSame'> }

t.test('component names have a prefix for each registration, in any order', async t => {
  const v1: Registration = ['/api/v1', { format: 'code' }]
  const v2: Registration = ['/api/v2', { format: 'problem' }]
  const both = ['ApiV1InternalServerError', 'ApiV2InternalServerError']
  t.strictSame(await schemasOf(t, [v1, v2]), both)
  t.strictSame(await schemasOf(t, [v2, v1]), both)
  t.strictSame(await schemasOf(t, [v2]), ['ApiV2InternalServerError'], 'another registration does not rename them')
  t.strictSame(await schemasOf(t, [['', {}]]), ['InternalServerError'], 'no prefix for a single registration without a path prefix')
  t.strictSame(await schemasOf(t, [['', { format: 'problem' }], v1], {}), ['ApiV1InternalServerError', 'InternalServerError', 'ProblemInternalServerError'])
  t.strictSame(await schemasOf(t, [['/a', {}]], {}, 2), ['AInternalServerError', 'InternalServerError'], 'a registration inside scopes without a registration')
  t.strictSame(await schemasOf(t, [['/ü', {}]]), [`${(await schemasOf(t, [['/ü', {}]]))[0]}`], 'a prefix without letters has a hash')
})

t.test('the option sets another prefix', async t => {
  const named = (format: 'code' | 'problem', componentPrefix: string): Registration => [`/${format}`, { format, documentation: { componentPrefix } }]
  t.strictSame(await schemasOf(t, [named('code', 'Old'), named('problem', '')]), ['InternalServerError', 'OldInternalServerError'])
  t.strictSame(await schemasOf(t, [named('code', 'One'), ['/other', { documentation: { componentPrefix: 'One' } }]]), ['OneInternalServerError'], 'the same components are shared')
})

t.test('registrations with equal prefixes and different components in one document are rejected, in any order', async t => {
  const message = (formats: string, prefix: string): string =>
    `fastify-api-errors: documentation.componentPrefix: expected a different prefix in each registration that shares a document and has other errors (here, two with the formats ${formats}), got "${prefix}".`
  const problem: Registration = ['', { format: 'problem' }]
  await t.rejects(schemasOf(t, [['', {}], problem]), { message: message("'code' and 'problem'", '') })
  await t.rejects(schemasOf(t, [problem, ['', {}]]), { message: message("'problem' and 'code'", '') })
  await t.rejects(schemasOf(t, [['/a', { documentation: { componentPrefix: 'One' } }], ['/b', { format: 'problem', documentation: { componentPrefix: 'One' } }]]), { message: message("'code' and 'problem'", 'One') })
  const paid = defineErrors({ invoice_is_paid: { status: 409, type: 'conflict_error', message: 'It is paid.', description: 'The invoice is paid.', action: 'Read it.' } })
  await t.rejects(schemasOf(t, [['', {}], ['', { errors: paid }]]), { message: message("'code' and 'code'", '') }, 'the same format with another catalog')

  const named: Registration = ['', { format: 'problem', documentation: { componentPrefix: 'Admin' } }]
  t.strictSame(await schemasOf(t, [['', {}], named]), ['AdminInternalServerError', 'InternalServerError'], 'the option resolves it, and the first scope keeps its names')
  t.strictSame(await schemasOf(t, [['', {}], ['', {}]]), ['InternalServerError'], 'the same errors are shared')
})

t.test('registrations with equal prefixes start if no document shows routes of both', async t => {
  const start = async (documents: 'none' | 'one scope' | 'hidden' | 'two'): Promise<FastifyInstance> => {
    const app = Fastify()
    if (documents === 'hidden') await app.register(swagger, { openapi: { info } })
    for (const format of ['code', 'problem'] as const) {
      await app.register(async scope => {
        if (documents === 'two' || (documents === 'one scope' && format === 'code')) await scope.register(swagger, { openapi: { info } })
        await scope.register(apiErrors, { format, notFound: false })
        scope.get(`/${format}`, { schema: documents === 'hidden' && format === 'code' ? { hide: true } as object : {} }, async () => '')
      })
    }
    await app.ready()
    return app
  }
  for (const documents of ['none', 'one scope', 'hidden', 'two'] as const) await t.resolves(start(documents).then(app => app.close()), documents)
})

t.test('a registration inside another one has the same names if it is loaded first', async t => {
  const names: string[][] = []
  for (const order of ['outer first', 'inner first', 'not awaited'] as const) {
    const app = Fastify()
    await app.register(swagger, { openapi: { info } })
    const inner = (): unknown => app.register(async scope => {
      await scope.register(apiErrors, { format: 'problem', notFound: false })
      scope.get('/inner', async () => '')
    })
    const outer = (): unknown => app.register(apiErrors, {})
    if (order === 'outer first') await outer()
    if (order === 'inner first') await inner()
    if (order !== 'inner first') inner()
    if (order !== 'outer first') outer()
    await app.after()
    app.get('/outer', async () => '')
    await app.ready()
    names.push(Object.keys(documentOf(app).components.schemas ?? {}).filter(name => name.endsWith('InternalServerError')).sort())
    await app.close()
  }
  const both = ['InternalServerError', 'ProblemInternalServerError']
  t.strictSame(names, [both, both, both])
})

t.test('a prefix starts with a letter, because it begins the names of types', async t => {
  t.strictSame(await schemasOf(t, [['/1', {}], ['/2/x', { format: 'problem' }]]), ['Api1InternalServerError', 'Api2XInternalServerError'])
  for (const prefix of ['/ü', '/日本', '/é', '/-']) t.match((await schemasOf(t, [[prefix, {}]]))[0], /^[A-Za-z]\w+$/, prefix)
})

t.test('if @fastify/swagger was registered before the package could watch it, equal prefixes lead to other names, in any order', async t => {
  const found: string[][] = []
  for (const formats of [['code', 'problem'], ['problem', 'code']] as const) {
    const app = Fastify()
    const scopes = new Map(formats.map(format => [format, async (scope: FastifyInstance) => {
      await scope.register(apiErrors, { format, notFound: false, documentation: { componentPrefix: 'One' } })
      scope.get(`/${format}`, async () => '')
    }]))
    // A function with another name hides the registration, as an application that was created earlier does.
    const options = swaggerOptions({ openapi: { info } })
    const hidden = swagger as unknown as (app: FastifyInstance, options: object, done: () => void) => void
    await app.register(fp(async (instance: FastifyInstance) => { hidden(instance, options, () => {}) }))
    for (const scope of scopes.values()) await app.register(scope)
    await app.ready()
    found.push(Object.keys(documentOf(app).components.schemas ?? {}).filter(name => name.endsWith('InternalServerError')).sort())
    await app.close()
  }
  t.equal(found[0]?.length, 2)
  t.strictSame(found[0], found[1])
})
