import type { FastifyRequest } from 'fastify'
import { originalSchema, type Documenter } from '../document/documenter.js'
import type { AnswerKind, Ledger } from './ledger.js'

/** What the `undocumented` option does about an answer that the documentation of its route does not have. */
export type OnUndocumented = (answer: AnswerKind, request: FastifyRequest) => void

/** Whether the documentation of an application has an answer: by its code, or by a status that the route declares itself. */
export function createJudge (documenter: Documenter): (kind: AnswerKind) => boolean {
  return ({ route: name, status, code }) => {
    if (name === null) return true
    const records = documenter.routes.filter(({ methods, route }) => methods.some(method => `${method} ${route.url}` === name))
    return records.some(record => {
      const { config, schema } = record.route
      if (config?.errors === false || (schema as { readonly hide?: boolean } | undefined)?.hide === true) return true
      const declared = originalSchema(record.route, schema)?.response as object | undefined
      return documenter.errorsOf(record).some(error => error.code === code) || (declared !== undefined && String(status) in declared)
    })
  }
}

/** Writes a warning, with the request's id. */
export const warnUndocumented: OnUndocumented = ({ route, status, code }, request) => {
  request.log.warn({ route, status, code }, 'An error went out that the documentation of its route does not have.')
}

/** What is read of an answer that went out. */
interface Answered {
  /** The pattern of the route. */
  readonly route: string | null
  readonly method: string | null
  readonly status: number
  readonly code: string
  readonly request: FastifyRequest | null
}

/** Counts an answer, and reports an undocumented one when it is the first of its kind. The answer goes out in any case. */
export function recordAnswer (
  { ledger, isDocumented, onUndocumented }: {
    readonly ledger: Ledger
    readonly isDocumented: (kind: AnswerKind) => boolean
    readonly onUndocumented: OnUndocumented | undefined
  },
  { route, method, status, code, request }: Answered
): void {
  const kind = { route: route === null ? null : `${method} ${route}`, status, code }
  const isFirst = ledger.record(kind)
  if (!isFirst || onUndocumented === undefined || request === null || isDocumented(kind)) return
  try {
    onUndocumented(kind, request)
  } catch (err) {
    request.log.error({ err }, "The function in the option 'undocumented' failed.")
  }
}
