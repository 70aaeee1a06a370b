/** The fields that the formats have in common. */
import type { TSchema } from '@sinclair/typebox'
import { carriesIssues, type Answer } from '../catalog/answer.js'
import { issuesSchema, enumSchema, type Issue } from '../catalog/issues.js'
import type { Field } from './format.js'
import { Type } from '../support/type-builder.js'

/** The code. Its schema allows only the code of the definition. */
export const code: Field = {
  schema: definition => enumSchema([definition.code], { description: 'A constant that identifies the error.' }),
  value: answer => answer.code
}

export const message: Field = {
  schema: () => Type.String({ description: 'A human-readable description of the error.' }),
  value: answer => answer.message
}

export const type: Field = {
  schema: definition => enumSchema([definition.type], { description: 'The category of the error.' }),
  value: answer => answer.type
}

export const requestId: Field = {
  schema: () => Type.String({ description: 'The id of the request, as in X-Request-Id.' }),
  value: answer => answer.requestId
}

export const docUrl: Field = {
  schema: (_definition, context) => context.hasDocUrl
    ? Type.String({ format: 'uri-reference', description: 'The documentation page of this code.' })
    : undefined,
  value: answer => answer.docUrl,
  optional: true
}

export const meta: Field = {
  schema: definition => definition.meta,
  value: answer => answer.meta,
  optional: true
}

/** The invalid fields, for errors that list fields. */
export const details: Field = {
  schema: (definition, context) => carriesIssues(definition) && context.issueCodes?.length !== 0 ? issuesSchema(context.issueCodes) : undefined,
  value: answer => answer.issues.length === 0 ? undefined : answer.issues,
  optional: true
}

/** Returns the field `{ field: [reason] }`. Every 422 has it, and every `invalid_request` of an API with `validationStatus: 400`. */
export function reasonsByField (reason: (issue: Issue) => string, validationStatus: 400 | 422): Field {
  return {
    schema: ({ status, code }) => status === 422 || (validationStatus === 400 && code === 'invalid_request') ? reasonsSchema() : undefined,
    value: (answer: Answer) => {
      const reasons: Record<string, string[]> = {}
      for (const issue of answer.issues) {
        const field = issue.field === '' ? issue.in : issue.field
        const list = Object.hasOwn(reasons, field) ? reasons[field] : undefined
        if (list !== undefined) list.push(reason(issue))
        else Object.defineProperty(reasons, field, { value: [reason(issue)], enumerable: true })
      }
      return reasons
    }
  }
}

function reasonsSchema (): TSchema {
  return Type.Unsafe({
    type: 'object',
    description: 'The reasons by field.',
    additionalProperties: { type: 'array', items: { type: 'string' }, minItems: 1 }
  })
}
