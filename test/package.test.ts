/** The packed package in an empty project: imports, require, types, files, and the programs of the README. */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { standardErrors } from 'fastify-api-errors'
import { shortenAsset } from '../scripts/shorten-asset.js'
import { freePort } from './helpers/free-port.js'
import { excludeChildrenFromCoverage } from './helpers/uncovered-processes.js'

excludeChildrenFromCoverage()

/** Milliseconds after which an installation counts as failed, because the registry cannot be reached. */
const INSTALLATION_LIMIT = 120_000

const root = fileURLToPath(new URL('..', import.meta.url))
/** The project. The packed tarball is installed into it next to Fastify, as a user has it. */
const folder = mkdtempSync(join(tmpdir(), 'fastify-api-errors-package-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))

const run = (command: string, args: readonly string[]): string =>
  execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

/** Runs a command that downloads packages, and returns whether it succeeded. */
const install = (command: string, args: readonly string[]): boolean =>
  spawnSync(command, args, { cwd: folder, stdio: 'ignore', timeout: INSTALLATION_LIMIT, killSignal: 'SIGKILL' }).status === 0

execFileSync('npm', ['pack', '--pack-destination', folder], { cwd: root, stdio: 'ignore' })
const tarball = readdirSync(folder).find(file => file.endsWith('.tgz')) as string
mkdirSync(join(folder, 'node_modules/fastify-api-errors'), { recursive: true })
run('tar', ['-xzf', tarball, '-C', 'node_modules/fastify-api-errors', '--strip-components=1'])

// The dependencies are linked and not downloaded again: the runtime dependencies, the peer, and the two type providers.
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: object, peerDependencies: object, devDependencies: Readonly<Record<string, string>> }
const needed = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies), '@fastify/type-provider-typebox', 'type-provider-typebox-5', '@types/node', 'typebox']
for (const name of needed) {
  mkdirSync(join(folder, 'node_modules', name, '..'), { recursive: true })
  symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
}
writeFileSync(join(folder, 'package.json'), '{ "name": "user", "private": true, "type": "module" }')

t.test('the package is small, and has no source maps', t => {
  const files = readdirSync(join(folder, 'node_modules/fastify-api-errors'), { recursive: true, withFileTypes: true }).filter(file => file.isFile())
  const bytes = files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)
  t.ok(files.length > 50 && files.length <= 250, `${files.length} files`)
  t.ok(bytes <= 900_000, `${bytes} bytes`)
  t.strictSame(files.filter(({ name }) => name.endsWith('.map')), [])
  t.end()
})

t.test('importing it loads few files, and not the parts that only some applications need', async t => {
  writeFileSync(join(folder, 'loader.mjs'), `
    import { appendFileSync } from 'node:fs'
    export const load = (url, context, next) => { appendFileSync('loaded.txt', url + '\\n'); return next(url, context) }
  `)
  writeFileSync(join(folder, 'import.mjs'), `
    import { register } from 'node:module'
    register('./loader.mjs', import.meta.url)
    await import('fastify-api-errors')
  `)
  run('node', ['import.mjs'])
  const loaded = readFileSync(join(folder, 'loaded.txt'), 'utf8').split('\n').filter(url => url.startsWith('file:'))
  t.ok(loaded.length > 1 && loaded.length <= 28, `${loaded.length} files`)
  for (const name of ['@sinclair/typebox', 'ajv', 'marked', '@fastify/rate-limit', 'typescript', 'languages']) t.strictSame(loaded.filter(url => url.includes(`/${name}/`)), [], name)
  for (const { pathname } of loaded.filter(url => url.includes('/fastify-api-errors/dist/')).map(url => new URL(url))) t.notMatch(readFileSync(pathname, 'utf8'), 'Die Ressource existiert nicht.', pathname)
})

const expected = '{"status":404,"code":"route_not_found","factory":409}\n'

