/** The cost of source inference: for 500 routes, and for an application that only uses the plugin. */
import { execFileSync } from 'node:child_process'
import t from 'tap'
import { root } from './infer-fixtures.js'

/** Runs a module in a separate process, and returns its output. */
function run (script: string): unknown {
  return JSON.parse(execFileSync(process.execPath, ['--import=tsx', '--input-type=module', '-e', script], { cwd: root, encoding: 'utf8' }))
}

interface Measured {
  readonly seconds: number
  readonly memory: number
  readonly errors: number
}

t.test('500 routes need less than 10 s of CPU time and 1.5 GB of memory', { timeout: 200_000 }, async t => {
  const folder = t.testdir({
    'app.ts': `import Fastify from 'fastify'
import apiErrors, { standardErrors as errors } from 'fastify-api-errors'
${Array.from({ length: 500 }, (_, index) => `
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
${Array.from({ length: 500 }, (_, index) => `  app.get('/r${index}/:id', async request => find${index}((request.params as { id: string }).id))`).join('\n')}
  await app.ready()
  return app
}`
  })
  const measure = (): Measured => run(`
    const { build } = await import('${folder}/app.ts')
    const { inferErrors } = await import('${root}/lib/source/index.ts')
    const app = await build()
    const before = process.cpuUsage()
    const report = await inferErrors(app, '${folder}')
    const { user, system } = process.cpuUsage(before)
    await app.close()
    console.log(JSON.stringify({ seconds: (user + system) / 1e6, memory: process.resourceUsage().maxRSS / 1024 / 1024, errors: report.routes.flatMap(({ errors }) => errors).length }))
  `) as Measured
  const first = measure()
  // Other processes on the machine can slow down one run.
  const measured = first.seconds < 10 ? first : measure()
  t.equal(measured.errors, 1000)
  t.ok(measured.seconds < 10, `${measured.seconds} s`)
  t.ok(measured.memory < 1.5, `${measured.memory} GB`)
})

t.test('the plugin loads neither the compiler nor the code of inference', async t => {
  t.strictSame(run(`
    import { openInspector } from '${root}/lib/source/inspect.ts'
    import Fastify from 'fastify'
    import apiErrors from 'fastify-api-errors'
    const app = Fastify()
    await app.register(apiErrors)
    await app.ready()
    const { scripts } = openInspector()
    console.log(JSON.stringify(scripts.map(({ file }) => file).filter(file => /lib\\/source\\/|\\/typescript\\//.test(file)).map(file => file.replace('${root}/', ''))))
    await app.close()
  `), ['lib/source/inspect.ts'])
})
