import { answerDefinition, answerOf, titleOf, type AnswerContext, type AnswerDefinition } from '../catalog/answer.js'
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
  readonly definition: AnswerDefinition
  readonly contentType: string
  readonly payload: string
  /** What was thrown while the body was made, where it is not the whole of what the error says. */
  readonly fault?: unknown
}

/** Makes the body of an error. It never throws. */
export type Render = (error: ApiError, context: AnswerContext, format: Format) => Rendered

/**
 * Makes the renderer of an application. What depends on the code alone is made once.
 *
 * @throws whatever `docUrl` throws for a code of the catalog
 */
export function createRenderer ({ errors, docUrl }: RenderSettings): Render {
  const definitions = new Map(Object.values(errors).map(error => [error.code, answerDefinition(error, docUrl(error.code))]))
  const writers = new Map<Format, Map<string, WriteBody>>()

  function writerOf (format: Format, definition: AnswerDefinition): WriteBody {
    if (definitions.get(definition.code) !== definition) return bodyWriter(format, definition)
    let ofFormat = writers.get(format)
    if (ofFormat === undefined) writers.set(format, ofFormat = new Map())
    let writer = ofFormat.get(definition.code)
    if (writer === undefined) ofFormat.set(definition.code, writer = bodyWriter(format, definition))
    return writer
  }

  function attempt (error: ApiError, definition: AnswerDefinition, context: AnswerContext, format: Format): Rendered {
    const payload = writerOf(format, definition)(answerOf(error, definition, context))
    return { definition, contentType: contentTypeOf(format), payload }
  }

  /** A circular `meta`, a BigInt in it, a message or a format that throws: the answer keeps the shape as far as it can. */
  function lesser (error: ApiError, definition: AnswerDefinition, context: AnswerContext, format: Format): Rendered {
    const attempts = [
      () => attempt(withoutMeta(error), definition, context, format),
      () => attempt(plain(), definitions.get(plain.code) as AnswerDefinition, context, format)
    ]
    for (const make of attempts) {
      try {
        return make()
      } catch {
        continue
      }
    }
    return attempt(plain(), plainDefinition, context, codeFormat)
  }

  return (error, context, format) => {
    const definition = definitions.get(error.code) ?? definitionOfUnknown(error)
    try {
      return attempt(error, definition, context, format)
    } catch (fault) {
      return { ...lesser(error, definition, context, format), fault }
    }
  }
}

const plain = standardErrors.internal_error
const plainDefinition = answerDefinition(plain, undefined)

function withoutMeta (error: ApiError): ApiError {
  const { code, status, statusCode, type, message, issues, param, retryAfter } = error
  return { code, status, statusCode, type, message, issues, param, retryAfter, meta: undefined } as ApiError
}

/** An error of another catalog goes out as what it says it is. */
function definitionOfUnknown ({ code, status, type }: ApiError): AnswerDefinition {
  return { code, status, type, message: plain.message, meta: undefined, title: titleOf(code), docUrl: undefined }
}

function contentTypeOf (format: Format): string {
  return format.contentType === 'application/json' ? 'application/json; charset=utf-8' : format.contentType
}
