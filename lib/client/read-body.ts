/** Reads the parts of an error from its body, in any format. */
import { isObject, type JsonObject } from './is-object.js'
import type { ResponseIssue } from './response-error.js'

/** The parts of an error in its body. A missing part is `undefined`. */
export interface BodyFacts {
  readonly code: string | undefined
  readonly message: string | undefined
  readonly issues: readonly ResponseIssue[]
  readonly meta: unknown
  readonly requestId: string | undefined
}

/**
 * Reads the body of an error. The formats differ in the names of their members:
 *
 * | format | code | message | issues | request id |
 * |---|---|---|---|---|
 * | `code` | `code` | `message` | `details` | `request_id` |
 * | `typed` | `code` | `message` | | `request_id` |
 * | `summary` | | `summary` | `validation_errors` by field | |
 * | `message` | | `message` | `errors` by field | |
 * | `error` | `error` | `message` | `details` | `requestId` |
 * | `problem`, RFC 9457 | `code` | `detail`, or `title` | `errors` | `request_id` |
 */
export function readBody (body: unknown): BodyFacts {
  const json: JsonObject = isObject(body) ? body : {}
  return {
    code: readString(json.code) ?? readCode(json),
    message: readString(json.detail) ?? readString(json.message) ?? readString(json.summary) ?? readString(json.title),
    issues: readIssues(json.details ?? json.errors ?? json.validation_errors),
    meta: json.meta,
    requestId: readString(json.request_id) ?? readString(json.requestId)
  }
}

function readString (value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Reads the member `error`. In other APIs, it is a phrase, and there is no `requestId`: `"error": "Unauthorized"`. */
function readCode ({ error, requestId }: JsonObject): string | undefined {
  const isOurs = typeof requestId === 'string'
  return typeof error === 'string' && (isOurs ? /^[A-Za-z0-9_.:/-]+$/ : /^[a-z][a-z0-9_]*$/).test(error)
    ? error
    : undefined
}

function readIssues (value: unknown): ResponseIssue[] {
  if (Array.isArray(value)) return value.flatMap(item => readIssue(item) ?? [])
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([field, reasons]) =>
    [reasons].flat().flatMap(reason => {
      const message = readString(reason)
      return message === undefined ? [] : { field, message }
    })
  )
}

function readIssue (item: unknown): ResponseIssue | undefined {
  if (!isObject(item)) return undefined
  const message = readString(item.message) ?? readString(item.detail)
  const pointer = readPointer(item.pointer)
  const field = typeof item.field === 'string' ? item.field : pointer?.slice(1).replaceAll('/', '.')
  if (message === undefined || field === undefined) return undefined
  const [code, location] = [readString(item.code), readString(item.in)]
  return {
    field,
    message,
    ...(code !== undefined && { code }),
    ...(pointer !== undefined && { pointer }),
    ...(location !== undefined && { in: location })
  }
}

/** Reads a JSON Pointer, plain or in a URI fragment (RFC 6901, section 6). */
function readPointer (value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const pointer = value.replace(/^#/, '')
  try {
    return pointer === value ? value : decodeURIComponent(pointer)
  } catch {
    return pointer
  }
}
