/** The commands of the program. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import type { FastifyInstance } from 'fastify'
import { readInferredErrors } from '../infer/inferred-errors.js'
import { referenceFiles } from '../reference/reference-files.js'
import type { Reference } from '../reference/create-reference.js'
import { expectOption, rejectOption } from '../support/expect-option.js'
import { formatCount } from '../support/format-count.js'
import { diagnose, printDiagnosis } from './doctor.js'
import { compareLocks } from '../verify/compare-lockfiles.js'
import { createLock, parseLock, writeLock, type Lock, type LockSource } from '../verify/lockfile.js'
import { listReferences } from '../verify/references.js'

const program = 'fastify-api-errors'

/** The text that `--help` prints. */
export const usage: string = `Usage: fastify-api-errors <command> --app <module>

Commands
  reference   writes the error reference as HTML, Markdown and JSON
  lock        writes what the API promises about its errors to a lockfile
  check       compares the API with its lockfile, and its source with the file of inferred errors; the exit code is 1 if a
              change breaks callers, or if that file is out of date
  doctor      lists what the API registers, and what prevents its errors from being handled or documented; the exit code
              is 1 if there is a problem
  infer       reads the source and reports the errors that the routes throw; requires typescript

Options
  --app       the module of the API: its default export, or its export 'app' or 'build', is a Fastify instance,
              a promise of one, or a function that returns one
  --out       reference: the folder for the files (default: docs/errors)
  --url       reference: scheme and host of the API, for the examples with curl (default: https://api.example.com)
  --lockfile  lock, check: the lockfile (default: errors.lock.json)
  --inferred  infer, check: the file of inferred errors (default: errors.inferred.json)
  --write     infer: writes that file for the option 'inferred' of the plugin
  --json      infer: prints the report as JSON

For an API in TypeScript: node --import tsx node_modules/.bin/fastify-api-errors <command> --app ./app.ts`

interface Options {
  readonly out: string
  readonly url: string
  readonly lockfile: string
  readonly inferred: string
  readonly write: boolean
  readonly json: boolean
}

/** The output of a command, and its exit code. */
export interface Outcome {
  readonly output: string
  readonly code: 0 | 1
}

type Command = (app: FastifyInstance, options: Options, warnings: readonly string[]) => Outcome | Promise<Outcome>

const commands: Readonly<Record<string, Command>> = {
  reference: (app, options) => writeReference(app.apiErrors.reference(), options),
  lock: (app, options) => writeLockfile(listReferences(app), options),
  check: checkAll,
  doctor,
  infer
}

/** Prints what the application registers, and its problems. */
function doctor (app: FastifyInstance, _options: Options, warnings: readonly string[]): Outcome {
  const diagnosis = diagnose(app, warnings)
  return { output: printDiagnosis(diagnosis), code: diagnosis.problems.length === 0 ? 0 : 1 }
}

/** Prints the errors that the source shows, and writes the file of inferred errors if --write is set. */
async function infer (app: FastifyInstance, { inferred, write, json }: Options): Promise<Outcome> {
  const { createInferredErrors, inferErrors, printInferredErrors, printReport } = await import('../source/index.js')
  const report = await inferErrors(app, process.cwd())
  const output = json ? JSON.stringify(report, null, 2) : printReport(report)
  if (!write) return { output, code: 0 }
  const folder = dirname(resolve(inferred))
  if (!existsSync(folder)) rejectOption(program, '--inferred', 'a path in an existing folder', inferred)
  const file = createInferredErrors(report, existsSync(inferred) ? readInferredErrors(inferred, '--inferred') : undefined)
  writeFileSync(inferred, printInferredErrors(file))
  return { output: json ? output : `${output}\nWrote ${Object.values(file.routes).flat().length} errors to ${inferred}.`, code: 0 }
}

/** Compares the API with its lockfile. Compares its source with the file of inferred errors, if there is one. */
async function checkAll (app: FastifyInstance, options: Options): Promise<Outcome> {
  const { inferred, lockfile } = options
  if (!existsSync(inferred)) return checkLockfile(listReferences(app), options)
  const { compareInferredErrors, createInferredErrors, inferErrors } = await import('../source/index.js')
  const changes = compareInferredErrors(readInferredErrors(inferred, '--inferred'), createInferredErrors(await inferErrors(app, process.cwd())))
  const source = changes.length === 0
    ? `${inferred} is up to date.`
    : [...changes, '', `${inferred} is out of date. Run 'fastify-api-errors infer --write' and commit it.`].join('\n')
  const locked = existsSync(lockfile) ? checkLockfile(listReferences(app), options) : undefined
  return { output: locked === undefined ? source : `${locked.output}\n${source}`, code: changes.length > 0 || locked?.code === 1 ? 1 : 0 }
}

function writeReference (reference: Reference, { out, url }: Options): Outcome {
  const isUrl = /^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : '')
  expectOption(program, '--url', isUrl, "scheme and host of the API, such as 'https://api.example.com'", url)
  const files = referenceFiles(reference, url.replace(/\/$/, ''))
  mkdirSync(out, { recursive: true })
  for (const { name, content } of files) writeFileSync(join(out, name), content)
  return { output: `Wrote ${reference.codes.length} codes in ${files.length} files to ${out}.`, code: 0 }
}

