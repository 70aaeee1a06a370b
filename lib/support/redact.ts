/**
 * Prepares values for the log. It removes secrets in every usual encoding and limits the size. Everything that the
 * package logs is processed here.
 *
 * Values are copied as plain data. Getters and `toJSON` are not called, prototypes and symbols are omitted, and only
 * the length of binary data is kept. So no serializer can bypass the search for secrets.
 */
import { inspect, types } from 'node:util'
import type { FastifyRequest } from 'fastify'
import { readProperty } from './call-safely.js'
import { isObject } from './is-object.js'

/** The maximum total length of all strings of a copy, in characters. */
export const maxLogged = 16_000

/** The maximum length of a single logged string, in characters. */
const maxString = 8000

/** The maximum length of a value that is printed into one string, in characters. */
const maxPrinted = 2000

/** The maximum depth, the maximum number of members per object or list, and the maximum number of objects of a copy. */
const [maxDepth, maxMembers, maxObjects] = [6, 50, 300]

/** The minimum length of a secret. Removing shorter strings would make log lines unreadable. */
const minSecretLength = 6

/**
 * The number of characters of a longer secret that are searched for. After a match, the rest of the secret is removed
 * as far as it matches.
 */
const maxSearched = 128

/** The maximum number of characters in a usual encoding of one character. */
const maxSpelling = 20

const placeholder = '[API key]'

/** Headers whose values are secrets, in lower case. */
const secretHeaders = new Set<string>()

/** Registers a request header whose values are secrets in everything that is logged about a request. */
export function registerSecretHeader (name: string): void {
  secretHeaders.add(name.toLowerCase())
}

/** Returns the secrets in the headers of a request: the values of the registered headers, without the scheme. */
export function listSecrets (headers: Readonly<Record<string, string | string[] | undefined>> = {}): string[] {
  const secrets: string[] = []
  for (const name of secretHeaders) {
    for (const value of [headers[name] ?? []].flat()) secrets.push(value.replace(/^\S+ +/, ''))
  }
  return secrets.filter(secret => secret.length >= minSecretLength)
}

/** Returns a string for the log: without secrets, with at most 8,000 characters. */
export function redactText (text: string, secrets: readonly string[]): string {
  const isClean = text.length <= maxString && secrets.every(({ length }) => length > text.length)
  return isClean ? text : createCopier(secrets).text(text)
}

/**
 * Returns the errors of an AggregateError as a string of at most 2,000 characters, without secrets; `undefined` if it
 * has none. Each error has the same share of the characters, so that a long stack does not displace the message of the
 * next error.
 */
export function printErrors (error: object, secrets: readonly string[]): string | undefined {
  const errors = readProperty(error, 'errors')
  if (!Array.isArray(errors) || types.isProxy(errors) || errors.length === 0) return undefined
  const shown = [...Array.prototype.values.call(errors) as Iterable<unknown>].slice(0, maxMembers)
  const share = Math.floor(maxPrinted / shown.length) - 1
  return shown.map(member => printValue(member, secrets).slice(0, share)).join('\n')
}

/** Returns a value as a string of at most 2,000 characters, without secrets. Accepts any value and never throws. */
export function printValue (value: unknown, secrets: readonly string[] = []): string {
  try {
    const copier = createCopier(secrets)
    const printable = typeof value === 'function' || typeof value === 'symbol' ? value : copyValue(value, copier, 0)
    return copier.clean(
      inspect(printable, {
        depth: 3,
        customInspect: false,
        maxStringLength: maxString,
        breakLength: Infinity,
        compact: true
      })
    ).slice(0, maxPrinted)
  } catch {
    // a getter throws for a property that is a string in every error
    return `a value of type ${typeof value} that cannot be shown`
  }
}

/**
 * Returns a copy of an error for the log: without secrets, with at most 16,000 characters including its causes. It has
 * the name, message, stack, cause and own properties of the error. Accepts any value and never throws. Other values are
 * copied as data.
 *
 * @param prototype the prototype of the copy. Absent: that of `Error`, or of the built-in error class with the error's
 * name
 */
export function redactError<T> (error: T, secrets: readonly string[], prototype?: object): T {
  const copier = createCopier(secrets)
  try {
    return (prototype !== undefined && isErrorLike(error)
      ? copyError(error, copier, 0, prototype)
      : copyValue(error, copier, 0)) as T
  } catch {
    return new Error(`a value of type ${typeof error} that cannot be shown`) as T
  }
}

/**
 * Returns an error without the secrets in the headers of a request. If the headers contain none, the error is returned
 * unchanged.
 */
