/**
 * Loads the TypeBox of the application. It has the formats, types and messages that the application registered. The
 * build of this package also has some functions of TypeBox, because they load faster, but their registries are empty.
 */
import { Kind, type TSchema } from '@sinclair/typebox'
import { isObject } from './is-object.js'

/** The functions of TypeBox whose results depend on what the application registered. */
export type Typebox =
  & Pick<typeof import('@sinclair/typebox/errors'), 'Errors' | 'ValueErrorType'>
  & Pick<typeof import('@sinclair/typebox/value'), 'Convert'>

let loaded: Typebox | undefined

/** Loads TypeBox, unless it is loaded. An application whose schemas are TypeBox schemas has usually loaded it. */
export async function loadTypebox (): Promise<Typebox> {
  if (loaded === undefined) {
    // The build resolves dynamic imports of TypeBox in the application, and not in the bundle.
    const [{ Errors, ValueErrorType }, { Convert }] = await Promise.all([
      import('@sinclair/typebox/errors'),
      import('@sinclair/typebox/value')
    ])
    loaded = { Errors, ValueErrorType, Convert }
  }
  return loaded
}

/** Returns TypeBox if it is loaded. */
export function getTypebox (): Typebox | undefined {
  return loaded
}

/** Returns whether a schema was created with TypeBox 0.34. */
export function isTypeboxSchema (schema: unknown): schema is TSchema {
  return isObject(schema) && Kind in schema
}

/** Returns whether a schema that Fastify validates was created with TypeBox 0.34. */
export function hasTypeboxSchema (schemas: unknown): boolean {
  if (!isObject(schemas)) return false
  const { body, querystring, query, params, headers } = schemas as Readonly<Record<string, unknown>>
  const contents = isObject(body) && isObject(body.content)
    ? Object.values(body.content).map(content => isObject(content) ? content.schema : undefined)
    : []
  return [body, querystring, query, params, headers, ...contents].some(isTypeboxSchema)
}
