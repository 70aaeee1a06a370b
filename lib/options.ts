/** The options of the plugin: what they mean, how they are checked, and their defaults. */
import { defineErrors, type AnyCatalog } from './catalog/define-errors.js'
import { standardErrors } from './catalog/standard-errors.js'
import { defineFormat, type Format } from './formats/format.js'
import { markdownFormat } from './formats/markdown.js'
import { formats, getFormatForStatus, type FormatName } from './formats/index.js'
import { resolveRules, type DocumentationRules, type NamedRule } from './infer/custom-rules.js'
import { createInferredLookup, readInferredErrors, type FindInferredErrors, type InferredErrors } from './infer/inferred-errors.js'
import { checkRateLimit } from './rate-limit/check-policies.js'
import type { RateLimitOptions } from './rate-limit/policies.js'
import type { ReferenceOptions } from './reference/serve-reference.js'
import type { ResponderSettings } from './respond/error-handler.js'
import { writeLog, type LogFunction } from './respond/log-errors.js'
import { encodeUriComponent } from './support/encode-uri.js'
import { expectKnownOptions, expectOption, rejectOption } from './support/expect-option.js'
import { isHttpUrl, isRealm } from './support/http-syntax.js'
import { isObject, isRecord } from './support/is-object.js'
import { builtInTranslators } from './translate/index.js'
import type { DatabaseOptions, Translator } from './translate/translator.js'
import type { ValidationStatus } from './translate/validation/validation-status.js'
import { warnUndocumented, type OnUndocumented } from './verify/undocumented-errors.js'

/** The formats that the `negotiate` option knows by name. */
const negotiableFormats = { problem: formats.problem, markdown: markdownFormat } as const

