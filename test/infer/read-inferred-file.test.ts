/** How the plugin uses `errors.inferred.json`. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify from 'fastify'
import apiErrors, { type InferredErrors } from 'fastify-api-errors'
import t from 'tap'

const inferred: InferredErrors = {
  version: 1,
  routes: {
    'GET /queues': [
      { status: 409, code: 'resource_conflict', at: 'src/queues.ts:41', by: 'joinQueue' },
      { status: 409, code: 'of_an_older_catalog', at: 'src/queues.ts:42' },
      { status: 404, code: null, at: 'src/queues.ts:43' }
    ]
  }
}

t.test('the plugin documents the errors of the file, each with its line', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(apiErrors, { inferred, sentErrors: 'report' })
  app.get('/queues', async () => [])
  await app.ready()
  const ofSource = (method: string) => app.apiErrors.explain(method, '/queues').filter(({ rule }) => rule === 'source')
  t.strictSame(ofSource('GET'), [{ code: 'resource_conflict', status: 409, rule: 'source', reason: 'Thrown at src/queues.ts:41 by joinQueue.' }])
  t.strictSame(ofSource('HEAD'), ofSource('GET'))
})

t.test('a status without a code has the standard code, unless sent errors are only reported', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  const path = join(mkdtempSync(join(tmpdir(), 'inferred-')), 'errors.inferred.json')
  writeFileSync(path, JSON.stringify(inferred))
  await app.register(apiErrors, { inferred: path })
  app.get('/queues', async () => [])
  await app.ready()
  t.strictSame(app.apiErrors.explain('GET', '/queues').filter(({ rule }) => rule === 'source').map(({ code, reason }) => [code, reason]), [
    ['resource_conflict', 'Thrown at src/queues.ts:41 by joinQueue.'],
    ['resource_not_found', 'Sent at src/queues.ts:43.']
  ])
})

t.test('an invalid file is rejected with its path', async t => {
  const register = async (value: unknown): Promise<unknown> => await Fastify().register(apiErrors, { inferred: value as string }).then(() => 'registered', (fault: Error) => fault.message)
  t.equal(await register({ version: 2 }), "fastify-api-errors: inferred: expected the output of 'fastify-api-errors infer --write', got an object.")
  const folder = mkdtempSync(join(tmpdir(), 'inferred-'))
  writeFileSync(join(folder, 'package.json'), '{}')
  t.match(await register(join(folder, 'package.json')), /^fastify-api-errors: inferred: expected the output of 'fastify-api-errors infer --write', got other content in .*package\.json\.$/)
  t.match(await register(folder), /^fastify-api-errors: inferred: expected a file that 'fastify-api-errors infer --write' wrote, but .* cannot be read: EISDIR/)
  const warning = new Promise<Error>(resolve => { process.once('warning', resolve) })
  t.equal(await register(join(folder, 'absent.json')), 'registered')
  t.match(await warning, { code: 'FASTIFY_API_ERRORS_NOT_INFERRED', message: /absent\.json does not exist/ })
})
