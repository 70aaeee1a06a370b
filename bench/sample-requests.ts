/** The requests that the benchmarks send. */
import { createHmac } from 'node:crypto'
import type { SampleRequest } from './connection.js'

const names = Array.from({ length: 10 }, (_, index) => `field${index}`)

/** The schema of a body with ten fields. */
export const tenFields = {
  type: 'object',
  required: names,
  properties: Object.fromEntries(names.map(name => [name, { type: 'string', minLength: 5 }]))
}

/** A body in which each field is invalid. */
export const tenWrong: Readonly<Record<string, string>> = Object.fromEntries(names.map(name => [name, 'no']))

/** The key that signs the tokens of the subjects with @fastify/jwt. */
export const jwtSecret = 'a secret of the benchmarks'

/** A valid token that never expires. */
function signToken (): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ sub: 'user_1' })}`
  return `${signed}.${createHmac('sha256', jwtSecret).update(signed).digest('base64url')}`
}

const inGerman = { 'accept-language': 'de-DE,de;q=0.9,en;q=0.8' }
const fromBrowser = {
  origin: 'https://shop.example',
  'accept-encoding': 'gzip, br',
  authorization: `Bearer ${signToken()}`
}
const wrongBody = { method: 'POST', path: '/validation', body: JSON.stringify(tenWrong) } as const
const unknown = { path: '/nothing' }

/** The requests that are sent to the subjects. */
export const samples = {
  thrown: { path: '/queues/1' },
  returned: { path: '/returned/1' },
  ok: { path: '/ok' },
  wrongBody,
  brokenBody: { method: 'POST', path: '/validation', body: '{' },
  unknown,
  wrongBodyInGerman: { ...wrongBody, headers: inGerman },
  unknownInGerman: { ...unknown, headers: inGerman },
  wrongMethod: { method: 'DELETE', path: '/only-get' },
  limited: { path: '/limited' },
  typeError: { path: '/type-error' },
  unique: { path: '/unique' },
  okFromBrowser: { path: '/ok', headers: fromBrowser },
  thrownFromBrowser: { path: '/queues/1', headers: fromBrowser }
} as const satisfies Readonly<Record<string, SampleRequest>>
