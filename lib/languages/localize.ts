/** Translates the messages of a response. */
import type { ResponseContent, ResponseLanguage, BodyDefinition, SentFields } from '../catalog/response-content.js'
import { defaultMessage } from '../catalog/definition.js'
import {
  formatMessages,
  issueCodes,
  issueParams,
  toIssueCode,
  type Issue,
  type TranslatableIssue
} from '../catalog/issues.js'
import { expectText } from '../support/call-safely.js'
import { createPhrase, type ResolvedLanguage, type ResolvedLanguages, type Texts } from './resolve-languages.js'

/** The data of a response, whose messages can be replaced. */
type WritableContent = { -readonly [Name in keyof ResponseContent]: ResponseContent[Name] }

/**
 * Translates the messages of a response. If the message of the error was given only in another language, the whole
 * response is in that language.
 */
export function localize (
  content: WritableContent,
  error: SentFields,
  definition: BodyDefinition,
  preferred: ResolvedLanguage,
  languages: ResolvedLanguages
): void {
  const given = definition.status < 500 ? findGivenMessage(error, preferred, languages) : undefined
  if (given !== undefined) return translateContent(content, given.message, given.language)
  const { texts } = preferred
  if (texts === undefined) return translateContent(content, content.message, preferred)
  const message = findMessage(texts, content, error, definition)
  translateContent(content, message ?? content.message, message === undefined ? languages.default : preferred)
}

interface GivenMessage {
  readonly message: string
  readonly language: ResolvedLanguage
}

/**
 * Returns the message that was given for several languages: in the preferred language, in the default language, or the
 * first.
 */
function findGivenMessage (
  { messages }: Pick<SentFields, 'messages'>,
  preferred: ResolvedLanguage,
  languages: ResolvedLanguages
): GivenMessage | undefined {
  if (messages === undefined) return undefined
  const given = Object.entries(messages).flatMap(([tag, message]) => {
    const language = languages.byTag.get(tag.toLowerCase())
    return language === undefined || typeof message !== 'string' ? [] : [{ message, language }]
  })
  return [preferred, languages.default].map(language => given.find(each => each.language === language)).find(found =>
    found !== undefined
  ) ?? given[0]
}

/** Gives an error its message in the default language, which logs show. */
export function setDefaultMessage (error: SentFields, languages: ResolvedLanguages): void {
  const given = findGivenMessage(error, languages.default, languages)
  if (given !== undefined) Reflect.set(error, 'message', given.message)
}

/** Returns the message of an error in a language; `undefined` if it is a message of the application. */
function findMessage (
  texts: Texts,
  { message }: ResponseContent,
  { meta }: SentFields,
  definition: BodyDefinition
): string | undefined {
  const ofCode = texts.errors[definition.code]
  if (ofCode !== undefined && isDefaultMessage(message, definition, meta)) return createSentence(ofCode, meta)
  const known = texts.ofMessages.get(message)
  if (known !== undefined) return known
  return ofCode !== undefined && texts.ofMessages.has(message) ? createSentence(ofCode, meta) : undefined
}

function isDefaultMessage (message: string, definition: BodyDefinition, meta: unknown): boolean {
  try {
    return message === defaultMessage(definition, meta)
  } catch {
    return false // a message that was given, and a function that needs `meta`
  }
}

function createSentence (sentence: Texts['errors'][string], meta: unknown): string {
  return typeof sentence === 'function' ? expectText('languages', sentence(meta)) : sentence
}

function translateContent (content: WritableContent, message: string, { texts, ofStatuses }: ResolvedLanguage): void {
  content.message = message
  content.language = ofStatuses.get(content.status) as ResponseLanguage
  if (texts === undefined) return
  content.title = findTitle(texts, content)
  if (content.issues.length > 0) content.issues = content.issues.map(issue => translateIssue(texts, issue))
}

/** Returns the title of a code: the title in the language, or its message without the punctuation. */
function findTitle ({ titles, errors }: Texts, { code, title }: ResponseContent): string {
  const sentence = errors[code]
  return titles?.[code] ?? (typeof sentence === 'string' ? sentence.replace(/[.。]$/, '') : title)
}

const standardIssueCodes: ReadonlySet<string> = new Set([
  ...issueCodes,
  ...Object.keys(formatMessages).map(toIssueCode)
])

function translateIssue (texts: Texts, issue: Issue): Issue {
  const message = findPhrase(texts, issue)
  if (message === undefined) return issue
  if (!(issueParams in issue)) return { ...issue, message }
  // Copying the parameters would take longer than the rest.
  const { in: place, field, pointer, code } = issue
  return { in: place, field, pointer, code, message }
}

/** Returns the message of an issue in a language; `undefined` if it is a message of the application. */
function findPhrase (
  { issues, ofPhrases }: Texts,
  { code, field, message, [issueParams]: params }: TranslatableIssue
): string | undefined {
  const phrase = issues[code]
  if (params !== undefined) {
    return createPhrase(phrase ?? (params.format === undefined ? issues.invalid : issues.format), params, field)
  }
  const known = ofPhrases.get(message)
  if (known !== undefined) return known
  return phrase !== undefined && (ofPhrases.has(message) || !standardIssueCodes.has(code))
    ? createPhrase(phrase, {}, field)
    : undefined
}
