/** Checks the fields of an error before a format relies on their types. */
import type { ApiError } from '../catalog/api-error.js'
import type { AnyCatalog } from '../catalog/define-errors.js'
import { isCode } from '../catalog/code-syntax.js'
import { errorStatuses } from '../catalog/definition.js'
import { issueLocations } from '../catalog/issues.js'
import { describeValue } from '../support/describe-value.js'

/**
 * Returns a description of the first field of an error that does not have its declared type, such as
 * `issues[0].pointer: expected a string, got undefined`. Formats rely on these types. JavaScript code can set other
 * values, and an error from another copy of the package may have a different version.
 *
 * @param errors the catalog. Its codes are valid
 */
export function findMalformedField (
  { code, status, type, message, issues, param, retryAfter, headers }: ApiError,
  errors: AnyCatalog
): string | undefined {
  if (!(typeof code === 'string' && Object.hasOwn(errors, code)) && !isCode(code)) {
    return describeField('code', 'a code', code)
  }
  if (!errorStatuses.includes(status)) return describeField('status', 'an HTTP status of an error', status)
  if (typeof type !== 'string') return describeField('type', 'a string', type)
  if (typeof message !== 'string') return describeField('message', 'a string', message)
  if (param !== undefined && typeof param !== 'string') return describeField('param', 'a string', param)
  if (retryAfter !== undefined && !(Number.isInteger(retryAfter) && retryAfter >= 1)) {
    return describeField('retryAfter', 'a positive integer', retryAfter)
  }
  if (headers !== undefined && (typeof headers !== 'object' || headers === null)) {
    return describeField('headers', 'an object', headers)
  }
  return issues === undefined ? undefined : findMalformedIssue(issues)
}

function findMalformedIssue (issues: unknown): string | undefined {
  if (!Array.isArray(issues)) return describeField('issues', 'an array', issues)
  for (const [index, issue] of issues.entries()) {
    if (typeof issue !== 'object' || issue === null) return describeField(`issues[${index}]`, 'an object', issue)
    if (!issueLocations.includes(issue.in)) {
      return describeField(`issues[${index}].in`, `one of ${issueLocations.join(', ')}`, issue.in)
    }
    for (const name of ['field', 'pointer', 'code', 'message']) {
      if (typeof issue[name] !== 'string') return describeField(`issues[${index}].${name}`, 'a string', issue[name])
    }
  }
  return undefined
}

function describeField (field: string, expected: string, value: unknown): string {
  return `${field}: expected ${expected}, got ${describeValue(value)}`
}
