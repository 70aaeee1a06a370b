/** Resolves the references between JSON Schemas: `$ref`, `$id`, anchors and JSON Pointers. */
import { isObject, type ReadonlyJsonObject } from '../../support/is-object.js'

/** The place of a schema. References are relative to it. */
export interface SchemaPlace {
  /** The schema that `#` refers to: the nearest schema with an `$id`. */
  readonly root: ReadonlyJsonObject
  /** The whole schema, in which other `$id`s are looked up. */
  readonly top: ReadonlyJsonObject
}

/** The target of a reference, and its place. */
export interface ReferencedSchema extends SchemaPlace {
  readonly schema: unknown
}

/**
 * Returns the target of a reference: a schema below the root, a schema with its own `$id`, or a schema that was added
 * to the application.
 *
 * @param getSchema returns the schema that was added to the application under an id
 * @returns `undefined` if it cannot be found
 */
export function resolveReference (
  ref: string,
  { root, top }: SchemaPlace,
  getSchema: (id: string) => unknown
): ReferencedSchema | undefined {
  const [id = '', fragment = ''] = ref.split('#', 2)
  const names = id === '' ? [] : [id, resolveUrl(id, root.$id)]
  const inside = id === '' ? root : names.map(name => findById(top, name)).find(found => found !== undefined)
  const base = inside ?? names.map(getSchema).find(isObject)
  if (!isObject(base)) return undefined
  const schema = fragment === '' || fragment.startsWith('/')
    ? resolvePointer(base, fragment)
    : findById(base, `#${fragment}`)
  return schema === undefined ? undefined : { schema, root: base, top: inside === undefined ? base : top }
}

function resolveUrl (id: string, base: unknown): string {
  return typeof base === 'string' && URL.canParse(id, base) ? new URL(id, base).href : id
}

/** Returns the value at a JSON Pointer in a URI fragment (RFC 6901, section 6). */
function resolvePointer (schema: unknown, fragment: string): unknown {
  return fragment.split('/').slice(1).reduce<unknown>(
    (value, part) =>
      isObject(value) ? value[decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')] : undefined,
    schema
  )
}

/** Returns the schema with an `$id`, or with an anchor such as `#name`. */
function findById (schema: unknown, id: string): ReadonlyJsonObject | undefined {
  if (!isObject(schema)) return undefined
  if (schema.$id === id || schema.$id === `${id}#`) return schema
  if (id.startsWith('#') && [schema.$anchor, schema.$dynamicAnchor].includes(id.slice(1))) return schema
  for (const inner of Object.values(schema)) {
    const found = findById(inner, id)
    if (found !== undefined) return found
  }
  return undefined
}
