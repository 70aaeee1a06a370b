/** The cost of source inference, in counts that are the same on every machine, and what an application that only uses the plugin loads of it. */
import { execFileSync } from 'node:child_process'
import t, { type Test } from 'tap'
import { root } from './infer-fixtures.js'

/** Runs a module in a separate process, and returns its output. */
function run (script: string): unknown {
  return JSON.parse(execFileSync(process.execPath, ['--import=tsx', '--input-type=module', '-e', script], { cwd: root, encoding: 'utf8' }))
}

interface Measured {
  /** Calls of functions. */
  readonly calls: { readonly ours: number, readonly compiler: number }
  /** Gigabytes. */
  readonly memory: number
  readonly errors: number
}

/** Runs inference for an application whose routes throw one error directly and one through another function. */
function inferRoutes (t: Test, routes: number): Measured {
  const indexes = Array.from({ length: routes }, (_, index) => index)
  const folder = t.testdir({
    'app.ts': `import Fastify from 'fastify'
import apiErrors, { standardErrors as errors } from 'fastify-api-errors'
${indexes.map(index => `
function find${index} (id: string): string {
  if (id === '') throw errors.resource_not_found()
  return check${index}(id)
}
function check${index} (id: string): string {
  if (id === '${index}') throw errors.resource_conflict()
  return id
}`).join('')}
export async function build () {
  const app = Fastify()
  await app.register(apiErrors)
${indexes.map(index => `  app.get('/r${index}/:id', async request => find${index}((request.params as { id: string }).id))`).join('\n')}
  await app.ready()
  return app
}`
  })
  return run(`
    import { Session } from 'node:inspector/promises'
    const { build } = await import('${folder}/app.ts')
    const { inferErrors } = await import('${root}/lib/source/index.ts')
    const app = await build()
    const session = new Session()
    session.connect()
    await session.post('Profiler.enable')
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
    const report = await inferErrors(app, '${folder}')
    const { result } = await session.post('Profiler.takePreciseCoverage')
    const count = path => result.filter(({ url }) => url.includes(path)).flatMap(({ functions }) => functions).reduce((sum, { ranges: [{ count }] }) => sum + count, 0)
    await app.close()
    console.log(JSON.stringify({
      calls: { ours: count('lib/source/'), compiler: count('/typescript/') },
      memory: process.resourceUsage().maxRSS / 1024 / 1024,
      errors: report.routes.flatMap(({ errors }) => errors).length
    }))
  `) as Measured
}

t.test('the work of inference grows in proportion to the number of routes', async t => {
  const [few, many] = [inferRoutes(t, 50), inferRoutes(t, 250)]
  t.comment(JSON.stringify([few, many]))
  t.strictSame([few.errors, many.errors], [100, 500])
  t.ok(few.calls.ours > 50_000, `${few.calls.ours} calls`)
  t.ok(many.calls.ours < 5.5 * few.calls.ours, `${many.calls.ours} calls for 250 routes, ${few.calls.ours} for 50`)
  // The compiler also reads the types of the packages, which takes the same number of calls for every application.
  t.ok(many.calls.compiler < 1.2 * few.calls.compiler, `${many.calls.compiler} calls of the compiler for 250 routes, ${few.calls.compiler} for 50`)
  t.ok(many.memory < 1.5, `${many.memory} GB`)
})

t.test('the plugin loads neither the compiler nor the code of inference', async t => {
  t.strictSame(run(`
    import { openInspector } from '${root}/lib/source/inspector.ts'
    import Fastify from 'fastify'
    import apiErrors from 'fastify-api-errors'
    const app = Fastify()
    await app.register(apiErrors)
    await app.ready()
    const { scripts } = openInspector()
    console.log(JSON.stringify(scripts.map(({ file }) => file).filter(file => /lib\\/source\\/|\\/typescript\\//.test(file)).map(file => file.replace('${root}/', ''))))
    await app.close()
  `), ['lib/source/inspector.ts'])
})
