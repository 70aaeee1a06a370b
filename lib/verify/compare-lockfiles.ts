/** Compares two lockfiles and returns the effect of each change on clients. */
import { describeDeprecation } from '../catalog/deprecation.js'
import type { Lock, LockedCode, LockedFields } from './lockfile.js'

/**
 * The effect of a change on clients: `breaking` (a client that relies on the old behavior fails), `notable` (a client
 * should be checked), `fine` (no action is required).
 */
export type Severity = 'breaking' | 'notable' | 'fine'

/** One difference between two locks. */
export interface Change {
  readonly severity: Severity
  /** What changed: a code, a route or a format. */
  readonly subject: string
  /** A description of the change in one sentence. */
  readonly explanation: string
}

const change = (severity: Severity, subject: string, explanation: string): Change => ({
  severity,
  subject,
  explanation
})

/**
 * Returns the changes from one lock to another, the breaking changes first.
 *
 * @param now when the change happens, in milliseconds since 1970. Removing a code is not breaking after its sunset.
 * @default now
 */
export function compareLocks (before: Lock, after: Lock, now: number = Date.now()): Change[] {
  const order: readonly Severity[] = ['breaking', 'notable', 'fine']
  const changes = [
    ...compareFormats(before.formats, after.formats),
    ...compareBodies(before, after),
    ...compareCodes(before, after, now),
    ...compareRoutes(before, after)
  ]
  return order.flatMap(severity => changes.filter(change => change.severity === severity))
}

function compareFormats (before: readonly string[], after: readonly string[]): Change[] {
  const changes: Change[] = []
  if (before[0] !== after[0]) {
    changes.push(change('breaking', 'format', `the body changed from '${before[0]}' to '${after[0]}'.`))
  }
  for (const name of before.slice(1)) {
    if (!after.includes(name)) changes.push(change('breaking', 'format', `clients can no longer request '${name}'.`))
  }
  for (const name of after.slice(1)) {
    if (!before.includes(name)) changes.push(change('fine', 'format', `clients can also request '${name}'.`))
  }
  return changes
}

function compareBodies (before: Lock, after: Lock): Change[] {
  return Object.entries(before.bodies).flatMap(([format, fields]) => {
    const current = after.bodies[format]
    return current === undefined ? [] : compareFields(`format '${format}'`, '', fields, current)
  })
}

function compareCodes (before: Lock, after: Lock, now: number): Change[] {
  const added = Object.keys(after.codes).filter(code => !Object.hasOwn(before.codes, code))
  const changes = Object.entries(before.codes).flatMap(([code, locked]) => {
    const current = Object.hasOwn(after.codes, code) ? after.codes[code] : undefined
    return current === undefined
      ? [describeRemovedCode(code, locked, after, added, now)]
      : compareCode(code, locked, current)
  })
  return [...changes, ...added.map(code => change('fine', code, 'the code is new.'))]
}

function describeRemovedCode (
  code: string,
  locked: LockedCode,
  after: Lock,
  added: readonly string[],
  now: number
): Change {
  const sunset = locked.deprecated?.sunset
  if (sunset !== undefined && Date.parse(sunset) <= now) {
    return change('notable', code, `the code was removed. Its deprecation announced this for ${sunset}.`)
  }
  const [successor, ...others] = added.filter(name =>
    after.codes[name]?.status === locked.status && after.codes[name]?.type === locked.type
  )
  const renamed = successor === undefined || others.length > 0 ? '' : ` or renamed to '${successor}'`
  return change('breaking', code, `the code was removed${renamed}. Clients that handle this code no longer receive it.`)
}

function compareCode (code: string, before: LockedCode, after: LockedCode): Change[] {
  const changes: Change[] = []
  if (before.status !== after.status) {
    changes.push(change('breaking', code, `the status changed from ${before.status} to ${after.status}.`))
  }
  if (before.type !== after.type) {
    changes.push(change('breaking', code, `the type changed from '${before.type}' to '${after.type}'.`))
  }
  if (before.retry !== after.retry) {
    changes.push(change('notable', code, `the retry advice changed from '${before.retry}' to '${after.retry}'.`))
  }
  changes.push(...compareDeprecation(code, before, after))
  return [...changes, ...compareFields(code, 'meta.', before.meta ?? {}, after.meta ?? {})]
}

function compareDeprecation (
  code: string,
  { deprecated: before }: LockedCode,
  { deprecated: after }: LockedCode
): Change[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  if (after === undefined) return [change('fine', code, 'the code is no longer deprecated.')]
  const sentences = describeDeprecation(after, code => `'${code}'`).replace(/^D/, 'd')
  return [
    change(
      'notable',
      code,
      `${before === undefined ? 'the code is' : 'the dates or the replacement changed. The code is'} ${sentences}`
    )
  ]
}

function compareFields (subject: string, prefix: string, before: LockedFields, after: LockedFields): Change[] {
  const changes: Change[] = []
  const removeMark = (key: string): string => key.replace(/\?$/, '')
  for (const [key, type] of Object.entries(before)) {
    const name = removeMark(key)
    const current = after[name] ?? after[`${name}?`]
    if (current === undefined) {
      changes.push(
        key === name
          ? change('breaking', subject, `${prefix}${name} was required, and was removed.`)
          : change('notable', subject, `${prefix}${name} was optional, and was removed.`)
      )
      continue
    }
    if (current !== type) {
      changes.push(change('breaking', subject, `${prefix}${name} changed from ${type} to ${current}.`))
    }
    if (Object.hasOwn(after, key)) continue
    changes.push(
      key === name
        ? change('breaking', subject, `${prefix}${name} was required, and is now optional.`)
        : change('fine', subject, `${prefix}${name} was optional, and is now required.`)
    )
  }
  const known = new Set(Object.keys(before).map(removeMark))
  for (const name of Object.keys(after).map(removeMark)) {
    if (!known.has(name)) changes.push(change('fine', subject, `${prefix}${name} is new.`))
  }
  return changes
}

function compareRoutes (before: Lock, after: Lock): Change[] {
  const codesByPattern = new Map(Object.entries(after.routes).map(([route, codes]) => [toPattern(route), codes]))
  const locked = new Set(Object.keys(before.routes).map(toPattern))
  const changes = Object.entries(before.routes).flatMap(([route, codes]) => {
    const currentCodes = codesByPattern.get(toPattern(route))
    if (currentCodes === undefined) {
      return [change('breaking', route, 'the route was removed, or is no longer documented.')]
    }
    return [
      ...currentCodes.filter(code => !codes.includes(code)).map(code =>
        change('notable', route, `it can now return ${code}.`)
      ),
      // A code that was removed is reported once, not for each of its routes.
      ...codes.filter(code => !currentCodes.includes(code) && Object.hasOwn(after.codes, code)).map(code =>
        change('fine', route, `it no longer returns ${code}.`)
      )
    ]
  })
  const added = Object.keys(after.routes).filter(route => !locked.has(toPattern(route)))
  return [...changes, ...added.map(route => change('fine', route, 'the route is new.'))]
}

/** Returns the name of a route without the names of its parameters, because clients do not see them. */
function toPattern (route: string): string {
  return route.replace(/:\w+/g, ':')
}
