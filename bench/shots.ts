import type { Shot } from './connection.js'

const tenWrong = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`field${index}`, 'no']))

/** What is sent to the subjects. */
export const shots = {
  thrown: { path: '/queues/1' },
  returned: { path: '/returned/1' },
  ok: { path: '/ok' },
  wrongBody: { method: 'POST', path: '/validation', body: JSON.stringify(tenWrong) },
  brokenBody: { method: 'POST', path: '/validation', body: '{' },
  unknown: { path: '/nothing' },
  wrongMethod: { method: 'DELETE', path: '/only-get' },
  limited: { path: '/limited' },
  typeError: { path: '/type-error' },
  unique: { path: '/unique' }
} as const satisfies Readonly<Record<string, Shot>>
