/**
 * Finds the errors that the routes of a running application throw: locates their functions, interprets them, and
 * reports the errors.
 */
import { createRequire } from 'node:module'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import type { Translator } from '../translate/translator.js'
import { translateThrown, type TranslationSettings } from './translate-thrown.js'
import { Constraints } from './databases/constraints.js'
import { createExternalErrors } from './external-errors.js'
import { openInspector, type Script } from './inspector.js'
import { callHook } from './libraries.js'
import { createMachine } from './interpreter/state/create-machine.js'
import { markUnlikely } from './interpreter/errors.js'
import { getRoleObject } from './interpreter/live-objects.js'
import type { Machine, NotFollowed } from './interpreter/state/machine.js'
import { findNamedClasses } from './interpreter/translator-classes.js'
import { readKnownProperty, runCall, toThrownErrors } from './interpreter/run.js'
import { findNestRoute, runNestRoute } from './nest.js'
import { isOfPackage, openProject, type Project, type Site } from './project.js'
import { getSourceRoutes, listUnhandledRoutes, type SourceRoute } from './routes.js'
import { loadTypeScript, type TypeScript } from './typescript.js'
import {
  dedupe,
  native,
  type ErrorFacts,
  type LiveValue,
  type ObjectValue,
  type SentStatus,
  type ThrownError,
  type Values
} from './values.js'

/** An error that a route throws or sends, found in the source. */
export interface SourceError {
  readonly status: number
  /** `null` if a status is sent without an error. */
  readonly code: string | null
  readonly confidence: 'certain' | 'possible'
  readonly file: string
  readonly line: number
  /** The functions from the route's own function to the function that throws. Functions without a name are omitted. */
  readonly via: readonly string[]
  /** The message of an error of the catalog, if it is a constant other than that of the definition. */
  readonly message?: string
  /** Set if a body with more than a message is sent with the status. */
  readonly body?: NonNullable<SentStatus['body']>
  /** Whether the document already has the error for the route. */
  readonly documented: boolean
}

/** The errors of one method of a route. */
export interface SourceReportRoute {
  readonly method: string
  readonly path: string
  readonly errors: readonly SourceError[]
  /** The codes in `config.errors` for which neither a rule nor a line of the source was found. */
  readonly stale: readonly string[]
}

/** The errors of the routes of an application, found in its source. */
export interface SourceReport {
  readonly routes: readonly SourceReportRoute[]
  /** The routes that were not read, because an error handler of the application responds to their errors. */
  readonly unhandled: readonly string[]
  readonly notFollowed: readonly NotFollowed[]
}

/**
 * Finds the errors that the routes of an application throw or send. It never calls a function of the application.
 *
 * @param root the folder of the application: file names are relative to it
 * @throws Error with one sentence if TypeScript is not installed
 */
export async function inferErrors (app: FastifyInstance, root: string): Promise<SourceReport> {
  const ts = loadTypeScript(root)
  const inspector = openInspector()
  try {
    const scripts = inspector.scripts.filter(({ file }) => !isOfPackage(file))
    const files = [
      ...new Set(scripts.flatMap(({ sources }) => sources.filter(source => existsSync(source) && !isOfPackage(source))))
    ]
    const project = openProject(ts, root, files)
    const externalErrors = createExternalErrors(readConstraints(ts, project, listFolders(ts, root, files)))
    const machine = createMachine(project, inspector, await loadedExports(scripts), externalErrors)
    return { ...createReport(getSourceRoutes(app), machine), unhandled: listUnhandledRoutes(app) }
  } finally {
    inspector.close()
  }
}

