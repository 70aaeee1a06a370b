/** Reads the rate limits that a response reports. */
import { parseRetryAfter } from './retry-after.js'

/** A limit in the fields of a response. */
export interface ReportedLimit {
  readonly name: string
  /** The requests that can still be sent in the window. */
  readonly remaining: number
  /** Seconds until the window ends. */
  readonly seconds: number
  /** The requests that each window allows; `undefined` if the response does not contain it. */
  readonly quota: number | undefined
  /** The length of a window in seconds. */
  readonly window: number
}

/** The maximum number of limits that are read from one response. */
const maxItems = 10

/** A member of a list of structured fields (RFC 9651, section 3.1): a string or a token, with parameters. */
const member =
  /[ \t]*(?:"((?:[^"\\]|\\["\\])*)"|([A-Za-z*][\w!#$%&'*+.^`|~:/-]*))((?: *;[ \t]*[a-z*][\w.*-]*(?:=(?:"(?:[^"\\]|\\["\\])*"|[^;,\s"]+))?)*)[ \t]*(,|$)/gy

/**
 * Returns the limits in the fields `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-11), at
 * most 10. Malformed fields are ignored, as section 6 of the draft requires. If a limit is used up, `Retry-After` takes
 * precedence over its `t`.
 */
export function readLimits (headers: Headers): ReportedLimit[] {
  const policies = new Map(parseList(headers.get('ratelimit-policy')).map(({ name, parameters }) => [name, parameters]))
  return parseList(headers.get('ratelimit')).flatMap(({ name, parameters }) => {
    const remaining = readInteger(parameters, 'r')
    const seconds = (remaining === 0 ? parseRetryAfter(headers, undefined) : undefined) ?? readInteger(parameters, 't')
    if (remaining === undefined || seconds === undefined) return []
    const policy = policies.get(name) ?? ''
    return { name, remaining, seconds, quota: readInteger(policy, 'q'), window: readInteger(policy, 'w') ?? seconds }
  })
}

/** Returns the members of a list; none if it is malformed. */
function parseList (value: string | null): Array<{ readonly name: string, readonly parameters: string }> {
  const text = value ?? ''
  const members = [...text.matchAll(member)]
  const length = members.reduce((sum, [matched]) => sum + matched.length, 0)
  const isComplete = length === text.length && members.at(-1)?.[4] === ''
  return isComplete
    ? members.slice(0, maxItems).map(([, string, token, parameters = '']) => ({
      name: `${string ?? token}`,
      parameters
    }))
    : []
}

function readInteger (parameters: string, name: string): number | undefined {
  const digits = new RegExp(`; *${name}=(\\d{1,15})(?![^;])`).exec(parameters)?.[1]
  return digits === undefined ? undefined : Number(digits)
}
