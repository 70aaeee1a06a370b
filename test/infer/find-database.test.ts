// Tests an application with a database: it can reject a body that matches its schema, and the document has these codes.
import { join } from 'node:path'
import t from 'tap'
import Fastify from 'fastify'
import apiErrors, { standardErrors as errors, type DocumentationRules } from 'fastify-api-errors'
import { findDatabase, findDependency, findLoadedLibrary } from '../../lib/infer/find-database.js'

t.test('a decorator of the application or of an outer scope shows that a database is used', async t => {
  const app = Fastify()
  t.equal(findDatabase(app), undefined)
  app.decorate('knex', {})
  await app.register(async scope => { t.equal(findDatabase(scope), "the decorator 'knex'") })
})

t.test('a loaded library is recognized by its path in node_modules', async t => {
  t.equal(findLoadedLibrary(['/app/node_modules/fastify/fastify.js', '/app/index.js']), undefined)
  t.equal(findLoadedLibrary(['/app/node_modules/pg/lib/index.js']), 'pg')
  t.equal(findLoadedLibrary(['/app/node_modules/.pnpm/knex@3/node_modules/knex/index.js']), 'knex')
  t.equal(findLoadedLibrary(['C:\\app\\node_modules\\@prisma\\client\\index.js']), '@prisma/client')
  t.equal(findLoadedLibrary(['/app/node_modules/pg-types/index.js']), undefined)
})

t.test('a library that is an ES module is found in the dependencies of the nearest package.json', async t => {
  const directory = t.testdir({
    'package.json': JSON.stringify({ dependencies: { fastify: '5', postgres: '3' }, devDependencies: { pg: '8' } }),
    src: {},
    broken: { 'package.json': '{' },
    without: { 'package.json': '{}', src: {} }
  })
  t.equal(findDependency(directory), 'postgres')
  t.equal(findDependency(join(directory, 'src')), 'postgres')
  t.equal(findDependency(join(directory, 'src')), 'postgres', 'the file is read once')
  t.equal(findDependency(join(directory, 'broken')), 'postgres', 'a file that is not JSON is skipped')
  t.equal(findDependency(join(directory, 'without', 'src')), undefined, 'the nearest file decides')
  t.equal(findDependency('/'), undefined)
})

/** A foreign key that does not exist, as pg reports it. */
const foreignKey = Object.assign(new Error('insert or update on table "queues" violates foreign key constraint "queues_owner_fkey"'), {
  code: '23503', severity: 'ERROR', detail: 'Key (owner)=(7) is not present in table "users".', table: 'queues', constraint: 'queues_owner_fkey'
})

