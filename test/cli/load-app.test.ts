/** How the commands load an application: TypeScript, plugins as fastify-cli starts them, and modules that fail. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import t, { type Test } from 'tap'
import { getFirstLine, loadApp } from '../../lib/cli/load-app.js'

async function messageOf (module: string): Promise<string> {
  return await loadApp(module).then(() => 'no error', getFirstLine)
}

/** Removes the loaders from the arguments of the process until the test ends, as if it had been started with plain `node`. */
function startWithoutLoaders (t: Test): void {
  const { execArgv } = process
  process.execArgv = []
  t.teardown(() => { process.execArgv = execArgv })
}

t.test('a plugin is registered on an application, with the options that its module exports', async t => {
  const body = "app.decorate('isHere', true)\n  app.get('/', async () => 'ok')"
  const folder = t.testdir({
    'two-parameters.ts': `export const options = { bodyLimit: 7 }\nexport default async function (app, options) {\n  ${body}\n}`,
    'one-parameter.ts': `export const options = { bodyLimit: 7 }\nexport default async app => {\n  ${body}\n}`,
    'callback.cjs': `module.exports = function (app, options, done) {\n  ${body}\n  done()\n}\nmodule.exports.options = { bodyLimit: 7 }`,
    'wrapped.ts': `import fp from 'fastify-plugin'\nexport const options = { bodyLimit: 7 }\nexport default fp(async it => {\n  ${body.replaceAll('app.', 'it.')}\n})`
  })
  for (const file of ['two-parameters.ts', 'one-parameter.ts', 'callback.cjs', 'wrapped.ts']) {
    const app = await loadApp(join(folder, file))
    t.ok(app.hasDecorator('isHere'), file)
    t.equal(app.initialConfig.bodyLimit, 7, file)
    await app.close()
  }
})

t.test('a plugin whose module exports no options gets the defaults of Fastify', async t => {
  const folder = t.testdir({ 'app.ts': 'export default async (fastify, options) => {}' })
  const app = await loadApp(join(folder, 'app.ts'))
  t.equal(app.initialConfig.bodyLimit, 1048576)
  await app.close()
})

t.test('a function with another parameter creates the application', async t => {
  const folder = t.testdir({ 'app.ts': "import Fastify from 'fastify'\nexport const build = (options = {}) => Fastify(options)\nexport default (settings) => build(settings)" })
  const app = await loadApp(join(folder, 'app.ts'))
  t.equal(typeof app.ready, 'function')
  await app.close()
})

t.test('tsx of the application loads TypeScript', async t => {
  startWithoutLoaders(t)
  const folder = t.testdir({ 'app.ts': "import Fastify, { type FastifyInstance } from 'fastify'\nenum Colour { Red }\nexport const build = (): FastifyInstance => Fastify({ bodyLimit: 10 + Colour.Red })" })
  const app = await loadApp(join(folder, 'app.ts'))
  t.equal(app.initialConfig.bodyLimit, 10)
  await app.close()
})

t.test('an application of fastify-cli starts, with plugins and routes in folders that @fastify/autoload reads', async t => {
  startWithoutLoaders(t)
  t.teardown(() => { delete process.env.FASTIFY_AUTOLOAD_TYPESCRIPT })
  const folder = t.testdir({
    'package.json': '{ "type": "module" }',
    'app.ts': `
      import autoload from '@fastify/autoload'
      import type { FastifyPluginAsync } from 'fastify'
      export const options = { bodyLimit: 7 }
      const app: FastifyPluginAsync = async fastify => {
        for (const dir of ['plugins', 'routes']) await fastify.register(autoload, { dir: new URL(dir, import.meta.url).pathname, forceESM: true })
      }
      export default app`,
    plugins: { 'errors.ts': "import fp from 'fastify-plugin'\nimport apiErrors from 'fastify-api-errors'\nexport default fp(async app => { await app.register(apiErrors) })" },
    routes: { queues: { 'index.ts': "export default async (app) => { app.get('/:id', async (): Promise<string> => 'ok') }" } }
  })
  const app = await loadApp(join(folder, 'app.ts'))
  t.equal(app.initialConfig.bodyLimit, 7)
  t.strictSame(app.apiErrors.explain('GET', '/queues/:id').map(({ code }) => code).sort(), ['internal_error', 'resource_not_found'])
  await app.close()
})

t.test('a Node that cannot load TypeScript needs tsx', async t => {
  startWithoutLoaders(t)
  const folder = mkdtempSync(join(tmpdir(), 'load-app-')) // It has no packages, so no tsx.
  writeFileSync(join(folder, 'app.ts'), "throw Object.assign(new TypeError('Unknown file extension \".ts\" for ' + import.meta.filename), { code: 'ERR_UNKNOWN_FILE_EXTENSION' })")
  t.equal(await messageOf(join(folder, 'app.ts')), `fastify-api-errors: --app: expected JavaScript, or TypeScript and the package tsx ('npm install --save-dev tsx'), got "${folder}/app.ts".`)
  const path = relative('', folder)
  writeFileSync(join(folder, 'app.mjs'), "throw Object.assign(new TypeError('Unknown file extension \".ts\" for ' + import.meta.dirname + '/task.ts'), { code: 'ERR_UNKNOWN_FILE_EXTENSION' })")
  t.equal(await messageOf(join(folder, 'app.mjs')), `fastify-api-errors: --app: "${folder}/app.mjs" does not start: it imports ${path}/task.ts. Run the command with NODE_OPTIONS='--import=tsx'.`)
})

t.test('a module that fails is reported with the file and line of the application', async t => {
  const folder = relative('', t.testdir({
    'app.ts': "import './database.js'\nexport default {}",
    'database.ts': "const url = process.env.NOT_SET\n\nif (url === undefined) throw new Error('NOT_SET is missing.')",
    'common.cjs': "module.exports = () => {\n  throw new Error('NOT_SET is missing.')\n}",
    'plain.mjs': "throw new Error('NOT_SET is missing.')",
    'syntax.mjs': 'export default (',
    'rejects.ts': 'export default async () => { throw undefined }'
  }))
  const start = 'fastify-api-errors: --app: '
  t.equal(await messageOf(join(folder, 'app.ts')), `${start}"${folder}/app.ts" does not start (at ${folder}/database.ts:3): NOT_SET is missing.`)
  t.equal(await messageOf(join(folder, 'common.cjs')), `${start}"${folder}/common.cjs" does not start (at ${folder}/common.cjs:2): NOT_SET is missing.`)
  t.equal(await messageOf(join(folder, 'plain.mjs')), `${start}"${folder}/plain.mjs" does not start (at ${folder}/plain.mjs:1): NOT_SET is missing.`)
  t.match(await messageOf(join(folder, 'syntax.mjs')), new RegExp(`^${start}"${folder}/syntax\\.mjs" does not start \\((at ${folder}/syntax\\.mjs:1|run 'node ${folder}/syntax\\.mjs' to see the file and line)\\): `))
  t.equal(await messageOf(join(folder, 'rejects.ts')), `${start}"${folder}/rejects.ts" does not start: undefined`)
})
