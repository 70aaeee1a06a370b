/** The options of the plugin: what they mean, how they are checked, and their defaults. */
import { defineErrors, type AnyCatalog } from './catalog/define-errors.js'
import { defaultRequestIdHeader } from './catalog/error-headers.js'
import { standardErrors } from './catalog/standard-errors.js'
import { defineFormat, type Format } from './formats/format.js'
import { markdownFormat } from './formats/markdown.js'
import { formats, type FormatName } from './formats/index.js'
import { resolveRules, type DocumentationRules, type NamedRule } from './infer/custom-rules.js'
import {
  createInferredLookup,
  readInferredErrors,
  type FindInferredErrors,
  type InferredErrors
} from './infer/read-inferred-file.js'
import type { Languages } from './languages/language.js'
import { listTags, resolveLanguages } from './languages/resolve-languages.js'
import type { GivenRateLimit } from './rate-limit/policies.js'
import { resolveReferenceOption, type ReferenceOptions, type ResolvedReference } from './reference/reference-options.js'
import type { ResponderSettings } from './respond/error-handler.js'
import { writeLog, type LogFunction } from './respond/log-errors.js'
import { encodeUriComponent } from './support/encode-uri.js'
import { expectKnownOptions, expectOption, rejectOption } from './support/expect-option.js'
import { isHeaderOfErrors, isHttpUrl, isRealm } from './support/http-syntax.js'
import { isObject, isRecord } from './support/is-object.js'
import { builtInTranslators } from './translate/translate.js'
import type { DatabaseOptions, Translator } from './translate/translator.js'
import type { ValidationStatus } from './translate/validation/validation-status.js'
import { warnUndocumented, type OnUndocumented } from './verify/undocumented-errors.js'

/** The formats that the `negotiate` option accepts by name. */
const negotiableFormats = { problem: formats.problem, markdown: markdownFormat } as const

