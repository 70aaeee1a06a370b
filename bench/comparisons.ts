/** The pairs of subjects that run.ts compares over HTTP. */
import type { Effort, Pair } from './measure.js'
import type { SampleRequest } from './connection.js'
import { samples } from './sample-requests.js'

/** A comparison of two subjects. */
export interface Comparison extends Pair {
  readonly what: string
  /** The maximum ratio. Absent: the ratio is only reported. */
  readonly target?: number
  /** Whether the ratio is so close to 1 that it needs more turns. @default false */
  readonly fine?: boolean
}

/** How long each comparison takes. */
export interface Efforts {
  readonly usual: Effort
  /**
   * More turns for ratios with small tolerances, because processes with the same code differ by more than one percent.
   */
  readonly fine: Effort
}

export const thorough: Efforts = {
  usual: { launches: 2, rounds: 5, requests: 6400 },
  fine: { launches: 10, rounds: 5, requests: 6400 }
}
export const quick: Efforts = {
  usual: { launches: 1, rounds: 3, requests: 3200 },
  fine: { launches: 2, rounds: 3, requests: 3200 }
}

const at = (name: string, sample: SampleRequest, status: number): Pair['a'] => ({ name, sample, status })
const both = (a: string, b: string, sample: SampleRequest, status: number): Pair => ({
  a: at(a, sample, status),
  b: at(b, sample, status)
})

/** The plugin beside the same failures with handlers that only send a prepared copy of the same response. */
export const withMinimum: readonly Comparison[] = [
  { what: 'a 404 thrown', ...both('ours', 'minimal', samples.thrown, 404), target: 1.08 },
  { what: 'a 404 returned', ...both('ours', 'minimal', samples.returned, 404), target: 1.08 },
  { what: 'an unknown route', ...both('ours', 'minimal', samples.unknown, 404), target: 1.15 },
  { what: 'an unsupported method', ...both('ours', 'minimal', samples.wrongMethod, 405), target: 1.15 },
  { what: 'ten invalid fields', ...both('ours', 'minimal', samples.wrongBody, 422), target: 1.25 },
  { what: 'a TypeError', ...both('ours', 'minimal', samples.typeError, 500), target: 1.15 },
  {
    what: 'a unique violation of Postgres',
    ...both('ours, unique', 'minimal, unique', samples.unique, 409),
    target: 1.20
  },
  { what: 'a 404 thrown, pino to /dev/null', ...both('ours, pino', 'minimal, pino', samples.thrown, 404) },
  { what: 'a 404 returned, pino to /dev/null', ...both('ours, pino', 'minimal, pino', samples.returned, 404) }
]

/** The plugin beside what an application may have now. */
export const withOthers: readonly Comparison[] = [
  { what: 'a 200', ...both('ours', 'fastify', samples.ok, 200), target: 1.01, fine: true },
  { what: 'a 200, compared with itself', ...both('fastify', 'fastify', samples.ok, 200), fine: true },
  ...[
    'fastify', 'a hand-written setErrorHandler', '@fastify/sensible', 'fastify-http-errors-enhanced', 'Express 5',
    'Hono'
  ].map(name => ({
    what: 'a 404 thrown',
    ...both('ours', name, samples.thrown, 404)
  })),
  { what: 'a 404 returned', a: at('ours', samples.returned, 404), b: at('fastify', samples.thrown, 404) },
  {
    what: 'a 404 returned, the same bytes',
    a: at('ours', samples.returned, 404),
    b: at('node:http', samples.thrown, 404)
  },
  { what: 'a 404 thrown, pino to /dev/null', ...both('ours, pino', 'fastify, pino', samples.thrown, 404) },
  { what: 'an unknown route', ...both('ours', 'fastify', samples.unknown, 404) },
  {
    what: 'an unsupported method',
    a: at('ours', samples.wrongMethod, 405),
    b: at('fastify', samples.wrongMethod, 404)
  },
  { what: 'ten invalid fields', a: at('ours', samples.wrongBody, 422), b: at('fastify', samples.wrongBody, 400) },
  { what: 'a TypeError', ...both('ours', 'fastify', samples.typeError, 500) },
  {
    what: 'a unique violation of Postgres',
    a: at('ours, unique', samples.unique, 409),
    b: at('fastify, unique', samples.unique, 500)
  },
  { what: 'a 429', ...both('ours, limited', 'fastify, limited', samples.limited, 429) }
]

/** The plugin with other options, over HTTP/2, and beside other plugins. */
export const inOtherSettings: readonly Comparison[] = [
  { what: 'a 404 thrown as a problem', ...both('ours, problem', 'ours', samples.thrown, 404) },
  { what: 'ten invalid fields as a problem', ...both('ours, problem', 'ours', samples.wrongBody, 422) },
  {
    what: 'ten invalid fields in German',
    ...both('ours, languages', 'ours', samples.wrongBodyInGerman, 422),
    target: 1.05
  },
  {
    what: 'an unknown route in German',
    ...both('ours, languages', 'ours', samples.unknownInGerman, 404),
    target: 1.05
  },
  { what: "a 200 with sentErrors: 'convert'", ...both('ours, sentErrors: convert', 'ours', samples.ok, 200) },
  { what: 'a 200 over HTTP/2', ...both('ours, HTTP/2', 'fastify, HTTP/2', samples.ok, 200) },
  { what: 'a 404 thrown over HTTP/2', ...both('ours, HTTP/2', 'fastify, HTTP/2', samples.thrown, 404) },
  { what: 'a 200 with usual plugins', ...both('ours, plugins', 'fastify, plugins', samples.okFromBrowser, 200) },
  {
    what: 'a 404 thrown with usual plugins',
    ...both('ours, plugins', 'fastify, plugins', samples.thrownFromBrowser, 404)
  }
]

/** What is measured in other versions of Node.js. */
export const inOtherVersions: readonly Comparison[] = [
  { what: 'a 200', ...both('ours', 'fastify', samples.ok, 200) },
  { what: 'a 404 thrown', ...both('ours', 'fastify', samples.thrown, 404) },
  { what: 'a 404 thrown', ...both('ours', 'minimal', samples.thrown, 404) },
  { what: 'ten invalid fields', ...both('ours', 'minimal', samples.wrongBody, 422) }
]
