/** Writes the body of an error response. If the complete body cannot be written, as much of it as possible is kept. */
import {
  getResponseDefinition,
  createContent,
  codeTitle,
  type ResponseContent,
  type ResponseContext,
  type ResponseDefinition
} from '../catalog/response-content.js'
import type { ApiError } from '../catalog/api-error.js'
import type { AnyCatalog } from '../catalog/define-errors.js'
import { getDefaultRetry } from '../catalog/retry-advice.js'
import { codeForStatus, standardErrors, type StandardCode } from '../catalog/standard-errors.js'
import { codeFormat } from '../formats/code.js'
import {
  bodyWriter,
  headersLister,
  type Format,
  type ListHeaders,
  type TextFormat,
  type WriteBody
} from '../formats/format.js'
import { localize } from '../languages/localize.js'
import type { ResolvedLanguage, ResolvedLanguages } from '../languages/resolve-languages.js'
import { formatContentType } from '../support/http-syntax.js'

/** The settings of the renderer. */
export interface RenderSettings {
  /** The whole catalog: the standard codes and the application's codes. */
  readonly errors: AnyCatalog & typeof standardErrors
  /** Returns the URL of a code's error page; `undefined` if the API has none. */
  readonly docUrl: (code: string) => string | undefined
  /** The languages of responses; `undefined` if they have only the messages of the catalog. */
  readonly languages?: ResolvedLanguages | undefined
}

/** A response body as text. */
export interface RenderedBody {
  readonly definition: ResponseDefinition
  readonly contentType: string
  readonly payload: string
  /** The headers of the format. */
  readonly headers: Readonly<Record<string, string>> | undefined
  /** The language tag of the body; `undefined` without the option `languages`. */
  readonly language: string | undefined
  /** The error that was thrown while the body was written. Present only if the body is not complete. */
  readonly fault?: unknown
}

/** The values of a response that depend on the request and the options. */
export interface RenderContext extends ResponseContext {
  /** The language that the request prefers. Absent without the option `languages`. */
  readonly language?: ResolvedLanguage | undefined
}

/** Renders the body of an error. Never throws. */
export type RenderBody = (error: ApiError, context: RenderContext, format: Format | TextFormat) => RenderedBody

/** The functions that write the responses of a code in a format. */
interface Writer {
  /** The value of `Content-Type`. Fastify parses it once for each string, so all responses have the same string. */
  readonly contentType: string
  readonly write: WriteBody
  readonly listHeaders: ListHeaders | undefined
}

/** A definition, and the writers that were created for it so far. */
interface DefinitionWriters {
  readonly definition: ResponseDefinition
  readonly writers: Map<Format | TextFormat, Writer>
}

/**
 * Returns the renderer of an application. The parts that depend only on the code are prepared once.
 *
 * @throws the error that `docUrl` throws for a code of the catalog
 */
export function createRenderer ({ errors, docUrl, languages }: RenderSettings): RenderBody {
  const known = new Map(
    Object.values(errors).map(error => [error.code, withWriters(getResponseDefinition(error, docUrl(error.code)))])
  )
  return (error, context, format) => {
    const code = known.get(error.code) ?? withWriters(defineUnknownCode(error))
    try {
      return writeBody(error, code, context, format, languages)
    } catch (fault) {
      return {
        ...writeFallbackBody(
          error,
          code,
          known.get(internalError.code) as DefinitionWriters,
          context,
          format,
          languages
        ),
        fault
      }
    }
  }
}

function withWriters (definition: ResponseDefinition): DefinitionWriters {
  return { definition, writers: new Map() }
}

function writeBody (
  error: ApiError,
  { definition, writers }: DefinitionWriters,
  context: RenderContext,
  format: Format | TextFormat,
  languages: ResolvedLanguages | undefined
): RenderedBody {
  let writer = writers.get(format)
  if (writer === undefined) writers.set(format, writer = createWriter(format, definition))
  const content = createLocalizedContent(error, definition, context, languages)
  return {
    definition,
    contentType: writer.contentType,
    payload: writer.write(content),
    headers: writer.listHeaders?.(content),
    language: content.language?.tag
  }
}

function createLocalizedContent (
  error: ApiError,
  definition: ResponseDefinition,
  context: RenderContext,
  languages: ResolvedLanguages | undefined
): ResponseContent {
  const content = createContent(error, definition, context)
  if (context.language !== undefined && languages !== undefined) {
    localize(content, error, definition, context.language, languages)
  }
  return content
}

function createWriter (format: Format | TextFormat, definition: ResponseDefinition): Writer {
  return {
    contentType: formatContentType(format.contentType),
    write: bodyWriter(format, definition),
    listHeaders: 'headers' in format ? headersLister(format.headers, definition) : undefined
  }
}

const internalError = standardErrors.internal_error
const standardInternalError = withWriters(getResponseDefinition(internalError, undefined))

/**
 * Writes a body for an error with a circular `meta`, a BigInt in `meta`, or a message or format that throws. It tries,
 * in this order: the body in the default language, the body without `meta`, the application's `internal_error`, the
 * standard `internal_error` in the default format.
 */
function writeFallbackBody (
  error: ApiError,
  code: DefinitionWriters,
  ownInternalError: DefinitionWriters,
  context: RenderContext,
  format: Format | TextFormat,
  languages: ResolvedLanguages | undefined
): RenderedBody {
  const attempts = [
    ...languages === undefined
      ? []
      : [() => writeBody(error, code, { ...context, language: languages.default }, format, languages)],
    () => writeBody(withoutMeta(error), code, context, format, languages),
    () => writeBody(internalError(), ownInternalError, context, format, languages)
  ]
  for (const write of attempts) {
    try {
      return write()
    } catch {
      continue
    }
  }
  return {
    ...writeBody(internalError(), standardInternalError, context, codeFormat, undefined),
    language: languages?.default.tag
  }
}

function withoutMeta (error: ApiError): ApiError {
  const { code, status, statusCode, type, message, messages, issues, param, retryAfter } = error
  return { code, status, statusCode, type, message, messages, issues, param, retryAfter, meta: undefined } as ApiError
}

/** Returns the definition for an error of another catalog, from the properties of the error. */
function defineUnknownCode ({ code, status, type }: ApiError): ResponseDefinition {
  const { action } = standardErrors[codeForStatus(status) as StandardCode]
  return {
    code,
    status,
    type,
    message: internalError.message,
    meta: undefined,
    retry: getDefaultRetry(status),
    action,
    title: codeTitle(code),
    docUrl: undefined
  }
}