/** The options of the plugin. */
export interface ApiErrorsOptions {
  /** The catalog that `defineErrors` returns. Missing standard codes are added. @default standardErrors */
  readonly errors?: AnyCatalog
  /** The format of error bodies: a name, or the result of `defineFormat`. @default 'code' */
  readonly format?: FormatName | Format
  /**
   * The formats that clients can request with the `Accept` header, in addition to `format`: `'problem'` for
   * `application/problem+json`, and `'markdown'` for `text/markdown`, which is for AI agents. `true` is the same as
   * `['problem']`.
   *
   * @default false
   * @example
   * { negotiate: ['problem', 'markdown'] }
   */
  readonly negotiate?: boolean | ReadonlyArray<'problem' | 'markdown'>
  /**
   * The languages of responses, with the default language. The `Accept-Language` header of the request chooses one (RFC
   * 4647, section 3.4). If absent, responses have the messages of the catalog and no `Content-Language`.
   *
   * @example
   * { default: 'en', de: german }
   */
  readonly languages?: Languages
  /** Rate limits by name. If absent, the plugin limits no route. */
  readonly rateLimit?: GivenRateLimit
  /** Translators that run before the built-in ones. @default [] */
  readonly translators?: readonly Translator[]
  /**
   * Field names and messages for database constraints. If absent, the field is the column, and the message is the
   * default message of the code.
   *
   * @example
   * { constraints: { users_email_key: { field: 'email', message: 'Email already registered' } } }
   */
  readonly database?: DatabaseOptions
  /**
   * The response status for an invalid body, whether the schema or the database rejects it. With 400, the code is
   * `invalid_request`, and the issues are the same. An error that is thrown as a 422 remains a 422. For invalid
   * parameters and headers, the status is always 400.
   *
   * @default 422
   */
  readonly validationStatus?: ValidationStatus
  /**
   * The URL of a code's error page. A string is a base URL, to which the percent-encoded code is appended. A function
   * receives the code and returns the URL, or `undefined` if the code has no page. Without a URL, the page of
   * `reference` is used. Without `reference`, responses have no `doc_url`. If the URL is absolute, the `type` of
   * problem details is also absolute, as RFC 9457 recommends (section 3.1.1).
   */
  readonly docUrl?: string | ((code: string) => string | undefined)
  /** Serves the error reference: `{ path: '/errors' }`. If absent, no pages are served. */
  readonly reference?: ReferenceOptions
  /** The realm in `WWW-Authenticate` (RFC 9110, section 11.5). @default 'api' */
  readonly realm?: string
  /**
   * The absolute URL of this API's protected resource metadata, which contains the URL of its authorization server. The
   * plugin adds it to each Bearer challenge that it writes, as the parameter `resource_metadata` (RFC 9728, section
   * 5.1).
   *
   * @default challenges have no such parameter
   * @example
   * resourceMetadata: 'https://api.example.com/.well-known/oauth-protected-resource'
   */
  readonly resourceMetadata?: string
  /**
   * Whether errors have retry headers. `X-Should-Retry` is `true` or `false`, based on the `retry` advice of the code.
   * `Retry-After-Ms` is sent if the wait time of a rate limit is less than a second. SDKs generated by Stainless, such
   * as those of OpenAI and Anthropic, follow both.
   *
   * @default true
   */
  readonly retryHeaders?: boolean
  /**
   * `false` turns logging off. A function receives each entry instead. @default a 4xx is logged at level info without a
   * stack, a 5xx at level error with its causes
   */
  readonly log?: false | LogFunction
  /**
   * Whether the plugin responds to requests without a route, with 404 `route_not_found` or 405. `false` keeps your own
   * not-found handler. @default true
   */
  readonly notFound?: boolean
  /**
   * What happens to an error that a handler sends instead of throwing it, as in `reply.code(404).send({ message })`. If
   * absent, a body that is only a message is converted to the format of the API, and any other body is sent unchanged.
   * `'report'` sends every body unchanged. `'convert'` converts every JSON and text body: a 4xx keeps its message, and
   * everything else is only logged. The ledger lists unchanged bodies as undocumented. Statuses for which the route
   * declares a schema are not affected. The default costs nothing on a 200. `'report'` and `'convert'` add an `onSend`
   * hook to each request.
   */
  readonly sentErrors?: 'report' | 'convert'
  /**
   * Which responses have the header with the request id: `'errors'`, or `'all'`, which adds a hook to each request.
   * @default 'errors'
   */
  readonly requestId?: 'errors' | 'all'
  /**
   * The name of the response header with the id of the request. Fastify's server option `requestIdHeader` is the header
   * of requests from which Fastify takes the id. @default 'X-Request-Id'
   */
  readonly requestIdHeader?: string
  /**
   * The errors that `npx fastify-api-errors infer --write` found in the source code. Pass the content of
   * `errors.inferred.json`, or the path of the file, relative to the working directory. These errors are documented on
   * their routes. If absent, none are documented.
   *
   * @example
   * { inferred: 'errors.inferred.json' }
   */
  readonly inferred?: string | InferredErrors
  /** How the errors of a route are inferred for its documentation. */
  readonly documentation?: DocumentationOptions
  /**
   * Whether the schemas of the statuses (`NotFound` and so on, as in `app.apiErrors.schemas`) are registered with
   * `addSchema`, for routes that refer to them with `$ref`. Compiling each route then takes longer. @default false
   */
  readonly addSchemas?: boolean
  /**
   * What happens when an undocumented error is sent, once for each route, status and code. `'log'` logs a warning. A
   * function receives the same data. If absent, only `ledger()` lists the error.
   */
  readonly onUndocumented?: 'log' | OnUndocumented
}

/** The `documentation` option. */
export interface DocumentationOptions {
  /** Your own rules by name. `false` turns off a built-in rule. @default {} */
  readonly rules?: DocumentationRules
  /**
   * The prefix of this registration's component names, if several registrations share one document.
   *
   * @default '' on the application. In a scope with a path prefix, it is derived from the path prefix: `V1` for `/v1`.
   * In a nested registration without a path prefix, it is the name of the format
   */
  readonly componentPrefix?: string
}

