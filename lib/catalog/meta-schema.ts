/** Checks the schema of an error's data, which is part of the documented body. */
import { describeValue } from '../support/describe-value.js'
import { expectJson, expectOption } from '../support/expect-option.js'
import { isRecord, type JsonObject } from '../support/is-object.js'
import { toJsonSchema } from '../support/json-schema.js'
import { subschemas } from '../support/subschemas.js'

/** The types of JSON Schema (draft 2020-12, section 6.1.1 of the validation vocabulary). */
const jsonTypes: readonly unknown[] = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null']

const expectedSchema = 'the schema of an object, like Type.Object({ id: Type.String() })'

/**
 * Returns the JSON Schema of `meta`; `undefined` if there is none.
 *
 * @param option the path of the schema, for messages
 * @throws TypeError with one sentence if it is not the schema of an object
 */
export function readMetaSchema (owner: string, option: string, schema: unknown): JsonObject | undefined {
  if (schema === undefined) return undefined
  const meta = inlineRoot(toJsonSchema(owner, option, schema))
  expectOption(owner, option, isRecord(meta), expectedSchema, meta)
  if (meta.type !== 'object') {
    throw new TypeError(`${owner}: ${option}: expected ${expectedSchema}, got ${describeSchema(meta)}.`)
  }
  checkTypes(owner, option, meta)
  expectJson(owner, option, meta)
  return meta
}

/**
 * Returns a schema with the definition that its root refers to. zod creates such a schema for an object with an id, and
 * TypeBox 1 for `Type.Cyclic`.
 */
function inlineRoot (schema: unknown): unknown {
  if (!isRecord(schema) || typeof schema.$ref !== 'string') return schema
  const { $ref, ...root } = schema
  const name = $ref.replace(/^#\/(definitions|\$defs)\//, '')
  const definition = [root.definitions, root.$defs].filter(isRecord).map(named => named[name]).find(isRecord)
  if (definition === undefined) return schema
  const { $id: _, ...inlined } = definition // another schema with the same $id is ambiguous
  return { ...inlined, ...root }
}

function describeSchema ({ type, $ref }: JsonObject): string {
  if (type !== undefined) return `a schema of type ${JSON.stringify(type)}`
  return $ref === undefined
    ? 'a schema without a type'
    : `a reference to ${describeValue($ref)}, which is only allowed inside the schema`
}

/** Checks the types in a schema. The libraries that create schemas also have types of JavaScript, such as `RegExp`. */
export function checkTypes (owner: string, path: string, schema: unknown, seen: Set<unknown> = new Set()): void {
  if (!isRecord(schema) || seen.has(schema)) return
  seen.add(schema)
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === 'type') {
      for (const type of [value].flat()) {
        expectOption(
          owner,
          `${path}.type`,
          jsonTypes.includes(type),
          `a type of JSON Schema (${jsonTypes.join(', ')})`,
          type
        )
      }
    }
    const kind = subschemas[keyword] ?? (keyword === '$defs' || keyword === 'definitions' ? 'named' : undefined)
    if (kind === 'named' && isRecord(value)) {
      for (const [name, inner] of Object.entries(value)) checkTypes(owner, `${path}.${keyword}.${name}`, inner, seen)
    } else if (kind !== undefined) {
      for (const inner of [value].flat()) checkTypes(owner, `${path}.${keyword}`, inner, seen)
    }
  }
}