t.test('the outage of a database is documented if the application turns it on', async t => {
  for (const [rules, expected] of [
    [{}, []],
    [{ databaseOutage: false }, []],
    [{ databaseOutage: true }, [{ code: 'service_unavailable', status: 503, rule: 'databaseOutage', reason: "A database can be unreachable. The application uses the decorator 'db'.", issues: undefined }]],
    [{ databaseOutage: { errors: ['bad_gateway'], reason: 'The database is a service.' } }, [{ code: 'bad_gateway', status: 502, rule: 'databaseOutage', reason: 'The database is a service.', issues: undefined }]]
  ] as ReadonlyArray<readonly [rules: DocumentationRules, expected: readonly object[]]>) {
    const app = Fastify()
    t.teardown(() => app.close())
    await app.register(apiErrors, { log: false, documentation: { rules } })
    app.register(async scope => {
      scope.decorate('db', {})
      scope.get('/queues', async () => { throw Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED', port: 5432, syscall: 'connect' }) })
    })
    app.get('/none', async () => 'ok')
    await app.ready()
    const list = (url: string): object[] => app.apiErrors.explain('GET', url).filter(({ rule }) => rule === 'databaseOutage').map(error => ({ ...error, issues: undefined }))
    t.strictSame(list('/queues'), expected)
    t.equal(list('/none').length, typeof rules.databaseOutage === 'object' ? 1 : 0, 'a scope without a database has it only by a rule of the application')
    const response = await app.inject('/queues')
    t.match([response.statusCode, response.headers['retry-after'], response.json()], [503, '10', { code: 'service_unavailable' }])
    t.equal(app.apiErrors.ledger()[0]?.documented, rules.databaseOutage === true)
  }
})

t.test('the issue code of a database error is in the document', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(apiErrors, { log: false })
  app.decorate('db', {})
  const body = { type: 'object', properties: { owner: { type: 'integer' } }, required: ['owner'] }
  app.post('/queues', { schema: { body } }, async () => { throw foreignKey })
  app.post('/anything', { schema: { body: {} } }, async () => 'ok')
  await app.ready()
  const rule = (url: string): object[] => app.apiErrors.explain('POST', url).filter(({ rule }) => rule === 'database')
  const reason = "A database can reject a value of the body. The application uses the decorator 'db'."
  t.strictSame(rule('/queues'), [
    { code: 'validation_error', status: 422, rule: 'database', reason, issues: ['invalid', 'max_length'] },
    { code: 'missing_required_field', status: 422, rule: 'database', reason, issues: ['required'] }
  ])
  t.strictSame(rule('/anything'), [], 'a body that is not checked')
  const response = await app.inject({ method: 'POST', url: '/queues', payload: { owner: 7 } })
  t.equal(response.statusCode, 422)
  t.match(response.json(), { code: 'validation_error', details: [{ code: 'invalid' }] })
  t.ok(app.apiErrors.ledger()[0]?.documented)
})

t.test('a status that a route documents also has the codes of database errors', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(apiErrors, { log: false })
  app.decorate('db', {})
  const own = { response: { 409: { type: 'object', properties: { error: { type: 'string' } }, required: ['error'] } } }
  app.post('/thrown', async request => { throw request.body === null ? errors.resource_conflict() : errors.validation_error() })
  app.post('/named', { config: { errors: ['resource_conflict'] } }, async () => '')
  app.put('/declared', { schema: own }, async () => { throw Object.assign(new Error('duplicate key value'), { code: '23505', severity: 'ERROR', table: 'queues', constraint: 'queues_pkey' }) })
  app.delete('/removed', async () => { throw errors.resource_conflict() })
  app.get('/read', async request => { throw request.id === '' ? errors.resource_conflict() : errors.invalid_request() })
  app.post('/none', async () => '')
  app.post('/entries/:id/close', async () => '')
  app.post('/entries', { schema: { body: { type: 'object' } } }, async () => '')
  app.post('/entries/:id', { schema: { body: { type: 'object' } } }, async () => '')
  await app.ready()
  const rule = (method: string, url: string): object[] => app.apiErrors.explain(method, url).filter(({ rule }) => rule === 'databaseStatus')
  const shared = { rule: 'databaseStatus', reason: "A database error can also cause this status. The application uses the decorator 'db'." }
  const exists = { code: 'resource_already_exists', status: 409, ...shared, issues: ['unique'] }
  const conflict = { code: 'resource_conflict', status: 409, ...shared, issues: [] }
  const parameter = { code: 'invalid_parameter', status: 400, ...shared, issues: [] }
  t.strictSame(rule('POST', '/named'), [], 'config.errors names the codes')
  t.strictSame(rule('POST', '/thrown'), [
    exists,
    { code: 'missing_required_field', status: 422, ...shared, issues: ['required'] },
    { code: 'validation_error', status: 422, ...shared, issues: ['invalid'] },
    { code: 'validation_error', status: 422, ...shared, issues: ['max_length'] }
  ])
  t.strictSame(rule('PUT', '/declared'), [exists, conflict])
  t.strictSame(rule('DELETE', '/removed'), [parameter], 'the handler throws the other code')
  t.strictSame(rule('GET', '/read'), [parameter])
  t.strictSame(rule('POST', '/none'), [])
  t.strictSame(rule('POST', '/entries/:id/close'), [parameter])
  const parameterErrors = (url: string): object[] => rule('POST', url).filter(error => 'code' in error && error.code === 'invalid_parameter')
  t.strictSame(parameterErrors('/entries/:id'), [parameter], 'the body and the parameter can be invalid')
  t.strictSame(parameterErrors('/entries'), [], 'the route has no parameter')
  const response = await app.inject({ method: 'PUT', url: '/declared' })
  t.match([response.statusCode, response.json()], [409, { code: 'resource_already_exists' }])
  t.ok(app.apiErrors.ledger()[0]?.documented)
})

t.test('if the source is known, the database codes come from the source', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(apiErrors, { log: false, inferred: { version: 1, routes: { 'GET /other': [] } } })
  app.decorate('db', {})
  app.post('/named', { config: { errors: ['resource_conflict'] } }, async () => '')
  await app.ready()
  t.strictSame(app.apiErrors.explain('POST', '/named').filter(({ status }) => status === 409).map(({ rule }) => rule), ['config'])
})
