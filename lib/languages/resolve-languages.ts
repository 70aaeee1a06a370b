/** Checks the option `languages`, and prepares the languages for the responses. */
import type { ResponseLanguage } from '../catalog/response-content.js'
import type { AnyCatalog, AnyErrorFactory } from '../catalog/define-errors.js'
import { errorStatuses, type ErrorStatus } from '../catalog/definition.js'
import {
  formatMessages,
  formatValue,
  formatValues,
  issueCodes,
  issueKinds,
  toIssueCode,
  type Issue,
  type IssueParams
} from '../catalog/issues.js'
import { specificMessages, specificPhrases } from '../catalog/specific-messages.js'
import { codesByStatus } from '../catalog/standard-errors.js'
import { expectText } from '../support/call-safely.js'
import { expectKnownOptions, expectOption, rejectOption } from '../support/expect-option.js'
import { isRecord } from '../support/is-object.js'
import type { AnyLanguage, Languages, Phrase } from './language.js'

/** A language of an application. */
export interface ResolvedLanguage {
  /** The tag, as in `Content-Language`. */
  readonly tag: string
  /** The texts; `undefined` for a default language without its own. */
  readonly texts: Texts | undefined
  /** The language of a response, by its status. */
  readonly ofStatuses: ReadonlyMap<ErrorStatus, ResponseLanguage>
}

/** The texts of a language. */
export interface Texts extends Omit<AnyLanguage, 'messages'> {
  /**
   * The translations of constant messages. The value is `undefined` if the message of the code replaces the message.
   */
  readonly ofMessages: ReadonlyMap<string, string | undefined>
  /** The translations of constant messages of issues. */
  readonly ofPhrases: ReadonlyMap<string, string | undefined>
}

/** The languages of an application. */
export interface ResolvedLanguages {
  readonly default: ResolvedLanguage
  /** The languages by their tag in lower case. */
  readonly byTag: ReadonlyMap<string, ResolvedLanguage>
  /** The language of each value of `Accept-Language` that was sent before. */
  readonly chosen: Map<string, ResolvedLanguage>
}

const owner = 'fastify-api-errors'

/**
 * Checks the languages of an application and prepares them.
 *
 * @throws TypeError with one sentence that names the language and the code
 */
export function resolveLanguages (languages: Languages, errors: AnyCatalog): ResolvedLanguages {
  expectOption(
    owner,
    'languages',
    isRecord(languages as unknown),
    "an object like { default: 'en', de: german }",
    languages
  )
  const { default: tag, ...others } = languages
  expectOption(owner, 'languages.default', isLanguageTag(tag), "a language tag, like 'en'", tag)
  const byTag = new Map<string, ResolvedLanguage>([[tag.toLowerCase(), createLanguage(tag, undefined)]])
  for (const [name, language] of Object.entries(others)) {
    expectOption(owner, 'languages', isLanguageTag(name), "language tags as keys, like 'de'", name)
    byTag.set(name.toLowerCase(), createLanguage(name, createTexts(`languages.${name}`, language as unknown, errors)))
  }
  return { default: byTag.get(tag.toLowerCase()) as ResolvedLanguage, byTag, chosen: new Map() }
}

function createLanguage (tag: string, texts: Texts | undefined): ResolvedLanguage {
  const ofStatuses = errorStatuses.map(status =>
    [status, { tag, reasonPhrase: texts?.titles?.[codesByStatus[status]], formats: texts?.formats }] as const
  )
  return { tag, texts, ofStatuses: new Map(ofStatuses) }
}

/** Returns the tags of languages, with the default language first. */
export function listTags (languages: ResolvedLanguages | undefined): string[] {
  return languages === undefined ? [] : [...languages.byTag.values()].map(({ tag }) => tag)
}

/**
 * Returns whether a value is a language tag (RFC 5646, section 2.1). Languages with more than three letters are
 * well-formed, but none is registered, and `german` is a typical mistake.
 */
function isLanguageTag (value: unknown): value is string {
  try {
    return /^[a-z]{1,3}(-|$)/i.test(value as string) && Intl.getCanonicalLocales(value as string).length === 1 &&
      typeof value === 'string'
  } catch {
    return false
  }
}

const properties = { errors: true, issues: true, messages: true, titles: true, formats: true } satisfies Record<
  keyof AnyLanguage,
  true
>