/** The options with every default filled in. */
export interface Settings extends ResponderSettings {
  readonly rateLimit: GivenRateLimit | undefined
  readonly reference: ResolvedReference | undefined
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

const knownOptions = {
  errors: true,
  format: true,
  negotiate: true,
  languages: true,
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
  requestIdHeader: true,
  inferred: true,
  documentation: true,
  addSchemas: true,
  onUndocumented: true
} satisfies Record<keyof ApiErrorsOptions, true>

/** Old names of options, each with a sentence about the new name. */
const renamed: Readonly<Record<string, string>> = {
  sent: "the option was renamed to sentErrors, and its value 'keep' to 'report'",
  undocumented: 'the option was renamed to onUndocumented'
}

/** The options of `register` that Fastify itself passes to every plugin. */
const optionsOfFastify = ['prefix', 'logLevel', 'logSerializers']

const isBoolean = (value: unknown): boolean => typeof value === 'boolean'

/** What each option accepts apart from `undefined`, if its value can be checked alone. */
const accepted: Readonly<
  Partial<Record<keyof ApiErrorsOptions, readonly [isAccepted: (value: unknown) => boolean, expected: string]>>
> = {
  errors: [isCatalog, 'the result of defineErrors()'],
  notFound: [isBoolean, 'true or false'],
  sentErrors: [value => value === 'report' || value === 'convert', "'report' or 'convert'"],
  requestId: [value => value === 'errors' || value === 'all', "'errors' or 'all'"],
  requestIdHeader: [
    value => typeof value === 'string' && isHeaderOfErrors(value),
    "the name of a header, like 'X-Correlation-Id'"
  ],
  rateLimit: [isRecord, 'an object with policies'],
  translators: [Array.isArray, 'an array of results of defineTranslator()'],
  docUrl: [
    value => isUrl(value) || typeof value === 'function',
    "a base URL like 'https://api.example.com/errors', or a function of the code that returns a URL"
  ],
  realm: [isRealm, 'printable ASCII without quotes and backslashes'],
  resourceMetadata: [isHttpUrl, "an absolute URL like 'https://api.example.com/.well-known/oauth-protected-resource'"],
  retryHeaders: [isBoolean, 'true or false'],
  log: [value => value === false || typeof value === 'function', 'false, or a function of (entry, request, log)'],
  addSchemas: [isBoolean, 'true or false'],
  onUndocumented: [
    value => value === 'log' || typeof value === 'function',
    "'log', or a function of (response, request)"
  ],
  validationStatus: [value => value === 400 || value === 422, '400 or 422']
}

/**
 * Checks the options and fills in the defaults.
 *
 * @param prefix of the scope in which the plugin is registered
 * @throws TypeError with one sentence: the option, what was expected and what was received
 */
export function resolveOptions (options: ApiErrorsOptions, prefix = ''): Settings {
  expectOption(owner, 'options', isRecord(options as unknown), 'an object', options)
  checkNames(options)
  checkValues(options)
  const {
    errors = {},
    format = 'code',
    negotiate = false,
    languages,
    translators = [],
    database,
    docUrl,
    reference,
    inferred,
    documentation = {},
    sentErrors
  } = options
  const pages = reference === undefined ? undefined : resolveReferenceOption(owner, reference)
  const { rules, componentPrefix } = checkDocumentation(documentation)
  const chosen = typeof format === 'string' ? findFormat(format) : completeFormat(format)
  const catalog = defineErrors(standardErrors, errors) as Settings['errors']
  checkReplacements(catalog)
  const resolvedLanguages = languages === undefined ? undefined : resolveLanguages(languages, catalog)
  if (database !== undefined) checkDatabase(database, listTags(resolvedLanguages))
  const getDocUrl = createDocUrl(docUrl, pages && (pages.origin ?? '') + prefix + pages.path, catalog)
  return {
    ...fillDefaults(options),
    errors: catalog,
    format: chosen,
    negotiated: listNegotiated(negotiate, chosen),
    languages: resolvedLanguages,
    translators: [...translators, ...builtInTranslators],
    docUrl: getDocUrl,
    reference: pages,
    rules: resolveRules(rules, catalog),
    componentPrefix,
    findInferredErrors: createFindInferredErrors(inferred, catalog, sentErrors !== 'report')
  }
}

/** The options that a setting has unchanged, apart from its default. */
type Unchanged =
  | 'database'
  | 'validationStatus'
  | 'realm'
  | 'resourceMetadata'
  | 'retryHeaders'
  | 'log'
  | 'rateLimit'
  | 'notFound'
  | 'sentErrors'
  | 'requestId'
  | 'requestIdHeader'
  | 'addSchemas'
  | 'onUndocumented'

function fillDefaults (options: ApiErrorsOptions): Pick<Settings, Unchanged> {
  const {
    database,
    validationStatus = 422,
    realm = 'api',
    resourceMetadata,
    retryHeaders = true,
    log = writeLog,
    rateLimit,
    notFound = true,
    sentErrors,
    requestId = 'errors',
    requestIdHeader = defaultRequestIdHeader,
    addSchemas = false,
    onUndocumented
  } = options
  return {
    database,
    validationStatus,
    realm,
    resourceMetadata,
    retryHeaders,
    log,
    rateLimit,
    notFound,
    sentErrors,
    requestId,
    requestIdHeader,
    addSchemas,
    onUndocumented: onUndocumented === 'log' ? warnUndocumented : onUndocumented
  }
}

/** Checks that each code that replaces another one is in the catalog. A part of a catalog may not have it yet. */
function checkReplacements (catalog: AnyCatalog): void {
  for (const { code, deprecated } of Object.values(catalog)) {
    const replacement = deprecated?.replacedBy
    expectOwn(
      `errors.${code}.deprecated.replacedBy`,
      replacement === undefined || Object.hasOwn(catalog, replacement),
      'a code of the catalog',
      replacement
    )
  }
}

function checkValues (options: ApiErrorsOptions): void {
  for (const [name, [isAccepted, expected]] of Object.entries(accepted)) {
    const value = options[name as keyof ApiErrorsOptions]
    expectOwn(name, value === undefined || isAccepted(value), expected, value)
  }
  checkNegotiate(options.negotiate)
  options.translators?.forEach((translator, index) => {
    expectOwn(`translators[${index}]`, isTranslator(translator), 'the result of defineTranslator()', translator)
  })
}

function checkNegotiate (negotiate: unknown): void {
  const names = Object.keys(negotiableFormats).map(name => `'${name}'`)
  expectOwn(
    'negotiate',
    negotiate === undefined || typeof negotiate === 'boolean' || Array.isArray(negotiate),
    `true, false, or a list of ${names.join(' and ')}`,
    negotiate
  )
  if (!Array.isArray(negotiate)) return
  for (const [index, name] of negotiate.entries()) {
    expectOwn(
      `negotiate[${index}]`,
      typeof name === 'string' && Object.hasOwn(negotiableFormats, name),
      names.join(' or '),
      name
    )
  }
}

/**
 * Returns the formats in addition to the main format. A format with the media type of the main format cannot be
 * requested.
 */
function listNegotiated (
  negotiate: NonNullable<ApiErrorsOptions['negotiate']>,
  { contentType }: Format
): Settings['negotiated'] {
  if (negotiate === false) return []
  const names = negotiate === true ? ['problem' as const] : new Set(negotiate)
  return [...names].map(name => negotiableFormats[name]).filter(format => format.contentType !== contentType)
}

/**
 * Returns the lookup of inferred errors. It is `undefined` if there are no routes yet, because the command that writes
 * the file starts the application first.
 */
function createFindInferredErrors (
  inferred: ApiErrorsOptions['inferred'],
  catalog: AnyCatalog,
  isConverted: boolean
): FindInferredErrors | undefined {
  if (inferred === undefined) return undefined
  const errors = readInferredErrors(inferred, 'inferred')
  return Object.keys(errors.routes).length === 0
    ? undefined
    : createInferredLookup(errors, code => Object.hasOwn(catalog, code), isConverted)
}

function expectOwn (option: string, isExpected: boolean, expected: string, received: unknown): asserts isExpected {
  expectOption(owner, option, isExpected, expected, received)
}

function checkNames (options: ApiErrorsOptions): void {
  for (const [name, value] of Object.entries(options)) {
    expectOwn(name, !(value instanceof Promise), 'an awaited value', value)
    if (Object.hasOwn(renamed, name)) throw new TypeError(`${owner}: ${name}: ${renamed[name]}.`)
  }
  const given = Object.fromEntries(Object.entries(options).filter(([name]) => !optionsOfFastify.includes(name)))
  expectKnownOptions(owner, '', given, Object.keys(knownOptions))
}

function findFormat (name: string): Format {
  if (!Object.hasOwn(formats, name)) {
    rejectOption(
      owner,
      'format',
      `one of ${Object.keys(formats).map(known => `'${known}'`).join(', ')}, or the result of defineFormat()`,
      name
    )
  }
  return formats[name as FormatName]
}

function completeFormat (format: Format): Format {
  expectOwn('format', isRecord(format), 'a name or the result of defineFormat()', format)
  return isCustomFormat(format) ? defineFormat(format) : format
}

/** Returns whether the `format` option is a format of the application. */
export function isCustomFormat (format: ApiErrorsOptions['format']): format is Format {
  return typeof format === 'object' && !Object.values(formats).includes(format)
}

/**
 * Returns a function that returns the URL of a code's page. If `docUrl` has no URL for a code, the reference page is
 * used. Calls `docUrl` once for each code, so that `register` fails if the function throws or returns an invalid URL.
 */
function createDocUrl (
  docUrl: ApiErrorsOptions['docUrl'],
  reference: string | undefined,
  catalog: AnyCatalog
): (code: string) => string | undefined {
  const getPage = (base: string | undefined, code: string): string | undefined =>
    base === undefined ? undefined : `${base}${base.endsWith('/') ? '' : '/'}${encodeUriComponent(code)}`
  const getUrl = typeof docUrl === 'function'
    ? (code: string) => docUrl(code) ?? getPage(reference, code)
    : (code: string) => getPage(docUrl ?? reference, code)
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
    throw new TypeError(
      `${owner}: docUrl('${code}'): expected a URL, or undefined if the code has no page, but the function threw: ${cause instanceof Error ? cause.message : String(cause)}.`,
      { cause }
    )
  }
}

