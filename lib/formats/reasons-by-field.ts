/** The invalid fields as an object, as in the formats `summary` and `message`. */
import type { TSchema } from '@sinclair/typebox'
import { carriesIssues, type ResponseContent } from '../catalog/response-content.js'
import type { Issue } from '../catalog/issues.js'
import type { Field } from './format.js'
import { Type } from '../support/type-builder.js'

/**
 * Returns the field `{ field: [reason] }`. Every 422 has it, because clients of such formats expect it. Any other error
 * has it if it has issues.
 */
export function reasonsByField (reason: (issue: Issue, content: ResponseContent) => string): Field {
  return {
    schema: (definition, { issueCodes }) =>
      definition.status === 422 || (carriesIssues(definition) && issueCodes?.length !== 0)
        ? reasonsSchema()
        : undefined,
    value: content =>
      content.status === 422 || content.issues.length > 0
        ? groupReasons(content.issues, issue => reason(issue, content))
        : undefined,
    optional: true
  }
}

/** Returns the reasons of issues by field. An issue of a whole value is listed under the part of the request. */
export function groupReasons<Reason> (
  issues: readonly Issue[],
  reason: (issue: Issue) => Reason
): Record<string, Reason[]> {
  const reasons: Record<string, Reason[]> = {}
  for (const issue of issues) {
    const field = issue.field === '' ? issue.in : issue.field
    const list = Object.hasOwn(reasons, field) ? reasons[field] : undefined
    if (list !== undefined) list.push(reason(issue))
    else Object.defineProperty(reasons, field, { value: [reason(issue)], enumerable: true })
  }
  return reasons
}

/** Returns the schema of reasons by field. By default, a reason is a string. */
export function reasonsSchema (items: object = { type: 'string' }): TSchema {
  return Type.Unsafe({
    type: 'object',
    description: 'The reasons by field.',
    additionalProperties: { type: 'array', items, minItems: 1 }
  })
}
