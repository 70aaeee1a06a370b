/** Merges the fields of the bodies of several codes. The lockfile and the reference list them once. */

interface Field {
  readonly name: string
  readonly type: string
  readonly required: boolean
}

/**
 * Returns the fields that the bodies of all codes have together, without the fields of `meta`, which belong to each
 * code. A type includes the types in all bodies. A field is required if every body requires it.
 *
 * @param bodies the fields of each body
 */
export function mergeFields<Merged extends Field> (bodies: ReadonlyArray<readonly Merged[]>): Merged[] {
  const fields = bodies.flat()
  const first = new Map<string, Merged>()
  for (const field of fields) if (!isFieldOfMeta(field) && !first.has(field.name)) first.set(field.name, field)
  return [...first.values()].map(field => {
    const same = fields.filter(({ name }) => name === field.name)
    const type = [...new Set(same.flatMap(({ type }) => type.split(' | ').map(widenType)))].join(' | ')
    return { ...field, type, required: same.length === bodies.length && same.every(({ required }) => required) }
  })
}

/** Returns whether a field is in `meta`. */
export function isFieldOfMeta ({ name }: Pick<Field, 'name'>): boolean {
  return /(^|\.)meta\./.test(name)
}

/** Returns the type of a constant, because each code has its own constants: `"conflict_error"` is a `string`. */
function widenType (type: string): string {
  if (type.startsWith('"')) return 'string'
  return /^\d/.test(type) ? 'integer' : type
}