export function redactFor<T> ({ headers }: Pick<FastifyRequest, 'headers'>, error: T, prototype?: object): T {
  const secrets = listSecrets(headers)
  return secrets.length === 0 ? error : redactError(error, secrets, prototype)
}

/**
 * Returns a copy of an error for a line of this package's own about a request: without the secrets in its headers, with
 * at most 16,000 characters. Accepts any value and never throws.
 */
export function copyErrorFor<T> ({ headers }: Pick<FastifyRequest, 'headers'>, error: T): T {
  return redactError(error, listSecrets(headers))
}

/** The remaining limits while a value is copied. */
interface Copier {
  /** Returns a string without secrets, and subtracts its length from the remaining characters. */
  readonly text: (text: string) => string
  /** Returns a string without secrets. */
  readonly clean: (text: string) => string
  readonly isSpent: () => boolean
  readonly copies: Map<object, unknown>
}

function createCopier (secrets: readonly string[]): Copier {
  const margin = Math.max(0, ...secrets.map(({ length }) => Math.min(length, maxSearched) * maxSpelling))
  let left = maxLogged

  function clean (text: string): string {
    if (secrets.length === 0) return text.slice(0, maxString)
    if (text.length <= maxString) return removeSecrets(text, secrets)
    // A secret that is cut in two would not be found. So the end is omitted, up to the maximum length of a secret.
    const cleaned = removeSecrets(text.slice(0, maxString + margin), secrets)
    return cleaned.slice(0, Math.max(0, cleaned.length - margin))
  }

  return {
    clean,
    text (text) {
      const cleaned = clean(text)
      const shown = cleaned.slice(0, left)
      left -= shown.length
      return shown.length < cleaned.length || text.length > maxString ? `${shown}…` : shown
    },
    isSpent: () => left <= 0,
    copies: new Map()
  }
}

function copyValue (value: unknown, copier: Copier, depth: number): unknown {
  if (typeof value === 'string') return copier.text(value)
  if (typeof value === 'symbol') return copier.text(String(value))
  if (typeof value === 'function') return copier.text(nameFunction(value))
  if (!isObject(value)) return copyPrimitive(value, copier)
  if (copier.copies.has(value)) return copier.copies.get(value)
  const kind = describeOpaque(value)
  if (kind !== undefined) return kind
  if (isErrorLike(value)) return copyError(value, copier, depth, getBuiltInPrototype(value))
  if (types.isRegExp(value)) return copier.text(inspect(value, { depth: -1 }))
  if (depth >= maxDepth || copier.copies.size >= maxObjects) return Array.isArray(value) ? '[Array]' : '[Object]'
  copier.copies.set(value, '[Circular]')
  const copy = copyContainer(value, copier, depth)
  copier.copies.set(value, copy)
  return copy
}

function copyContainer (value: object, copier: Copier, depth: number): unknown {
  const copyMember = (member: unknown): unknown => copyValue(member, copier, depth + 1)
  // Iterators of a subclass are application code.
  if (types.isMap(value)) {
    const copy = new Map<unknown, unknown>()
    copyMembers(Map.prototype.entries.call(value), copier, ([key, member]) => {
      copy.set(copyMember(key), copyMember(member))
    })
    return copy
  }
  if (types.isSet(value)) {
    const copy = new Set<unknown>()
    copyMembers(Set.prototype.values.call(value), copier, member => {
      copy.add(copyMember(member))
    })
    return copy
  }
  if (Array.isArray(value)) {
    if (hasSecretBytes(value, copier)) return placeholder
    const copy: unknown[] = []
    copyMembers(Array.prototype.values.call(value), copier, member => {
      copy.push(copyMember(member))
    })
    return copy
  }
  const copy = {}
  copyProperties(value, copy, copier, depth)
  return copy
}

/** Returns a function in the notation of `inspect`. The name of a class may be a getter that throws. */
function nameFunction (value: unknown): string {
  try {
    return inspect(value, { depth: -1 })
  } catch {
    return '[Function]'
  }
}

/** Returns a number without secrets: a secret may consist of digits. */
function copyPrimitive (value: unknown, copier: Copier): unknown {
  const text = String(value)
  return copier.text(text) === text ? value : placeholder
}