t.test('an ES module can import it', async t => {
  writeFileSync(join(folder, 'user.mjs'), `
    import Fastify from 'fastify'
    import apiErrors, { serverOptions, standardErrors } from 'fastify-api-errors'
    const app = Fastify(serverOptions())
    await app.register(apiErrors)
    const response = await app.inject('/nothing')
    console.log(JSON.stringify({ status: response.statusCode, code: response.json().code, factory: standardErrors.resource_conflict.status }))
  `)
  t.equal(run('node', ['user.mjs']), expected)
})

t.test('a CommonJS module can require it: Fastify finds the default export, and the named exports are available', async t => {
  writeFileSync(join(folder, 'user.cjs'), `
    const Fastify = require('fastify')
    const apiErrors = require('fastify-api-errors')
    const app = Fastify(apiErrors.serverOptions())
    app.register(apiErrors)
    app.inject('/nothing').then(response => console.log(JSON.stringify({
      status: response.statusCode, code: response.json().code, factory: apiErrors.standardErrors.resource_conflict.status
    })))
  `)
  t.equal(run('node', ['--no-warnings', 'user.cjs']), expected)
})

t.test('names that the package reads from stacks, and names in logs, are not shortened', async t => {
  writeFileSync(join(folder, 'names.mjs'), `
    import Fastify from 'fastify'
    import apiErrors, { ApiError, standardErrors } from 'fastify-api-errors'
    import { parseError, ResponseError } from 'fastify-api-errors/client'
    const app = Fastify()
    await app.register(apiErrors, { log: false })
    app.get('/sent', (request, reply) => { reply.code(400).send(new TypeError('secret')) })
    app.get('/thrown', async (request, reply) => { throw (reply.code(400), new TypeError('secret')) })
    const statuses = [await app.inject('/sent'), await app.inject('/thrown')].map(({ statusCode }) => statusCode)
    const instances = [standardErrors.internal_error(), await parseError(new Response('', { status: 500 }))].map(error => error.constructor.name)
    console.log(JSON.stringify([...statuses, ...instances, ApiError.name, ResponseError.name]))
  `)
  t.equal(run('node', ['names.mjs']), '[400,500,"ApiError","ResponseError","ApiError","ResponseError"]\n')
})

t.test('an uncaught error shows little code before its message', async t => {
  writeFileSync(join(folder, 'uncaught.mjs'), `
    import Fastify from 'fastify'
    import apiErrors from 'fastify-api-errors'
    await Fastify().register(apiErrors, { format: 'xml' })
  `)
  const { status, stderr } = spawnSync('node', ['uncaught.mjs'], { cwd: folder, encoding: 'utf8' })
  t.equal(status, 1)
  const [code = '', message = ''] = stderr.split(/^(?=TypeError)/m)
  t.match(message, /^TypeError: fastify-api-errors: format: expected /)
  t.ok(code.length > 0 && code.length < 2_000, `${code.length} characters of code`)
})

t.test('formats, types and messages that an application registers with TypeBox are used', async t => {
  writeFileSync(join(folder, 'typebox.mjs'), `
    import { FormatRegistry, Kind, Type, TypeRegistry } from '@sinclair/typebox'
    import { DefaultErrorFunction, SetErrorFunction } from '@sinclair/typebox/errors'
    import { TypeBoxValidatorCompiler } from 'type-provider-typebox-5'
    import Fastify from 'fastify'
    import apiErrors, { defineErrors } from 'fastify-api-errors'

    FormatRegistry.Set('ticket', value => value.startsWith('T-'))
    TypeRegistry.Set('Even', (_, value) => value % 2 === 0)
    SetErrorFunction(error => 'Mine: ' + DefaultErrorFunction(error))

    const app = Fastify().setValidatorCompiler(TypeBoxValidatorCompiler)
    await app.register(apiErrors)
    const body = Type.Object({ size: Type.Unsafe({ [Kind]: 'Even' }), ticket: Type.String({ format: 'ticket' }), name: Type.String({ minLength: 2 }) })
    app.post('/', { schema: { body } }, async () => 'ok')
    const response = await app.inject({ method: 'POST', url: '/', body: { size: 3, ticket: 'X-1', name: 'a' } })
    console.log(JSON.stringify(response.json().details.map(({ field, code }) => [field, code])))

    const errors = defineErrors({
      lost: {
        status: 409, type: 'conflict_error', message: 'Lost.', description: 'It is lost.', action: 'Look for it.',
        meta: Type.Object({ ticket: Type.String({ format: 'ticket' }) }), example: { meta: { ticket: 'X-1' } }
      }
    })
    await Fastify().register(apiErrors, { errors }).then(() => console.log('registered'), error => console.log(error.message))
  `)
  t.strictSame(run('node', ['typebox.mjs']).split('\n'), [
    '[["size","invalid"],["ticket","ticket"],["name","min_length"]]',
    "defineErrors: lost.example.meta: expected a value that matches 'meta', but at /ticket: Mine: Expected string to match 'ticket' format.",
    ''
  ])
})

