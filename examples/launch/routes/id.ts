import { Type } from '@fastify/type-provider-typebox'

/** The `:id` of a path. */
export const Id = Type.Object({ id: Type.String({ format: 'uuid' }) })
