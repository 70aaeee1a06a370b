import { toIssueCode, issueCodeByKeyword } from '../catalog/issues.js'
import type { ValidatorTraits } from './validator-traits.js'
import { isObject, type ReadonlyJsonObject } from '../support/is-object.js'

/** The parts of a request that a route can have a schema for, as Fastify names them. */
export type RequestPart = 'body' | 'querystring' | 'params' | 'headers'

/** What the codes of a schema depend on, beside the schema. */
export interface IssueCodesContext {
  readonly part: RequestPart
  readonly traits: ValidatorTraits
  /** Names of the path that a request of the route always has. */
  readonly always: ReadonlySet<string>
  /** The schema that was added under an id. */
  readonly schemaOf: (id: string) => unknown
}

type HoldsSchemas = 'one' | 'several' | 'named'

/** How keywords hold other schemas whose failures are reported. Those under `not` and `if` are not. */
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
  else: 'one'
}

/** Keywords that say something about a value and never fail. */
const annotations: ReadonlySet<string> = new Set([
  'id', 'definitions', 'title', 'description', 'default', 'example', 'examples', 'deprecated',
  'readOnly', 'writeOnly', 'contentEncoding', 'contentMediaType', 'contentSchema', 'nullable', 'xml', 'externalDocs', 'style', 'explode', 'allowReserved',
  'collectionFormat', 'discriminator', 'properties', 'patternProperties', 'dependentSchemas', 'prefixItems', 'allOf', 'then', 'else'
])

/** Keywords that fail by being `false`. */
const closing: ReadonlySet<string> = new Set(['additionalProperties', 'unevaluatedProperties', 'items', 'additionalItems', 'unevaluatedItems'])

/** What a value can be, with a number: `text` is never anything but a string, `texts` a string, or several where the name is repeated. */
const places = { root: 0, text: 2, texts: 4, any: 6 } as const

/** Where a schema applies: Ajv fills in no defaults below `anyOf` and its like, and what comes out of an address is text. */
interface Place {
  /** The schema that `#` refers to: the nearest one with an `$id`. */
  readonly root: ReadonlyJsonObject
  /** The whole schema, where other `$id`s are looked for. */
  readonly top: ReadonlyJsonObject
  readonly value: keyof typeof places
  readonly fillsDefaults: boolean
}

/**
 * The codes that issues can have when a value does not fit a schema, sorted. Empty: every value fits. `undefined`: the
 * schema refers to one that cannot be found here, so any code is possible.
 */
