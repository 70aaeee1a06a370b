/** Compiles a small application of several files, and compares the findings of its routes with those of the source. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { FastifyPluginAsync } from 'fastify'
import type { Test } from 'tap'
import { inferFixtures, root } from './infer-fixtures.js'

/** The files of the application. */
export const sources: Readonly<Record<string, string>> = {
  'errors.ts': `import { standardErrors } from 'fastify-api-errors'

export const errors = standardErrors

export abstract class AppError extends Error {
  abstract readonly statusCode: number
}

export class TakenError extends AppError {
  readonly statusCode = 409
  constructor (readonly field: string) { super('taken') }
}

export const limitError = Object.assign(new Error('limit'), { statusCode: 429 })
`,
  'queues.ts': `import { errors, limitError, TakenError } from './errors.js'

export interface Queue { readonly id: string }

enum Kind { open = 'open', closed = 'closed' }

export class Queues {
  #size = 0
  constructor (private readonly kind: Kind) {}

  find (id: string): Queue {
    if (this.kind === Kind.closed || id === 'gone') throw errors.resource_gone()
    if (id === '') throw errors.resource_not_found()
    return { id }
  }

  join = async (name: string): Promise<Queue> => {
    if (this.#size++ > 10) throw limitError
    if (name === 'taken') throw new TakenError('name')
    return { id: name }
  }
}

export const createQueues = (): Queues => new Queues(Kind.open)
`,
  'plugin.ts': `import { errors } from './errors.js'
import { createQueues, type Queue } from './queues.js'

async function requireKey (request: { headers: Record<string, string | undefined> }): Promise<void> {
  if (request.headers['x-key'] === undefined) throw errors.unauthorized()
}

export default async function plugin (app: any): Promise<void> {
  const queues = createQueues()
  app.get('/', async (request: { id: string }): Promise<Queue> => queues.find(request.id))
  app.post('/', { preHandler: [requireKey] }, async ({ id }: { id: string }): Promise<Queue | undefined> => {
    const { join } = queues
    return await join(id)
  })
}
`
}

/** Writes the files of the application, and returns the folder. */
export function writeSources (t: Test, type: 'module' | 'commonjs'): string {
  return t.testdir({ src: { ...sources }, 'package.json': JSON.stringify({ type }) })
}

/** Asserts the findings of a compiled application: each is at its line in the source. */
export async function testCompiled (t: Test, folder: string, compiled: string): Promise<void> {
  const module = await import(pathToFileURL(compiled).href) as { default: FastifyPluginAsync | { default: FastifyPluginAsync } }
  const plugin = typeof module.default === 'function' ? module.default : module.default.default
  const report = await inferFixtures(t, { queues: plugin })
  const found = report.routes.filter(({ path, method }) => path === '/queues' && method !== 'HEAD').flatMap(({ method, errors }) =>
    errors.map(({ status, code, confidence, file, line, via }) => `${method} ${status} ${String(code)} ${confidence} ${join(root, file).replace(`${folder}/src/`, '')}:${line} ${via.join(' > ')}`))
  t.strictSame(found, [
    'GET 404 resource_not_found certain queues.ts:13 Queues.find',
    'GET 410 resource_gone certain queues.ts:12 Queues.find',
    'POST 401 unauthorized certain plugin.ts:5 requireKey',
    'POST 409 resource_conflict certain queues.ts:19 Queues.join',
    'POST 429 rate_limit_exceeded certain queues.ts:18 Queues.join'
  ])
  t.strictSame(report.notFollowed, [])
}