t.test('every other entry can be imported and required', async t => {
  const printNames = `console.log(JSON.stringify([
    ['apiKey', 'generateKey', 'guessLimit', 'hashKey', 'matchesHash', 'parseKey'].map(name => typeof guards[name]),
    ['ResponseError', 'isResponseError', 'parseError', 'withRetry'].map(name => typeof client[name]),
    ['codeAs', 'constant', 'eachIssue', 'field', 'group', 'issues', 'issuesByField', 'list'].map(name => typeof format[name]),
    ['createIdempotencyTable', 'idempotency', 'memoryStore', 'postgresStore', 'redisStore'].map(name => typeof idempotency[name]),
    [typeof pacing.withPacing],
    [german, french, spanish, japanese].map(({ errors }) => typeof errors.resource_not_found)
  ]))`
  const functions = `${JSON.stringify([Array(6).fill('function'), Array(4).fill('function'), Array(8).fill('function'), Array(5).fill('function'), ['function'], Array(4).fill('string')])}\n`
  writeFileSync(join(folder, 'entries.mjs'), `
    import * as guards from 'fastify-api-errors/api-key'
    import * as client from 'fastify-api-errors/client'
    import * as format from 'fastify-api-errors/format'
    import * as idempotency from 'fastify-api-errors/idempotency'
    import * as pacing from 'fastify-api-errors/client/pacing'
    import { german } from 'fastify-api-errors/languages/de'
    import { french } from 'fastify-api-errors/languages/fr'
    import { spanish } from 'fastify-api-errors/languages/es'
    import { japanese } from 'fastify-api-errors/languages/ja'
    ${printNames}
  `)
  writeFileSync(join(folder, 'entries.cjs'), `
    const guards = require('fastify-api-errors/api-key')
    const client = require('fastify-api-errors/client')
    const format = require('fastify-api-errors/format')
    const idempotency = require('fastify-api-errors/idempotency')
    const pacing = require('fastify-api-errors/client/pacing')
    const { german } = require('fastify-api-errors/languages/de')
    const { french } = require('fastify-api-errors/languages/fr')
    const { spanish } = require('fastify-api-errors/languages/es')
    const { japanese } = require('fastify-api-errors/languages/ja')
    ${printNames}
  `)
  t.equal(run('node', ['entries.mjs']), functions)
  t.equal(run('node', ['--no-warnings', 'entries.cjs']), functions)
})

t.test('it serves the style sheet, the scripts and the icon of the reference pages', async t => {
  writeFileSync(join(folder, 'reference.mjs'), `
    import Fastify from 'fastify'
    import apiErrors from 'fastify-api-errors'
    const app = Fastify()
    await app.register(apiErrors, { reference: { path: '/errors', live: true } })
    const files = {}
    for (const name of ['style.css', 'script.js', 'live.js', 'icon.svg']) {
      const { statusCode, body } = await app.inject('/errors/' + name)
      files[name] = statusCode === 200 ? body : statusCode
    }
    console.log(JSON.stringify(files))
  `)
  const served = JSON.parse(run('node', ['reference.mjs'])) as Record<string, string>
  const names = ['style.css', 'script.js', 'live.js', 'icon.svg']
  t.strictSame(served, Object.fromEntries(names.map(name => [name, shortenAsset(name, readFileSync(join(root, 'lib/reference/render', name), 'utf8'))])))
  t.ok(names.every(name => String(served[name]).length > 100))
})

