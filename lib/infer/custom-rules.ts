import type { FastifySchema, RouteOptions } from 'fastify'
import type { AnyCatalog } from '../catalog/define-errors.js'
import { refuseOption } from '../support/describe-value.js'
import { getCode, findUnknownError, type ErrorReference } from './declare-errors.js'
import { rules, type Rule, type RuleName } from './rules.js'

/** What a rule of your own may look at. */
export interface RuleRoute {
  /** In capitals. */
  readonly method: string
  /** The pattern, with the prefixes of the scopes: `/v1/queues/:id`. */
  readonly url: string
  /** As the route has it; empty where it has none. */
  readonly schema: FastifySchema
  readonly config: NonNullable<RouteOptions['config']>
}

/** A fact about routes, and the errors that follow from it. */
export interface DocumentationRule {
  /** Codes, or factories of the catalog. */
  readonly errors: readonly ErrorReference[]
  /** A sentence that names the fact; `explain` shows it. */
  readonly reason: string
  /** Whether the fact holds for a route. @default every route */
  readonly when?: (route: RuleRoute) => boolean
}

/**
 * Rules by name: `false` switches a built-in one off, a rule takes its place, and under another name one is added.
 *
 * The built-in ones: `handler`, `body`, `bodySchema`, `parameters`, `headers`, `resource`, `rateLimit`, `timeout`,
 * `pressure`, `proxy`, `declared`, `responses`, `config`, `security`.
 */
export type DocumentationRules = { readonly [Name in RuleName]?: false | DocumentationRule } & { readonly [name: string]: false | DocumentationRule | undefined }

/** A rule with its name. */
export interface NamedRule {
  readonly name: string
  readonly infer: Rule
}

/**
 * The built-in rules with those of the application.
 *
 * @throws TypeError with one sentence that names the rule, what it got and what it takes
 */
export function resolveRules (custom: DocumentationRules, errors: AnyCatalog): readonly NamedRule[] {
  const own = Object.entries(custom).filter(([, rule]) => rule !== undefined) as ReadonlyArray<readonly [string, false | DocumentationRule]>
  for (const [name, rule] of own) check(name, rule, errors)
  const builtIn = Object.entries(rules).filter(([name]) => custom[name] === undefined).map(([name, infer]) => ({ name, infer }))
  const added = own.flatMap(([name, rule]) => rule === false ? [] : [{ name, infer: createRule(rule) }])
  // What `security` infers depends on what the others found.
  return [...builtIn.filter(({ name }) => name !== 'security'), ...added, ...builtIn.filter(({ name }) => name === 'security')]
}

function createRule ({ errors, reason, when = () => true }: DocumentationRule): Rule {
  const findings = errors.map(error => ({ code: getCode(error), reason }))
  return ({ method, schema, record: { url, route } }) => when({ method, url, schema, config: route.config ?? {} }) ? findings : []
}

function check (name: string, rule: false | DocumentationRule, errors: AnyCatalog): void {
  const option = `documentation.rules.${name}`
  const fault = (property: string, got: unknown, takes: string): never => refuseOption('fastify-api-errors', option + property, got, takes)
  if (rule === false) {
    if (Object.hasOwn(rules, name)) return
    throw new TypeError(`fastify-api-errors: the option '${option}' switches off a rule that does not exist; it takes one of ${Object.keys(rules).join(', ')}.`)
  }
  if (typeof rule !== 'object' || rule === null) fault('', rule, 'false, or a rule, an object with errors and reason')
  if (!Array.isArray(rule.errors)) fault('.errors', rule.errors, 'a list of codes or factories')
  const stray = findUnknownError(rule.errors, errors)
  if (stray !== undefined) throw new TypeError(`fastify-api-errors: the option '${option}.errors' has ${stray}, which is not in the catalog; it takes codes of the 'errors' option.`)
  if (typeof rule.reason !== 'string' || rule.reason === '') fault('.reason', rule.reason, 'a sentence that names the fact')
  if (rule.when !== undefined && typeof rule.when !== 'function') fault('.when', rule.when, 'a function of the route')
}