/** Returns the exports of the loaded files, by source file. The modules are already loaded, so no code runs. */
async function loadedExports (scripts: readonly Script[]): Promise<ReadonlyMap<string, object>> {
  const { cache } = createRequire(import.meta.url)
  const found = new Map<string, object>()
  for (const { file, url, isModule, sources } of scripts) {
    const [source] = sources
    if (source === undefined) continue
    const required = cache[file]?.exports as unknown
    if (typeof required === 'object' || typeof required === 'function') {
      if (required !== null) found.set(source, required)
    } else if (isModule) {
      // A module that waits for this call never finishes loading.
      const namespace = await Promise.race([import(url).catch(() => undefined), setTimeout(500)]) as object | undefined
      if (namespace !== undefined) found.set(source, namespace)
    }
  }
  return found
}

/** Returns the folder of the application, and the folders of the other packages in its monorepo. */
function listFolders (ts: TypeScript, root: string, files: readonly string[]): readonly string[] {
  const outside = files.filter(file => relative(root, file).startsWith('..'))
  const folders = outside.map(file =>
    dirname(ts.findConfigFile(dirname(file), ts.sys.fileExists, 'package.json') ?? root)
  )
  return [...new Set([root, ...folders.filter(folder => relative(folder, root).startsWith('..'))])]
}

function readConstraints (ts: TypeScript, project: Project, folders: readonly string[]): Constraints {
  const constraints = new Constraints()
  for (const file of folders.flatMap(folder => listFiles(folder, 0))) {
    if (file.endsWith('.sql')) constraints.readSql(readFileSync(file, 'utf8'))
    else if (file.endsWith('.prisma')) constraints.readPrisma(readFileSync(file, 'utf8'))
    else if (/migrations?\//.test(file) && /\.[cm]?[jt]s$/.test(file)) {
      constraints.readSource(ts, ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true))
    }
  }
  for (const file of project.program.getSourceFiles()) if (project.owns(file)) constraints.readSource(ts, file)
  return constraints
}

const skipped: ReadonlySet<string> = new Set(['node_modules', 'dist', 'build', 'coverage', '.git'])

function listFiles (folder: string, depth: number): string[] {
  if (depth > 6) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry =>
    entry.isDirectory()
      ? skipped.has(entry.name) || entry.name.startsWith('.') ? [] : listFiles(join(folder, entry.name), depth + 1)
      : /\.(sql|prisma)$/.test(entry.name) || (/migrations?\//.test(`${folder}/`) && /\.[cm]?[jt]s$/.test(entry.name))
        ? [join(folder, entry.name)]
        : []
  )
}

interface RouteFindings {
  readonly route: SourceRoute
  readonly throws: readonly ThrownError[]
  readonly sent: readonly SentStatus[]
  readonly reads: ReadonlySet<string>
}

/** The rules that do not explain a code in `config.errors`: the declaration itself, and what reads the source again. */
const notFacts: ReadonlySet<string> = new Set(['config', 'source', 'hooks', 'thrown'])

function createReport (sourceRoutes: readonly SourceRoute[], machine: Machine): Omit<SourceReport, 'unhandled'> {
  // All routes run first, because an insert in one route makes errors in other routes possible.
  const findings = sourceRoutes.map(route => runRoute(machine, route))
  const known = new Map<readonly Translator[], ReadonlyMap<string, object>>()
  const getNamedClasses = (translators: readonly Translator[]): ReadonlyMap<string, object> => {
    const classes = known.get(translators) ?? findNamedClasses(machine, translators)
    known.set(translators, classes)
    return classes
  }
  const routes = findings.map((found): SourceReportRoute => {
    const { route } = found
    const { errors, translators, validationStatus } = route
    const named = getNamedClasses(translators)
    const unique = selectBestErrors(listErrors(machine, found, {
      errors,
      translators,
      validationStatus,
      getClass: cls => cls.live?.value,
      findClass: name => named.get(name)
    }))
    return { method: route.method, path: route.path, errors: unique, stale: listStaleCodes(route, unique) }
  })
  const notFollowed = [...machine.notFollowed.values()].sort((a, b) =>
    compare(a.file, b.file) || a.line - b.line || compare(a.reason, b.reason)
  )
  return { routes: routes.sort((a, b) => compare(a.path, b.path) || compare(a.method, b.method)), notFollowed }
}

