/** Compares the same application with other packages and with a hand-written error handler. */
import { readFileSync } from 'node:fs'
import sensible from '@fastify/sensible'
import swagger from '@fastify/swagger'
import Fastify, { type FastifyError, type FastifyInstance } from 'fastify'
import enhanced from 'fastify-http-errors-enhanced'
import apiErrors, { serverOptions, swaggerOptions } from 'fastify-api-errors'
import { table } from '../../scripts/docs/table.js'
import { getPort, sendRaw } from './http.js'

/** The applications by the title of their column, each with the name of its subject in bench/RESULTS.md. */
const applications: ReadonlyArray<{ readonly title: string, readonly subject?: string, readonly create: () => Promise<FastifyInstance> }> = [
  { title: 'Fastify alone', subject: 'fastify', create: () => build(Fastify()) },
  { title: 'a hand-written handler', subject: 'a hand-written setErrorHandler', create: () => build(Fastify(), writeHandlers) },
  { title: '@fastify/sensible', subject: '@fastify/sensible', create: () => build(Fastify(), app => app.register(sensible)) },
  { title: 'fastify-http-errors-enhanced', subject: 'fastify-http-errors-enhanced', create: () => build(Fastify(), app => app.register(enhanced, { hideUnhandledErrors: true })) },
  { title: 'this plugin', create: () => build(Fastify(serverOptions()), app => app.register(apiErrors, { log: false })) }
]

/** The usual handlers of an application without a package for errors. */
function writeHandlers (app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const { statusCode = 500, code = 'internal_error', message } = error
    reply.code(statusCode).send({ code, message: statusCode < 500 ? message : 'Something went wrong.' })
  })
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ code: 'not_found', message: 'Not found.' }))
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

/** Returns the CPU time that a subject needs for a thrown 404, relative to this plugin, as the benchmarks measured it. */
function readCpuTime (subject: string | undefined): string {
  if (subject === undefined) return '1'
  const results = readFileSync(new URL('../../bench/RESULTS.md', import.meta.url), 'utf8')
  const row = results.split('\n').map(line => line.split('|').map(cell => cell.trim())).find(([, what, compared]) => what === 'a 404 thrown' && compared === subject)
  if (row === undefined) throw new Error(`bench/RESULTS.md compares 'a 404 thrown' with no '${subject}'.`)
  return (1 / Number.parseFloat(row[5] as string)).toFixed(1)
}

/** Runs each application, and returns the table of what it does. */
export async function compareApplications (): Promise<string> {
  const cells = new Map(Object.keys(rows).map(title => [title, [] as string[]]))
  for (const { create } of applications) {
    for (const [title, act] of Object.entries(rows)) {
      const app = await create()
      cells.get(title)?.push(await act(app))
      await app.close()
    }
  }
  return table(['', ...applications.map(({ title }) => title)], [
    ...[...cells].map(([title, results]) => [title, ...results]),
    ['[CPU time](bench/RESULTS.md) of a thrown 404', ...applications.map(({ subject }) => readCpuTime(subject))]
  ])
}
