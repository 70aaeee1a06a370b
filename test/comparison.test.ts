/** The comparison in the README: each cell shows the behavior of a real application with that package. */
import { readFileSync } from 'node:fs'
import sensible from '@fastify/sensible'
import swagger from '@fastify/swagger'
import Fastify, { type FastifyInstance } from 'fastify'
import enhanced from 'fastify-http-errors-enhanced'
import t from 'tap'
import apiErrors, { serverOptions, swaggerOptions } from 'fastify-api-errors'
import { getPort, sendRaw } from './support/http.js'

/** The applications by the title of their column. */
const applications: Readonly<Record<string, () => Promise<FastifyInstance>>> = {
  'Fastify alone': async () => build(Fastify()),
  '@fastify/sensible': async () => build(Fastify(), app => app.register(sensible)),
  'fastify-http-errors-enhanced': async () => build(Fastify(), app => app.register(enhanced, { hideUnhandledErrors: true })),
  'this plugin': async () => build(Fastify(serverOptions()), app => app.register(apiErrors, { log: false }))
}

async function build (app: FastifyInstance, addErrors: (app: FastifyInstance) => unknown = () => {}): Promise<FastifyInstance> {
  await app.register(swagger, swaggerOptions({ openapi: { info: { title: 'Users', version: '1' } } }))
  await addErrors(app)
  const body = { type: 'object', required: ['email', 'age'], properties: { email: { type: 'string', format: 'email' }, age: { type: 'integer' } } }
  app.post('/users', { schema: { body } }, async () => { throw Object.assign(new Error('duplicate key value'), { code: '23505', severity: 'ERROR', detail: 'Key (email)=(a@b.c) already exists.', table: 'users', constraint: 'users_email_key', routine: '_bt_check_unique' }) })
  app.get('/users/:id', async () => { throw new Error('connect ECONNREFUSED 10.0.0.7:5432') })
  return app
}

/** What each application does, by the title of the row. */
const rows: Readonly<Record<string, (app: FastifyInstance) => Promise<string>>> = {
  'an unsupported method': async app => {
    const { statusCode, headers } = await app.inject({ method: 'DELETE', url: '/users/1' })
    return headers.allow === undefined ? String(statusCode) : `${statusCode} with \`Allow\``
  },
  'two invalid fields in the body': async app => {
    const { statusCode, body } = await app.inject({ method: 'POST', url: '/users', payload: { email: 'ada', age: 'old' } })
    const reported = ['email', 'age'].filter(field => new RegExp(`\\b${field}\\b`).test(body)).length
    return `${statusCode}, reports ${reported} of them`
  },
  'an unexpected error': async app => {
    const { statusCode, body } = await app.inject('/users/1')
    return `${statusCode}, its message is ${body.includes('10.0.0.7') ? 'sent' : 'hidden'}`
  },
  'a unique violation in Postgres': async app => String((await app.inject({ method: 'POST', url: '/users', payload: { email: 'a@b.c', age: 1 } })).statusCode),
  'the body of malformed HTTP, compared with a 404': async app => {
    await app.listen({ host: '127.0.0.1', port: 0 })
    const raw = await sendRaw(getPort(app), 'GET /users/1 HTTP/1.1\r\nHost: a\r\nBad Header\r\n\r\n')
    const fields = Object.keys((await app.inject('/none')).json())
    return Object.keys(JSON.parse(raw.slice(raw.indexOf('\r\n\r\n') + 4))).join() === fields.join() ? 'the same fields' : 'different fields'
  },
  'error statuses in OpenAPI for `POST /users`': async app => {
    await app.ready()
    const { paths } = app.swagger() as { readonly paths: Record<string, { readonly post: { readonly responses: object } }> }
    return Object.keys(paths['/users']!.post.responses).filter(status => status >= '400').join(', ') || 'none'
  }
}

t.test('each cell of the table shows the behavior of an application', async t => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const titles = Object.keys(applications)
  const table = [['', ...titles], ['---', ...titles.map(() => '---')]]
  for (const [title, act] of Object.entries(rows)) {
    const cells = []
    for (const create of Object.values(applications)) {
      const app = await create()
      cells.push(await act(app))
      await app.close()
    }
    table.push([title, ...cells])
  }
  const expected = table.map(cells => `| ${cells.join(' | ')} |`).join('\n')
  const [, actual] = /## Compared with other packages\n[^]*?\n(\|[^]*?)\n\n/.exec(readme) ?? []
  t.equal(actual, expected)
})
