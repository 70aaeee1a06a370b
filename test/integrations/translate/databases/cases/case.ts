/**
 * Helpers for the database tests: each case causes a failure in a route, and compares the complete response.
 * The table in docs/databases.md is generated from the same cases.
 */
import Fastify, { type FastifyInstance } from 'fastify'
import apiErrors, { type DatabaseOptions } from 'fastify-api-errors'
import type { Test } from 'tap'
import { shouldRetry } from '../../../../helpers/http.js'

/** The responses to database failures, as a client sees them. */
export const responses = {
  unique: { status: 409, code: 'resource_already_exists', message: 'A resource with this identifier already exists.', issue: 'unique', ofField: 'is already in use', ofBody: 'has a value that is already in use' },
  overlap: { status: 409, code: 'resource_conflict', message: 'The request conflicts with an existing record.' },
  unknown_reference: { status: 422, code: 'validation_error', message: 'One or more fields are invalid.', issue: 'invalid', ofField: 'refers to a record that does not exist', ofBody: 'refers to a record that does not exist' },
  still_referenced: { status: 409, code: 'resource_conflict', message: 'Other records still refer to this one.' },
  missing: { status: 422, code: 'missing_required_field', message: 'A required field is missing.', issue: 'required', ofField: 'is required', ofBody: 'is missing a required field' },
  check: { status: 422, code: 'validation_error', message: 'One or more fields are invalid.', issue: 'invalid', ofField: 'is invalid', ofBody: 'has an invalid value' },
  too_long: { status: 422, code: 'validation_error', message: 'One or more fields are invalid.', issue: 'max_length', ofField: 'is too long', ofBody: 'has a value that is too long' },
  out_of_range: { status: 422, code: 'validation_error', message: 'One or more fields are invalid.', issue: 'invalid', ofField: 'is out of range', ofBody: 'has a value that is out of range' },
  malformed: { status: 422, code: 'validation_error', message: 'One or more fields are invalid.', issue: 'invalid', ofField: 'is invalid', ofBody: 'has an invalid value' },
  no_row: { status: 404, code: 'resource_not_found', message: 'The resource does not exist.' },
  concurrent: { status: 409, code: 'concurrent_modification', message: 'Another request changed the resource at the same time.' },
  unavailable: { status: 503, code: 'service_unavailable', message: 'The service is temporarily unavailable.', retryAfter: 10 },
  fault: { status: 500, code: 'internal_error', message: 'Something went wrong on our side.' }
} as const satisfies Record<string, ExpectedResponse>

interface ExpectedResponse {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly issue?: string
  readonly ofField?: string
  readonly ofBody?: string
  readonly retryAfter?: number
}

/** The name of a response. */
export type ResponseName = keyof typeof responses

/** One failure. */
export interface Case<World> {
  /** The failure, as the table in the docs describes it. */
  readonly what: string
  readonly response: ResponseName
  /** The columns of the issues. @default [''], the whole body */
  readonly fields?: readonly string[]
  /** The message, if the `database` option sets one for the constraint. */
  readonly message?: string
  /** @default 'POST' */
  readonly method?: 'POST' | 'DELETE'
  /** The request body. `null`: the request has no body. @default a body with a field of no column */
  readonly body?: Readonly<Record<string, unknown>> | null
  readonly run: (world: World, body: Readonly<Record<string, unknown>>) => Promise<unknown>
}

/** A way to access a database, and its cases. */
export interface Source<World> {
  /** The package name of the driver or ORM. */
  readonly name: string
  readonly cases: ReadonlyArray<Case<World>>
}

/** Returns cases without some of them, and with other fields in others, for a driver that lacks a feature. */
export function variant<World> (cases: ReadonlyArray<Case<World>>, { without = [], fields = {} }: {
  readonly without?: readonly string[], readonly fields?: Readonly<Record<string, readonly string[]>>
}): ReadonlyArray<Case<World>> {
  for (const what of [...without, ...Object.keys(fields)]) {
    if (!cases.some(given => given.what === what)) throw new Error(`There is no case '${what}'.`)
  }
  return cases.filter(({ what }) => !without.includes(what)).map(given => {
    const other = fields[given.what]
    return other === undefined ? given : { ...given, fields: other }
  })
}

/** Returns a whole response, except for values that depend on the connection and the clock. */
export interface SentResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

const ofTheConnection: readonly string[] = ['date', 'connection', 'keep-alive', 'content-length']

/** An application with a route for each case. */
export async function serve<World> (world: World, cases: ReadonlyArray<Case<World>>, database: DatabaseOptions): Promise<{
  readonly send: (given: Case<World>) => Promise<SentResponse>
  readonly app: FastifyInstance
}> {
  const app = Fastify({ genReqId: () => 'req_1' })
  await app.register(apiErrors, { database, log: false })
  cases.forEach(({ run }, index) => {
    app.route({ method: ['POST', 'DELETE'], url: `/${index}`, handler: request => run(world, request.body as Readonly<Record<string, unknown>>) })
  })
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    app,
    async send (given) {
      const { method = 'POST', body = { comment: 'a' } } = given
      const sent = body === null ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
      const response = await fetch(`${address}/${cases.indexOf(given)}`, { method, ...sent })
      const headers = Object.fromEntries([...response.headers].filter(([name]) => !ofTheConnection.includes(name)))
      const text = await response.text()
      return { status: response.status, headers, body: text === '' ? '' : JSON.parse(text) }
    }
  }
}

/** Returns the complete response of a case. */
export function expected ({ response, fields = [''], message }: Pick<Case<unknown>, 'response' | 'fields' | 'message'>): SentResponse {
  const { status, code, message: sentence, issue, ofField, ofBody, retryAfter }: ExpectedResponse = responses[response]
  return {
    status,
    headers: {
      'cache-control': 'no-store',
      'content-type': 'application/json; charset=utf-8',
      ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
      'x-request-id': 'req_1',
      'x-should-retry': shouldRetry(status, code)
    },
    body: {
      code,
      message: message ?? sentence,
      request_id: 'req_1',
      ...(issue !== undefined && {
        details: fields.map(field => ({ in: 'body', field, pointer: field === '' ? '' : `/${field.replaceAll('.', '/')}`, code: issue, message: field === '' ? ofBody : ofField }))
      })
    }
  }
}

/** Strings that must not reach a client: values of the rows, names of constraints, SQL, hosts, paths. */
const secrets = /ada@|bob@|grace|secret|insert|select|update |delete |_key|_fkey|_check|node_modules|127\.0\.0\.1|\.ts\b/i

/** Sends the request of a case and compares the complete response. */
export async function check<World> (t: Test, send: (given: Case<World>) => Promise<SentResponse>, given: Case<World>): Promise<void> {
  const response = await send(given)
  t.strictSame(response, expected(given), given.what)
  t.notMatch(JSON.stringify(response), secrets, `${given.what}: no detail of the database is sent`)
}