/** Returns the errors of a route: those that it throws, and the error statuses that it sends without an error. */
function listErrors (
  machine: Machine,
  { route, throws, sent, reads }: RouteFindings,
  settings: TranslationSettings
): SourceError[] {
  const thrownErrors = throws.filter(thrown => isPossible(machine, thrown)).flatMap(thrown => {
    const { origin } = getFacts(thrown) ?? {}
    return translateThrown(
      concernsUrl(thrown, route, reads) ? ofUrl(thrown) : thrown,
      settings,
      (value, name) => readKnownProperty(machine, value, name)
    ).map(({ status, code }): SourceError => {
      const message = origin === 'catalog' && status < 500 ? readMessage(thrown) : undefined
      return {
        status,
        code,
        ...(message !== undefined && { message }),
        confidence: thrown.isUncertain || thrown.isUnlikely === true ? 'possible' : 'certain',
        ...thrown.site,
        via: thrown.via,
        documented: route.documented.some(known => known.code === code)
      }
    })
  })
  const sentErrors = sent.map(({ status, site, via, isUncertain, body }): SourceError => ({
    status,
    code: null,
    ...(body !== undefined && { body }),
    confidence: isUncertain ? 'possible' : 'certain',
    ...site,
    via,
    documented: route.statuses.has(status) || route.documented.some(known => known.status === status)
  }))
  return [...thrownErrors, ...sentErrors]
}

function getFacts ({ value }: ThrownError): ErrorFacts | undefined {
  return value.kind === 'object' ? value.error : undefined
}

/** Returns whether what an error requires exists anywhere in the application. */
function isPossible (machine: Machine, thrown: ThrownError): boolean {
  const { requiresWriteTo, requiresTokenLifetime } = getFacts(thrown) ?? {}
  return (requiresWriteTo === undefined || machine.externalErrors.written.has(requiresWriteTo)) &&
    (requiresTokenLifetime !== true || machine.tokens.canExpire())
}

/** Returns whether an error concerns a value of the URL, because the route reads no body. */
function concernsUrl (thrown: ThrownError, { method, unchecked }: SourceRoute, reads: ReadonlySet<string>): boolean {
  return getFacts(thrown)?.isOfValue === true &&
    (['GET', 'HEAD'].includes(method) || (method === 'DELETE' && unchecked.has('body')) || !reads.has('request.body'))
}

/** Returns the codes of `config.errors` that neither the source nor a rule explains. */
function listStaleCodes ({ documented, declared }: SourceRoute, errors: readonly SourceError[]): string[] {
  const explained = new Set([
    ...errors.map(({ code }) => code),
    ...documented.filter(({ rule }) => !notFacts.has(rule)).map(({ code }) => code)
  ])
  return [...new Set(declared)].filter(code => !explained.has(code)).sort()
}

/** Returns an error for a value that is part of the URL. */
function ofUrl (thrown: ThrownError): ThrownError {
  const value = thrown.value as ObjectValue
  return { ...thrown, value: { ...value, error: { ...value.error as ErrorFacts, code: 'invalid_parameter' } } }
}

function readMessage ({ value }: ThrownError): string | undefined {
  const [message] = value.kind === 'object' ? value.fields.get('message') ?? [] : []
  return message?.kind === 'literal' && typeof message.value === 'string' ? message.value : undefined
}

/** Returns one error for each status and code: the most certain and closest one. */
function selectBestErrors (errors: readonly SourceError[]): SourceError[] {
  const best = new Map<string, SourceError>()
  for (const error of errors) {
    const key = `${error.status} ${String(error.code)}`
    const known = best.get(key)
    // `any` is first, and undefined last.
    const [body] = [error.body, known?.body].sort()
    const first = known === undefined || compareErrors(error, known) < 0 ? error : known
    best.set(key, { ...first, ...(body !== undefined && { body }) })
  }
  return [...best.values()].sort((a, b) => a.status - b.status || compare(a.code ?? '', b.code ?? ''))
}

