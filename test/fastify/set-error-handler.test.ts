/** Error handlers of the application. */
import t from 'tap'
import Fastify from 'fastify'
import apiErrors, { serverOptions } from 'fastify-api-errors'

t.test('an error handler of the application takes precedence, whether it is set before or after the plugin', async t => {
  const warnings: string[] = []
  process.on('warning', (warning: Error & { code?: string }) => { warnings.push(String(warning.code)) })
  for (const allowErrorHandlerOverride of [true, false]) {
    for (const isAwaited of [true, false]) {
      const app = Fastify({ ...serverOptions(), allowErrorHandlerOverride })
      const registered = app.register(apiErrors, { log: false })
      if (isAwaited) await registered
      app.setErrorHandler((error, request, reply) => {
        if (request.url === '/thrown') throw error
        reply.code(409).send('mine')
      })
      app.get('/', async () => { throw new Error('secret') })
      app.get('/thrown', async () => { throw new Error('secret') })
      app.register(async scope => {
        scope.setErrorHandler((_error, _request, reply) => { reply.code(410).send('of the scope') })
        scope.get('/scope', async () => { throw new Error('secret') })
      })
      const responses = await Promise.all(['/', '/scope', '/thrown'].map(url => app.inject(url)))
      t.strictSame(responses.slice(0, 2).map(({ statusCode, body }) => [statusCode, body]), [[409, 'mine'], [410, 'of the scope']])
      t.match(responses[2]?.json(), { code: 'internal_error' }, 'the plugin handles the errors that it throws')
      t.strictSame(app.apiErrors.explain('GET', '/'), [], 'its routes are not documented')
    }
  }
  await new Promise(resolve => { setImmediate(resolve) })
  t.strictSame(warnings.filter(code => code === 'FSTWRN004'), [])
})