function createTexts (option: string, language: unknown, errors: AnyCatalog): Texts {
  expectOption(
    owner,
    option,
    isRecord(language) && 'errors' in language && 'issues' in language,
    "an object with errors and issues, like that of 'fastify-api-errors/languages/de'",
    language
  )
  expectKnownOptions(owner, option, language, Object.keys(properties))
  for (const name of ['errors', 'issues']) {
    expectOption(owner, `${option}.${name}`, isRecord(language[name]), 'an object of messages by code', language[name])
  }
  for (const name of ['messages', 'titles', 'formats']) {
    expectOption(
      owner,
      `${option}.${name}`,
      language[name] === undefined || isRecord(language[name]),
      'an object',
      language[name]
    )
  }
  const texts = language as unknown as AnyLanguage
  for (const [code, { example }] of Object.entries(errors)) {
    checkText(`${option}.errors.${code}`, findOwn(texts.errors, code), 'meta', example.meta)
  }
  for (const code of [...issueCodes, 'format']) {
    checkText(`${option}.issues.${code}`, findOwn(texts.issues, code), 'params', {})
  }
  const { formats = {} } = texts
  expectKnownOptions(owner, `${option}.formats`, formats, ['message'])
  expectOption(
    owner,
    `${option}.formats.message`,
    formats.message === undefined || typeof formats.message === 'function',
    'a function of an issue that returns a sentence',
    formats.message
  )
  for (const name of ['messages', 'titles'] as const) {
    const known: object | undefined = name === 'messages' ? { ...specificMessages, ...specificPhrases } : undefined
    for (const [key, text] of Object.entries(texts[name] ?? {})) {
      expectOption(
        owner,
        `${option}.${name}`,
        known === undefined || Object.hasOwn(known, key),
        "names of the package's messages",
        key
      )
      checkText(`${option}.${name}.${key}`, text)
    }
  }
  return {
    errors: copyTable(texts.errors),
    issues: copyTable(texts.issues),
    ...texts.titles !== undefined && { titles: copyTable(texts.titles) },
    formats: { message: getFieldSentence(texts) },
    ofMessages: mapMessages(texts, errors),
    ofPhrases: mapPhrases(texts)
  }
}

/** Returns the function that writes the sentence about a field in the format `message`. */
function getFieldSentence ({ formats }: AnyLanguage): (issue: Issue) => string {
  const write = formats?.message
  return write === undefined
    ? ({ in: place, field, message }) => `${field === '' ? place : field}: ${message}.`
    : issue => expectText('languages', write(issue))
}

/** Returns a table without the names of `Object.prototype`, such as `constructor`, which is a valid code. */
function copyTable<Table extends object> (table: Table): Table {
  return Object.assign(Object.create(null) as Table, table)
}

function findOwn (table: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

/** Checks a message. Without the name of an argument, it cannot be a function. */
function checkText (option: string, text: unknown, argument?: string, value?: unknown): void {
  const expected = argument === undefined ? 'a string' : `a string, or a function of ${argument} that returns one`
  if (argument === undefined || typeof text !== 'function') {
    return expectOption(owner, option, typeof text === 'string' && text !== '', expected, text)
  }
  let result: unknown
  try {
    result = (text as (value: unknown, field: string) => unknown)(value, '')
  } catch (cause) {
    rejectOption(owner, option, expected, cause)
  }
  expectOption(owner, option, typeof result === 'string' && result !== '', expected, result)
}

/** Returns the translations of the constant messages of the catalog and of the package. */
function mapMessages ({ errors, messages = {} }: AnyLanguage, catalog: AnyCatalog): Texts['ofMessages'] {
  const ofCodes = Object.values(catalog).flatMap(({ code, message }: AnyErrorFactory) => {
    const text = errors[code]
    return typeof message === 'string' && typeof text === 'string' ? [[message, text] as const] : []
  })
  const ofPackage = Object.entries(specificMessages).map(([name, message]) =>
    [message, messages[name as keyof typeof messages]] as const
  )
  return new Map([...ofCodes, ...ofPackage])
}

/** Returns the translations of the phrases that depend on no parameter. */
function mapPhrases ({ issues, messages = {} }: AnyLanguage): Texts['ofPhrases'] {
  const ofCodes = issueCodes.map(code => [issueKinds[code].message({}), createPhrase(issues[code], {}, '')] as const)
  const ofFormats = Object.entries(formatMessages).map(([format, message]) =>
    [message, createPhrase(issues[toIssueCode(format)] ?? issues.format, { format }, '')] as const
  )
  const ofPackage = Object.entries(specificPhrases).map(([name, message]) =>
    [message, messages[name as keyof typeof messages]] as const
  )
  return new Map<string, string | undefined>([...ofCodes, ...ofFormats, ...ofPackage])
}

/** Returns the message of an issue from a phrase. */
export function createPhrase (phrase: Phrase, params: IssueParams, field: string): string {
  if (typeof phrase !== 'function') return phrase
  const { allowedValues, allowedValue } = params
  const hasValues = allowedValues !== undefined || allowedValue !== undefined
  const texts = hasValues
    ? {
        ...params,
        allowedValues: formatValues(allowedValues),
        allowedValue: allowedValue === undefined ? undefined : formatValue(allowedValue)
      }
    : params
  return expectText('languages', phrase(texts, field))
}
