/** Checks the fields of an error before a format relies on their types. */
import type { ApiError } from '../catalog/api-error.js'
import { isCode } from '../catalog/code-syntax.js'
import { errorStatuses } from '../catalog/definition.js'
import { issueLocations, type Issue } from '../catalog/issues.js'

/**
 * Returns whether the fields of an error have their declared types. Formats rely on these types. JavaScript code can set other
 * values, and an error of another copy of the package may come from another version.
 */
export function isWellFormed ({ code, status, type, message, issues, param, retryAfter, headers }: ApiError): boolean {
  return isCode(code) &&
    errorStatuses.includes(status) &&
    typeof type === 'string' &&
    typeof message === 'string' &&
    (issues === undefined || (Array.isArray(issues) && issues.every(isIssue))) &&
    (param === undefined || typeof param === 'string') &&
    (retryAfter === undefined || (Number.isInteger(retryAfter) && retryAfter >= 1)) &&
    (headers === undefined || (typeof headers === 'object' && headers !== null))
}

function isIssue (issue: Partial<Issue> | null | undefined): boolean {
  return issueLocations.includes(issue?.in as Issue['in']) &&
    [issue?.field, issue?.pointer, issue?.code, issue?.message].every(text => typeof text === 'string')
}