t.test('the command reads an API that TypeScript compiled to CommonJS', async t => {
  writeFileSync(join(folder, 'app.cjs'), `
    exports.__esModule = true
    exports.default = async () => {
      const app = require('fastify')()
      await app.register(require('fastify-api-errors'))
      return app.get('/queues', async () => 'ok')
    }
  `)
  const program = join(folder, 'node_modules/fastify-api-errors/dist/cli/main.js')
  t.equal(run('node', ['--no-warnings', program, 'lock', '--app', 'app.cjs']), `Wrote ${Object.keys(standardErrors).length} codes and 1 route to errors.lock.json.\n`)
})

t.test('TypeScript nodenext compiles it with the TypeBox providers 5.2 and 6.3', async t => {
  const providers = { 'user5.ts': 'type-provider-typebox-5', 'user6.ts': '@fastify/type-provider-typebox' }
  for (const [file, provider] of Object.entries(providers)) {
    writeFileSync(join(folder, file), `
      import Fastify from 'fastify'
      import { Type, type TypeBoxTypeProvider } from '${provider}'
      import apiErrors, { defineErrors, serverOptions, standardErrors } from 'fastify-api-errors'
      const errors = defineErrors(standardErrors, {
        already_in_queue: { status: 409, type: 'conflict_error', message: 'You are in.', description: 'Joined before.', action: 'Read it.' }
      })
      const app = Fastify(serverOptions({ logger: true })).withTypeProvider<TypeBoxTypeProvider>()
      await app.register(apiErrors, { errors, format: 'problem' })
      app.post('/queues/:id', {
        schema: { params: Type.Object({ id: Type.String() }) },
        config: { errors: [errors.already_in_queue, 'resource_conflict'] }
      }, async request => {
        const id: string = request.params.id
        if (id === '') throw errors.already_in_queue()
        // @ts-expect-error a number is not an id
        const wrong: number = request.params.id
        return wrong
      })
      app.get('/wrong', {
        // @ts-expect-error no such code
        config: { errors: ['no_such_code'] }
      }, async () => 'ok')
    `)
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({
    compilerOptions: {
      module: 'nodenext', target: 'es2022', strict: true, exactOptionalPropertyTypes: true, noEmit: true, skipLibCheck: false, types: ['node']
    },
    files: Object.keys(providers)
  }))
  const { stdout } = spawnSync('node', [join(root, 'node_modules/typescript/bin/tsc'), '-p', '.'], { cwd: folder, encoding: 'utf8' })
  t.equal(stdout, '', 'the compiler reports nothing')
})

/** The lowest and the newest version of TypeScript. The types of this repository are checked with a version between them. */
const [lowest, newest] = ['typescript@5.3.3', 'typescript@7.0.2']

/** The module settings of applications, and the files that each can compile. */
const moduleSettings = [
  ['node16', 'node16', ['module.mts', 'commonjs.cts']],
  ['nodenext', 'nodenext', ['module.mts', 'commonjs.cts']],
  ['esnext', 'bundler', ['module.mts']],
  ['commonjs', 'node10', ['commonjs.cts']]
] as const

/** TypeScript 7 has no `node10`, and TypeScript 5.3 cannot combine `commonjs` with `bundler`. */
const newestSettings = [...moduleSettings.slice(0, 3), ['commonjs', 'bundler', ['commonjs.cts']]] as const

/** Returns the path of the compiler of a version, or `undefined` if it cannot be installed. */
function installCompiler (version: string): string | undefined {
  const compiler = join(folder, 'compilers', version, 'node_modules/typescript/bin/tsc')
  return existsSync(compiler) || install('npm', ['install', '--no-audit', '--no-fund', '--prefix', `compilers/${version}`, version]) ? compiler : undefined
}

