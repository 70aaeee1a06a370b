/** Packages that the tests do not install. Small packages with the same names and methods replace them. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import Fastify, { type FastifyPluginAsync } from 'fastify'
import apiErrors from 'fastify-api-errors'
import t from 'tap'
import { inferErrors } from '../../lib/source/index.js'
import { describeFindings } from './infer-fixtures.js'

const app = `
import { S3Client } from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { Level } from 'abstract-level'
import { Level as Level2 } from 'abstract-level-2'

export default async function routes (app: any): Promise<void> {
  const s3 = new S3Client({})
  const db = new Level()
  const db2 = new Level2()
  app.get('/send', async () => await s3.send({}))
  app.get('/send-caught', async () => { try { return await s3.send({}) } catch { return null } })
  app.get('/destroy', async () => s3.destroy())
  app.post('/upload', async () => await new Upload({ client: s3 }).done())
  app.get('/level/:id', async (request: any) => await db.get(request.params.id))
  app.get('/level-caught/:id', async (request: any) => { try { return await db.get(request.params.id) } catch { return null } })
  app.get('/level-constant', async () => await db.get('settings'))
  app.get('/level-listed', async () => await Promise.all((await db.keys()).map(async (key: string) => await db.get(key))))
  app.put('/level/:id', async (request: any) => await db.put(request.params.id, 1))
  app.get('/level-options/:id', async (request: any) => await db.get(request.params.id, () => {}))
  app.get('/level-2/:id', async (request: any) => await db2.get(request.params.id))
}
`

/** Returns the files of a package. */
function createPackage (name: string, code: string, types: string): Record<string, string> {
  return { 'package.json': JSON.stringify({ name, type: 'module', types: './index.d.ts', exports: { types: './index.d.ts', default: './index.js' } }), 'index.js': code, 'index.d.ts': types }
}

const levelTypes = 'export declare class Level { get (key: string, options?: unknown): Promise<unknown>; put (key: string, value: unknown): Promise<void>; keys (): Promise<string[]> }'

t.test('commands of AWS and keys of Level have their errors', async t => {
  const folder = t.testdir({
    'package.json': '{ "type": "module" }',
    'app.ts': app,
    node_modules: {
      '@aws-sdk': {
        'client-s3': createPackage('@aws-sdk/client-s3', 'export class S3Client { async send () {} destroy () {} }', 'export declare class S3Client { constructor (options: object); send (command: object): Promise<object>; destroy (): void }'),
        'lib-storage': createPackage('@aws-sdk/lib-storage', 'export class Upload { async done () {} }', 'export declare class Upload { constructor (options: object); done (): Promise<object> }')
      },
      'abstract-level': createPackage('abstract-level', "export class Level { async get () { throw new Error('NotFound') } async put () {} async keys () { return [] } }", levelTypes),
      'abstract-level-2': createPackage('abstract-level', 'export class Level { async get () {} }', levelTypes)
    }
  })
  const { default: plugin } = await import(pathToFileURL(join(folder, 'app.ts')).href) as { default: FastifyPluginAsync }
  const server = Fastify()
  t.teardown(() => server.close())
  await server.register(apiErrors)
  await server.register(plugin)
  await server.ready()
  const upstream = ['502 bad_gateway certain', '504 gateway_timeout certain']
  t.strictSame(describeFindings(await inferErrors(server, folder)), {
    'GET /destroy': [],
    'GET /level-2/:id': [],
    'GET /level-caught/:id': [],
    'GET /level-constant': [],
    'GET /level-listed': [],
    'GET /level-options/:id': [],
    'GET /level/:id': ['404 resource_not_found certain'],
    'PUT /level/:id': [],
    'GET /send': upstream,
    'GET /send-caught': [],
    'POST /upload': upstream
  })
})
