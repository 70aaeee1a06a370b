/**
 * Inspects live functions through the debugger of this process. It finds where a function is written, its closure
 * variables, and the target of a bound function. JavaScript has no other way to read them.
 */
import { readFileSync } from 'node:fs'
import { Session } from 'node:inspector'
import { SourceMap } from 'node:module'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A position in a file. Line and column start at zero. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** A script that the process loaded from a file. */
export interface Script {
  /** The URL from which it was loaded. */
  readonly url: string
  /** The file from which it was loaded. */
  readonly file: string
  readonly isModule: boolean
  /** The files from which the script was compiled. If it was not compiled, this is the script itself. */
  readonly sources: readonly string[]
}

/** The variables of one closure scope of a function, by name. Scopes are listed innermost first. */
export type LiveScope = Readonly<Record<string, unknown>>

/** Inspects live functions. */
export interface Inspector {
  /** The scripts that were loaded from files. */
  readonly scripts: readonly Script[]
  /** Returns where a function is written, in the original source. `undefined` for a native function. */
  readonly locate: (fn: object) => Place | undefined
  /** Returns the closure scopes of a function, without the global scope. */
  readonly getScopes: (fn: object) => readonly LiveScope[]
  /** Returns the target of a bound function. `undefined` for other functions. */
  readonly getBound: (fn: object) => Bound | undefined
  /** Returns the handler of a proxy. `undefined` for other values. */
  readonly getProxyHandler: (value: object) => object | undefined
  /** Returns the value of a private field of an object, such as `#rows`. `undefined` if it has none. */
  readonly getPrivateField: (owner: object, name: string) => unknown
  readonly close: () => void
}

/** The target and the arguments of a bound function. */
export interface Bound {
  readonly target: object
  readonly self: unknown
  readonly args: readonly unknown[]
}

interface RemoteObject {
  readonly objectId?: string
  readonly description?: string
  readonly value?: unknown
}

interface Property {
  readonly name: string
  readonly value?: RemoteObject
}

interface ScriptInfo {
  readonly scriptId: string
  readonly url: string
  readonly isModule?: boolean
  readonly sourceMapURL?: string
}

/** The property that passes values between this program and the debugger. */
const exchange = Symbol.for('fastify-api-errors.source.exchange')
const globals = globalThis as unknown as Record<symbol, unknown>
const take = `function () { globalThis[Symbol.for('${exchange.description}')] = this }`
const expression = `globalThis[Symbol.for('${exchange.description}')]`

/** The open debugger, and what it has found so far. */
interface Debugger {
  readonly post: (method: string, params?: object) => unknown
  /** The loaded scripts by their id in the debugger. */
  readonly infos: Map<string, ScriptInfo>
  readonly facts: WeakMap<object, FunctionFacts>
  readonly scopes: WeakMap<object, readonly LiveScope[]>
  readonly maps: Map<string, ReadMap | undefined>
}

/** What the debugger knows about a function. */
interface FunctionFacts {
  readonly location:
    | { readonly scriptId: string, readonly lineNumber: number, readonly columnNumber: number }
    | undefined
  readonly scopes: string | undefined
  readonly target: RemoteObject | undefined
  readonly self: RemoteObject | undefined
  readonly args: RemoteObject | undefined
  readonly handler: RemoteObject | undefined
}

/** Opens the debugger of this process. */
export function openInspector (): Inspector {
  const session = new Session()
  session.connect()
  const infos = new Map<string, ScriptInfo>()
  session.on('Debugger.scriptParsed', ({ params }) => {
    infos.set(params.scriptId, params as ScriptInfo)
  })
  const opened: Debugger = {
    post: createPost(session),
    infos,
    facts: new WeakMap(),
    scopes: new WeakMap(),
    maps: new Map()
  }
  opened.post('Debugger.enable')
  return {
    get scripts () {
      return listScripts(opened)
    },
    locate: fn => locate(opened, fn),
    getScopes (fn) {
      let scopes = opened.scopes.get(fn)
      if (scopes === undefined) opened.scopes.set(fn, scopes = readScopes(opened, fn))
      return scopes
    },
    getBound (fn) {
      const { target, self, args } = getFacts(opened, fn)
      if (target === undefined) return undefined
      return {
        target: takeValue(opened, target) as object,
        self: takeValue(opened, self),
        args: takeValue(opened, args) as readonly unknown[] ?? []
      }
    },
    getProxyHandler: value => takeValue(opened, getFacts(opened, value).handler) as object | undefined,
    getPrivateField (owner, name) {
      const { privateProperties = [] } = getProperties(opened, passValue(opened, owner))
      return takeValue(opened, privateProperties.find(property => property.name === name)?.value)
    },
    close () {
      session.disconnect()
    }
  }
}

function listScripts (opened: Debugger): Script[] {
  return [...opened.infos.values()].flatMap(info => {
    const file = toPath(info.url)
    return file === undefined
      ? []
      : {
          url: info.url,
          file,
          isModule: info.isModule === true,
          sources: getSourceMap(opened, info)?.sources ?? [file]
        }
  })
}

