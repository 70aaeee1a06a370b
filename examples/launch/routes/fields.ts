/** The schemas that several routes share. */
import { Type } from '@fastify/type-provider-typebox'

/** A string without control characters. */
export const printable = '^[^\\x00-\\x1f\\x7f]*$'

export const Uuid = Type.String({ format: 'uuid', maxLength: 36 })

export const Email = Type.String({ format: 'email', maxLength: 254 })

export const Name = Type.String({ minLength: 1, maxLength: 80, pattern: printable })

/** The name of a device. */
export const Device = Type.String({ minLength: 1, maxLength: 100, pattern: '^[A-Za-z0-9_.-]+$' })

/** The `:id` of a path. */
export const Id = Type.Object({ id: Uuid })
