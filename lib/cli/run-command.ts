import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import type { FastifyInstance } from 'fastify'
import { referenceFiles } from '../reference/reference-files.js'
import type { Reference } from '../reference/create-reference.js'
import { compareLocks } from '../verify/compare-lockfiles.js'
import { createLock, parseLock, writeLock } from '../verify/lockfile.js'

const usage = `Usage: fastify-api-errors <command> --app <module>

Commands
  reference   writes the error reference as HTML, Markdown and JSON
  lock        writes what the API promises about its errors to a lockfile
  check       compares the API with its lockfile; exit code 1 where a change breaks callers

Options
  --app       the module of the API: its default export, or its export 'app' or 'build', is a Fastify instance,
              a promise of one, or a function that returns one
  --out       reference: the folder of the files (default: docs/errors)
  --url       reference: scheme and host of the API, for the examples with curl (default: https://api.example.com)
  --lockfile  lock, check: the lockfile (default: errors.lock.json)

For an API in TypeScript: node --import tsx node_modules/.bin/fastify-api-errors <command> --app ./app.ts`

interface Options {
  readonly out: string
  readonly url: string
  readonly lockfile: string
}

/** What a command prints, and its exit code. */
export interface Outcome {
  readonly output: string
  readonly code: 0 | 1
}

type Command = (reference: Reference, options: Options) => Outcome

const commands: Readonly<Record<string, Command>> = { reference: writeReference, lock: writeLockfile, check }

function writeReference (reference: Reference, { out, url }: Options): Outcome {
  if (!/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : '')) throw new Error(`--url is '${url}'; it takes scheme and host of the API, like 'https://api.example.com'.`)
  const files = referenceFiles(reference, url.replace(/\/$/, ''))
  mkdirSync(out, { recursive: true })
  for (const { name, content } of files) writeFileSync(join(out, name), content)
  return { output: `Wrote ${reference.codes.length} codes in ${files.length} files to ${out}.`, code: 0 }
}

function writeLockfile (reference: Reference, { lockfile }: Options): Outcome {
  const folder = dirname(resolve(lockfile))
  if (!existsSync(folder)) throw new Error(`--lockfile is '${lockfile}', whose folder does not exist; it takes a file in a folder that does.`)
  writeFileSync(lockfile, writeLock(createLock(reference)))
  return { output: `Wrote ${describeSize(reference)} to ${lockfile}.`, code: 0 }
}

function check (reference: Reference, { lockfile }: Options): Outcome {
  if (!existsSync(lockfile)) throw new Error(`${lockfile} does not exist; 'fastify-api-errors lock' writes it.`)
  const changes = compareLocks(parseLock(readFileSync(lockfile, 'utf8'), lockfile), createLock(reference))
  if (changes.length === 0) return { output: `Nothing has changed: ${describeSize(reference)} are as in ${lockfile}.`, code: 0 }
  const counts = (['breaking', 'notable', 'fine'] as const).map(name => `${changes.filter(({ severity }) => severity === name).length} ${name}`)
  return {
    output: [
      ...changes.map(({ severity, subject, explanation }) => `${severity.padEnd(8)}  ${subject}: ${explanation}`),
      '',
      `${counts.join(', ')}. Where the change is meant, 'fastify-api-errors lock' accepts it.`
    ].join('\n'),
    code: changes.some(({ severity }) => severity === 'breaking') ? 1 : 0
  }
}

function describeSize ({ codes, routes }: Reference): string {
  return `${codes.length} codes and ${routes.length} ${routes.length === 1 ? 'route' : 'routes'}`
}

async function loadApp (module: string | undefined): Promise<FastifyInstance> {
  if (module === undefined) throw new Error("--app is missing; it takes the module of the API, like './app.js'.")
  const path = resolve(module)
  if (!existsSync(path)) throw new Error(`--app is '${module}', which does not exist; it takes the module of the API, like './app.js'.`)
  let app: unknown
  try {
    const { default: main, app: instance, build } = await import(pathToFileURL(path).href)
    const exported = [main, instance, build, main?.default, main?.app, main?.build].find(value => typeof value === 'function' || isApplication(value) || value instanceof Promise)
    app = await (typeof exported === 'function' ? exported() : exported)
    if (isApplication(app)) await app.ready()
  } catch (fault) {
    throw new Error(`--app is '${module}', which does not start: ${firstLine(fault)}`)
  }
  if (!isApplication(app)) {
    throw new Error(`--app is '${module}', which exports no Fastify instance; it takes a module whose default export, or export 'app' or 'build', is one, a promise of one, or a function that returns one.`)
  }
  if (app.apiErrors === undefined) {
    throw new Error(`--app is '${module}', whose instance does not register fastify-api-errors; it takes one that does so itself, for what a scope registers the rest of the application cannot see.`)
  }
  return app
}

function isApplication (value: unknown): value is FastifyInstance {
  return typeof (value as Partial<FastifyInstance> | null | undefined)?.ready === 'function'
}

/** The first line: the rest of a message is for those who have a stack to read, too. */
export function firstLine (fault: unknown): string {
  return String(fault instanceof Error ? fault.message : fault).split('\n', 1).join()
}

const options = {
  app: { type: 'string' },
  out: { type: 'string', default: 'docs/errors' },
  url: { type: 'string', default: 'https://api.example.com' },
  lockfile: { type: 'string', default: 'errors.lock.json' },
  help: { type: 'boolean', short: 'h' }
} as const

function parse (args: string[]) {
  try {
    return parseArgs({ args, options, allowPositionals: true })
  } catch (fault) {
    throw new Error(`${firstLine(fault).split('. ', 1).join()}; --help tells what it takes.`)
  }
}

/**
 * Does what the arguments of the command line say.
 *
 * @throws Error with one sentence, where the input is wrong
 */
export async function runCommand (args: string[]): Promise<Outcome> {
  const { values, positionals } = parse(args)
  if (values.help === true) return { output: usage, code: 0 }
  const [name = '', ...others] = positionals
  const command = Object.hasOwn(commands, name) && others.length === 0 ? commands[name] : undefined
  if (command === undefined) {
    throw new Error(`the command is ${name === '' ? 'missing' : `'${positionals.join(' ')}'`}; it takes ${Object.keys(commands).join(', ')}, and --help tells more.`)
  }
  const app = await loadApp(values.app)
  try {
    return command(app.apiErrors.reference(), values)
  } finally {
    await app.close()
  }
}
