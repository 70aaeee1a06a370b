import { defineErrors, type AnyCatalog } from './catalog/define-errors.js'
import { describeValue, refuseOption } from './support/describe-value.js'
import { standardErrors } from './catalog/standard-errors.js'
import { resolveRules, type DocumentationRules, type NamedRule } from './infer/custom-rules.js'
import { formats, type FormatName } from './formats/index.js'
import { defineFormat, type Format } from './formats/format.js'
import { checkRateLimit } from './rate-limit/check-policies.js'
import type { RateLimitOptions } from './rate-limit/policies.js'
import type { ReferenceOptions } from './reference/serve-reference.js'
import { writeLog, type LogFunction } from './respond/log-errors.js'
import type { ResponderSettings } from './respond/error-handler.js'
import { builtInTranslators } from './translate/index.js'
import type { DatabaseOptions, Translator } from './translate/translator.js'
import { warnUndocumented, type OnUndocumented } from './verify/undocumented-errors.js'
import { isObject, isRecord } from './support/is-object.js'

/** The options of the plugin. */
export interface ApiErrorsOptions {
  /** The catalog, as `defineErrors` returns it. Standard codes that are not in it are added. @default standardErrors */
  readonly errors?: AnyCatalog
  /** How errors look on the wire: a name, or what `defineFormat` returns. @default 'code' */
  readonly format?: FormatName | Format
  /** Whether callers whose `Accept` asks for `application/problem+json` get it in place of `format`. @default false */
  readonly negotiate?: boolean
  /** Rate limits by name. Absent: no route is limited by this plugin. */
  readonly rateLimit?: RateLimitOptions
  /** Translators that are asked before the built-in ones. @default [] */
  readonly translators?: readonly Translator[]
  /**
   * Names for the constraints of the database. Absent: an answer names the column and has the sentence of its code.
   *
   * @example
   * { constraints: { users_email_key: { field: 'email', message: 'Email already registered' } } }
   */
  readonly database?: DatabaseOptions
  /**
   * The pages about the codes: a base URL that the code is appended to, or a function of the code, `undefined` for one
   * without a page. Absent: the pages of `reference`; without these, no `doc_url`.
   */
  readonly docUrl?: string | ((code: string) => string | undefined)
  /** Serves the error reference: `{ path: '/errors' }`. Absent: no pages. */
  readonly reference?: ReferenceOptions
  /** The realm in `WWW-Authenticate`. @default 'api' */
  readonly realm?: string
  /** `false` writes no log; a function writes it in its own way. @default 4xx at info without a stack, 5xx at error with the causes */
  readonly log?: false | LogFunction
  /** Whether requests without a route get `route_not_found` or 405; `false` leaves the not-found handler alone. @default true */
  readonly notFound?: boolean
  /**
   * What becomes of an error that a handler sends and does not throw, `reply.code(404).send({ message })`, with a status
   * that the route declares no schema for: `'keep'` sends it as it is, and the ledger has it as undocumented; `'convert'`
   * gives it the contract's shape: the message is kept for a 4xx, and goes to the log only for a 5xx. Both cost an
   * `onSend` hook on each request. Absent: it goes out as it is, and nothing looks at it.
   */
  readonly sent?: 'keep' | 'convert'
  /** Which answers carry `X-Request-Id`: `'errors'`, or `'all'` at the cost of a hook on each request. @default 'errors' */
  readonly requestId?: 'errors' | 'all'
  /** How the errors of a route are inferred for its documentation. */
  readonly documentation?: DocumentationOptions
  /**
   * Whether the schemas of the statuses (`NotFound`, ... as in `app.apiErrors.schemas`) are registered by `addSchema`,
   * for routes that `$ref` them. Each route's compilation gets dearer by it. @default false
   */
  readonly addSchemas?: boolean
  /**
   * What happens when an answer goes out that the documentation of its route does not have, once for each route, status
   * and code: `'log'` writes a warning, a function is called. Absent: `ledger()` alone tells.
   */
  readonly undocumented?: 'log' | OnUndocumented
}

/** The `documentation` option. */
export interface DocumentationOptions {
  /** Built-in rules switched off by `false`, and rules of your own. @default {} */
  readonly rules?: DocumentationRules
}

