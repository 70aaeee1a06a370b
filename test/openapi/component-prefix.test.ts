/** The names of components if the plugin is registered several times. */
import t from 'tap'
import swagger from '@fastify/swagger'
import { Validator } from '@seriousme/openapi-schema-validator'
import Fastify, { type FastifyInstance } from 'fastify'
import apiErrors, { type ApiErrorsOptions } from 'fastify-api-errors'
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

t.test('the option sets another prefix, and registrations with equal prefixes and different components are distinguished', async t => {
  const named = (format: 'code' | 'problem', componentPrefix: string): Registration => [`/${format}`, { format, documentation: { componentPrefix } }]
  t.strictSame(await schemasOf(t, [named('code', 'Old'), named('problem', '')]), ['InternalServerError', 'OldInternalServerError'])
  t.strictSame(await schemasOf(t, [named('code', 'One'), ['/other', { documentation: { componentPrefix: 'One' } }]]), ['OneInternalServerError'], 'the same components are shared')
  const names = await schemasOf(t, [named('code', 'One'), named('problem', 'One')])
  t.equal(names.length, 2)
  t.strictSame(await schemasOf(t, [named('problem', 'One'), named('code', 'One')]), names)
})
