/** The codes that the issues of a value can have, read from its JSON Schema. */
import { toIssueCode, issueCodeByKeyword } from '../../catalog/issues.js'
import type { ValidatorTraits } from './validator-traits.js'
import { isObject, type ReadonlyJsonObject } from '../../support/is-object.js'
import { resolveReference, type SchemaPlace } from './schema-references.js'

/** The parts of a request that a route can have a schema for, as Fastify names them. */
export type RequestPart = 'body' | 'querystring' | 'params' | 'headers'

/** The values that the codes depend on, in addition to the schema. */
export interface IssueCodesContext {
  readonly part: RequestPart
  readonly traits: ValidatorTraits
  /** The names of parameters that every request of the route has. */
  readonly alwaysPresent: ReadonlySet<string>
  /** Returns the schema that was added to the application under an id. */
  readonly getSchema: (id: string) => unknown
}

type HoldsSchemas = 'one' | 'several' | 'named'

/** The keywords that contain subschemas whose failures are reported. Failures below `not` and `if` are not reported. */
const subschemas: Readonly<Record<string, HoldsSchemas>> = {
  properties: 'named',
  patternProperties: 'named',
  dependentSchemas: 'named',
  dependencies: 'named',
  additionalProperties: 'one',
  unevaluatedProperties: 'one',
  propertyNames: 'one',
  items: 'one',
  prefixItems: 'several',
  additionalItems: 'one',
  unevaluatedItems: 'one',
  contains: 'one',
  allOf: 'several',
  anyOf: 'several',
  oneOf: 'several',
  then: 'one',
  else: 'one',
  selectCases: 'named', // of ajv-keywords
  selectDefault: 'one'
}

/** Keywords that never fail. */
const annotations: ReadonlySet<string> = new Set([
  'id', 'definitions', 'title', 'description', 'default', 'example', 'examples', 'deprecated', 'readOnly', 'writeOnly',
  'contentEncoding', 'contentMediaType', 'contentSchema', 'nullable', 'xml', 'externalDocs', 'style', 'explode',
  'allowReserved', 'collectionFormat', 'discriminator', 'errorMessage', 'transform', 'dynamicDefaults', 'selectCases',
  'selectDefault', 'properties', 'patternProperties', 'dependentSchemas', 'prefixItems', 'allOf', 'then', 'else'
])

/** Keywords that fail only if they are `false`. */
const closing: ReadonlySet<string> = new Set([
  'additionalProperties',
  'unevaluatedProperties',
  'items',
  'additionalItems',
  'unevaluatedItems'
])

/**
 * The kinds of values, each with a number. A `string` is always one string. `strings` is one string, or several if the
 * parameter is repeated.
 */
const kinds = { root: 0, string: 2, strings: 4, any: 6 } as const

/** The place of a schema. Ajv fills in no defaults below `anyOf` and `oneOf`, and the values in a URL are strings. */
interface Place extends SchemaPlace {
  readonly value: keyof typeof kinds
  readonly fillsDefaults: boolean
}

/**
 * Returns the sorted codes that issues can have if a value does not match a schema. The list is empty if every value
 * matches. Returns `undefined` if the schema refers to a schema that cannot be found, so that any code is possible.
 */
