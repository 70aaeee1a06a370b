/** The option `documentation.rules`: rules of the application that replace or extend the built-in rules. */
import type { FastifySchema, RouteOptions } from 'fastify'
import type { AnyCatalog } from '../catalog/define-errors.js'
import { expectResult } from '../support/call-safely.js'
import { expectOption, rejectOption } from '../support/expect-option.js'
import { isObject } from '../support/is-object.js'
import { findUnknownError, getCode, type ErrorReference } from './declared/declare-errors.js'
import { dependentRules, optionalRules, rules, type Rule, type RuleName } from './rules.js'

/** The data of a route that a custom rule receives. */
export interface RuleRoute {
  /** In upper case. */
  readonly method: string
  /** The pattern, with the prefixes of the scopes: `/v1/queues/:id`. */
  readonly url: string
  /** The schema of the route; an empty object if it has none. */
  readonly schema: FastifySchema
  readonly config: NonNullable<RouteOptions['config']>
}

/** A rule: a fact about routes, and the errors that follow from it. */
export interface DocumentationRule {
  /** Codes, or factories of the catalog. */
  readonly errors: readonly ErrorReference[]
  /** A sentence that states the reason. `explain` returns it. */
  readonly reason: string
  /** Returns whether the fact is true for a route. @default true for every route */
  readonly when?: (route: RuleRoute) => boolean
}

/**
 * Rules by name. `false` turns off a built-in rule, and a rule with the same name replaces it. A rule with another name
 * is added. `true` turns on a built-in rule that is off by default: `databaseOutage` documents a 503 on each route of
 * an application that uses a database. docs/openapi.md describes the built-in rules.
 */
export type DocumentationRules =
  & { readonly [Name in Exclude<RuleName, 'databaseOutage'>]?: false | DocumentationRule }
  & { readonly databaseOutage?: boolean | DocumentationRule }
  & { readonly [name: string]: boolean | DocumentationRule | undefined }

/** A rule with its name. */
export interface NamedRule {
  readonly name: string
  readonly infer: Rule
}

/**
 * Returns the built-in rules together with the application's rules.
 *
 * @throws TypeError with one sentence that names the option, what was expected and what was received
 */
export function resolveRules (custom: DocumentationRules, errors: AnyCatalog): readonly NamedRule[] {
  const given = Object.entries(custom).filter(([, rule]) => rule !== undefined) as ReadonlyArray<
    readonly [string, boolean | DocumentationRule]
  >
  for (const [name, rule] of given) checkRule(name, rule, errors)
  const isOn = (name: string): boolean =>
    custom[name] === true || (custom[name] === undefined && !optionalRules.has(name))
  const builtIn = Object.entries(rules).filter(([name]) => isOn(name)).map(([name, infer]) => ({ name, infer }))
  const added = given.flatMap(([name, rule]) =>
    typeof rule === 'boolean' ? [] : [{ name, infer: createRule(name, rule) }]
  )
  return [
    ...builtIn.filter(({ name }) => !dependentRules.has(name)),
    ...added,
    ...builtIn.filter(({ name }) => dependentRules.has(name))
  ]
}

function createRule (name: string, { errors, reason, when = () => true }: DocumentationRule): Rule {
  const findings = errors.map(error => ({ code: getCode(error), reason }))
  const applies = (route: RuleRoute): boolean => expectResult(`documentation.rules.${name}.when`, when(route))
  return ({ method, schema, record: { url, route } }) =>
    applies({ method, url, schema, config: route.config as object }) ? findings : []
}

function checkRule (name: string, rule: boolean | DocumentationRule, errors: AnyCatalog): void {
  const option = `documentation.rules.${name}`
  const expect: (property: string, isExpected: boolean, expected: string, received: unknown) => void = (
    property,
    isExpected,
    expected,
    received
  ) => {
    expectOption('fastify-api-errors', option + property, isExpected, expected, received)
  }
  if (rule === false) {
    expect(
      '',
      Object.hasOwn(rules, name),
      `a rule, because only these can be false: ${Object.keys(rules).join(', ')}`,
      rule
    )
    return
  }
  const expected = `${optionalRules.has(name) ? 'true, ' : ''}false, or an object with errors and reason`
  if (rule === true) {
    expect('', optionalRules.has(name), expected, rule)
    return
  }
  expect('', isObject(rule), expected, rule)
  expect('.errors', Array.isArray(rule.errors), 'a list of codes or factories', rule.errors)
  const unknown = findUnknownError(rule.errors, errors)
  if (unknown !== undefined) {
    rejectOption('fastify-api-errors', `${option}.errors`, "codes of the option 'errors'", unknown.value)
  }
  expect(
    '.reason',
    typeof rule.reason === 'string' && rule.reason !== '',
    'a sentence that states the reason',
    rule.reason
  )
  expect('.when', rule.when === undefined || typeof rule.when === 'function', 'a function of the route', rule.when)
}