t.test('the lowest and the newest version of TypeScript compile it with every module setting', async t => {
  const source = `
    import Fastify, { type FastifyInstance } from 'fastify'
    import apiErrors, { declareErrors, serverOptions, standardErrors } from 'fastify-api-errors'
    import { apiKey } from 'fastify-api-errors/api-key'
    import { ResponseError, withRetry } from 'fastify-api-errors/client'
    import { idempotency, memoryStore } from 'fastify-api-errors/idempotency'
    import { german } from 'fastify-api-errors/languages/de'
    export async function build (): Promise<FastifyInstance> {
      const app = Fastify(serverOptions())
      await app.register(apiErrors, { log: false, languages: { default: 'en', de: german } })
      const requireKey = apiKey({ lookup: async () => undefined })
      app.get('/', { onRequest: requireKey, config: { errors: [standardErrors.resource_gone, 'resource_locked'] } }, async () => app.apiErrors.ledger())
      app.post('/', { preHandler: idempotency({ store: memoryStore() }) }, async request => request.idempotencyKey ?? 'none')
      return app
    }
    export function misspell (app: FastifyInstance): void {
      // @ts-expect-error no such code
      app.get('/wrong', { config: { errors: ['no_such_code'] } }, async () => 'ok')
      // @ts-expect-error no such code
      declareErrors(async () => {}, ['no_such_code'])
    }
    export const send = withRetry(fetch)
    export const isOurs = (error: unknown): boolean => error instanceof ResponseError
  `
  // One program can have files of both kinds of modules.
  for (const name of ['module.mts', 'commonjs.cts']) writeFileSync(join(folder, name), source)
  for (const [version, settings] of [[lowest, moduleSettings], [newest, newestSettings]] as const) {
    const compiler = installCompiler(version)
    if (compiler === undefined) {
      t.pass('not installed', { skip: `npm cannot install ${version}` })
      continue
    }
    for (const [module, moduleResolution, files] of settings) {
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({
        compilerOptions: { module, moduleResolution, target: 'es2022', strict: true, esModuleInterop: true, outDir: 'compiled', rootDir: '.', skipLibCheck: true, types: ['node'] }, files
      }))
      const { stdout } = spawnSync('node', [compiler, '-p', '.'], { cwd: folder, encoding: 'utf8' })
      t.equal(stdout, '', `${version}, module ${module}`)
    }
    t.equal(run('node', ['--no-warnings', '-e', "require('./compiled/commonjs.cjs').build().then(app => app.inject('/')).then(({ statusCode }) => console.log(statusCode))"]), '401\n')
  }
})

/**
 * An application that exports everything whose type the compiler must write into a declaration. pnpm installs the dependencies of a package
 * where the application cannot import them, so no such type may need the name of one.
 */
