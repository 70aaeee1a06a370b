/** An application of a monorepo: it imports errors, functions and tables from other packages of the same repository. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import Fastify, { type FastifyPluginAsync } from 'fastify'
import apiErrors from 'fastify-api-errors'
import t, { type Test } from 'tap'
import ts from 'typescript'
import { inferErrors } from '../../lib/source/index.js'
import { describeFindings } from './infer-fixtures.js'

const errorsSource = `export class DomainError extends Error {
  constructor (readonly statusCode: number, message: string) { super(message) }
}
export class SeatTaken extends DomainError {
  constructor () { super(409, 'taken') }
}
export const closed = new DomainError(423, 'closed')
export const limits = { status: 429 } as const
export const codes = { gone: 410 } as const
export function assertOpen (isOpen: boolean): asserts isOpen {
  if (!isOpen) throw closed
}
export const createError = (status: number): DomainError => new DomainError(status, 'failed')
`

const databaseSource = `import pg from 'pg'

export class Seats {
  constructor (private readonly pool: pg.Pool) {}
  async add (id: string): Promise<unknown> {
    return await this.pool.query('insert into seats (id) values ($1)', [id])
  }
}
`

const appSource = `import { assertOpen, closed, codes, createError, limits, SeatTaken, type DomainError } from '@acme/errors'
import { Seats } from '@acme/database'
import { DomainError as Failed } from '@acme/errors'
import pg from 'pg'

export default async function plugin (app: any): Promise<void> {
  const seats = new Seats(new pg.Pool())
  app.get('/class', async () => { throw new SeatTaken() })
  app.get('/constant', async () => { throw closed })
  app.get('/assert', async (request: { id: string }) => { assertOpen(request.id === '') })
  app.get('/status', async (_: unknown, reply: any) => reply.code(limits.status).send({}))
  app.get('/arguments', async () => { throw new Failed(codes.gone, 'gone') })
  app.get('/function', async () => { throw createError(402) })
  app.get('/table', async (request: { id: string }) => await seats.add(request.id))
  app.get('/caught', async () => {
    try {
      assertOpen(false)
    } catch (error) {
      if ((error as DomainError) instanceof SeatTaken) throw error
    }
  })
}
`

const schema = 'create table seats (id text primary key);'

/** Writes a package of the repository. If it is compiled, its types are declarations. */
function writePackage (folder: string, name: string, source: string, isCompiled: boolean): void {
  const target = join(folder, 'packages', name)
  mkdirSync(join(target, 'src'), { recursive: true })
  writeFileSync(join(target, 'src/index.ts'), source)
  const entry = isCompiled ? './dist/index.js' : './src/index.ts'
  writeFileSync(join(target, 'package.json'), JSON.stringify({ name: `@acme/${name}`, type: 'module', exports: isCompiled ? { types: './dist/index.d.ts', default: entry } : entry }))
  if (isCompiled) {
    const program = ts.createProgram([join(target, 'src/index.ts')], {
      module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, skipLibCheck: true, declaration: true, sourceMap: true, rootDir: join(target, 'src'), outDir: join(target, 'dist'), types: []
    })
    program.emit()
  }
  mkdirSync(join(folder, 'apps/api/node_modules/@acme'), { recursive: true })
  symlinkSync(target, join(folder, 'apps/api/node_modules/@acme', name))
}

async function testMonorepo (t: Test, isCompiled: boolean): Promise<void> {
  const folder = t.testdir({ apps: { api: { 'package.json': '{ "type": "module" }', src: { 'app.ts': appSource } } }, 'package.json': '{}' })
  writePackage(folder, 'errors', errorsSource, isCompiled)
  writePackage(folder, 'database', databaseSource, isCompiled)
  writeFileSync(join(folder, 'packages/database/schema.sql'), schema)
  const { default: plugin } = await import(pathToFileURL(join(folder, 'apps/api/src/app.ts')).href) as { default: FastifyPluginAsync }
  // A file outside of all packages has no tables.
  const outside = mkdtempSync(join(tmpdir(), 'fastify-api-errors-outside-'))
  t.teardown(() => { rmSync(outside, { recursive: true }) })
  writeFileSync(join(outside, 'limits.mjs'), 'export const limit = 1')
  await import(pathToFileURL(join(outside, 'limits.mjs')).href)
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(apiErrors)
  await app.register(plugin)
  const report = await inferErrors(await app.ready() as never, join(folder, 'apps/api'))
  t.strictSame(describeFindings(report), {
    'GET /arguments': ['410 resource_gone certain'],
    'GET /assert': ['423 resource_locked certain via assertOpen'],
    'GET /caught': [],
    'GET /class': ['409 resource_conflict certain'],
    'GET /constant': ['423 resource_locked certain'],
    'GET /function': ['402 payment_required certain'],
    'GET /status': ['429 null certain'],
    'GET /table': ['409 resource_already_exists certain via Seats.add']
  })
  t.strictSame(report.notFollowed, [])
}

t.test('packages whose entries are TypeScript are followed', async t => { await testMonorepo(t, false) })
t.test('packages that are compiled before the application starts are followed', async t => { await testMonorepo(t, true) })
