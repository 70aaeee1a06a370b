/** Writes errors as JSON, with their classes and getters, and builds errors of the same shape from it. */

/** An object of a class, or an object with values that JSON cannot represent. */
interface Shape {
  /** The names of the classes, from the class of the object up to the last one before Object. */
  readonly classes: readonly string[]
  readonly own?: Readonly<Record<string, unknown>>
  /** Own properties that are not enumerable. */
  readonly hidden?: Readonly<Record<string, unknown>>
  /** Getters and methods of the classes. */
  readonly inherited?: Readonly<Record<string, unknown>>
}

const maxDepth = 4
const maxProperties = 40
const maxText = 120

/** Objects of Node.js that say nothing about an error, and whose properties change between runs. */
const opaque: ReadonlySet<string> = new Set(['Socket', 'Agent', 'Timeout', 'AbortSignal', 'ReadableStream', 'Buffer', 'Server', 'EventEmitter', 'HTTPParser', 'ReadableState'])

/** Members of Object and Error that every error has. */
const common: ReadonlySet<string> = new Set(['constructor', '__proto__', 'toString', 'stack'])

/** Returns an error as JSON. Long strings are cut, and the port of the server is replaced. */
export function describeError (error: unknown, port: number): unknown {
  const seen = new Set<unknown>()

  function describe (value: unknown, depth: number): unknown {
    if (typeof value === 'string') return value.replaceAll(`127.0.0.1:${port}`, 'upstream.example').replaceAll(String(port), '80').slice(0, maxText)
    if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value
    if (value === undefined) return { classes: ['undefined'] }
    if (typeof value !== 'object') return { classes: [typeof value] }
    if (value instanceof URL) return { classes: ['URL'] }
    const classes = listClasses(value)
    if (seen.has(value) || depth > maxDepth || opaque.has(classes[0] ?? '')) return { classes: ['opaque'] }
    seen.add(value)
    if (Array.isArray(value)) return value.slice(0, 2).map(item => describe(item, depth + 1))
    if (value instanceof Headers) return { classes: ['Headers'], own: Object.fromEntries(value) }
    const own: Record<string, unknown> = {}
    const hidden: Record<string, unknown> = {}
    for (const [name, { enumerable }] of Object.entries(Object.getOwnPropertyDescriptors(value)).slice(0, maxProperties)) {
      if (common.has(name) || (typeof value === 'object' && /^_(?!_is)/.test(name))) continue
      Object.assign(enumerable === true ? own : hidden, { [name]: describe(read(value, name), depth + 1) })
    }
    const inherited: Record<string, unknown> = {}
    for (let at: unknown = Object.getPrototypeOf(value); at !== null && at !== Object.prototype && at !== Error.prototype; at = Object.getPrototypeOf(at)) {
      for (const [name, { get, value: member }] of Object.entries(Object.getOwnPropertyDescriptors(at as object))) {
        if (common.has(name) || name.startsWith('_') || name in own || name in inherited) continue
        if (get !== undefined || typeof member !== 'function' || ['pipe', 'has', 'keys', 'get'].includes(name)) inherited[name] = describe(read(value, name), depth + 1)
      }
    }
    if (classes.length === 0 && Object.keys(hidden).length === 0 && !('classes' in own)) return own
    return { classes, ...keep({ own, hidden, inherited }) }
  }

  return describe(error, 0)
}

function keep (parts: Readonly<Record<string, object>>): object {
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => Object.keys(part).length > 0))
}

function read (value: object, name: string): unknown {
  try {
    return (value as Readonly<Record<string, unknown>>)[name]
  } catch {
    return undefined
  }
}

function listClasses (value: object): string[] {
  const names: string[] = []
  for (let at: unknown = Object.getPrototypeOf(value); at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    names.push(String((at as object).constructor.name))
  }
  return names
}

/** Returns an error with the described shape. */
export function createError (described: unknown): unknown {
  if (Array.isArray(described)) return described.map(createError)
  if (typeof described !== 'object' || described === null) return described
  if (!('classes' in described)) return mapValues(described)
  const { classes, own = {}, hidden = {}, inherited = {} } = described as Shape
  const [name = ''] = classes
  switch (name) {
    case 'undefined': return undefined
    case 'function': return () => {}
    case 'URL': return new URL('http://upstream.example/S3cr3t')
    case 'Headers': return new Headers(own as Record<string, string>)
    default: {
      const base: object = classes.reduceRight<object>((parent, each) => {
        if (each === 'Error') return Error.prototype
        const made = { [each]: class {} }[each] as new () => object
        return Object.defineProperty(Object.create(parent) as object, 'constructor', { value: made })
      }, Object.prototype)
      const prototype = Object.assign(Object.create(base) as object, mapValues(inherited))
      if ('has' in inherited) Object.assign(prototype, { has (this: object, header: string) { return Object.hasOwn(this, header) } })
      if (name !== '') Object.defineProperty(prototype, 'constructor', { value: { [name]: class {} }[name] })
      const made = Object.assign(Object.create(prototype) as object, mapValues(own))
      for (const [key, value] of Object.entries(hidden)) Object.defineProperty(made, key, { value: createError(value), configurable: true, writable: true })
      return made
    }
  }
}

function mapValues (described: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(described).map(([name, value]) => [name, createError(value)]))
}
