/** The commands of the program. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { FastifyInstance } from 'fastify'
import { readInferredErrors } from '../infer/read-inferred-file.js'
import { readChangelog } from '../reference/read-changelog.js'
import { referenceFiles } from '../reference/reference-files.js'
import type { Reference } from '../reference/create-reference.js'
import { expectOption, rejectOption } from '../support/expect-option.js'
import { formatCount } from '../support/format-count.js'
import { createChangelog, listMissingChanges } from './create-changelog.js'
import { diagnose, printDiagnosis } from './doctor.js'
import { createAppError, getFirstLine, loadApp } from './load-app.js'
import { checkFormats, getCheckCode, type CheckResult } from './print-check.js'
import { compareLocks } from '../verify/compare-lockfiles.js'
import { createLock, parseLock, writeLock, type Lock, type LockSource } from '../verify/lockfile.js'
import { listReferences } from '../verify/error-references.js'

const program = 'fastify-api-errors'

/** The text that `--help` prints, and the program without a command. */
export const usage: string = `Usage: fastify-api-errors <command> --app <module>

Commands
  reference    writes the error reference as HTML, Markdown and JSON
  lock         writes what the API promises about its errors to a lockfile
  check        compares the API with its lockfile, and its source with the file of inferred errors; the exit code is 1
               if a change breaks clients, or if a file is out of date
  doctor       lists what the API registers, and what prevents its errors from being handled or documented; the exit
               code is 1 if there is a problem
  infer        reads the source and reports the errors that the routes throw; requires typescript
  changelog    writes the changes of the errors to a file, from the git history of the lockfile; does not need --app

Options
  --app        the module of the API, in JavaScript or TypeScript: its default export, or its export 'app' or 'build',
               is a Fastify instance, a promise of one, a function that returns one, or a plugin
  --out        reference: the folder for the files (default: docs/errors)
  --url        reference: the scheme and host in the curl commands (default: https://api.example.com)
  --lockfile   lock, check, changelog: the lockfile (default: errors.lock.json)
  --changelog  changelog: the file for the changes (default: errors.changelog.json); check: a changelog to compare with
               the history of the lockfile
  --inferred   infer, check: the file of inferred errors (default: errors.inferred.json)
  --write      infer: writes the errors to the file that the plugin's option 'inferred' reads
  --json       infer, doctor, check: prints the result as JSON
  --format     check: text, json, github (workflow annotations) or markdown (default: text)
  --help       prints this text
  --version    prints the version of the package`

interface Options {
  readonly out: string
  readonly url: string
  readonly lockfile: string
  readonly changelog?: string | undefined
  readonly inferred: string
  readonly write: boolean
  readonly json: boolean
  readonly format?: string | undefined
}

/** The output of a command, and its exit code. */
export interface Outcome {
  readonly output: string
  /** 2 if no command was given. The output is then the usage. */
  readonly code: 0 | 1 | 2
  /** A problem of the application that does not change the result. */
  readonly warning?: string
}

type Command = (app: FastifyInstance, options: Options, warnings: readonly string[]) => Outcome | Promise<Outcome>

const commands: Readonly<Record<string, Command>> = {
  reference: (app, options) => writeReference(app.apiErrors.reference(), options),
  lock: (app, options) => writeLockfile(listReferences(app), options),
  check,
  doctor,
  infer
}

/** The commands that do not need the application. */
const commandsWithoutApp: Readonly<Record<string, (options: Options) => Outcome>> = { changelog: writeChangelog }

/** Prints what the application registers, and its problems. */
function doctor (app: FastifyInstance, { json }: Options, warnings: readonly string[]): Outcome {
  const diagnosis = diagnose(app, warnings)
  return {
    output: json ? JSON.stringify(diagnosis, null, 2) : printDiagnosis(diagnosis),
    code: diagnosis.problems.length === 0 ? 0 : 1
  }
}

/** Prints the errors that were found in the source, and writes the file of inferred errors if --write is set. */
async function infer (app: FastifyInstance, { inferred, write, json }: Options): Promise<Outcome> {
  const { createInferredErrors, inferErrors, printInferredErrors, printReport } = await import('../source/index.js')
  const report = await inferErrors(app, process.cwd())
  const output = json ? JSON.stringify(report, null, 2) : printReport(report)
  if (!write) return { output, code: 0 }
  const folder = dirname(resolve(inferred))
  if (!existsSync(folder)) rejectOption(program, '--inferred', 'a path in an existing folder', inferred)
  const file = createInferredErrors(
    report,
    existsSync(inferred) ? readInferredErrors(inferred, '--inferred') : undefined
  )
  accessFile('--inferred', inferred, 'written', () => {
    writeFileSync(inferred, printInferredErrors(file))
  })
  return {
    output: json
      ? output
      : `${output}\nWrote ${formatCount(Object.values(file.routes).flat().length, 'error')} to ${inferred}.`,
    code: 0
  }
}