/** The options of the plugin. */
export interface ApiErrorsOptions {
  /** The catalog, as `defineErrors` returns it. Standard codes that are missing in it are added. @default standardErrors */
  readonly errors?: AnyCatalog
  /** The format of error bodies: a name, or the result of `defineFormat`. @default 'code' */
  readonly format?: FormatName | Format
  /**
   * The formats that callers can request with `Accept` instead of `format`: `'problem'` for `application/problem+json`, and
   * `'markdown'` for `text/markdown`, which agents read. `true` is `['problem']`.
   *
   * @default false
   * @example
   * { negotiate: ['problem', 'markdown'] }
   */
  readonly negotiate?: boolean | ReadonlyArray<'problem' | 'markdown'>
  /** Rate limits by name. Absent: this plugin limits no route. */
  readonly rateLimit?: RateLimitOptions
  /** Translators that run before the built-in ones. @default [] */
  readonly translators?: readonly Translator[]
  /**
   * Names for the constraints of the database. Absent: the response has the column as the field and the default message of the code.
   *
   * @example
   * { constraints: { users_email_key: { field: 'email', message: 'Email already registered' } } }
   */
  readonly database?: DatabaseOptions
  /**
   * The status of the response to an invalid body, whether its schema or the database rejects it. With 400, its
   * code is `invalid_request`, and its issues are the same. An error that is thrown as a 422 stays a 422. Invalid parameters
   * and headers have the status 400 in any case.
   *
   * @default 422
   */
  readonly validationStatus?: ValidationStatus
  /**
   * The URL of the page about a code: a base URL to which the code is appended, percent-encoded, or a function of the code that returns
   * `undefined` for a code without a page. Absent, or `undefined` for a code: the page of `reference`; without these, responses have no
   * `doc_url`. An absolute URL makes the `type` of problem details absolute, as RFC 9457 recommends (section 3.1.1).
   */
  readonly docUrl?: string | ((code: string) => string | undefined)
  /** Serves the error reference: `{ path: '/errors' }`. Absent: no pages are served. */
  readonly reference?: ReferenceOptions
  /** The realm in `WWW-Authenticate` (RFC 9110, section 11.5). @default 'api' */
  readonly realm?: string
  /**
   * The absolute URL of the metadata of this protected resource, for clients that look for its authorization server. It is the
   * `resource_metadata` of each Bearer challenge that the plugin writes (RFC 9728, section 5.1).
   *
   * @default the challenge has no such parameter
   * @example
   * resourceMetadata: 'https://api.example.com/.well-known/oauth-protected-resource'
   */
  readonly resourceMetadata?: string
  /**
   * Whether errors say in a header what to do next: `X-Should-Retry: true` or `false`, from the `retry` advice of the code, and
   * `Retry-After-Ms` if the wait of a rate limit is less than a second. SDKs that Stainless generates, such as those of OpenAI
   * and Anthropic, obey both.
   *
   * @default true
   */
  readonly retryHeaders?: boolean
  /** `false` turns the log off. A function writes each entry itself. @default a 4xx at level info without a stack, a 5xx at level error with its causes */
  readonly log?: false | LogFunction
  /** Whether requests without a route get `route_not_found` or 405. `false` keeps your own not-found handler. @default true */
  readonly notFound?: boolean
  /**
   * What happens to an error that a handler sends instead of throwing it, `reply.code(404).send({ message })`, with a
   * status for which the route declares no schema. Absent: a body that is only a message gets the format of the API. Any
   * other body is sent unchanged, and the ledger lists it as undocumented. This costs nothing on a 200. `'report'` sends
   * every body unchanged and lists it. `'convert'` converts every JSON and text body: a 4xx keeps its message, and the rest of
   * the body is only logged. Both values cost an `onSend` hook on each request. The message of a 5xx is never sent.
   */
  readonly sentErrors?: 'report' | 'convert'
  /** Which responses have `X-Request-Id`: `'errors'`, or `'all'`, which adds a hook to each request. @default 'errors' */
  readonly requestId?: 'errors' | 'all'
  /**
   * The errors that `npx fastify-api-errors infer --write` found in the source: the content of `errors.inferred.json`, or the path of
   * the file, relative to the working directory. They are documented on their routes. Absent: none are.
   *
   * @example
   * { inferred: 'errors.inferred.json' }
   */
  readonly inferred?: string | InferredErrors
  /** How the errors of a route are inferred for its documentation. */
  readonly documentation?: DocumentationOptions
  /**
   * Whether the schemas of the statuses (`NotFound` and so on, as in `app.apiErrors.schemas`) are registered by
   * `addSchema`, for routes that refer to them with `$ref`. This makes the compilation of every route slower. @default false
   */
  readonly addSchemas?: boolean
  /**
   * What happens when a response is sent that the documentation of its route does not list, once for each route, status
   * and code: `'log'` writes a warning, a function is called. Absent: only `ledger()` lists it.
   */
  readonly onUndocumented?: 'log' | OnUndocumented
}

/** The `documentation` option. */
export interface DocumentationOptions {
  /** Your own rules, and `false` for each built-in rule to turn off. @default {} */
  readonly rules?: DocumentationRules
  /**
   * The prefix of this registration's component names, for clients that are generated from a document of
   * several registrations.
   *
   * @default '' on the application. In a scope with a prefix, the prefix: `V1` for `/v1`. In a scope without one, inside
   * of another registration: the name of the format
   */
  readonly componentPrefix?: string
}

/** The options with every default filled in. */
export interface Settings extends ResponderSettings {
  readonly rateLimit: RateLimitOptions | undefined
  readonly reference: ReferenceOptions | undefined
  readonly notFound: boolean
  readonly sentErrors: 'report' | 'convert' | undefined
  readonly requestId: 'errors' | 'all'
  readonly rules: readonly NamedRule[]
  readonly componentPrefix: string | undefined
  readonly findInferredErrors: FindInferredErrors | undefined
  readonly addSchemas: boolean
  readonly onUndocumented: OnUndocumented | undefined
}

const owner = 'fastify-api-errors'