/**
 * Returns whether a value is a string with only the characters that are allowed in a URL or relative reference (RFC
 * 3986, section 2).
 */
function isUrl (value: unknown): value is string {
  return typeof value === 'string' && /^([\w\-.~:/?#[\]@!$&'()*+,;=]|%[\da-f]{2})+$/i.test(value)
}

function checkDocumentation (
  documentation: DocumentationOptions
): { readonly rules: DocumentationRules, readonly componentPrefix: string | undefined } {
  expectOwn('documentation', isRecord(documentation), 'an object with rules or componentPrefix', documentation)
  expectKnownOptions(owner, 'documentation', documentation, ['rules', 'componentPrefix'])
  const { rules = {}, componentPrefix } = documentation
  expectOwn('documentation.rules', isRecord(rules), 'an object of rules by name', rules)
  expectOwn(
    'documentation.componentPrefix',
    componentPrefix === undefined || isComponentPrefix(componentPrefix),
    'letters, digits, dots, hyphens and underscores',
    componentPrefix
  )
  return { rules: rules as DocumentationRules, componentPrefix }
}

const exampleConstraint = "{ field: 'email', message: 'Email already registered' }"

function checkDatabase (database: DatabaseOptions, tags: readonly string[]): void {
  expectOwn('database', isRecord(database), 'an object with constraints', database)
  expectKnownOptions(owner, 'database', database, ['constraints'])
  const { constraints = {} } = database
  expectOwn(
    'database.constraints',
    isRecord(constraints),
    `an object with constraint names as keys, like { users_email_key: ${exampleConstraint} }`,
    constraints
  )
  for (const [name, constraint] of Object.entries(constraints)) {
    const option = `database.constraints.${name}`
    expectOwn(option, isRecord(constraint), `an object like ${exampleConstraint}`, constraint)
    expectKnownOptions(owner, option, constraint, ['field', 'message', 'onDelete'])
    for (const [property, value] of Object.entries(constraint as Readonly<Record<string, unknown>>)) {
      const isField = property === 'field'
      const sentence = tags.length === 0
        ? 'a sentence'
        : `a sentence, or an object with a sentence for each language: ${tags.join(', ')}`
      expectOwn(
        `${option}.${property}`,
        isSentence(value) || (!isField && isLocalized(value, tags)),
        isField ? 'the name of a field in the body' : sentence,
        value
      )
    }
  }
}

function isSentence (value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

/** Returns whether a value has a sentence for each language. */
function isLocalized (value: unknown, tags: readonly string[]): boolean {
  return isRecord(value) && tags.length > 0 && tags.every(tag => isSentence(value[tag])) &&
    Object.keys(value).length === tags.length
}

function isCatalog (value: unknown): value is AnyCatalog {
  return isRecord(value) &&
    Object.values(value).every(factory =>
      typeof factory === 'function' && typeof (factory as { readonly code?: unknown }).code === 'string'
    )
}

function isTranslator (value: unknown): boolean {
  return isObject(value) && typeof value.name === 'string' && typeof value.translate === 'function'
}

/**
 * Returns whether a string has only the characters that are allowed in component names (OpenAPI 3.1.1, section 4.8.7).
 */
function isComponentPrefix (value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9._-]*$/.test(value)
}