/**
 * Compares the API with its lockfile, its source with the file of inferred errors, and a changelog with the history of
 * the lockfile. The last two are optional.
 */
async function check (app: FastifyInstance, options: Options): Promise<Outcome> {
  const { inferred, lockfile, changelog, json, format = json ? 'json' : 'text' } = options
  expectOption(
    program,
    '--format',
    Object.hasOwn(checkFormats, format),
    `one of ${Object.keys(checkFormats).join(', ')}`,
    format
  )
  expectOption(program, '--format', !json || format === 'json', "'json', because --json is also set", format)
  const hasInferred = existsSync(inferred)
  const result: CheckResult = {
    ...((!hasInferred || existsSync(lockfile)) && { lockfile: checkLockfile(listReferences(app), lockfile) }),
    ...(hasInferred && { inferred: { path: inferred, changes: await checkSource(app, inferred) } }),
    ...(changelog !== undefined && { changelog: { path: changelog, changes: checkChangelog(changelog, lockfile) } })
  }
  return { output: checkFormats[format as keyof typeof checkFormats](result), code: getCheckCode(result) }
}

async function checkSource (app: FastifyInstance, inferred: string): Promise<string[]> {
  const { compareInferredErrors, createInferredErrors, inferErrors } = await import('../source/index.js')
  return compareInferredErrors(
    readInferredErrors(inferred, '--inferred'),
    createInferredErrors(await inferErrors(app, process.cwd()))
  )
}

function checkLockfile (references: readonly LockSource[], path: string): NonNullable<CheckResult['lockfile']> {
  expectOption(program, '--lockfile', existsSync(path), `a file that '${program} lock' wrote`, path)
  const lock = createLock(...references)
  return {
    path,
    changes: compareLocks(
      parseLock(accessFile('--lockfile', path, 'read', () => readFileSync(path, 'utf8')), path),
      lock
    ),
    size: describeSize(lock)
  }
}

function checkChangelog (path: string, lockfile: string): string[] {
  expectOption(program, '--changelog', existsSync(path), `a file that '${program} changelog' wrote`, path)
  return listMissingChanges(readChangelog(path, '--changelog'), lockfile)
}

function writeReference (reference: Reference, { out, url }: Options): Outcome {
  const isUrl = /^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : '')
  expectOption(program, '--url', isUrl, "the scheme and host of the API, such as 'https://api.example.com'", url)
  const files = referenceFiles(reference, url.replace(/\/$/, ''))
  accessFile('--out', out, 'written', () => {
    mkdirSync(out, { recursive: true })
    for (const { name, content } of files) writeFileSync(join(out, name), content)
  })
  return { output: `Wrote ${files.length} files for ${reference.codes.length} codes to ${out}.`, code: 0 }
}

function writeLockfile (references: readonly LockSource[], { lockfile }: Options): Outcome {
  expectOption(program, '--lockfile', existsSync(dirname(resolve(lockfile))), 'a path in an existing folder', lockfile)
  const lock = createLock(...references)
  accessFile('--lockfile', lockfile, 'written', () => {
    writeFileSync(lockfile, writeLock(lock))
  })
  return { output: `Wrote ${describeSize(lock)} to ${lockfile}.`, code: 0 }
}

/** Calls a function that reads or writes a file. If that fails, the message names the option. */
function accessFile<Result> (option: string, path: string, verb: 'read' | 'written', access: () => Result): Result {
  try {
    return access()
  } catch (error) {
    throw new Error(`${program}: ${option}: ${JSON.stringify(path)} cannot be ${verb}: ${getFirstLine(error)}`)
  }
}

function writeChangelog ({ lockfile, changelog = 'errors.changelog.json' }: Options): Outcome {
  expectOption(program, '--lockfile', existsSync(lockfile), `a file that '${program} lock' wrote`, lockfile)
  expectOption(
    program,
    '--changelog',
    existsSync(dirname(resolve(changelog))),
    'a path in an existing folder',
    changelog
  )
  const content = createChangelog(lockfile)
  accessFile('--changelog', changelog, 'written', () => {
    writeFileSync(changelog, `${JSON.stringify(content, null, 2)}\n`)
  })
  return {
    output: `Wrote ${formatCount(content.entries.flatMap(({ changes }) => changes).length, 'change')} to ${changelog}.`,
    code: 0
  }
}

function describeSize (lock: Lock): string {
  const [codes, routes] = [Object.keys(lock.codes).length, Object.keys(lock.routes).length]
  return `${codes} codes and ${formatCount(routes, 'route')}`
}