const known = {
  errors: true,
  format: true,
  negotiate: true,
  rateLimit: true,
  translators: true,
  database: true,
  validationStatus: true,
  docUrl: true,
  reference: true,
  realm: true,
  resourceMetadata: true,
  retryHeaders: true,
  log: true,
  notFound: true,
  sentErrors: true,
  requestId: true,
  inferred: true,
  documentation: true,
  addSchemas: true,
  onUndocumented: true
} satisfies Record<keyof ApiErrorsOptions, true>

/** Old names of options, each with a sentence that gives the new name. */
const renamed: Readonly<Record<string, string>> = {
  sent: "the option is called sentErrors now, and its value 'keep' is called 'report'",
  undocumented: 'the option is called onUndocumented now'
}

/** Fastify itself passes these options of `register` on to every plugin. */
const optionsOfFastify = ['prefix', 'logLevel', 'logSerializers']

/**
 * Checks the options and fills in the defaults.
 *
 * @param prefix of the scope in which the plugin is registered
 * @throws TypeError with one sentence that names the option, what was expected and what was received
 */
export function resolveOptions (options: ApiErrorsOptions, prefix = ''): Settings {
  expectOption(owner, 'options', isRecord(options as unknown), 'an object', options)
  checkNames(options)
  const {
    errors,
    format = 'code',
    negotiate = false,
    rateLimit,
    translators = [],
    database,
    validationStatus = 422,
    docUrl,
    reference,
    realm = 'api',
    resourceMetadata,
    retryHeaders = true,
    log,
    notFound = true,
    sentErrors,
    requestId = 'errors',
    inferred,
    documentation = {},
    addSchemas = false,
    onUndocumented
  } = options
  expectOwn('errors', errors === undefined || isCatalog(errors), 'the result of defineErrors()', errors)
  checkNegotiate(negotiate)
  expectOwn('notFound', typeof notFound === 'boolean', 'true or false', notFound)
  expectOwn('sentErrors', sentErrors === undefined || sentErrors === 'report' || sentErrors === 'convert', "'report' or 'convert'", sentErrors)
  expectOwn('requestId', requestId === 'errors' || requestId === 'all', "'errors' or 'all'", requestId)
  expectOwn('translators', Array.isArray(translators) && translators.every(isTranslator), 'an array of results of defineTranslator()', translators)
  expectOwn('docUrl', docUrl === undefined || isUrl(docUrl) || typeof docUrl === 'function',
    "a base URL like 'https://api.example.com/errors', or a function of the code that returns a URL", docUrl)
  if (reference !== undefined) checkReference(reference)
  expectOwn('realm', isRealm(realm), 'printable ASCII without quotes and backslashes', realm)
  expectOwn('resourceMetadata', resourceMetadata === undefined || isHttpUrl(resourceMetadata), "an absolute URL like 'https://api.example.com/.well-known/oauth-protected-resource'", resourceMetadata)
  expectOwn('retryHeaders', typeof retryHeaders === 'boolean', 'true or false', retryHeaders)
  expectOwn('log', log === undefined || log === false || typeof log === 'function', 'false, or a function of (entry, request, log)', log)
  expectOwn('addSchemas', typeof addSchemas === 'boolean', 'true or false', addSchemas)
  const { rules, componentPrefix } = checkDocumentation(documentation)
  expectOwn('onUndocumented', onUndocumented === undefined || onUndocumented === 'log' || typeof onUndocumented === 'function',
    "'log', or a function of (response, request)", onUndocumented)
  if (rateLimit !== undefined) checkRateLimit(rateLimit)
  if (database !== undefined) checkDatabase(database)
  expectOwn('validationStatus', validationStatus === 400 || validationStatus === 422, '400 or 422', validationStatus)
  const chosen = getFormatForStatus(typeof format === 'string' ? findFormat(format) : completeFormat(format), validationStatus)
  const catalog = defineErrors(standardErrors, errors ?? {}) as Settings['errors']
  return {
    errors: catalog,
    format: chosen,
    negotiated: listNegotiated(negotiate, chosen),
    translators: [...translators, ...builtInTranslators],
    database,
    validationStatus,
    docUrl: createDocUrl(docUrl, reference === undefined ? undefined : prefix + reference.path, catalog),
    realm,
    resourceMetadata,
    retryHeaders,
    log: log ?? writeLog,
    rateLimit,
    reference,
    notFound,
    sentErrors,
    requestId,
    rules: resolveRules(rules, catalog),
    componentPrefix,
    findInferredErrors: createFindInferredErrors(inferred, catalog, sentErrors !== 'report'),
    addSchemas,
    onUndocumented: onUndocumented === 'log' ? warnUndocumented : onUndocumented
  }
}

