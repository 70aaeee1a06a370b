/** The requests that the benchmarks send. */
import type { Shot } from './connection.js'

const names = Array.from({ length: 10 }, (_, index) => `field${index}`)

/** The schema of a body with ten fields. */
export const tenFields = {
  type: 'object',
  required: names,
  properties: Object.fromEntries(names.map(name => [name, { type: 'string', minLength: 5 }]))
}

/** A body in which each field is invalid. */
export const tenWrong: Readonly<Record<string, string>> = Object.fromEntries(names.map(name => [name, 'no']))

/** The requests that are sent to the subjects. */
export const shots = {
  thrown: { path: '/queues/1' },
  returned: { path: '/returned/1' },
  ok: { path: '/ok' },
  wrongBody: { method: 'POST', path: '/validation', body: JSON.stringify(tenWrong) },
  brokenBody: { method: 'POST', path: '/validation', body: '{' },
  unknown: { path: '/nothing' },
  wrongBodyInGerman: { method: 'POST', path: '/validation', body: JSON.stringify(tenWrong), language: 'de-DE,de;q=0.9,en;q=0.8' },
  unknownInGerman: { path: '/nothing', language: 'de-DE,de;q=0.9,en;q=0.8' },
  wrongMethod: { method: 'DELETE', path: '/only-get' },
  limited: { path: '/limited' },
  typeError: { path: '/type-error' },
  unique: { path: '/unique' }
} as const satisfies Readonly<Record<string, Shot>>
