/** Compiled TypeScript: the findings have the lines of the original source. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildSync, transformSync } from 'esbuild'
import type { FastifyPluginAsync } from 'fastify'
import t from 'tap'
import ts from 'typescript'
import { inferFixtures, root } from './infer-fixtures.js'

const source = `import { standardErrors as errors } from 'fastify-api-errors'

interface Queue { readonly id: string }

enum Kind { open = 'open', closed = 'closed' }

class Queues {
  constructor (private readonly kind: Kind) {}

  find (id: string): Queue {
    if (this.kind === Kind.closed) throw errors.resource_gone()
    if (id === '') throw errors.resource_not_found()
    return { id }
  }
}

export default async function plugin (app: any): Promise<void> {
  const queues = new Queues(Kind.open)
  app.get('/', async (request: { id: string }): Promise<Queue> => queues.find(request.id))
}
`

const compilers: Readonly<Record<string, (folder: string) => string>> = {
  tsx: folder => join(folder, 'queues.ts'),
  tsc (folder) {
    const { outputText, sourceMapText = '' } = ts.transpileModule(source, {
      fileName: 'queues.ts', compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, sourceMap: true }
    })
    writeFileSync(join(folder, 'queues.js'), outputText)
    writeFileSync(join(folder, 'queues.js.map'), sourceMapText)
    return join(folder, 'queues.js')
  },
  'tsc to CommonJS' (folder) {
    const { outputText } = ts.transpileModule(source, {
      fileName: 'queues.ts', compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2019, inlineSourceMap: true }
    })
    writeFileSync(join(folder, 'queues.cjs'), outputText)
    return join(folder, 'queues.cjs')
  },
  esbuild (folder) {
    const { code } = transformSync(source, { loader: 'ts', format: 'esm', minify: true, sourcemap: 'inline', sourcefile: 'queues.ts' })
    writeFileSync(join(folder, 'queues.js'), code)
    return join(folder, 'queues.js')
  },
  'esbuild, bundled' (folder) {
    buildSync({ entryPoints: [join(folder, 'queues.ts')], outfile: join(folder, 'dist/bundle.js'), bundle: true, packages: 'external', format: 'esm', sourcemap: true, logLevel: 'error' })
    return join(folder, 'dist/bundle.js')
  }
}

for (const [name, compile] of Object.entries(compilers)) {
  t.test(name, { timeout: 200_000 }, async t => {
    const folder = t.testdir({ 'queues.ts': source, 'package.json': '{ "type": "module" }' })
    const module = await import(pathToFileURL(compile(folder)).href) as { default: FastifyPluginAsync | { default: FastifyPluginAsync } }
    const plugin = typeof module.default === 'function' ? module.default : module.default.default
    const report = await inferFixtures(t, { queues: plugin })
    const file = join(folder, 'queues.ts').replace(`${root}/`, '')
    t.strictSame(report.routes.find(({ path, method }) => path === '/queues' && method === 'GET')?.errors, [
      { status: 404, code: 'resource_not_found', confidence: 'certain', file, line: 12, via: ['Queues.find'], documented: false },
      { status: 410, code: 'resource_gone', confidence: 'certain', file, line: 11, via: ['Queues.find'], documented: false }
    ])
  })
}