function compareErrors (a: SourceError, b: SourceError): number {
  return compare(a.confidence, b.confidence) || a.via.length - b.via.length || compare(a.file, b.file) ||
    a.line - b.line
}

function compare (a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Runs the hooks of a route, then its handler. */
function runRoute (machine: Machine, route: SourceRoute): RouteFindings {
  const scope = machine.live(route.scope)
  const request = getRoleObject(
    machine,
    'request',
    scope,
    findDecoratedPrototype(machine, route.scope, 'fastify.Request')
  )
  const reply = getRoleObject(machine, 'reply', scope, findDecoratedPrototype(machine, route.scope, 'fastify.Reply'))
  const throws: ThrownError[] = []
  const sent: SentStatus[] = []
  const reads = new Set<string>()
  machine.statuses = []
  machine.properties = new Map()
  machine.runs = new Map()
  machine.route = {
    method: route.method,
    path: route.path,
    config: route.config,
    unchecked: route.unchecked,
    freeText: route.freeText
  }
  for (const { fn, isHook } of route.functions) {
    const nest = isHook ? undefined : findNestRoute(machine.inspector, fn)
    machine.entry = locateFunction(machine, nest?.callback ?? fn)
    const callee = nest === undefined
      ? adapter(machine, fn, isHook)
      : [native('nest', ([req = [], res = []], _, node) => runNestRoute(machine, nest, req, res, node))]
    const outcome = runCall(machine, callee, route.scope, [[request], [reply]])
    throws.push(...outcome.throws.map(thrown => markUnlikely(thrown, reads)))
    sent.push(...outcome.sent)
    for (const read of outcome.reads) reads.add(read)
    // A hook that always sends the response is rare. The functions after it are documented as if it did not.
    machine.properties ??= new Map()
    if (!isHook) {
      const failed = outcome.returns.filter(value => value.kind === 'object' && value.error !== undefined)
      throws.push(...toThrownErrors(machine, failed))
      if (
        outcome.progress.statuses.some(({ status }) => status >= 400) && outcome.returns.some(value =>
          !(value.kind === 'object' && (value.role === 'reply' || value.error !== undefined)) &&
          !(value.kind === 'literal' && value.value === undefined)
        )
      ) {
        sent.push(
          ...outcome.progress.statuses.filter(({ status }) => status >= 400).map(({ status, site }) => ({
            status,
            site,
            via: [],
            isUncertain: false
          }))
        )
      }
    }
  }
  return { route, throws: dedupe(throws), sent: dedupe(sent), reads }
}

/** Returns the line on which a function is written. */
function locateFunction ({ inspector, project }: Machine, fn: object): Site {
  const place = inspector.locate(fn)
  return place === undefined
    ? { file: '', line: 0 }
    : { file: relative(project.root, place.file), line: place.line + 1 }
}

/** Wraps a hook, because a hook with a callback reports its error through `done(error)`. */
function adapter (machine: Machine, fn: object, isHook: boolean): Values {
  if (!isHook) return [machine.live(fn)]
  return [native('hook', (args, self, node) => callHook(machine, [machine.live(fn)], self, args, node))]
}

/** Returns the prototype of the requests or replies of a scope. It has their decorators. */
function findDecoratedPrototype (machine: Machine, scope: FastifyInstance, name: string): LiveValue | undefined {
  for (let at: object | null = scope; at !== null; at = Object.getPrototypeOf(at)) {
    const symbol = Object.getOwnPropertySymbols(at).find(each => each.description === name)
    const found = symbol === undefined
      ? undefined
      : (at as Record<symbol, { readonly prototype?: object }>)[symbol]?.prototype
    if (found !== undefined) return machine.live(found)
  }
  return undefined
}