function writeLockfile (references: readonly LockSource[], { lockfile }: Options): Outcome {
  expectOption(program, '--lockfile', existsSync(dirname(resolve(lockfile))), 'a path in an existing folder', lockfile)
  const lock = createLock(...references)
  writeFileSync(lockfile, writeLock(lock))
  return { output: `Wrote ${describeSize(lock)} to ${lockfile}.`, code: 0 }
}

function checkLockfile (references: readonly LockSource[], { lockfile }: Options): Outcome {
  expectOption(program, '--lockfile', existsSync(lockfile), `a file that '${program} lock' wrote`, lockfile)
  const lock = createLock(...references)
  const changes = compareLocks(parseLock(readFileSync(lockfile, 'utf8'), lockfile), lock)
  if (changes.length === 0) return { output: `No changes: ${describeSize(lock)} match ${lockfile}.`, code: 0 }
  const counts = (['breaking', 'notable', 'fine'] as const).map(name => `${changes.filter(({ severity }) => severity === name).length} ${name}`)
  return {
    output: [
      ...changes.map(({ severity, subject, explanation }) => `${severity.padEnd(8)}  ${subject}: ${explanation}`),
      '',
      `${counts.join(', ')}. If the changes are intended, accept them with '${program} lock'.`
    ].join('\n'),
    code: changes.some(({ severity }) => severity === 'breaking') ? 1 : 0
  }
}

function describeSize (lock: Lock): string {
  const [codes, routes] = [Object.keys(lock.codes).length, Object.keys(lock.routes).length]
  return `${codes} codes and ${formatCount(routes, 'route')}`
}

/** Imports the module of an application, and starts the application without listening. */
async function loadApp (module: string | undefined): Promise<FastifyInstance> {
  const path = resolve(module ?? '')
  if (module === undefined || !existsSync(path)) rejectOption(program, '--app', "the module of the API, such as './app.js'", module)
  let app: unknown
  try {
    app = await importApp(pathToFileURL(path).href)
    if (isApplication(app)) await app.ready()
  } catch (error) {
    throw new Error(`${program}: --app: ${JSON.stringify(module)} does not start: ${getFirstLine(error)}`)
  }
  if (!isApplication(app)) {
    rejectOption(program, '--app', "a module whose default export, or export 'app' or 'build', is a Fastify instance, a promise of one, or a function that returns one", module)
  }
  return app
}

/** Returns what a function returns, and the warnings of this package while it ran. */
async function collectWarnings<Result> (run: () => Promise<Result>): Promise<{ readonly result: Result, readonly warnings: readonly string[] }> {
  const warnings: string[] = []
  const listener = (warning: Error & { readonly code?: string }): void => {
    if (warning.code?.startsWith('FASTIFY_API_ERRORS_') === true) warnings.push(warning.message)
  }
  process.on('warning', listener)
  try {
    const result = await run()
    await setImmediate() // Node emits a warning after the code that caused it.
    return { result, warnings }
  } finally {
    process.off('warning', listener)
  }
}

async function importApp (url: string): Promise<unknown> {
  const { default: main, app, build } = await import(url)
  const exported = [main, app, build, main?.default, main?.app, main?.build]
    .find(value => typeof value === 'function' || isApplication(value) || value instanceof Promise)
  return await (typeof exported === 'function' ? exported() : exported)
}

function isApplication (value: unknown): value is FastifyInstance {
  return typeof (value as Partial<FastifyInstance> | null | undefined)?.ready === 'function'
}

/** Returns the first line of the message of an error. The other lines are only useful with a stack. */
export function getFirstLine (error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n', 1).join()
}

const options = {
  app: { type: 'string' },
  out: { type: 'string', default: 'docs/errors' },
  url: { type: 'string', default: 'https://api.example.com' },
  lockfile: { type: 'string', default: 'errors.lock.json' },
  inferred: { type: 'string', default: 'errors.inferred.json' },
  write: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h' }
} as const

function parseArguments (args: string[]) {
  try {
    return parseArgs({ args, options, allowPositionals: true })
  } catch (error) {
    throw new Error(`${program}: ${getFirstLine(error).split('. ', 1).join()}. See --help.`)
  }
}

/**
 * Runs the command that the arguments name.
 *
 * @param args the arguments after the name of the program
 * @throws Error with one sentence, if an argument is invalid or the application does not start
 */
export async function runCommand (args: string[]): Promise<Outcome> {
  const { values, positionals } = parseArguments(args)
  if (values.help === true) return { output: usage, code: 0 }
  const [name = ''] = positionals
  const command = positionals.length === 1 && Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) {
    rejectOption(program, 'command', `one of ${Object.keys(commands).join(', ')} (see --help)`, positionals.length === 0 ? undefined : positionals.join(' '))
  }
  const { result: app, warnings } = await collectWarnings(() => loadApp(values.app))
  try {
    if (app.apiErrors === undefined && command !== doctor) {
      rejectOption(program, '--app', `an application that registers ${program} on its outermost instance, because registrations in its scopes are not visible there`, values.app)
    }
    return await command(app, values, warnings)
  } finally {
    await app.close()
  }
}