function checkNegotiate (negotiate: unknown): void {
  const names = Object.keys(negotiableFormats).map(name => `'${name}'`)
  expectOwn('negotiate', typeof negotiate === 'boolean' || Array.isArray(negotiate), `true, false, or a list of ${names.join(' and ')}`, negotiate)
  if (typeof negotiate === 'boolean') return
  for (const [index, name] of negotiate.entries()) {
    expectOwn(`negotiate[${index}]`, typeof name === 'string' && Object.hasOwn(negotiableFormats, name), names.join(' or '), name)
  }
}

/** Returns the formats besides the main one. A format with the media type of the main one cannot be requested. */
function listNegotiated (negotiate: NonNullable<ApiErrorsOptions['negotiate']>, { contentType }: Format): Settings['negotiated'] {
  if (negotiate === false) return []
  const names = negotiate === true ? ['problem' as const] : new Set(negotiate)
  return [...names].map(name => negotiableFormats[name]).filter(format => format.contentType !== contentType)
}

/** Returns the lookup of inferred errors. `undefined` if there are no routes, because the command that writes the file starts the application first. */
function createFindInferredErrors (inferred: ApiErrorsOptions['inferred'], catalog: AnyCatalog, isConverted: boolean): FindInferredErrors | undefined {
  if (inferred === undefined) return undefined
  const errors = readInferredErrors(inferred, `${owner}: inferred`)
  return Object.keys(errors.routes).length === 0 ? undefined : createInferredLookup(errors, code => Object.hasOwn(catalog, code), isConverted)
}

function expectOwn (option: string, isExpected: boolean, expected: string, received: unknown): asserts isExpected {
  expectOption(owner, option, isExpected, expected, received)
}

function checkNames (options: ApiErrorsOptions): void {
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(renamed, name)) throw new TypeError(`${owner}: ${name}: ${renamed[name]}.`)
  }
  const given = Object.fromEntries(Object.entries(options).filter(([name]) => !optionsOfFastify.includes(name)))
  expectKnownOptions(owner, '', given, Object.keys(known))
}

function findFormat (name: string): Format {
  if (!Object.hasOwn(formats, name)) rejectOption(owner, 'format', `one of ${Object.keys(formats).map(known => `'${known}'`).join(', ')}, or the result of defineFormat()`, name)
  return formats[name as FormatName]
}

function completeFormat (format: Format): Format {
  expectOwn('format', isRecord(format), 'a name or the result of defineFormat()', format)
  return Object.values(formats).includes(format) ? format : defineFormat(format)
}

/**
 * Returns the function that returns the URL of a code. A code for which `docUrl` has no URL has its page of the reference. Calls
 * `docUrl` once for each code, so that a function that fails or returns an invalid URL is found at register.
 */
