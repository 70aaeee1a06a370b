import { getResponseDefinition, createAnswer, codeTitle, type ResponseContext, type ResponseDefinition } from '../catalog/answer.js'
import type { ApiError } from '../catalog/api-error.js'
import type { AnyCatalog } from '../catalog/define-errors.js'
import { standardErrors } from '../catalog/standard-errors.js'
import { codeFormat } from '../formats/code.js'
import { bodyWriter, type Format, type WriteBody } from '../formats/format.js'

/** What rendering depends on. */
export interface RenderSettings {
  /** The whole catalog: the standard codes, and those of the application. */
  readonly errors: AnyCatalog & typeof standardErrors
  /** The page about a code of the catalog; `undefined` where the API has none. */
  readonly docUrl: (code: string) => string | undefined
}

/** An answer as text. */
export interface Rendered {
  readonly definition: ResponseDefinition
  readonly contentType: string
  readonly payload: string
  /** What was thrown while the body was made, where it is not the whole of what the error says. */
  readonly fault?: unknown
}

/** Makes the body of an error. It never throws. */
export type Render = (error: ApiError, context: ResponseContext, format: Format) => Rendered

/**
 * Makes the renderer of an application. What depends on the code alone is made once.
 *
 * @throws whatever `docUrl` throws for a code of the catalog
 */
export function createRenderer ({ errors, docUrl }: RenderSettings): Render {
  const known = new Map(Object.values(errors).map(error => [error.code, unwritten(getResponseDefinition(error, docUrl(error.code)))]))

  function attempt (error: ApiError, { definition, writers }: Written, context: ResponseContext, format: Format): Rendered {
    let writer = writers.get(format)
    if (writer === undefined) writers.set(format, writer = bodyWriter(format, definition))
    return { definition, contentType: formatContentType(format), payload: writer(createAnswer(error, definition, context)) }
  }

  /** A circular `meta`, a BigInt in it, a message or a format that throws: the answer keeps the shape as far as it can. */
  function lesser (error: ApiError, written: Written, context: ResponseContext, format: Format): Rendered {
    const attempts = [
      () => attempt(withoutMeta(error), written, context, format),
      () => attempt(plain(), known.get(plain.code) as Written, context, format)
    ]
    for (const make of attempts) {
      try {
        return make()
      } catch {
        continue
      }
    }
    return attempt(plain(), writtenPlainly, context, codeFormat)
  }

  return (error, context, format) => {
    const written = known.get(error.code) ?? unwritten(definitionOfUnknown(error))
    try {
      return attempt(error, written, context, format)
    } catch (fault) {
      return { ...lesser(error, written, context, format), fault }
    }
  }
}

/** A definition, and the writers of its bodies that were needed so far. */
interface Written {
  readonly definition: ResponseDefinition
  readonly writers: Map<Format, WriteBody>
}

function unwritten (definition: ResponseDefinition): Written {
  return { definition, writers: new Map() }
}

const plain = standardErrors.internal_error
const writtenPlainly = unwritten(getResponseDefinition(plain, undefined))

function withoutMeta (error: ApiError): ApiError {
  const { code, status, statusCode, type, message, issues, param, retryAfter } = error
  return { code, status, statusCode, type, message, issues, param, retryAfter, meta: undefined } as ApiError
}

/** An error of another catalog goes out as what it says it is. */
function definitionOfUnknown ({ code, status, type }: ApiError): ResponseDefinition {
  return { code, status, type, message: plain.message, meta: undefined, title: codeTitle(code), docUrl: undefined }
}

function formatContentType (format: Format): string {
  return format.contentType === 'application/json' ? 'application/json; charset=utf-8' : format.contentType
}