export function inferIssueCodes (schema: unknown, context: IssueCodesContext): readonly string[] | undefined {
  const codes = new Set<string>()
  /** The schemas that were visited, with a bit for each kind of place. */
  const seen = new Map<object, number>()
  let known = true

  function visit (schema: unknown, place: Place): void {
    if (schema === false) codes.add('unknown_field')
    if (!isObject(schema)) return
    const before = seen.get(schema) ?? 0
    const now = before | (place.fillsDefaults ? 1 : 2) << places[place.value]
    if (now === before) return
    seen.set(schema, now)

    const at = '$id' in schema ? { ...place, root: schema } : place
    Object.keys(schema).forEach(keyword => { visitKeyword(keyword, schema, at) })
    if ('~refine' in schema) codes.add('invalid') // TypeBox's check of the application's own; the property is not enumerable
    visitTarget(schema, at)
  }

  function visitTarget (schema: ReadonlyJsonObject, place: Place): void {
    if ('$dynamicRef' in schema || '$recursiveRef' in schema) known = false
    if (typeof schema.$ref === 'string') {
      const target = resolve(schema.$ref, place, context)
      if (target === undefined) known = false
      else visit(target.schema, { ...place, root: target.root, top: target.top })
    }
  }

  function visitKeyword (keyword: string, schema: ReadonlyJsonObject, place: Place): void {
    const value = schema[keyword]
    if (canFail(keyword, value, schema, place, context)) codes.add(getIssueCode(keyword, value))
    const kind = subschemas[keyword]
    if (kind !== undefined) {
      const below = innerPlace(keyword, place, context)
      innerSchemas(kind, keyword, value).forEach(inner => { visit(inner, below) })
    }
    // Ajv says that the list is too long; TypeBox names the item that is too many.
    if (keyword === 'additionalItems' && value === false) codes.add('unknown_field')
    // A union of constants is answered as the list of them.
    if ((keyword === 'anyOf' || keyword === 'oneOf') && codes.has('const')) codes.add('enum')
  }

  visit(schema, { root: schema as ReadonlyJsonObject, top: schema as ReadonlyJsonObject, value: context.part === 'body' ? 'any' : 'root', fillsDefaults: context.traits.fillsDefaults })
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

/** Keywords whose schemas are about the same value. */
const inPlace: ReadonlySet<string> = new Set(['allOf', 'then', 'else', 'dependencies', 'dependentSchemas'])

function innerPlace (keyword: string, place: Place, { part }: IssueCodesContext): Place {
  if (keyword === 'anyOf' || keyword === 'oneOf') return { ...place, fillsDefaults: false }
  if (inPlace.has(keyword)) return place
  if (place.value === 'root') return { ...place, value: part === 'querystring' ? 'texts' : 'text' }
  return { ...place, value: place.value === 'texts' && keyword === 'items' ? 'text' : 'any' }
}

function canFail (keyword: string, value: unknown, schema: ReadonlyJsonObject, place: Place, { traits, always, part }: IssueCodesContext): boolean {
  switch (keyword) {
    case 'type': {
      const types = [value].flat()
      if (place.value === 'root') return !types.includes('object')
      if (place.value === 'text') return !types.includes('string')
      return !(place.value === 'texts' && types.includes('array') && (traits.wrapsLists || types.includes('string')))
    }
    case 'required': {
      const properties = (schema.properties ?? {}) as ReadonlyJsonObject
      return Array.isArray(value) && value.some(name =>
        !(place.fillsDefaults && hasDefault(properties[name])) && !(part === 'params' && place.value === 'root' && always.has(name)))
    }
    case 'minLength': case 'minItems': case 'minProperties': case 'minContains': return value !== 0
    case 'uniqueItems': return value === true
    case 'dependencies': return Object.values(value as ReadonlyJsonObject).some(Array.isArray)
    case 'if': return 'then' in schema || 'else' in schema
    default: return closing.has(keyword)
      ? value === false && !(keyword === 'additionalProperties' && traits.removesUnknown)
      : !annotations.has(keyword) && !/^(\$|x-)/.test(keyword)
  }
}

function hasDefault (schema: unknown): boolean {
  return isObject(schema) && 'default' in schema
}

interface Target {
  readonly schema: unknown
  readonly root: ReadonlyJsonObject
  readonly top: ReadonlyJsonObject
}

/** The schema that a reference names: one below the root, one with an `$id` of its own, or one that was added. */
function resolve (ref: string, { root, top }: Place, { schemaOf }: IssueCodesContext): Target | undefined {
  const [id = '', fragment = ''] = ref.split('#', 2)
  const inside = id === '' ? root : withId(top, id)
  const base = inside ?? schemaOf(id)
  if (!isObject(base)) return undefined
  const schema = fragment === '' || fragment.startsWith('/') ? below(base, fragment) : withId(base, `#${fragment}`)
  return schema === undefined ? undefined : { schema, root: base, top: inside === undefined ? base : top }
}

/** What a JSON Pointer in a URI fragment names (RFC 6901, section 6). */
function below (schema: unknown, fragment: string): unknown {
  return fragment.split('/').slice(1).reduce<unknown>(
    (value, part) => isObject(value) ? value[decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')] : undefined, schema
  )
}

function withId (schema: unknown, id: string): ReadonlyJsonObject | undefined {
  if (!isObject(schema)) return undefined
  if (schema.$id === id || schema.$id === `${id}#`) return schema
  for (const inner of Object.values(schema)) {
    const found = withId(inner, id)
    if (found !== undefined) return found
  }
  return undefined
}
