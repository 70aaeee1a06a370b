/** Random values for the property tests. */
import fc, { type Arbitrary } from 'fast-check'
import type { ErrorDefinition, ErrorInit, Issue } from 'fastify-api-errors'
import { issueLocations } from '../../lib/catalog/issues.js'

/** Any string, including lone surrogates and control characters. */
export const text: Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map(unit => String.fromCharCode(unit)) }),
  fc.constantFrom('', '__proto__', 'constructor', 'toString', '\ud800', '\u2028', '</script>', '"\\')
)

export const issue: Arbitrary<Issue> = fc.record({
  in: fc.constantFrom(...issueLocations),
  field: text,
  pointer: fc.array(text).map(path => path.map(part => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')),
  code: fc.stringMatching(/^[a-z][a-z0-9_]*$/),
  message: text
})

/** A value for a meta schema. The catalog only uses objects of strings, integers and lists of strings. */
function metaFor (definition: ErrorDefinition): Arbitrary<unknown> {
  const { properties = {}, required = [] } = (definition.meta ?? {}) as { properties?: Record<string, { type: string, minimum?: number }>, required?: string[] }
  const values = Object.entries(properties).map(([name, { type, minimum = 0 }]): [string, Arbitrary<unknown>] => {
    if (type === 'string') return [name, text]
    if (type === 'integer') return [name, fc.integer({ min: minimum })]
    if (type === 'array') return [name, fc.array(text)]
    throw new Error(`no values for ${type}`)
  })
  return fc.record(Object.fromEntries(values), { requiredKeys: required })
}

/** Any arguments of an error. */
export function initFor (definition: ErrorDefinition): Arbitrary<ErrorInit> {
  return fc.record({
    message: text,
    issues: fc.array(issue, { maxLength: 4 }),
    param: text,
    retryAfter: fc.double(),
    cause: fc.anything(),
    ...(definition.meta !== undefined && { meta: metaFor(definition) })
  }, { requiredKeys: definition.meta?.required === undefined ? [] : ['meta'] }) as Arbitrary<ErrorInit>
}
