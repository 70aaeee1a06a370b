/** Imports the module of an application, in JavaScript or TypeScript, and starts the application without listening. */
import { statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { relative, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { FastifyInstance, FastifyPluginAsync, FastifyServerOptions } from 'fastify'
import fp from 'fastify-plugin'
import { rejectOption } from '../support/expect-option.js'
import { isObject } from '../support/is-object.js'

const program = 'fastify-api-errors'

const expected =
  "a module whose default export, or export 'app' or 'build', is a Fastify instance, a promise of one, a function that returns one, or a plugin"

/**
 * Imports an application and starts it.
 *
 * @param module the path of its module, relative to the working directory
 * @throws TypeError if the module does not exist, or has no application
 * @throws Error if the application does not start
 */
export async function loadApp (module: string | undefined): Promise<FastifyInstance> {
  if (module === undefined) {
    throw new TypeError(`${program}: --app is missing. Expected the module of the API, such as './app.js'.`)
  }
  const path = resolve(module)
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) {
    rejectOption(program, '--app', 'the path of an existing file', module)
  }
  if (/\.[cm]?ts$/.test(path)) await registerTsx(path)
  let app: unknown
  let names: readonly string[] = []
  try {
    const exports = await importFile(path)
    names = Object.keys(exports)
    app = await createExportedApp(path, exports)
    if (isApplication(app)) await app.ready()
  } catch (error) {
    const file = findUnknownTypeScript(error)
    if (file === path) {
      rejectOption(
        program,
        '--app',
        "JavaScript, or TypeScript and the package tsx ('npm install --save-dev tsx')",
        module
      )
    }
    if (file !== undefined) {
      throw createAppError(
        module,
        'does not start',
        `it imports ${relative('', file)}. Run the command with NODE_OPTIONS='--import=tsx'.`
      )
    }
    const hint = error instanceof SyntaxError && findPlace(error) === ''
      ? ` (run 'node ${module}' to see the file and line)`
      : '' // Node hides the place of a syntax error in an ES module.
    throw createAppError(module, `does not start${hint}`, error)
  }
  if (!isApplication(app)) {
    const exported = names.length === 0 ? 'without exports' : `with the exports ${names.join(', ')}`
    throw new TypeError(`${program}: --app: expected ${expected}, got ${JSON.stringify(module)} ${exported}.`)
  }
  return app
}

/** Returns an error for the message of a command: what the application did, the place in its code, and the reason. */
export function createAppError (module: string | undefined, what: string, reason: unknown): Error {
  return new Error(
    `${program}: --app: ${module === undefined ? 'the application' : JSON.stringify(module)} ${what}${findPlace(reason)}: ${getFirstLine(reason)}`
  )
}

/**
 * Makes Node load TypeScript with the tsx of the application, unless the process was started with a loader. An
 * application without tsx is imported directly, because newer versions of Node load TypeScript themselves.
 */
async function registerTsx (path: string): Promise<void> {
  const hasLoader = /(^|\s)(--import|--loader|--experimental-loader|--require|-r)\b/.test(
    [...process.execArgv, process.env.NODE_OPTIONS].join(' ')
  )
  const tsx = hasLoader ? undefined : findTsx(path)
  if (tsx === undefined) return
  await importFile(tsx) // the same as `node --import tsx`
  process.env.FASTIFY_AUTOLOAD_TYPESCRIPT ??= '1' // @fastify/autoload does not notice tsx if it was imported later.
}

function findTsx (path: string): string | undefined {
  try {
    return createRequire(path).resolve('tsx')
  } catch {
    return undefined
  }
}

/** Returns the file that Node cannot load because it is TypeScript. */
function findUnknownTypeScript (error: unknown): string | undefined {
  return isObject(error) && error.code === 'ERR_UNKNOWN_FILE_EXTENSION'
    ? /"\.[cm]?ts" for (.*)$/.exec(String(error.message))?.[1]
    : undefined
}

/** Imports a module of the application, which can export anything. */
async function importFile (path: string): Promise<any> {
  return await import(pathToFileURL(path).href)
}

/** Returns what the exports of a module create. */
async function createExportedApp (path: string, { default: main, app, build, options }: any): Promise<unknown> {
  const exported = [main, app, build, main?.default, main?.app, main?.build]
    .find(value => typeof value === 'function' || isApplication(value) || value instanceof Promise)
  if (typeof exported !== 'function') return await exported
  return isPlugin(exported) ? await createApp(path, exported, options ?? main?.options) : await exported()
}

/** Returns whether a function is a plugin, as for fastify-cli, instead of a function that creates the application. */
function isPlugin (exported: object): exported is FastifyPluginAsync {
  const { length } = exported as { readonly length: number }
  return length > 1 || Symbol.for('skip-override') in exported ||
    (length === 1 && /^[^(]*\(?\s*(fastify|app|instance|server)\b/.test(String(exported)))
}

/**
 * Creates an application with the Fastify version that the module uses, and registers a plugin without a separate
 * scope.
 */
async function createApp (path: string, plugin: FastifyPluginAsync, options: unknown): Promise<FastifyInstance> {
  const fastify = createRequire(path)('fastify') as {
    readonly default: (options: FastifyServerOptions) => FastifyInstance
  }
  const app = fastify.default(isObject(options) ? options : {})
  await app.register(fp(plugin))
  return app
}

function isApplication (value: unknown): value is FastifyInstance {
  return typeof (value as Partial<FastifyInstance> | null | undefined)?.ready === 'function'
}

const ownFolders = ['lib', 'dist'].map(folder => fileURLToPath(new URL(`../../${folder}/`, import.meta.url)))

/**
 * Returns the file and line of the application's code that threw an error, such as ` (at src/db.ts:12)`. Empty if it is
 * unknown.
 */
function findPlace (error: unknown): string {
  for (const line of String((error as Partial<Error> | null | undefined)?.stack).split('\n')) {
    const [, location = '', number] =
      /(?:^|\(|at (?:async )?)((?:file:\/\/|[A-Z]:)?[/\\][^()]+?):(\d+)(?::\d+)?\)?$/.exec(line) ?? []
    const file = location.startsWith('file:') ? fileURLToPath(location.replace(/\?.*$/, '')) : location
    if (file !== '' && !file.includes('/node_modules/') && !ownFolders.some(folder => file.startsWith(folder))) {
      return ` (at ${relative('', file)}:${number})`
    }
  }
  return ''
}

/** Returns the first line of an error's message. The other lines are only useful with a stack. */
export function getFirstLine (error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n', 1).join()
}