/** Returns the result of a function, and the warnings that this package emitted while the function ran. */
async function collectWarnings<Result> (
  run: () => Promise<Result>
): Promise<{ readonly result: Result, readonly warnings: readonly string[] }> {
  const warnings: string[] = []
  const listener = (warning: Error & { readonly code?: string }): void => {
    // The problem that `doctor` finds names the routes.
    if (warning.code?.startsWith('FASTIFY_API_ERRORS_') === true && warning.code !== 'FASTIFY_API_ERRORS_REPLACED') {
      warnings.push(warning.message)
    }
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

const options = {
  app: { type: 'string' },
  out: { type: 'string', default: 'docs/errors' },
  url: { type: 'string', default: 'https://api.example.com' },
  lockfile: { type: 'string', default: 'errors.lock.json' },
  changelog: { type: 'string' },
  inferred: { type: 'string', default: 'errors.inferred.json' },
  write: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  format: { type: 'string' },
  version: { type: 'boolean', short: 'v' },
  help: { type: 'boolean', short: 'h' }
} as const

/** The commands that read an option, without the options that every command can have. */
const commandsByOption: Readonly<Record<string, readonly string[]>> = {
  out: ['reference'],
  url: ['reference'],
  lockfile: ['lock', 'check', 'changelog'],
  changelog: ['changelog', 'check'],
  inferred: ['infer', 'check'],
  write: ['infer'],
  json: ['infer', 'doctor', 'check'],
  format: ['check']
}

function parseArguments (args: string[]) {
  try {
    return parseArgs({ args, options, allowPositionals: true, tokens: true })
  } catch (error) {
    throw new Error(`${program}: ${getFirstLine(error).split('. ', 1).join()}. See --help.`)
  }
}

/** @throws TypeError if the command does not read an option that was given */
function checkGivenOptions (command: string, given: readonly string[]): void {
  for (const option of given) {
    const readers = commandsByOption[option]
    if (readers !== undefined && !readers.includes(command)) {
      throw new TypeError(`${program}: --${option} is an option of ${readers.join(', ')}, not of ${command}.`)
    }
  }
}

function readVersion (): string {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version
}

/**
 * Runs the command in the arguments.
 *
 * @param args the arguments after the name of the program
 * @throws Error with one sentence if an argument is invalid or the application does not start
 */
export async function runCommand (args: string[]): Promise<Outcome> {
  const { values, positionals, tokens } = parseArguments(args)
  if (values.help === true) return { output: usage, code: 0 }
  if (values.version === true) return { output: readVersion(), code: 0 }
  const [name] = positionals
  if (name === undefined) return { output: usage, code: 2 }
  const find = <Value>(table: Readonly<Record<string, Value>>): Value | undefined =>
    positionals.length === 1 && Object.hasOwn(table, name) ? table[name] : undefined
  const withoutApp = find(commandsWithoutApp)
  const command = find(commands)
  if (withoutApp !== undefined || command !== undefined) {
    checkGivenOptions(
      name,
      tokens.flatMap(token => token.kind === 'option' ? token.name : [])
    )
  }
  if (withoutApp !== undefined) return withoutApp(values)
  if (command === undefined) {
    const names = Object.keys({ ...commands, ...commandsWithoutApp })
    const given = positionals.join(' ')
    if (positionals.length > 1 && names.includes(name)) {
      throw new TypeError(
        `${program}: command: expected only '${name}', got '${given}'. Options such as --app and --lockfile name files.`
      )
    }
    rejectOption(program, 'command', `one of ${names.join(', ')} (see --help)`, given)
  }
  const { result: app, warnings } = await collectWarnings(() => loadApp(values.app))
  const run = async (): Promise<Outcome> => {
    if (app.apiErrors === undefined && command !== doctor) {
      rejectOption(
        program,
        '--app',
        `an application that registers ${program} on its root instance, and not only in a scope`,
        values.app
      )
    }
    return await command(app, values, warnings)
  }
  const outcome = await run().catch(async (error: unknown) => {
    await closeApp(app, values.app).catch(() => {})
    throw error
  })
  const warning = await closeApp(app, values.app).then(() => undefined, getFirstLine)
  return warning === undefined ? outcome : { ...outcome, warning }
}

/** The milliseconds within which an application must close. */
const closeTimeout = 10_000

/** Closes the application. Its `onClose` hooks may fail, or never end. */
async function closeApp (app: FastifyInstance, module: string | undefined): Promise<void> {
  const close = Promise.resolve(app.close())
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`it took longer than ${closeTimeout / 1000} seconds.`))
    }, closeTimeout)
  })
  try {
    await Promise.race([close, timeout])
  } catch (error) {
    throw createAppError(module, 'does not close', error)
  } finally {
    clearTimeout(timer)
  }
}