const exported = `
  import { codeForStatus, defineErrors, defineErrorsWith, defineFormat, defineTranslator, formats, responses, serverOptions, standardErrors, swaggerOptions } from 'fastify-api-errors'
  import { apiKey } from 'fastify-api-errors/api-key'
  import { parseError, withRetry } from 'fastify-api-errors/client'
  import { code, codeAs, details, field, group, issues, issuesByField, list, message, meta } from 'fastify-api-errors/format'
  import { idempotency, memoryStore } from 'fastify-api-errors/idempotency'
  import { z } from 'zod'
  export const errors = defineErrors(standardErrors, {
    queue_full: { status: 409, message: 'The queue is full.', meta: { type: 'object', properties: { size: { type: 'integer' } }, required: ['size'] }, example: { meta: { size: 3 } } },
    seat_taken: { status: 409, message: ({ seat }) => 'Seat ' + seat + ' is taken.', meta: z.object({ seat: z.string() }), example: { meta: { seat: 'A1' } } },
    rate_limit_exceeded: { message: 'Wait.' },
    insufficient_scope: { status: 401 }
  })
  export const own = defineErrors({ late: { status: 403, message: 'Too late.' } }, { early: { status: 425, message: 'Too early.' } })
  export const all = defineErrors(errors, own)
  export const others = defineErrorsWith({ codes: /[A-Z]\\w+/ })(standardErrors, { NoSuchBucket: { status: 404, message: 'No.' } })
  export const { method_not_allowed, queue_full } = errors
  export const limited = standardErrors.rate_limit_exceeded
  export const standard = { ...standardErrors }
  export const createError = () => errors.queue_full({ meta: { size: 3 } })
  export const seats = (): typeof errors.seat_taken => errors.seat_taken
  export const text = field({ schema: () => ({ type: 'string' }), value: ({ requestId }) => requestId })
  export const fields = { code, message, meta, details, upper: codeAs(code => code.toUpperCase()), inner: group({ code }), each: issues({ name: 'field' }), by: issuesByField(), list: list(code), text }
  export const format = defineFormat({ name: 'mine', fields: { ...formats.code.fields, ...fields } })
  export const declared = responses(errors.queue_full, errors.resource_not_found)
  export const schema = { response: { ...declared } }
  export const translator = defineTranslator({ name: 'mine', translate: () => undefined })
  export const documentOptions = swaggerOptions()
  export const options = serverOptions()
  export const codeOf = codeForStatus(404)
  export const requireKey = apiKey({ lookup: async () => undefined })
  export const guard = idempotency({ store: memoryStore() })
  export const send = withRetry(fetch)
  export const read = parseError
`

t.test('an application under pnpm can write declarations of its catalog and its format', async t => {
  const pnpm = 'pnpm@10.34.9'
  const app = join(folder, 'pnpm')
  mkdirSync(app)
  const { devDependencies: versions } = manifest
  writeFileSync(join(app, 'package.json'), JSON.stringify({
    name: 'user', private: true, type: 'module', dependencies: { fastify: versions.fastify, zod: versions.zod, '@types/node': versions['@types/node'], 'fastify-api-errors': `file:../${tarball}` }
  }))
  const isInstalled = install('npm', ['install', '--no-audit', '--no-fund', '--prefix', 'pnpm-command', pnpm]) &&
    install('node', ['pnpm-command/node_modules/pnpm/bin/pnpm.cjs', 'install', '--dir', 'pnpm', '--store-dir', join(folder, 'pnpm-store'), '--ignore-scripts'])
  if (!isInstalled) {
    t.pass('not installed', { skip: `npm cannot install ${pnpm}` })
    return
  }
  t.notOk(existsSync(join(app, 'node_modules/@sinclair')), 'the application cannot import the dependencies of its packages')
  for (const name of ['module.mts', 'commonjs.cts']) writeFileSync(join(app, name), exported)
  // The settings that the other version does not have, or does not resolve in another way.
  const compilers = [
    ['6.0', join(root, 'node_modules/typescript/bin/tsc'), ['nodenext', 'esnext']],
    [lowest, installCompiler(lowest), ['node16', 'commonjs']]
  ] as const
  for (const [version, compiler, modules] of compilers) {
    if (compiler === undefined) continue
    for (const [module, moduleResolution, files] of moduleSettings.filter(([module]) => (modules as readonly string[]).includes(module))) {
      const outDir = `${version}-${module}`
      writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({
        compilerOptions: { module, moduleResolution, target: 'es2022', strict: true, esModuleInterop: true, declaration: true, outDir, rootDir: '.', skipLibCheck: true, types: ['node'] }, files
      }))
      // TypeScript 5.3 cannot name the type of Fastify's options under pnpm.
      if (version === lowest) for (const file of files) writeFileSync(join(app, file), exported.replace(/^.*serverOptions\(\)$/m, ''))
      const { stdout } = spawnSync('node', [compiler, '-p', '.'], { cwd: app, encoding: 'utf8' })
      t.equal(stdout, '', `TypeScript ${version}, module ${module}`)
      for (const file of files) {
        const declarations = readFileSync(join(app, outDir, file.replace(/ts$/, 'd.ts').replace(/^(.*)\.(.)d\.ts$/, '$1.d.$2ts')), 'utf8')
        t.match(declarations, /queue_full/)
        t.notMatch(declarations, /typebox/i, 'the declarations do not refer to a dependency of the package')
      }
    }
  }
})

