/** Schemas of any library: their JSON Schema, and the types of their values. */
import { expectResult } from './call-safely.js'
import { describeValue } from './describe-value.js'
import { isObject, isRecord, type JsonObject } from './is-object.js'

/**
 * A schema that offers its JSON Schema, as Standard JSON Schema 1 defines: a schema of zod 4.2 or ArkType, or of
 * Valibot with `toStandardJsonSchema()`.
 */
export interface StandardJsonSchema<Value = unknown> {
  readonly '~standard': {
    readonly version: 1,
    readonly vendor: string,
    readonly types?: { readonly input: unknown, readonly output: Value } | undefined,
    readonly jsonSchema: {
      readonly input: (options: { readonly target: 'draft-07' }) => Record<string, unknown>,
      readonly output: (options: { readonly target: 'draft-07' }) => Record<string, unknown>
    }
  }
}

/**
 * A schema of `@sinclair/typebox`, by its structure. Its CommonJS and ES module builds declare different unique
 * symbols, so a schema of one build is not assignable to the type of the other.
 */
export interface TypedSchema {
  readonly static: unknown
  readonly params: unknown
}

/**
 * The type of the values of a schema: of `@sinclair/typebox`, of `typebox` 1, of a library with Standard Schema, or of
 * a JSON Schema with literal types (`as const`). Keywords of JSON Schema that have no equivalent in TypeScript are
 * ignored.
 */
export type SchemaValue<S> = S extends TypedSchema ? (S & { readonly params: [] })['static']
  : S extends { readonly '~standard': { readonly types?: infer Types } } ? OutputOf<NonNullable<Types>>
    : JsonSchemaValue<S>

type OutputOf<Types> = Types extends { readonly output: infer Output } ? Output : unknown

// `typebox` 1 has JSON Schemas with literal types. Only `Type.Unsafe` differs.
type JsonSchemaValue<S> = S extends { readonly '~unsafe': infer Value } ? Value
  : S extends { readonly const: infer Value } ? Value
    : S extends { readonly enum: ReadonlyArray<infer Value> } ? Value
      : S extends { readonly type: infer Type } ? TypedValue<Type extends ReadonlyArray<infer One> ? One : Type, S>
        : S extends { readonly anyOf: ReadonlyArray<infer Part> } | { readonly oneOf: ReadonlyArray<infer Part> }
          ? JsonSchemaValue<Part>
          : S extends { readonly allOf: readonly [...infer Parts] } ? IntersectionOf<Parts>
            : unknown

type IntersectionOf<Parts extends readonly unknown[]> = Parts extends readonly [infer First, ...infer Rest]
  ? JsonSchemaValue<First> & IntersectionOf<Rest>
  : unknown

type TypedValue<Type, S> = Type extends 'string' ? string
  : Type extends 'number' | 'integer' ? number
    : Type extends 'boolean' ? boolean
      : Type extends 'null' ? null
        : Type extends 'array' ? ListValue<S>
          : Type extends 'object' ? ObjectValue<S>
            : unknown

type ListValue<S> = S extends
  { readonly items: infer Items extends readonly unknown[] } | {
    readonly prefixItems: infer Items extends readonly unknown[]
  } ? { -readonly [Index in keyof Items]: JsonSchemaValue<Items[Index]> }
  : S extends { readonly items: infer Item } ? Array<JsonSchemaValue<Item>>
    : unknown[]

type ObjectValue<S> = S extends { readonly properties: infer Properties } ? Flat<
    & {
      -readonly [Name in keyof Properties as Name extends RequiredNames<S> ? Name : never]: JsonSchemaValue<
        Properties[Name]
      >
    }
    & {
      -readonly [Name in keyof Properties as Name extends RequiredNames<S> ? never : Name]?: JsonSchemaValue<
        Properties[Name]
      >
    }
  >
  : S extends { readonly patternProperties: infer Patterns } ? Record<string, JsonSchemaValue<Patterns[keyof Patterns]>>
    : S extends { readonly additionalProperties: infer Member extends object } ? Record<string, JsonSchemaValue<Member>>
      : Readonly<Record<string, unknown>>

type RequiredNames<S> = S extends { readonly required: ReadonlyArray<infer Name> } ? Name : never

type Flat<T> = { [Name in keyof T]: T[Name] }

/** The JSON Schemas that were created from the schemas of libraries. */
const created = new WeakMap<object, JsonObject>()

/**
 * Returns the JSON Schema of a schema of any library. Returns any other value unchanged.
 *
 * @param owner the function or package that receives the schema, for messages
 * @param option the path of the schema, for messages
 * @throws TypeError with one sentence if the schema offers no JSON Schema
 */
export function toJsonSchema (owner: string, option: string, schema: unknown): unknown {
  const reject = (received: string): never => {
    throw new TypeError(
      `${owner}: ${option}: expected a JSON Schema, or a schema that provides one (zod 4.2, ArkType, Valibot with toStandardJsonSchema()), got ${received}.`
    )
  }
  if (!isStandardSchema(schema)) return isValidator(schema) ? reject(describeValue(schema)) : schema
  const known = created.get(schema)
  if (known !== undefined) return known
  const { vendor, jsonSchema } = schema['~standard']
  if (typeof jsonSchema?.output !== 'function') return reject(`a schema of ${vendor} without a JSON Schema`)
  try {
    const { $schema: _, ...json } = expectResult('jsonSchema.output()', jsonSchema.output({ target: 'draft-07' }))
    created.set(schema, json)
    return json
  } catch (error) {
    return reject(
      `a schema of ${vendor} without a JSON Schema: ${error instanceof Error ? error.message.replace(/\.$/, '') : String(error)}`
    )
  }
}

interface StandardSchema {
  readonly '~standard': {
    readonly vendor: string,
    readonly jsonSchema?: { readonly output?: (options: { readonly target: string }) => JsonObject }
  }
}

/**
 * Returns whether a value is a schema of a library with Standard Schema. A JSON Schema that `z.toJSONSchema()` returns
 * has a hidden `~standard`, which would ignore the options of this call.
 */
function isStandardSchema (schema: unknown): schema is StandardSchema {
  if (
    !(isObject(schema) || typeof schema === 'function') || !('~standard' in schema) || !isObject(schema['~standard'])
  ) return false
  return !isPlain(schema) || Object.getOwnPropertyDescriptor(schema, '~standard')?.enumerable === true
}

/**
 * Returns whether a value is a schema of a library without Standard Schema: an instance of a class, or an object with
 * functions.
 */
function isValidator (schema: unknown): boolean {
  return isRecord(schema) && (!isPlain(schema) || Object.values(schema).some(member => typeof member === 'function'))
}

/**
 * Returns whether a value is an object without a class. Each realm has its own `Object`, whose prototype has no
 * prototype.
 */
function isPlain (value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return typeof value === 'object' && (prototype === null || Object.getPrototypeOf(prototype) === null)
}
