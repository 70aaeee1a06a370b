/**
 * Inspects live functions through the debugger of this process. It finds where a function is written, its closure variables,
 * and the target of a bound function. JavaScript has no other way to read them.
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

/** Opens the debugger of this process. */
export function openInspector (): Inspector {
  const session = new Session()
  session.connect()
  const infos = new Map<string, ScriptInfo>()
  session.on('Debugger.scriptParsed', ({ params }) => { infos.set(params.scriptId, params as ScriptInfo) })
  const post = createPost(session)
  post('Debugger.enable')
  const known = new WeakMap<object, FunctionFacts>()
  const maps = new Map<string, ReadMap | undefined>()

  function getSourceMap (info: ScriptInfo): ReadMap | undefined {
    // The source of a package is not followed, and the sources in its source map often do not exist.
    if (!maps.has(info.scriptId)) maps.set(info.scriptId, info.url.includes('/node_modules/') ? undefined : readMap(info))
    return maps.get(info.scriptId)
  }

  function getFacts (fn: object): FunctionFacts {
    let facts = known.get(fn)
    if (facts === undefined) known.set(fn, facts = lookUp(fn))
    return facts
  }

  function lookUp (fn: object): FunctionFacts {
    globals[exchange] = fn
    const { objectId } = (post('Runtime.evaluate', { expression }) as { readonly result: RemoteObject }).result
    const { internalProperties = [] } = post('Runtime.getProperties', { objectId, ownProperties: true }) as { readonly internalProperties?: readonly Property[] }
    const named = (name: string): RemoteObject | undefined => internalProperties.find(property => property.name === name)?.value
    return {
      location: named('[[FunctionLocation]]')?.value as FunctionFacts['location'],
      scopes: named('[[Scopes]]')?.objectId,
      target: named('[[TargetFunction]]'),
      self: named('[[BoundThis]]'),
      args: named('[[BoundArgs]]'),
      handler: named('[[Handler]]')
    }
  }

  function takeValue (remote: RemoteObject | undefined): unknown {
    if (remote?.objectId === undefined) return remote?.value
    post('Runtime.callFunctionOn', { objectId: remote.objectId, functionDeclaration: take })
    const value = globals[exchange]
    globals[exchange] = undefined
    return value
  }

  const liveScopes = new WeakMap<object, readonly LiveScope[]>()

  return {
    get scripts () {
      return [...infos.values()].filter(({ url }) => toPath(url) !== undefined).map(info => ({
        url: info.url, file: toPath(info.url) as string, isModule: info.isModule === true, sources: getSourceMap(info)?.sources ?? [toPath(info.url) as string]
      }))
    },
    locate (fn) {
      const { location } = getFacts(fn)
      const info = location === undefined ? undefined : infos.get(location.scriptId)
      const file = info === undefined ? undefined : toPath(info.url)
      if (location === undefined || info === undefined || file === undefined) return undefined
      const generated: Place = { file, line: location.lineNumber, column: location.columnNumber }
      return getSourceMap(info)?.originalOf(generated) ?? generated
    },
    getScopes (fn) {
      let scopes = liveScopes.get(fn)
      if (scopes !== undefined) return scopes
      const { scopes: objectId } = getFacts(fn)
      const entries = objectId === undefined ? [] : (post('Runtime.getProperties', { objectId, ownProperties: true }) as { readonly result: readonly Property[] }).result
      scopes = entries.filter(({ name, value }) => /^\d+$/.test(name) && value?.description !== 'Global')
        .map(({ value }) => (takeValue(value) as { readonly object: LiveScope }).object)
      liveScopes.set(fn, scopes)
      return scopes
    },
    getBound (fn) {
      const { target, self, args } = getFacts(fn)
      return target === undefined ? undefined : { target: takeValue(target) as object, self: takeValue(self), args: takeValue(args) as readonly unknown[] ?? [] }
    },
    getProxyHandler: value => takeValue(getFacts(value).handler) as object | undefined,
    getPrivateField (owner, name) {
      globals[exchange] = owner
      const { objectId } = (post('Runtime.evaluate', { expression }) as { readonly result: RemoteObject }).result
      const { privateProperties = [] } = post('Runtime.getProperties', { objectId, ownProperties: true }) as { readonly privateProperties?: readonly Property[] }
      return takeValue(privateProperties.find(property => property.name === name)?.value)
    },
    close () { session.disconnect() }
  }
}

interface FunctionFacts {
  readonly location: { readonly scriptId: string, readonly lineNumber: number, readonly columnNumber: number } | undefined
  readonly scopes: string | undefined
  readonly target: RemoteObject | undefined
  readonly self: RemoteObject | undefined
  readonly args: RemoteObject | undefined
  readonly handler: RemoteObject | undefined
}

/** A session on its own thread calls back before `post` returns. */
function createPost (session: Session): (method: string, params?: object) => unknown {
  return (method, params) => {
    let answer: unknown
    session.post(method, params ?? {}, (fault: Error | null, result?: object) => {
      if (fault !== null) throw new Error(`The debugger rejected ${method}: ${JSON.stringify(fault)}`)
      answer = result
    })
    return answer
  }
}

function toPath (url: string): string | undefined {
  if (url.startsWith('file:')) return fileURLToPath(url.replace(/[?#].*$/, ''))
  return url.startsWith('/') ? url : undefined
}

interface ReadMap {
  readonly sources: readonly string[]
  readonly originalOf: (place: Place) => Place | undefined
}

/** Reads the source map of a script, inline or from a file next to it. `undefined` if there is none or if its sources do not exist. */
function readMap ({ url, sourceMapURL }: ScriptInfo): ReadMap | undefined {
  const file = toPath(url)
  if (file === undefined || sourceMapURL === undefined || sourceMapURL === '') return undefined
  try {
    const inline = /^data:[^,]*,/.exec(sourceMapURL)?.[0]
    const path = resolve(dirname(file), decodeURIComponent(sourceMapURL.replace(/^file:\/\//, '')))
    const text = inline === undefined
      ? readFileSync(path, 'utf8')
      : inline.includes(';base64') ? Buffer.from(sourceMapURL.slice(inline.length), 'base64').toString() : decodeURIComponent(sourceMapURL.slice(inline.length))
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
      originalOf ({ line, column }) {
        const entry = map.findEntry(line, column)
        const source = 'originalSource' in entry ? byName.get(entry.originalSource) ?? (sources.length === 1 ? sources[0] : undefined) : undefined
        return source === undefined || !('originalLine' in entry) ? undefined : { file: source, line: entry.originalLine, column: entry.originalColumn }
      }
    }
  } catch {
    return undefined
  }
}