export function inferIssueCodes (schema: unknown, context: IssueCodesContext): readonly string[] | undefined {
  const codes = new Set<string>()
  /** The schemas that were visited, with a bit for each kind of value. */
  const seen = new Map<object, number>()
  let known = true

  function visit (schema: unknown, place: Place): void {
    if (schema === false) codes.add('unknown_field')
    if (!isObject(schema)) return
    const before = seen.get(schema) ?? 0
    const now = before | (place.fillsDefaults ? 1 : 2) << kinds[place.value]
    if (now === before) return
    seen.set(schema, now)

    const at = '$id' in schema ? { ...place, root: schema } : place
    Object.keys(schema).forEach(keyword => {
      visitKeyword(keyword, schema, at)
    })
    if ('~refine' in schema) codes.add('invalid') // a custom check in TypeBox; the property is not enumerable
    visitTarget(schema, at)
  }

  function visitTarget (schema: ReadonlyJsonObject, place: Place): void {
    if ('$dynamicRef' in schema || '$recursiveRef' in schema) known = false
    if (typeof schema.$ref === 'string') {
      const target = resolveReference(schema.$ref, place, context.getSchema)
      if (target === undefined) known = false
      else visit(target.schema, { ...place, root: target.root, top: target.top })
    }
  }

  function visitKeyword (keyword: string, schema: ReadonlyJsonObject, place: Place): void {
    const value = schema[keyword]
    if (value === undefined) return // Ajv ignores the keyword, as in `{ properties: other.properties }`
    if (canFail(keyword, value, schema, place, context)) codes.add(getIssueCode(keyword, value))
    const kind = subschemas[keyword]
    if (kind !== undefined) {
      const below = innerPlace(keyword, place, context)
      innerSchemas(kind, keyword, value).forEach(inner => {
        visit(inner, below)
      })
    }
    // Ajv reports that the list is too long. TypeBox reports the extra item.
    if (keyword === 'additionalItems' && value === false) codes.add('unknown_field')
    // A union of constants is reported as an enum.
    if ((keyword === 'anyOf' || keyword === 'oneOf') && codes.has('const')) codes.add('enum')
  }

  visit(schema, {
    root: schema as ReadonlyJsonObject,
    top: schema as ReadonlyJsonObject,
    value: context.part === 'body' ? 'any' : 'root',
    fillsDefaults: context.traits.fillsDefaults
  })
  return known ? [...codes].sort() : undefined
}

function getIssueCode (keyword: string, value: unknown): string {
  return keyword === 'format' ? toIssueCode(String(value)) : issueCodeByKeyword.get(keyword) ?? toIssueCode(keyword)
}

function innerSchemas (kind: HoldsSchemas, keyword: string, value: unknown): readonly unknown[] {
  if (value === false && closing.has(keyword)) return []
  if (Array.isArray(value)) return value
  return kind === 'named' ? Object.values(value as ReadonlyJsonObject).filter(inner => !Array.isArray(inner)) : [value]
}

/** Keywords whose schemas apply to the same value. */
const inPlace: ReadonlySet<string> = new Set(['allOf', 'then', 'else', 'dependencies', 'dependentSchemas'])

function innerPlace (keyword: string, place: Place, { part }: IssueCodesContext): Place {
  if (keyword === 'anyOf' || keyword === 'oneOf') return { ...place, fillsDefaults: false }
  if (inPlace.has(keyword)) return place
  if (place.value === 'root') return { ...place, value: part === 'querystring' ? 'strings' : 'string' }
  return { ...place, value: place.value === 'strings' && keyword === 'items' ? 'string' : 'any' }
}

function canFail (
  keyword: string,
  value: unknown,
  schema: ReadonlyJsonObject,
  place: Place,
  { traits, alwaysPresent, part }: IssueCodesContext
): boolean {
  switch (keyword) {
    case 'type': {
      const types = [value].flat()
      if (place.value === 'root') return !types.includes('object')
      if (place.value === 'string') return !types.includes('string')
      return !(place.value === 'strings' && types.includes('array') && (traits.wrapsLists || types.includes('string')))
    }
    case 'required': {
      const properties = (schema.properties ?? {}) as ReadonlyJsonObject
      return Array.isArray(value) &&
        value.some(name =>
          !(place.fillsDefaults && hasDefault(properties[name])) &&
          !(part === 'params' && place.value === 'root' && alwaysPresent.has(name))
        )
    }
    case 'minLength':
    case 'minItems':
    case 'minProperties':
    case 'minContains':
      return value !== 0
    case 'uniqueItems':
      return value === true
    case 'dependencies':
      return Object.values(value as ReadonlyJsonObject).some(Array.isArray)
    case 'if':
      return 'then' in schema || 'else' in schema
    default:
      return closing.has(keyword)
        ? value === false && !(keyword === 'additionalProperties' && traits.removesUnknown)
        : !annotations.has(keyword) && !/^(\$|x-)/.test(keyword)
  }
}

function hasDefault (schema: unknown): boolean {
  return isObject(schema) && 'default' in schema
}