const readme = readFileSync(join(root, 'README.md'), 'utf8')

/** A program of the README: the packages that the page installs for it, a request, and the response that the page shows. */
interface Program {
  readonly packages: readonly string[]
  readonly code: string
  readonly path: string
  readonly body: string | undefined
  readonly shown: string
}

const programs: Program[] = [...readme.matchAll(/```sh\nnpm install (.*)\n```[^]*?```js\n([^]*?)```[^]*?localhost:3000(\S+)(?:.* -d '(.*)')?\n[^]*?```http\n([^]*?)```/g)]
  .map(([, packages = '', code = '', path = '', body, shown = '']) => ({ packages: packages.split(' '), code, path, body, shown }))

/** Connects to a port without a request, because a request would count toward the limit of the program. */
async function isListening (port: number): Promise<boolean> {
  return await new Promise(resolve => {
    const socket = connect(port, 'localhost', () => { socket.destroy(); resolve(true) }).once('error', () => { resolve(false) })
  })
}

/** Runs a program in an empty project that has only its packages, and calls a function with the URL of its server. */
async function runProgram (t: Test, { packages, code }: Program, use: (base: string) => Promise<void>): Promise<void> {
  const port = await freePort()
  const project = mkdtempSync(join(folder, 'readme-'))
  for (const name of packages) {
    mkdirSync(join(project, 'node_modules', name, '..'), { recursive: true })
    symlinkSync(join(name === 'fastify-api-errors' ? folder : root, 'node_modules', name), join(project, 'node_modules', name))
  }
  writeFileSync(join(project, 'app.mjs'), code.replace('port: 3000', `port: ${port}`))
  const program = spawn('node', ['app.mjs'], { cwd: project, stdio: 'inherit' })
  const ended = new Promise<number | null>(resolve => { program.once('exit', resolve) })
  t.teardown(() => { program.kill() })
  const base = `http://localhost:${port}`
  while (program.exitCode === null && !await isListening(port)) await delay(100)
  if (program.exitCode !== null) throw new Error(`The program ended with exit code ${program.exitCode}.`)
  await use(base)
  program.kill()
  await ended
}

t.test('each program of the README responds as the page shows, with the packages that the page installs', async t => {
  t.equal(programs.length, 2)
  for (const program of programs) {
    await runProgram(t, program, async base => {
      const response = await fetch(base + program.path, program.body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: program.body })
      const [head = '', shownBody = ''] = program.shown.split('\n\n')
      const [statusLine, ...fields] = head.split('\n')
      t.equal(`HTTP/1.1 ${response.status} ${response.statusText}`, statusLine)
      const { request_id: id, ...rest } = await response.json() as { readonly request_id: string }
      const { request_id: shownId, ...expected } = JSON.parse(shownBody) as { readonly request_id: string }
      t.strictSame(rest, expected)
      t.match(id, /^req_[\w-]{20}$/)
      const omitted = ['connection', 'content-length', 'date', 'keep-alive']
      t.strictSame(
        [...response.headers].filter(([name]) => !omitted.includes(name)).map(([name, value]) => `${name}: ${value}`).sort(),
        fields.map(field => field.replace(shownId, id)).sort()
      )
    })
  }
})

t.test('the document of the second program has the statuses that the README names', async t => {
  const [, second] = programs
  await runProgram(t, second as Program, async base => {
    const document = await (await fetch(`${base}/openapi.json`)).json() as { readonly paths: Readonly<Record<string, { readonly post: { readonly responses: object } }>> }
    const [, statuses = ''] = /lists ([\d, and]+),/.exec(readme) ?? []
    t.strictSame(Object.keys(document.paths['/queues/{id}/entries']?.post.responses ?? {}), ['200', ...statuses.split(/, | and /)])
  })
})
