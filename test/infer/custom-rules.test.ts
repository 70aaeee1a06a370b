/** Rules of the application, and switching off built-in rules. */
import { readFileSync } from 'node:fs'
import t from 'tap'
import type { FastifyInstance } from 'fastify'
import { standardErrors as errors, type DocumentationRules } from 'fastify-api-errors'
import { rules } from '../../lib/infer/rules.js'
import { createApp } from '../openapi/documents.js'

const handler = async (): Promise<string> => ''

function codes (app: FastifyInstance, method: string, url: string): string[] {
  return app.apiErrors.explain(method, url).map(({ code, rule }) => `${rule}: ${code}`)
}

t.test('the OpenAPI page lists every rule', t => {
  const page = readFileSync(new URL('../../docs/openapi.md', import.meta.url), 'utf8')
  t.strictSame([...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name), Object.keys(rules))
  t.end()
})

t.test('a built-in rule can be switched off', async t => {
  const app = await createApp({ plugin: { documentation: { rules: { resource: false } } } }, app => { app.get('/things/:id', handler) })
  t.teardown(() => app.close())
  t.strictSame(codes(app, 'GET', '/things/:id'), ['handler: internal_error'])
})

t.test('a custom rule replaces a built-in rule or is added', async t => {
  const app = await createApp({
    plugin: {
      documentation: {
        rules: {
          resource: { errors: [errors.resource_not_found], reason: 'It is about one thing.', when: ({ url, config }) => url.startsWith('/things/') && config.errors === undefined },
          tenant: { errors: ['forbidden'], reason: 'Every route is of a tenant.' },
          writes: { errors: ['resource_conflict'], reason: 'It writes.', when: ({ method, schema }) => method !== 'GET' && schema.body === undefined }
        }
      }
    }
  }, app => {
    app.get('/things/:id', handler)
    app.get('/others/:id', { schema: { security: [{ bearer: [] }] } as object }, handler)
    app.delete('/others/:id', handler)
    app.get('/things/:id/parts', { config: { errors: ['resource_gone'] } }, handler)
  })
  t.teardown(() => app.close())
  t.strictSame(codes(app, 'GET', '/things/:id'), ['handler: internal_error', 'resource: resource_not_found', 'tenant: forbidden'])
  t.strictSame(codes(app, 'GET', '/others/:id'), ['handler: internal_error', 'tenant: forbidden', 'security: unauthorized'], 'security adds the status that no other rule adds')
  t.strictSame(codes(app, 'GET', '/things/:id/parts'), ['handler: internal_error', 'config: resource_gone', 'tenant: forbidden'], 'the condition reads config')
  t.strictSame(codes(app, 'DELETE', '/others/:id').slice(-2), ['tenant: forbidden', 'writes: resource_conflict'])
})

t.test('register() rejects an invalid rule with one sentence', async t => {
  const register = (rules: unknown) => createApp({ plugin: { documentation: { rules: rules as DocumentationRules } } }, () => {})
  const faults: ReadonlyArray<readonly [rules: unknown, message: string]> = [
    [[], 'documentation.rules: expected an object of rules by name, got an empty array.'],
    [{ resources: false }, `documentation.rules.resources: expected a rule, because only these can be false: ${Object.keys(rules).join(', ')}, got false.`],
    [{ databaseOutage: 'on' }, 'documentation.rules.databaseOutage: expected true, false, or an object with errors and reason, got "on".'],
    [{ handler: true }, 'documentation.rules.handler: expected false, or an object with errors and reason, got true.'],
    [{ a: true }, 'documentation.rules.a: expected false, or an object with errors and reason, got true.'],
    [{ a: null }, 'documentation.rules.a: expected false, or an object with errors and reason, got null.'],
    [{ a: 'forbidden' }, 'documentation.rules.a: expected false, or an object with errors and reason, got "forbidden".'],
    [{ a: { reason: 'A.' } }, 'documentation.rules.a.errors: expected a list of codes or factories, got undefined.'],
    [{ a: { errors: 'forbidden', reason: 'A.' } }, 'documentation.rules.a.errors: expected a list of codes or factories, got "forbidden".'],
    [{ a: { errors: ['nope'], reason: 'A.' } }, 'documentation.rules.a.errors: expected codes of the option \'errors\', got "nope".'],
    [{ a: { errors: [] } }, 'documentation.rules.a.reason: expected a sentence that states the reason, got undefined.'],
    [{ a: { errors: [], reason: '' } }, 'documentation.rules.a.reason: expected a sentence that states the reason, got "".'],
    [{ a: { errors: [], reason: 'A.', when: 'always' } }, 'documentation.rules.a.when: expected a function of the route, got "always".']
  ]
  for (const [rules, message] of faults) await t.rejects(register(rules), { message: `fastify-api-errors: ${message}` })
  for (const [plugin, message] of [
    [{ documentation: { rule: {} } }, 'documentation.rule: unknown option, expected one of rules, componentPrefix.'],
    [{ documentation: null }, 'documentation: expected an object with rules or componentPrefix, got null.'],
    [{ addSchemas: 1 }, 'addSchemas: expected true or false, got 1.'],
    [{ documentation: { componentPrefix: 'v1/' } }, 'documentation.componentPrefix: expected letters, digits, dots, hyphens and underscores, got "v1/".']
  ] as const) {
    await t.rejects(createApp({ plugin: plugin as object }, () => {}), { message: `fastify-api-errors: ${message}` })
  }
  const app = await createApp({ plugin: { documentation: { rules: { resource: undefined } } as never } }, app => { app.get('/a/:id', handler) })
  t.strictSame(codes(app, 'GET', '/a/:id'), ['handler: internal_error', 'resource: resource_not_found'], 'undefined has no effect')
  await app.close()
})

t.test('an async condition of a rule is rejected with its name, because each rule would then apply', async t => {
  for (const when of [async () => false, async () => { throw new Error('is handled') }]) {
    const app = await createApp({ plugin: { documentation: { rules: { mine: { errors: ['forbidden'], reason: 'A.', when: when as never } } } } }, app => { app.get('/', handler) })
    t.teardown(() => app.close())
    t.throws(() => app.apiErrors.explain('GET', '/'), { message: 'documentation.rules.mine.when: expected the function to return its result, got a promise.' })
  }
  await new Promise(setImmediate)
})