/** The options with every default filled in. */
export interface Settings extends ResponderSettings {
  readonly rateLimit: RateLimitOptions | undefined
  readonly reference: ReferenceOptions | undefined
  readonly notFound: boolean
  readonly sent: 'keep' | 'convert' | undefined
  readonly requestId: 'errors' | 'all'
  readonly rules: readonly NamedRule[]
  readonly addSchemas: boolean
  readonly undocumented: OnUndocumented | undefined
}

const known = {
  errors: true,
  format: true,
  negotiate: true,
  rateLimit: true,
  translators: true,
  database: true,
  docUrl: true,
  reference: true,
  realm: true,
  log: true,
  notFound: true,
  sent: true,
  requestId: true,
  documentation: true,
  addSchemas: true,
  undocumented: true
} satisfies Record<keyof ApiErrorsOptions, true>

/**
 * Checks the options and fills in the defaults.
 *
 * @param prefix of the scope that the plugin is registered in
 * @throws TypeError with one sentence that names the option, what it got and what it takes
 */
export function resolveOptions (options: ApiErrorsOptions, prefix = ''): Settings {
  if (!isRecord(options as unknown)) throw new TypeError(`fastify-api-errors: the options are ${describeValue(options)}; it takes an object.`)
  for (const name of Object.keys(options)) {
    // Fastify itself passes `prefix` and the log options of `register` on to every plugin.
    if (!Object.hasOwn(known, name) && !['prefix', 'logLevel', 'logSerializers'].includes(name)) {
      throw new TypeError(`fastify-api-errors: '${name}' is not an option; it takes ${Object.keys(known).join(', ')}.`)
    }
  }
  const {
    errors,
    format = 'code',
    negotiate = false,
    rateLimit,
    translators = [],
    database,
    docUrl,
    reference,
    realm = 'api',
    log,
    notFound = true,
    sent,
    requestId = 'errors',
    documentation = {},
    addSchemas = false,
    undocumented
  } = options
  if (errors !== undefined && !isCatalog(errors)) fault('errors', errors, 'what defineErrors() returns')
  if (typeof negotiate !== 'boolean') fault('negotiate', negotiate, 'true or false')
  if (typeof notFound !== 'boolean') fault('notFound', notFound, 'true or false')
  if (sent !== undefined && sent !== 'keep' && sent !== 'convert') fault('sent', sent, "'keep' or 'convert'")
  if (requestId !== 'errors' && requestId !== 'all') fault('requestId', requestId, "'errors' or 'all'")
  if (!Array.isArray(translators) || !translators.every(isTranslator)) fault('translators', translators, 'an array of what defineTranslator() returns')
  if (docUrl !== undefined && !isUrl(docUrl) && typeof docUrl !== 'function') fault('docUrl', docUrl, "a base URL like 'https://api.example.com/errors', or a function of the code that returns a URL")
  if (reference !== undefined) checkReference(reference)
  if (typeof realm !== 'string' || !/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(realm)) fault('realm', realm, 'printable ASCII without quotes and backslashes')
  if (log !== undefined && log !== false && typeof log !== 'function') fault('log', log, 'false, or a function of (entry, request, log)')
  if (typeof addSchemas !== 'boolean') fault('addSchemas', addSchemas, 'true or false')
  if (!isRecord(documentation)) fault('documentation', documentation, 'an object with rules')
  checkProperties('documentation', documentation, ['rules'])
  const { rules = {} } = documentation
  if (!isRecord(rules)) fault('documentation.rules', rules, 'an object of rules by name')
  if (undocumented !== undefined && undocumented !== 'log' && typeof undocumented !== 'function') fault('undocumented', undocumented, "'log', or a function of (answer, request)")
  if (rateLimit !== undefined) checkRateLimit(rateLimit)
  if (database !== undefined) checkDatabase(database)
  const chosen = typeof format === 'string' ? formatNamed(format) : formatDefined(format)
  const catalog = defineErrors(standardErrors, errors ?? {}) as Settings['errors']
  return {
    errors: catalog,
    format: chosen,
    negotiated: negotiate && chosen.contentType !== formats.problem.contentType ? formats.problem : undefined,
    translators: [...translators, ...builtInTranslators],
    database,
    docUrl: docUrlOf(docUrl ?? (reference === undefined ? undefined : prefix + reference.path), catalog),
    realm,
    log: log ?? writeLog,
    rateLimit,
    reference,
    notFound,
    sent,
    requestId,
    rules: resolveRules(rules as DocumentationRules, catalog),
    addSchemas,
    undocumented: undocumented === 'log' ? warnUndocumented : undocumented
  }
}

