/** The keywords of JSON Schema (drafts 4 to 2020-12) whose values are schemas. */

/** The keywords that contain subschemas. All others contain values. */
export const subschemas: Readonly<Record<string, 'one' | 'several' | 'named'>> = {
  properties: 'named',
  patternProperties: 'named',
  dependentSchemas: 'named',
  additionalProperties: 'one',
  unevaluatedProperties: 'one',
  propertyNames: 'one',
  items: 'one',
  prefixItems: 'several',
  unevaluatedItems: 'one',
  contains: 'one',
  contentSchema: 'one',
  allOf: 'several',
  anyOf: 'several',
  oneOf: 'several',
  not: 'one',
  if: 'one',
  then: 'one',
  else: 'one'
}
