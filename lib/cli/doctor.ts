/**
 * The command `doctor`. It lists what an application registers, what prevents its errors from being handled or
 * documented, and how to fix each problem.
 */
import type { FastifyInstance } from 'fastify'
import { getServerOptions } from '../fastify/internals.js'
import { getInferences, listUnhandledRoutes } from '../infer/inferences.js'
import { isLimitedByPlugin } from '../infer/known-plugins.js'
import { listMethodNames, type RouteRecord } from '../infer/route-record.js'
import type { Reference } from '../reference/create-reference.js'
import { formatCount } from '../support/format-count.js'
import { listReferences } from '../verify/error-references.js'

/** A problem that prevents errors from being handled or documented. */
export interface Problem {
  readonly problem: string
  /** The code that fixes it. Absent if the problem already describes the fix. */
  readonly line?: string
}

/** What an application registers, and its problems. */
export interface Diagnosis {
  readonly registered: readonly string[]
  readonly problems: readonly Problem[]
}

/** The names of plugins that affect errors. */
const plugins = [
  '@fastify/auth', '@fastify/basic-auth', '@fastify/bearer-auth', '@fastify/circuit-breaker', '@fastify/cors',
  '@fastify/csrf-protection', '@fastify/helmet', '@fastify/http-proxy', '@fastify/jwt', '@fastify/multipart',
  '@fastify/rate-limit', '@fastify/sensible', '@fastify/static', '@fastify/swagger', '@fastify/under-pressure',
  '@fastify/websocket'
]

/**
 * Examines a started application.
 *
 * @param warnings the warnings that this package emitted while the application started
 */
export function diagnose (app: FastifyInstance, warnings: readonly string[]): Diagnosis {
  const found = plugins.filter(name => app.hasPlugin(name))
  const others = found.length === 0 ? [] : [found.join(', ')]
  if (app.apiErrors === undefined) return { registered: others, problems: [notRegistered] }
  const references: ReadonlyArray<Reference & { readonly prefix?: string }> = listReferences<Reference>(app)
  return {
    registered: [...references.map(reference => describeRegistration(app, reference)), ...others],
    problems: [
      ...warnings.map(problem => ({ problem })),
      ...findServerProblems(app),
      ...references.flatMap(findNotFoundProblems),
      ...findRouteProblems(app, references)
    ]
  }
}

const notRegistered: Problem = {
  problem:
    'fastify-api-errors is not registered on the root instance, so scopes without it send the errors of Fastify.',
  line: 'await app.register(apiErrors)'
}

function describeRegistration (
  app: FastifyInstance,
  { prefix = '', codes, formats, limits }: Reference & { readonly prefix?: string }
): string {
  const place = prefix === '' ? '' : ` on ${prefix}`
  // An application can respond to all errors of a route itself.
  const documented = new Set(codes.flatMap(({ routes }) => routes))
  const limitedByPlugin = new Set(listLimitedByPlugin(app).filter(name => documented.has(name)))
  const names = [
    ...limits.map(({ name }) => name),
    ...limitedByPlugin.size === 0 ? [] : [`@fastify/rate-limit on ${formatCount(limitedByPlugin.size, 'route')}`]
  ]
  const limited = names.length === 0 ? 'no rate limits' : `rate limits: ${names.join(', ')}`
  return `fastify-api-errors${place}: format ${formats.map(({ name }) => name).join(' or ')}, ${formatCount(documented.size, 'documented route')}, ${limited}`
}

/** Returns the names of the routes that @fastify/rate-limit limits. */
function listLimitedByPlugin (
  app: FastifyInstance,
  isSelected: (record: RouteRecord) => boolean = () => true
): string[] {
  return getInferences(app).flatMap(({ routeErrors }) =>
    routeErrors.routes.filter(record => isSelected(record) && isLimitedByPlugin(routeErrors.getTargets(record)))
      .flatMap(listMethodNames)
  )
}

function findServerProblems (app: FastifyInstance): Problem[] {
  return getServerOptions(app).frameworkErrors === undefined
    ? [{
        problem: 'Fastify and Node respond to invalid URLs, malformed HTTP and slow requests themselves.',
        line: 'Fastify(serverOptions({ ...yours }))'
      }]
    : []
}

function findNotFoundProblems ({ codes }: Reference): Problem[] {
  return codes.some(({ code, elsewhere }) => code === 'route_not_found' && elsewhere === undefined)
    ? [{
        problem: 'Another not-found handler responds to requests without a route, because notFound is false.',
        line: 'await app.register(apiErrors, { notFound: true })'
      }]
    : []
}

function findRouteProblems (app: FastifyInstance, references: readonly Reference[]): Problem[] {
  const limitedByUs = new Set(references.flatMap(({ limits }) => limits.flatMap(({ routes }) => routes)))
  // Only @fastify/rate-limit reads `config.rateLimit`, which replaces the default policies of this plugin.
  const limited = listLimitedByPlugin(app, ({ route: { config } }) =>
    config?.rateLimit === undefined || Boolean(config.rateLimitPolicy))
  const checks: ReadonlyArray<readonly [names: readonly string[], subject: string, line: string]> = [
    [
      listUnhandledRoutes(app),
      'An error handler of the application responds to the errors of',
      'throw error // at the end of the handler, or delete the handler'
    ],
    [
      limited.filter(name => limitedByUs.has(name)),
      'Both @fastify/rate-limit and the option rateLimit limit',
      'config: { rateLimit: false } // on the route, or delete one of the two'
    ]
  ]
  return checks.flatMap(([names, subject, line]) =>
    names.length === 0 ? [] : [{ problem: `${subject} ${[...new Set(names)].sort().join(', ')}.`, line }]
  )
}

/** Returns a diagnosis as text. */
export function printDiagnosis ({ registered, problems }: Diagnosis): string {
  return [
    'Registered',
    ...registered.map(line => `  ${line}`),
    '',
    ...problems.length === 0 ? ['No problems were found.'] : [formatCount(problems.length, 'problem')],
    ...problems.flatMap(({ problem, line }) => [`  ${problem}`, ...line === undefined ? [] : [`    ${line}`]])
  ].join('\n')
}
