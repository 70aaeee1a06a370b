/**
 * Measures the cost of source inference: `tsx bench/inference.ts [ROUTES]`. Each route calls a service, which calls a
 * repository, and each of the three throws. Prints the CPU seconds and the gigabytes of `inferErrors`, and the ratio of
 * its CPU time to that of the compiler alone for the same files. The goal for 500 routes is less than 10 s and 1.5 GB.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { FastifyInstance } from 'fastify'
import ts from 'typescript'
import { inferErrors } from '../lib/source/index.js'

const routes = Number(process.argv[2] ?? 500)
const root = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(root, 'bench', 'inference-'))

function cpuSeconds (): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

function writeGroup (index: number): string {
  return `
class Repository${index} {
  async find (id: string): Promise<string> {
    if (id === '') throw errors.resource_gone()
    return id
  }
}
class Service${index} {
  constructor (private readonly repository: Repository${index}) {}
  async load (id: string): Promise<string> {
    const found = await this.repository.find(id)
    if (found === '${index}') throw errors.resource_conflict()
    return found
  }
}
const service${index} = new Service${index}(new Repository${index}())`
}

function writeRoute (index: number): string {
  return `  app.get('/r${index}/:id', async request => {
    const { id } = request.params as { readonly id: string }
    if (id === 'none') throw errors.resource_not_found()
    return await service${index}.load(id)
  })`
}

try {
  const indexes = Array.from({ length: routes }, (_, index) => index)
  const file = join(folder, 'app.ts')
  writeFileSync(
    file,
    `import Fastify from 'fastify'
import apiErrors, { standardErrors as errors } from 'fastify-api-errors'
${indexes.map(writeGroup).join('\n')}
export async function build () {
  const app = Fastify()
  await app.register(apiErrors)
${indexes.map(writeRoute).join('\n')}
  await app.ready()
  return app
}
`
  )
  const { build } = await import(pathToFileURL(file).href) as { readonly build: () => Promise<FastifyInstance> }
  const app = await build()
  const compilerStart = cpuSeconds()
  const program = ts.createProgram([file], {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    strict: true,
    skipLibCheck: true,
    noEmit: true
  })
  program.getSemanticDiagnostics(program.getSourceFile(file))
  const compiler = cpuSeconds() - compilerStart
  const start = cpuSeconds()
  const report = await inferErrors(app, folder)
  const seconds = cpuSeconds() - start
  await app.close()
  const found = report.routes.flatMap(({ errors }) => errors).length
  const gigabytes = process.resourceUsage().maxRSS / 1024 / 1024
  console.log(
    `${routes} routes, ${found} errors: ${seconds.toFixed(1)} CPU seconds, ${gigabytes.toFixed(2)} GB, ${(seconds / compiler).toFixed(2)} x the compiler alone`
  )
  if (found !== 3 * routes) throw new Error(`Expected ${3 * routes} errors, found ${found}.`)
} finally {
  rmSync(folder, { recursive: true })
}
