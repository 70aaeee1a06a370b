/** The data of an error response: the values that a format writes, without anything that must stay in the log. */
import { STATUS_CODES } from 'node:http'
import type { ApiError } from './api-error.js'
import { getDefaultRetryAfter } from './error-headers.js'
import { defaultMessage, type ErrorDefinition, type ErrorStatus } from './definition.js'
import type { RetryAdvice } from './retry-advice.js'
import type { Issue } from './issues.js'

/**
 * Everything that a format receives, and therefore everything that can be sent. It has no cause and no stack. For a
 * 5xx, it does not have the thrown message. So no format can leak them.
 */
export interface ResponseContent {
  readonly code: string
  readonly status: ErrorStatus
  readonly type: string
  /** A short name that is the same for every occurrence of the code: `Resource not found`. */
  readonly title: string
  readonly message: string
  /** What the client can do, in CommonMark. It is the same for every occurrence of the code. */
  readonly action: string
  readonly retry: RetryAdvice
  readonly meta: unknown
  readonly issues: readonly Issue[]
  readonly param: string | undefined
  /** The seconds in `Retry-After`; `undefined` if the response does not have the header. */
  readonly retryAfter: number | undefined
  readonly requestId: string
  /** The URL of the code's error page; `undefined` if the API has no such page. */
  readonly docUrl: string | undefined
  /** The path of the request, without its query. */
  readonly instance: string
  /** The language of the messages. Absent without the option `languages`. */
  readonly language?: ResponseLanguage
}

/** The language of a response. */
export interface ResponseLanguage {
  /** The language tag, as in `Content-Language`. */
  readonly tag: string
  /** The reason phrase of the status; `undefined` if it is not translated. */
  readonly reasonPhrase?: string | undefined
  /** The texts of formats. */
  readonly formats?: FormatTexts | undefined
}

/** The texts of formats in a language, by the name of the format. */
export interface FormatTexts {
  /** Returns the sentence about an invalid field in the format `message`. */
  readonly message?: (issue: Issue) => string
}

/** The values of a {@link ResponseContent} that come from the request and the options. */
export interface ResponseContext extends Pick<ResponseContent, 'requestId' | 'instance'> {
  /** The wait in seconds, if the error or the reply has one. @default the default of the code */
  readonly retryAfter?: number | undefined
}

/** The fields of an error that are sent. */
export type SentFields = Pick<ApiError, 'message' | 'messages' | 'meta' | 'issues' | 'param'>

/** The part of a definition that its response bodies depend on. */
export type BodyDefinition = Pick<ErrorDefinition, 'code' | 'status' | 'type' | 'message' | 'meta'>

/** What every response of a code has in common. */
export interface ResponseDefinition
  extends BodyDefinition, Pick<ErrorDefinition, 'retry' | 'action'>, Pick<ResponseContent, 'title' | 'docUrl'>
{}

/** Returns the part of a definition that responses need. */
export function getResponseDefinition (
  { code, status, type, message, meta, retry, action }: ErrorDefinition,
  docUrl: string | undefined
): ResponseDefinition {
  return { code, status, type, message, meta, retry, action, title: codeTitle(code), docUrl }
}

/**
 * Returns whether an error of this status can name fields: an invalid request (400, 422), or a value that is already in
 * use (409).
 */
export function carriesIssues (definition: Pick<ErrorDefinition, 'status'>): boolean {
  return definition.status === 400 || definition.status === 409 || definition.status === 422
}

/**
 * Returns the title of a code: `resource_not_found` is `Resource not found`, and `NoSuchBucket` is `No such bucket`.
 */
export function codeTitle (code: string): string {
  const words = listWords(code).map(word => /^[A-Z][a-z]+$/.test(word) ? word.toLowerCase() : word).join(' ').replace(
    /\b(api|http|ip|uri|id)\b/g,
    word => word.toUpperCase()
  )
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** Returns the words of a code in any spelling. A code of several words in upper case has words in lower case. */
function listWords (code: string): string[] {
  const words = code.split(/[^A-Za-z0-9]|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/)
  return words.length > 1 && code === code.toUpperCase() ? words.map(word => word.toLowerCase()) : words
}

/** The phrases of RFC 9110, sections 15.5.14 and 15.5.21. Node's table still has those of earlier RFCs. */
const newerPhrases: Readonly<Partial<Record<ErrorStatus, string>>> = {
  413: 'Content Too Large',
  422: 'Unprocessable Content'
}

/** Returns the reason phrase of a status (RFC 9110, section 15). */
export function reasonPhrase (status: ErrorStatus): string {
  return newerPhrases[status] ?? STATUS_CODES[status] as string
}

/** Returns the data of the response to an error. */
export function createContent (
  error: SentFields,
  definition: ResponseDefinition,
  context: ResponseContext
): ResponseContent {
  return {
    code: definition.code,
    status: definition.status,
    type: definition.type,
    title: definition.title,
    message: definition.status < 500 ? error.message : defaultMessage(definition, error.meta),
    action: definition.action,
    retry: definition.retry,
    meta: definition.meta === undefined ? undefined : error.meta,
    issues: carriesIssues(definition) ? error.issues ?? [] : [],
    param: error.param,
    retryAfter: context.retryAfter ?? getDefaultRetryAfter(definition),
    requestId: context.requestId,
    docUrl: definition.docUrl,
    instance: context.instance
  }
}

/** Returns the example response of a definition: an occurrence with the definition's `example`. */
export function createExampleContent (
  definition: ErrorDefinition,
  docUrl: string | undefined,
  context: ResponseContext
): ResponseContent {
  const { message, meta, issues, param, retryAfter } = definition.example
  const error = { message: message ?? defaultMessage(definition, meta), meta, issues, param }
  return createContent(error, getResponseDefinition(definition, docUrl), { ...context, retryAfter })
}
