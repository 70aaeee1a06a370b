/** Creates small values that a JSON Schema accepts. */
import { createPatternSample } from './sample-pattern.js'
import { isRecord, type ReadonlyJsonObject } from '../support/is-object.js'

/** A value for each `format`. */
const samplesOfFormat: Readonly<Record<string, string>> = {
  date: '2030-01-31',
  time: '12:30:00Z',
  'date-time': '2030-01-31T12:30:00Z',
  duration: 'P1D',
  email: 'ada@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.com',
  url: 'https://example.com',
  'uri-reference': '/example',
  uuid: '00000000-0000-4000-8000-000000000000'
}

/** Returns the target of a `$ref`. */
export type Resolve = (ref: string) => unknown

/**
 * Returns a small value that a JSON Schema accepts: its own example or default if there is one, otherwise the required
 * properties of an object. For an unusual `pattern`, the string does not match it.
 */
export function createSampleValue (schema: unknown, resolve: Resolve, depth = 0): unknown {
  if (!isRecord(schema) || depth > maxDepth) return {}
  if (typeof schema.$ref === 'string') return createSampleValue(resolve(schema.$ref), resolve, depth + 1)
  if (Array.isArray(schema.examples) && schema.examples.length > 0) return schema.examples[0]
  for (const keyword of ['example', 'default', 'const'] as const) {
    if (schema[keyword] !== undefined) return schema[keyword]
  }
  if (Array.isArray(schema.enum)) return schema.enum[0]
  const [branch] = (schema.anyOf ?? schema.oneOf ?? []) as readonly unknown[]
  if (branch !== undefined) return createSampleValue(branch, resolve, depth + 1)
  if (Array.isArray(schema.allOf)) {
    return Object.assign(
      {},
      ...schema.allOf.map(part => createSampleValue(part, resolve, depth + 1))
    )
  }
  const type = Array.isArray(schema.type) ? schema.type.find(name => name !== 'null') : schema.type
  switch (type) {
    case 'string':
      return sampleString(schema)
    case 'integer':
    case 'number':
      return sampleNumber(schema)
    case 'boolean':
      return true
    case 'null':
      return null
    case 'array':
      return Array.from(
        { length: Number(schema.minItems ?? 0) },
        () => createSampleValue(schema.items, resolve, depth + 1)
      )
    default:
      return sampleObject(schema, resolve, depth)
  }
}

/** The maximum depth of a value, because a schema may contain itself. */
const maxDepth = 8

function sampleObject (schema: ReadonlyJsonObject, resolve: Resolve, depth: number): Record<string, unknown> {
  const properties = isRecord(schema.properties) ? schema.properties : {}
  const required = Array.isArray(schema.required) ? schema.required.map(String) : []
  return Object.fromEntries(required.map(name => [name, createSampleValue(properties[name], resolve, depth + 1)]))
}

function sampleString ({ format, pattern, minLength, maxLength }: ReadonlyJsonObject): string {
  const known = samplesOfFormat[String(format)]
  if (known !== undefined) return known
  const matching = typeof pattern === 'string'
    ? createPatternSample(pattern, Number(minLength ?? 0), Number(maxLength ?? Infinity))
    : undefined
  if (matching !== undefined) return matching
  return 'example'.padEnd(Number(minLength ?? 0), '-example').slice(0, Number(maxLength ?? Infinity))
}

function sampleNumber ({ minimum, exclusiveMinimum, maximum, multipleOf }: ReadonlyJsonObject): number {
  if (typeof multipleOf === 'number') return multipleOf * Math.max(1, Math.ceil(Number(minimum ?? 0) / multipleOf))
  if (typeof minimum === 'number') return minimum
  if (typeof exclusiveMinimum === 'number') return exclusiveMinimum + 1
  return Math.min(1, Number(maximum ?? 1))
}
