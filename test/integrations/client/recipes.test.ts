/** docs/client-recipes.md: its code runs with the real libraries against a real server. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import Fastify from 'fastify'
import apiErrors, { defineErrors, serverOptions, standardErrors } from 'fastify-api-errors'
import { isResponseError } from 'fastify-api-errors/client'
import { idempotency, memoryStore } from 'fastify-api-errors/idempotency'
import { Type } from '@sinclair/typebox'
import t, { type Test } from 'tap'
import { compile } from '../../helpers/compile.js'
import { createProjectFolder } from '../../helpers/project-folder.js'

const page = readFileSync(new URL('../../../docs/client-recipes.md', import.meta.url), 'utf8')

/** The code of each recipe by the name of its library. Other tests use ky 1, so ky 2 has another name here. */
const recipes = [...page.matchAll(/^## (.+)\n[^]*?^```ts\n([^]*?)^```/gm)].map(([, library = '', code = '']) => ({ library, code: code.replace("from 'ky'", "from 'ky-2'") }))

/** What each recipe exports. */
interface Recipe {
  readonly getQueue: (id: string) => Promise<unknown>
  readonly createQueue: (name: string) => Promise<unknown>
}

const files = {
  'api.ts': `
    interface Ok { content: { 'application/json': { id: string } } }
    export interface paths {
      '/queues': { post: { requestBody: { content: { 'application/json': { name: string } } }, responses: { 201: Ok } } }
      '/queues/{id}': { get: { parameters: { path: { id: string } }, responses: { 200: Ok } } }
    }
  `,
  'errors.ts': `
    import { defineErrors, standardErrors } from 'fastify-api-errors'
    export const errors = defineErrors(standardErrors, {})
  `
}

/** Returns the exports of a recipe that calls another server. The file is inside the project, so that its packages are found. */
async function load (t: Test, code: string, url: string): Promise<Recipe> {
  const folder = createProjectFolder()
  t.teardown(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'recipe.ts'), code.replaceAll('https://api.launch.example', url))
  return await import(pathToFileURL(join(folder, 'recipe.ts')).href) as Recipe
}

const errors = defineErrors(standardErrors, {
  queue_is_full: {
    status: 409, type: 'conflict_error', message: 'Full.', description: 'No room.', action: 'Wait.', meta: Type.Object({ capacity: Type.Integer() }), example: { meta: { capacity: 7 } }
  }
})

/** Starts a server whose first response to each request is a failure. It records the requests. */
async function serve (t: Test) {
  const received: string[] = []
  const keys = new Set<unknown>()
  const app = Fastify(serverOptions({ forceCloseConnections: true }))
  t.teardown(() => app.close())
  await app.register(apiErrors, { errors, log: false })
  app.addHook('onRequest', async ({ method, url }) => { received.push(`${method} ${url}`) })
  app.get('/queues/:id', async request => {
    const { id } = request.params as { readonly id: string }
    if (id === 'full') throw errors.queue_is_full({ meta: { capacity: 7 } })
    if (received.length === 1) throw new Error('The first request fails.')
    return { id }
  })
  app.post('/queues', { preHandler: idempotency({ store: memoryStore() }) }, async (request, reply) => {
    keys.add(request.idempotencyKey)
    if (received.length === 1) throw new Error('The first request fails.')
    return await reply.code(201).send({ id: (request.body as { readonly name: string }).name })
  })
  return { received, keys, url: await app.listen({ host: '127.0.0.1', port: 0 }) }
}

t.strictSame(recipes.map(({ library }) => library), ['TanStack Query', 'openapi-fetch', 'ky', 'axios'])

t.test('the recipes compile', async t => {
  const modules = Object.fromEntries(recipes.map(({ code }, at) => [`recipe${at}.ts`, code]))
  t.equal(compile(recipes.map((_, at) => `import './recipe${at}.js'\n`).join(''), { files: { ...files, ...modules } }), '')
})

for (const { library, code } of recipes) {
  t.test(library, async t => {
    const read = await serve(t)
    const { getQueue } = await load(t, code, read.url)
    t.strictSame(await getQueue('spring'), { id: 'spring' })
    t.strictSame(read.received, ['GET /queues/spring', 'GET /queues/spring'], 'the failure was retried once')
    const error = await getQueue('full').then(() => undefined, (error: unknown) => error)
    t.ok(isResponseError(error))
    t.match(error, { code: 'queue_is_full', status: 409, message: 'Full.', meta: { capacity: 7 }, requestId: /^req_/, body: { code: 'queue_is_full' } })
    t.strictSame(read.received.slice(2), ['GET /queues/full'], 'an error that a retry cannot change was not retried')

    const written = await serve(t)
    const { createQueue } = await load(t, code, written.url)
    t.strictSame(await createQueue('spring'), { id: 'spring' })
    t.strictSame(written.received, ['POST /queues', 'POST /queues'])
    t.equal(written.keys.size, 1, 'both requests had the same idempotency key')
  })
}
