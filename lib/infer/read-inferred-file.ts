/**
 * Reads the errors that `fastify-api-errors infer` found in the source of an application and wrote to
 * `errors.inferred.json`.
 */
import { codeForStatus } from '../catalog/standard-errors.js'
import { isRecord } from '../support/is-object.js'
import { readGeneratedFile } from '../support/read-generated-file.js'
import type { Finding } from './finding.js'

/** One error of a route. */
export interface InferredError {
  readonly status: number
  /** `null` for a status that is sent without an error. */
  readonly code: string | null
  /** File and line, relative to the folder in which the command ran: `src/queues.ts:41`. */
  readonly at: string
  /** The function that throws or sends the error. Absent if the function has no name. */
  readonly by?: string
  /** The message of the error, if the source gives it a constant one. The example in the documentation has it. */
  readonly message?: string
  /**
   * Set if a handler sends a body with more than a message. It is sent unchanged, and can be any object. `any` if it
   * can also be a list.
   */
  readonly body?: 'object' | 'any'
}

/** The content of `errors.inferred.json`: the errors by method and path, `POST /queues/:id/entries`. */
export interface InferredErrors {
  readonly version: 1
  readonly routes: Readonly<Record<string, readonly InferredError[]>>
}

/**
 * Checks inferred errors. If a path is passed, reads the file first. A missing file is treated as empty, and a warning
 * is emitted.
 *
 * @param option the name of the option in messages
 * @throws TypeError with one sentence if the file cannot be read or is invalid
 */
export function readInferredErrors (inferred: unknown, option: string): InferredErrors {
  return readGeneratedFile<InferredErrors>(inferred, option, {
    command: 'infer --write',
    isContent: isInferredErrors,
    empty: { version: 1, routes: {} },
    missing: {
      effect: 'the errors that handlers throw are not documented',
      code: 'FASTIFY_API_ERRORS_NOT_INFERRED'
    }
  })
}

function isInferredErrors (value: unknown): value is InferredErrors {
  return isRecord(value) && value.version === 1 && isRecord(value.routes) && Object.values(value.routes).every(isList)
}

function isList (value: unknown): boolean {
  return Array.isArray(value) &&
    value.every(error =>
      isRecord(error) && typeof error.status === 'number' && (error.code === null || typeof error.code === 'string') &&
      typeof error.at === 'string'
    )
}

/** Returns the line and the function of an error for a sentence: `src/queues.ts:41 by joinQueue`. */
export function describePlace ({ at, by }: InferredError): string {
  return by === undefined ? at : `${at} by ${by}`
}

/** Returns the file and the line in a sentence of {@link createInferredLookup}; `undefined` if it has none. */
export function findPlace (reason: string): { readonly file: string, readonly line: number } | undefined {
  const [, file, line] = /^(?:Thrown|Sent) at (.+?):(\d+)(?: by .*)?\.$/.exec(reason) ?? []
  return file === undefined ? undefined : { file, line: Number(line) }
}

/** Returns the errors of a route that were found in its source. */
export type FindInferredErrors = (method: string, url: string) => readonly Finding[]

/**
 * Creates the function that returns the errors of a route that were found in its source. Codes that the catalog no
 * longer has are omitted, because the file is older than the catalog. `check` reports that.
 *
 * @param isConverted whether a status that is sent without an error is converted to the format of the API, and so has a
 * code
 */
export function createInferredLookup (
  { routes }: InferredErrors,
  isKnown: (code: string) => boolean,
  isConverted: boolean
): FindInferredErrors {
  const findings = new Map(
    Object.entries(routes).map(([route, errors]) => [
      route,
      errors.flatMap((error): Finding[] => {
        const code = error.code ?? (isConverted ? codeForStatus(error.status) : undefined)
        if (code === undefined || !isKnown(code)) return []
        const { message, body } = error
        return [{
          code,
          ...(message !== undefined && { message }),
          ...(body !== undefined && { bodies: [body === 'any' ? {} : { type: body }] }),
          reason: `${error.code === null ? 'Sent' : 'Thrown'} at ${describePlace(error)}.`
        }]
      })
    ])
  )
  return (method, url) =>
    findings.get(`${method} ${url}`) ?? (method === 'HEAD' ? findings.get(`GET ${url}`) : undefined) ?? []
}