/** Returns a placeholder for an object whose content is not copied; `undefined` for any other object. */
function describeOpaque (value: object): unknown {
  if (types.isProxy(value)) return '[Proxy]'
  if (types.isAnyArrayBuffer(value) || ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (types.isDate(value)) return new Date(Date.prototype.getTime.call(value))
  return types.isPromise(value) ? '[Promise]' : undefined
}

function copyMembers<Member> (members: Iterable<Member>, copier: Copier, add: (member: Member) => void): void {
  let count = 0
  for (const member of members) {
    if (count++ === maxMembers || copier.isSpent()) return
    add(member)
  }
}

/** Returns whether a list of numbers contains the bytes or character codes of a secret. */
function hasSecretBytes (list: readonly unknown[], copier: Copier): boolean {
  const numbers = list.slice(0, maxString)
  if (numbers.length < minSecretLength || !numbers.every(number => typeof number === 'number')) return false
  const text = numbers.join()
  return text.length > maxString || copier.clean(text) !== text
}

function copyProperties (
  value: object,
  copy: object,
  copier: Copier,
  depth: number,
  skipped: ReadonlySet<string> = new Set()
): void {
  let count = 0
  for (const key in value) {
    const descriptor = skipped.has(key) ? undefined : Object.getOwnPropertyDescriptor(value, key)
    if (descriptor === undefined) continue
    if (count++ === maxMembers || copier.isSpent()) break
    define(
      copy,
      copier.text(key),
      'value' in descriptor ? copyValue(descriptor.value, copier, depth + 1) : '[Getter]',
      true
    )
  }
}

/** The properties that an error has in addition to its own ones. */
const errorFields: ReadonlySet<string> = new Set([
  'name', 'message', 'stack', 'cause', 'errors', 'constructor', '__proto__'
])

function isErrorLike (value: unknown): value is Error {
  return types.isNativeError(value) || (isObject(value) && !types.isProxy(value) && value instanceof Error)
}

/** The built-in error classes. Their prototypes contain no application data. */
const builtInErrors = [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, AggregateError]

function getBuiltInPrototype (error: object): object {
  const name = readProperty(error, 'name')
  return builtInErrors.find(builtIn => builtIn.name === name)?.prototype ?? Error.prototype
}

function copyError (error: Error, copier: Copier, depth: number, prototype: object): Error {
  if (depth >= maxDepth || copier.copies.size >= maxObjects) return new Error('…')
  const copy = Object.create(prototype) as Error
  copier.copies.set(error, '[Circular]')
  for (const field of ['name', 'message', 'stack'] as const) {
    const text = readProperty(error, field)
    if (typeof text === 'string' && (field !== 'name' || text !== copy.name)) define(copy, field, copier.text(text))
  }
  const cause = readProperty(error, 'cause')
  if (cause !== undefined) define(copy, 'cause', copyValue(cause, copier, depth + 1))
  const errors = readProperty(error, 'errors')
  if (Array.isArray(errors)) define(copy, 'errors', copyValue(errors, copier, depth + 1))
  copyProperties(error, copy, copier, depth, errorFields)
  copier.copies.set(error, copy)
  return copy
}

function define (copy: object, key: string, value: unknown, enumerable = false): void {
  Object.defineProperty(copy, key, { value, enumerable, writable: true, configurable: true })
}

/** A decoded string. For each of its characters, it has the start and the end of the encoded form in the original. */
interface View {
  readonly text: string
  readonly starts: readonly number[]
  readonly ends: readonly number[]
}

/** The start and the end of a part of a string. */
type Span = readonly [start: number, end: number]

/**
 * Replaces secrets in every usual encoding. The time depends mainly on the length of the string, and hardly on the
 * number of secrets.
 */
function removeSecrets (text: string, secrets: readonly string[]): string {
  // No encoding is shorter than its secret.
  const searched = secrets.map(secret => secret.slice(0, maxSearched)).filter(secret => secret.length <= text.length)
  if (searched.length === 0) return text
  const starts = Array.from({ length: text.length }, (_, at) => at)
  const levels = decode({ text, starts, ends: starts.map(start => start + 1) })
  const original = levels[0] as View
  const lower = levels.map(lowerCase)
  const base64 = levels.map(({ text, ...offsets }) => ({
    text: text.replaceAll('-', '+').replaceAll('_', '/'),
    ...offsets
  }))
  const hex = lowerCase(change(original, /[^\da-f]+/gi, () => ''))
  const numbers = change(original, /\D+/g, () => ',')
  const decimal = { ...numbers, text: `,${numbers.text},`.replaceAll(',,', ',') }
  const shift = numbers.text.startsWith(',') ? 0 : 1
  const spans: Span[] = []
  for (const secret of searched) {
    const spellings = spell(secret)
    const found = [
      ...lower.flatMap(view => spellings.lower.flatMap(spelling => findSpans(view, spelling))),
      ...base64.flatMap(view => spellings.base64.flatMap(spelling => findSpans(view, spelling))),
      ...spellings.hex.flatMap(spelling => findSpans(hex, spelling)),
      ...findSpans(decimal, spellings.decimal, 1, shift)
    ]
    for (const [start, end] of found) spans.push([start, secret.length === maxSearched ? findEnd(text, end) : end])
  }
  return replaceSpans(text, spans)
}

function replaceSpans (text: string, spans: readonly Span[]): string {
  let [replaced, at] = ['', 0]
  for (const [start, end] of [...spans].sort((one, other) => one[0] - other[0])) {
    if (start >= at) replaced += text.slice(at, start) + placeholder
    at = Math.max(at, end)
  }
  return replaced + text.slice(at)
}

/**
 * The number of encoding levels that are decoded. An encoded value often contains encoded percent signs or backslashes.
 */
const maxLevels = 4

/**
 * Returns a string and its decoded forms: percent-decoded, without the escapes of JSON and JavaScript, and from UTF-16.
 */
function decode (view: View): View[] {
  const views = [view]
  for (let next = view; views.length <= maxLevels; views.push(next)) {
    const decoded = change(next, /%([\da-f]{2})|\\u([\da-f]{4})|\\x([\da-f]{2})|\\(?=.)|\0/gi, match => {
      const code = match[1] ?? match[2] ?? match[3]
      return code === undefined ? '' : String.fromCharCode(parseInt(code, 16))
    })
    if (decoded === next) break
    next = decoded
  }
  return views
}

/** Returns a string with its ASCII letters in lower case. In other alphabets, the length could change. */
function lowerCase (view: View): View {
  return { ...view, text: view.text.replace(/[A-Z]+/g, letters => letters.toLowerCase()) }
}

/** Replaces the matches of a pattern with strings of at most one character. */
function change (view: View, pattern: RegExp, replace: (match: RegExpExecArray) => string): View {
  const [starts, ends]: [number[], number[]] = [[], []]
  let [changed, at] = ['', 0]
  const keep = (end: number): void => {
    changed += view.text.slice(at, end)
    for (; at < end; at++) {
      starts.push(view.starts[at] as number)
      ends.push(view.ends[at] as number)
    }
  }
  for (const match of view.text.matchAll(pattern)) {
    keep(match.index)
    at = match.index + match[0].length
    const replaced = replace(match)
    if (replaced === '') continue
    changed += replaced
    starts.push(view.starts[match.index] as number)
    ends.push(view.ends[at - 1] as number)
  }
  if (at === 0) return view
  keep(view.text.length)
  return { text: changed, starts, ends }
}

/**
 * Returns the position of an encoded secret in the original.
 *
 * @param edge the number of characters at both ends that are not part of the secret
 * @param shift the number of characters at the beginning of the view that have no original
 */
function findSpans ({ text, starts, ends }: View, spelling: string, edge = 0, shift = 0): Span[] {
  const spans: Span[] = []
  for (let at = text.indexOf(spelling); at !== -1; at = text.indexOf(spelling, at + spelling.length - edge)) {
    spans.push([starts[at + edge - shift] as number, ends[at + spelling.length - 1 - edge - shift] as number])
  }
  return spans
}

/** Returns the end of a long secret. Only its beginning was searched for. */
function findEnd (text: string, at: number): number {
  const rest = /[\w%+/=.~-]*/y
  rest.lastIndex = at
  rest.exec(text)
  return rest.lastIndex
}

/** The encodings of a secret that are searched for. */
interface Spellings {
  /** In lower case, as a string and as UTF-8 bytes. */
  readonly lower: readonly string[]
  /** As bytes in UTF-8 and UTF-16. */
  readonly hex: readonly string[]
  /** As a list of bytes, with a comma on each side. */
  readonly decimal: string
  /** Without the digits that depend on the text before and after the secret. */
  readonly base64: readonly string[]
}

function spell (secret: string): Spellings {
  const bytes = Buffer.from(secret)
  return {
    lower: [...new Set([secret, bytes.toString('latin1')])].map(text =>
      text.replace(/[A-Z]+/g, letters => letters.toLowerCase())
    ),
    hex: [bytes.toString('hex'), Buffer.from(secret, 'utf16le').toString('hex').slice(0, -2)],
    decimal: `,${bytes.join()},`,
    base64: [0, 1, 2].map(offset => {
      const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
      return encoded.slice(Math.ceil(offset * 8 / 6), Math.floor((offset + bytes.length) * 8 / 6))
    }).filter(spelling => spelling !== '')
  }
}
