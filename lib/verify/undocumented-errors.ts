import type { FastifyRequest } from 'fastify'
import { declaresStatus } from '../fastify/declared-statuses.js'
import { callSafely } from '../support/call-safely.js'
import type { Documenter } from '../infer/documenter.js'
import { isExcluded, schemaOf } from '../infer/route-record.js'
import type { AnswerKind, Ledger } from './ledger.js'

/** What the `onUndocumented` option does about an answer that the documentation of its route does not have. */
export type OnUndocumented = (answer: AnswerKind, request: FastifyRequest) => void

/** Whether the documentation of an application has an answer: by its code, or by a status that the route declares itself. */
export function createDocumentedCheck (documenter: Documenter): (kind: AnswerKind) => boolean {
  return ({ route: name, status, code }) => {
    if (name === null) return true
    const [method = '', ...url] = name.split(' ')
    return documenter.find(method, url.join(' ')).some(record => {
      if (isExcluded(record.route) || declaresStatus(schemaOf(record.route)?.response, status)) return true
      return documenter.statusesOf(record, method).some(({ definitions }) => definitions.some(definition => definition.code === code))
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
  readonly code: string | null
  readonly request: FastifyRequest | null
}

/**
 * Makes what counts each answer, and reports an undocumented one when it is the first of its kind. The answer goes out in
 * any case.
 */
export function createErrorRecorder ({ ledger, isDocumented, onUndocumented }: {
  readonly ledger: Ledger
  readonly isDocumented: (kind: AnswerKind) => boolean
  readonly onUndocumented: OnUndocumented | undefined
}): (answered: Answered) => void {
  const nameOf = createRouteNames()
  return ({ route, method, status, code, request }) => {
    const kind = { route: nameOf(method, route), status, code }
    const isFirst = ledger.record(kind)
    if (!isFirst || onUndocumented === undefined || request === null || isDocumented(kind)) return
    callSafely(() => onUndocumented(kind, request), err => { request.log.error({ err }, "The function in the option 'onUndocumented' failed.") })
  }
}

/**
 * Names each route once, `GET /queues/:id`. A text that is put together anew for each answer has to be hashed anew to be
 * looked up, which costs more than to count.
 */
function createRouteNames (): (method: string | null, route: string | null) => string | null {
  const names = new Map<string, Map<string | null, string>>()
  return (method, route) => {
    if (route === null) return null
    let byMethod = names.get(route)
    if (byMethod === undefined) names.set(route, byMethod = new Map())
    let name = byMethod.get(method)
    if (name === undefined) byMethod.set(method, name = `${method} ${route}`)
    return name
  }
}