function createDocUrl (docUrl: ApiErrorsOptions['docUrl'], reference: string | undefined, catalog: AnyCatalog): (code: string) => string | undefined {
  const getPage = (base: string | undefined, code: string): string | undefined => base === undefined ? undefined : `${base}${base.endsWith('/') ? '' : '/'}${encodeUriComponent(code)}`
  const getUrl = typeof docUrl === 'function' ? (code: string) => docUrl(code) ?? getPage(reference, code) : (code: string) => getPage(docUrl ?? reference, code)
  const urls = new Map<string, string | undefined>()
  for (const code of Object.keys(catalog)) {
    const url = callDocUrl(getUrl, code)
    expectOwn(`docUrl('${code}')`, url === undefined || isUrl(url), 'a URL, or undefined if the code has no page', url)
    urls.set(code, url)
  }
  return code => urls.get(code)
}

function callDocUrl (getUrl: (code: string) => string | undefined, code: string): string | undefined {
  try {
    return getUrl(code)
  } catch (cause) {
    throw new TypeError(`${owner}: docUrl('${code}'): expected a URL, or undefined if the code has no page, but the function threw: ${cause instanceof Error ? cause.message : String(cause)}.`, { cause })
  }
}

/** Returns whether a value is a string with only the characters that are allowed in a URL or relative reference (RFC 3986, section 2). */
function isUrl (value: unknown): value is string {
  return typeof value === 'string' && /^([\w\-.~:/?#[\]@!$&'()*+,;=]|%[\da-f]{2})+$/i.test(value)
}

function checkDocumentation (documentation: DocumentationOptions): { readonly rules: DocumentationRules, readonly componentPrefix: string | undefined } {
  expectOwn('documentation', isRecord(documentation), 'an object with rules or componentPrefix', documentation)
  expectKnownOptions(owner, 'documentation', documentation, ['rules', 'componentPrefix'])
  const { rules = {}, componentPrefix } = documentation
  expectOwn('documentation.rules', isRecord(rules), 'an object of rules by name', rules)
  expectOwn('documentation.componentPrefix', componentPrefix === undefined || isComponentPrefix(componentPrefix), 'letters, digits, dots, hyphens and underscores', componentPrefix)
  return { rules: rules as DocumentationRules, componentPrefix }
}

function checkReference (reference: ReferenceOptions): void {
  expectOwn('reference', isRecord(reference), "an object like { path: '/errors' }", reference)
  expectKnownOptions(owner, 'reference', reference, ['path', 'title'])
  const { path, title } = reference
  expectOwn('reference.path', typeof path === 'string' && /^(\/[\w.~-]+)+$/.test(path), "a path like '/errors'", path)
  expectOwn('reference.title', title === undefined || (typeof title === 'string' && title !== ''), 'a heading', title)
}

const exampleConstraint = "{ field: 'email', message: 'Email already registered' }"

function checkDatabase (database: DatabaseOptions): void {
  expectOwn('database', isRecord(database), 'an object with constraints', database)
  expectKnownOptions(owner, 'database', database, ['constraints'])
  const { constraints = {} } = database
  expectOwn('database.constraints', isRecord(constraints), `an object by the names of constraints, like { users_email_key: ${exampleConstraint} }`, constraints)
  for (const [name, constraint] of Object.entries(constraints)) {
    const option = `database.constraints.${name}`
    expectOwn(option, isRecord(constraint), `an object like ${exampleConstraint}`, constraint)
    expectKnownOptions(owner, option, constraint, ['field', 'message', 'onDelete'])
    for (const [property, value] of Object.entries(constraint as Readonly<Record<string, unknown>>)) {
      expectOwn(`${option}.${property}`, typeof value === 'string' && value !== '', property === 'field' ? 'the name of a field of the body' : 'a sentence', value)
    }
  }
}

function isCatalog (value: unknown): value is AnyCatalog {
  return isRecord(value) && Object.values(value).every(factory => typeof factory === 'function' && typeof (factory as { readonly code?: unknown }).code === 'string')
}

function isTranslator (value: unknown): boolean {
  return isObject(value) && typeof value.name === 'string' && typeof value.translate === 'function'
}

/** Returns whether a string has only the characters that are allowed in component names (OpenAPI 3.1.1, section 4.8.7). */
function isComponentPrefix (value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9._-]*$/.test(value)
}