function formatNamed (name: string): Format {
  if (!Object.hasOwn(formats, name)) fault('format', name, `one of ${Object.keys(formats).map(known => `'${known}'`).join(', ')}, or what defineFormat() returns`)
  return formats[name as FormatName]
}

function formatDefined (format: Format): Format {
  if (!isRecord(format)) fault('format', format, 'a name or what defineFormat() returns')
  return Object.values(formats).includes(format) ? format : defineFormat(format)
}

/** Asked once for each code, so that a function that fails or gives nonsense is found at register. */
function docUrlOf (docUrl: ApiErrorsOptions['docUrl'], catalog: AnyCatalog): (code: string) => string | undefined {
  if (docUrl === undefined) return () => undefined
  const urlOf = typeof docUrl === 'function' ? docUrl : (code: string) => docUrl.endsWith('/') ? docUrl + code : `${docUrl}/${code}`
  const urls = new Map<string, string | undefined>()
  for (const code of Object.keys(catalog)) {
    const url = urlFrom(urlOf, code)
    if (url !== undefined && !isUrl(url)) fault(`docUrl('${code}')`, url, 'a URL, or undefined where the code has no page')
    urls.set(code, url)
  }
  return code => urls.get(code)
}

function urlFrom (urlOf: (code: string) => string | undefined, code: string): string | undefined {
  try {
    return urlOf(code)
  } catch (cause) {
    throw new TypeError(`fastify-api-errors: docUrl('${code}') fails: ${cause instanceof Error ? cause.message : String(cause)}; it takes a function that returns a URL, or undefined where the code has no page.`, { cause })
  }
}

/** Whether a value is a text of the characters that a URL or a relative reference may have (RFC 3986, section 2). */
function isUrl (value: unknown): value is string {
  return typeof value === 'string' && /^([\w\-.~:/?#[\]@!$&'()*+,;=]|%[\da-f]{2})+$/i.test(value)
}

function checkReference (reference: ReferenceOptions): void {
  if (!isRecord(reference)) fault('reference', reference, "an object like { path: '/errors' }")
  checkProperties('reference', reference, ['path', 'title'])
  const { path, title } = reference
  if (typeof path !== 'string' || !/^(\/[\w.~-]+)+$/.test(path)) fault('reference.path', path, "a path like '/errors'")
  if (title !== undefined && (typeof title !== 'string' || title === '')) fault('reference.title', title, 'a heading')
}

function checkDatabase (database: DatabaseOptions): void {
  if (!isRecord(database)) fault('database', database, 'an object with constraints')
  checkProperties('database', database, ['constraints'])
  const { constraints = {} } = database
  const example = "{ field: 'email', message: 'Email already registered' }"
  if (!isRecord(constraints)) fault('database.constraints', constraints, `an object by the names of constraints, like { users_email_key: ${example} }`)
  for (const [name, constraint] of Object.entries(constraints)) {
    const option = `database.constraints.${name}`
    if (!isRecord(constraint)) fault(option, constraint, `an object like ${example}`)
    checkProperties(option, constraint, ['field', 'message', 'onDelete'])
    for (const [property, value] of Object.entries(constraint)) {
      if (typeof value !== 'string' || value === '') fault(`${option}.${property}`, value, property === 'field' ? 'the name of a field of the body' : 'a sentence')
    }
  }
}

function checkProperties (option: string, value: object, takes: readonly string[]): void {
  for (const property of Object.keys(value)) {
    if (!takes.includes(property)) throw new TypeError(`fastify-api-errors: '${option}.${property}' is not an option; it takes ${takes.join(', ')}.`)
  }
}

function isCatalog (value: object): value is AnyCatalog {
  return isRecord(value as unknown) && Object.values(value).every(factory => typeof factory === 'function' && typeof factory.code === 'string')
}

function isTranslator (value: unknown): boolean {
  return isObject(value) && typeof value.name === 'string' && typeof value.translate === 'function'
}

function fault (option: string, got: unknown, takes: string): never {
  refuseOption('fastify-api-errors', option, got, takes)
}
