/** Writes the body of an error response. A body that cannot be written as it should be keeps as much of its shape as it can. */
import { getResponseDefinition, createAnswer, codeTitle, type ResponseContext, type ResponseDefinition } from '../catalog/answer.js'
import type { ApiError } from '../catalog/api-error.js'
import type { AnyCatalog } from '../catalog/define-errors.js'
import { standardErrors } from '../catalog/standard-errors.js'
import { codeFormat } from '../formats/code.js'
import { bodyWriter, type Format, type WriteBody } from '../formats/format.js'
import { formatContentType } from '../support/http-syntax.js'

/** What rendering depends on. */
export interface RenderSettings {
  /** The whole catalog: the standard codes, and those of the application. */
  readonly errors: AnyCatalog & typeof standardErrors
  /** Returns the page about a code of the catalog; `undefined` if the API has none. */
  readonly docUrl: (code: string) => string | undefined
}

/** A response body as text. */
export interface RenderedBody {
  readonly definition: ResponseDefinition
  readonly contentType: string
  readonly payload: string
  /** What was thrown while the body was written. Present only if the body does not say all that the error says. */
  readonly fault?: unknown
}

/** Renders the body of an error. Never throws. */
export type RenderBody = (error: ApiError, context: ResponseContext, format: Format) => RenderedBody

/** A definition, and the writers of its bodies that were needed so far. */
interface DefinitionWriters {
  readonly definition: ResponseDefinition
  readonly writers: Map<Format, WriteBody>
}

/**
 * Returns the renderer of an application. What depends on the code alone is prepared once.
 *
 * @throws whatever `docUrl` throws for a code of the catalog
 */
export function createRenderer ({ errors, docUrl }: RenderSettings): RenderBody {
  const known = new Map(Object.values(errors).map(error => [error.code, withWriters(getResponseDefinition(error, docUrl(error.code)))]))
  return (error, context, format) => {
    const code = known.get(error.code) ?? withWriters(defineUnknownCode(error))
    try {
      return writeBody(error, code, context, format)
    } catch (fault) {
      return { ...writeFallbackBody(error, code, known.get(internalError.code) as DefinitionWriters, context, format), fault }
    }
  }
}

function withWriters (definition: ResponseDefinition): DefinitionWriters {
  return { definition, writers: new Map() }
}

function writeBody (error: ApiError, { definition, writers }: DefinitionWriters, context: ResponseContext, format: Format): RenderedBody {
  let writer = writers.get(format)
  if (writer === undefined) writers.set(format, writer = bodyWriter(format, definition))
  return { definition, contentType: formatContentType(format.contentType), payload: writer(createAnswer(error, definition, context)) }
}

const internalError = standardErrors.internal_error
const standardInternalError = withWriters(getResponseDefinition(internalError, undefined))

/**
 * Writes a body for an error that has a circular `meta`, a BigInt in it, or a message or a format that throws: without
 * `meta`; else the application's `internal_error`; else the standard `internal_error` in the default format.
 */
function writeFallbackBody (error: ApiError, code: DefinitionWriters, ownInternalError: DefinitionWriters, context: ResponseContext, format: Format): RenderedBody {
  const attempts = [
    () => writeBody(withoutMeta(error), code, context, format),
    () => writeBody(internalError(), ownInternalError, context, format)
  ]
  for (const write of attempts) {
    try {
      return write()
    } catch {
      continue
    }
  }
  return writeBody(internalError(), standardInternalError, context, codeFormat)
}

function withoutMeta (error: ApiError): ApiError {
  const { code, status, statusCode, type, message, issues, param, retryAfter } = error
  return { code, status, statusCode, type, message, issues, param, retryAfter, meta: undefined } as ApiError
}

/** Returns the definition for an error of another catalog, from what the error itself says. */
function defineUnknownCode ({ code, status, type }: ApiError): ResponseDefinition {
  return { code, status, type, message: internalError.message, meta: undefined, title: codeTitle(code), docUrl: undefined }
}