function locate (opened: Debugger, fn: object): Place | undefined {
  const { location } = getFacts(opened, fn)
  const info = location === undefined ? undefined : opened.infos.get(location.scriptId)
  const file = info === undefined ? undefined : toPath(info.url)
  if (location === undefined || info === undefined || file === undefined) return undefined
  const generated: Place = { file, line: location.lineNumber, column: location.columnNumber }
  return getSourceMap(opened, info)?.findOriginal(generated) ?? generated
}

function readScopes (opened: Debugger, fn: object): readonly LiveScope[] {
  const { scopes } = getFacts(opened, fn)
  const entries = scopes === undefined ? [] : getProperties(opened, scopes).result
  return entries.filter(({ name, value }) => /^\d+$/.test(name) && value?.description !== 'Global')
    .map(({ value }) => (takeValue(opened, value) as { readonly object: LiveScope }).object)
}

function getSourceMap ({ maps }: Debugger, info: ScriptInfo): ReadMap | undefined {
  // The source of a package is not followed, and the sources in its source map often do not exist.
  if (!maps.has(info.scriptId)) maps.set(info.scriptId, info.url.includes('/node_modules/') ? undefined : readMap(info))
  return maps.get(info.scriptId)
}

function getFacts (opened: Debugger, fn: object): FunctionFacts {
  let facts = opened.facts.get(fn)
  if (facts === undefined) opened.facts.set(fn, facts = readFacts(opened, fn))
  return facts
}

function readFacts (opened: Debugger, fn: object): FunctionFacts {
  const { internalProperties = [] } = getProperties(opened, passValue(opened, fn))
  const named = (name: string): RemoteObject | undefined =>
    internalProperties.find(property => property.name === name)?.value
  return {
    location: named('[[FunctionLocation]]')?.value as FunctionFacts['location'],
    scopes: named('[[Scopes]]')?.objectId,
    target: named('[[TargetFunction]]'),
    self: named('[[BoundThis]]'),
    args: named('[[BoundArgs]]'),
    handler: named('[[Handler]]')
  }
}

interface Properties {
  readonly result: readonly Property[]
  readonly internalProperties?: readonly Property[]
  readonly privateProperties?: readonly Property[]
}

function getProperties ({ post }: Debugger, objectId: string | undefined): Properties {
  return post('Runtime.getProperties', { objectId, ownProperties: true }) as Properties
}

/** Passes a value to the debugger, and returns its id there. */
function passValue ({ post }: Debugger, value: object): string | undefined {
  globals[exchange] = value
  return (post('Runtime.evaluate', { expression }) as { readonly result: RemoteObject }).result.objectId
}

/** Returns a value of the debugger as a value of this program. */
function takeValue ({ post }: Debugger, remote: RemoteObject | undefined): unknown {
  if (remote?.objectId === undefined) return remote?.value
  post('Runtime.callFunctionOn', { objectId: remote.objectId, functionDeclaration: take })
  const value = globals[exchange]
  globals[exchange] = undefined
  return value
}

/** A session on its own thread calls back before `post` returns. */
function createPost (session: Session): (method: string, params?: object) => unknown {
  return (method, params) => {
    let received: unknown
    session.post(method, params ?? {}, (fault: Error | null, result?: object) => {
      if (fault !== null) throw new Error(`The debugger rejected ${method}: ${JSON.stringify(fault)}`)
      received = result
    })
    return received
  }
}

function toPath (url: string): string | undefined {
  if (url.startsWith('file:')) return fileURLToPath(url.replace(/[?#].*$/, ''))
  return url.startsWith('/') ? url : undefined
}

interface ReadMap {
  readonly sources: readonly string[]
  readonly findOriginal: (place: Place) => Place | undefined
}

/**
 * Reads the source map of a script, inline or from a file next to it. `undefined` if there is none or if its sources do
 * not exist.
 */
function readMap ({ url, sourceMapURL }: ScriptInfo): ReadMap | undefined {
  const file = toPath(url)
  if (file === undefined || sourceMapURL === undefined || sourceMapURL === '') return undefined
  try {
    const inline = /^data:[^,]*,/.exec(sourceMapURL)?.[0]
    const path = resolve(dirname(file), decodeURIComponent(sourceMapURL.replace(/^file:\/\//, '')))
    const text = inline === undefined
      ? readFileSync(path, 'utf8')
      : inline.includes(';base64')
        ? Buffer.from(sourceMapURL.slice(inline.length), 'base64').toString()
        : decodeURIComponent(sourceMapURL.slice(inline.length))
    const payload = JSON.parse(text) as ConstructorParameters<typeof SourceMap>[0]
    const folder = dirname(inline === undefined ? path : file)
    const sources = payload.sources.map(source => {
      const full = `${payload.sourceRoot ?? ''}${source}`
      return full.startsWith('file:') ? fileURLToPath(full) : resolve(folder, full)
    })
    const byName = new Map(payload.sources.map((source, index) => [source, sources[index] as string]))
    const map = new SourceMap(payload)
    return {
      sources,
      findOriginal ({ line, column }) {
        const entry = map.findEntry(line, column)
        const source = 'originalSource' in entry
          ? byName.get(entry.originalSource) ?? (sources.length === 1 ? sources[0] : undefined)
          : undefined
        return source === undefined || !('originalLine' in entry)
          ? undefined
          : { file: source, line: entry.originalLine, column: entry.originalColumn }
      }
    }
  } catch {
    return undefined
  }
}
