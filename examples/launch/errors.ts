/** The error catalog of the example. */
import { Type } from '@sinclair/typebox'
import { defineErrors, standardErrors } from 'fastify-api-errors'

/** The standard codes and the codes of this API. */
export const errors = defineErrors(standardErrors, {
  already_in_queue: {
    status: 409,
    type: 'conflict_error',
    message: 'You are already in this queue.',
    description: 'The user joined this queue before.',
    action: 'Read the existing entry instead of joining again.',
    meta: Type.Object({ entry_id: Type.String({ format: 'uuid', description: 'The existing entry.' }) }, {
      additionalProperties: false
    }),
    example: { meta: { entry_id: '0b0f8a52-4f0e-4f0b-9d3e-3a6e0d5f3c11' } }
  },
  already_registered: {
    status: 409,
    type: 'conflict_error',
    message: 'You are already registered for this draw.',
    description: 'The user registered for this draw before.',
    action: 'Wait for the draw. A second registration does not increase your chances.',
    deprecated: { since: '2026-10-01', sunset: '2027-10-01', replacedBy: 'resource_already_exists' }
  }
})
