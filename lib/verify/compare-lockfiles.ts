import type { Lock, LockedCode, LockedFields } from './lockfile.js'

/**
 * What a change does to callers: `breaking` (one that relied on the promise fails), `notable` (one should look at it),
 * `fine` (nobody has to do anything).
 */
export type Severity = 'breaking' | 'notable' | 'fine'

/** One change of the promises. */
export interface Change {
  readonly severity: Severity
  /** The code, the route, or what else changed. */
  readonly subject: string
  /** One sentence. */
  readonly explanation: string
}

const change = (severity: Severity, subject: string, explanation: string): Change => ({ severity, subject, explanation })

/** The changes from one lock to another, the breaking ones first. */
export function compareLocks (before: Lock, after: Lock): Change[] {
  const order: readonly Severity[] = ['breaking', 'notable', 'fine']
  const changes = [...compareFormats(before.formats, after.formats), ...compareBodies(before, after), ...compareCodes(before, after), ...compareRoutes(before, after)]
  return order.flatMap(severity => changes.filter(change => change.severity === severity))
}

function compareFormats (before: readonly string[], after: readonly string[]): Change[] {
  const changes: Change[] = []
  if (before[0] !== after[0]) changes.push(change('breaking', 'format', `the body was '${before[0]}', and is '${after[0]}'.`))
  for (const name of before.slice(1)) if (!after.includes(name)) changes.push(change('breaking', 'format', `callers can no longer ask for '${name}'.`))
  for (const name of after.slice(1)) if (!before.includes(name)) changes.push(change('fine', 'format', `callers can ask for '${name}', too.`))
  return changes
}

function compareBodies (before: Lock, after: Lock): Change[] {
  return Object.entries(before.bodies).flatMap(([format, fields]) => {
    const now = after.bodies[format]
    return now === undefined ? [] : compareFields(`format '${format}'`, '', fields, now)
  })
}

function compareCodes (before: Lock, after: Lock): Change[] {
  const added = Object.keys(after.codes).filter(code => !Object.hasOwn(before.codes, code))
  const changes = Object.entries(before.codes).flatMap(([code, locked]) => {
    const now = Object.hasOwn(after.codes, code) ? after.codes[code] : undefined
    return now === undefined ? [removed(code, locked, after, added)] : compareCode(code, locked, now)
  })
  return [...changes, ...added.map(code => change('fine', code, 'the code is new.'))]
}

function removed (code: string, locked: LockedCode, after: Lock, added: readonly string[]): Change {
  const [heir, ...others] = added.filter(name => after.codes[name]?.status === locked.status && after.codes[name]?.type === locked.type)
  const renamed = heir === undefined || others.length > 0 ? '' : ` or renamed to '${heir}'`
  return change('breaking', code, `the code was removed${renamed}; callers that handle it wait in vain.`)
}

function compareCode (code: string, before: LockedCode, after: LockedCode): Change[] {
  const changes: Change[] = []
  if (before.status !== after.status) changes.push(change('breaking', code, `the status was ${before.status}, and is ${after.status}.`))
  if (before.type !== after.type) changes.push(change('breaking', code, `the type was '${before.type}', and is '${after.type}'.`))
  if (before.retry !== after.retry) changes.push(change('notable', code, `the advice on retries was '${before.retry}', and is '${after.retry}'.`))
  return [...changes, ...compareFields(code, 'meta.', before.meta ?? {}, after.meta ?? {})]
}

function compareFields (subject: string, prefix: string, before: LockedFields, after: LockedFields): Change[] {
  const changes: Change[] = []
  const nameOf = (key: string): string => key.replace(/\?$/, '')
  for (const [key, type] of Object.entries(before)) {
    const name = nameOf(key)
    const now = after[name] ?? after[`${name}?`]
    if (now === undefined) {
      changes.push(key === name
        ? change('breaking', subject, `${prefix}${name} was always there, and was dropped.`)
        : change('notable', subject, `${prefix}${name} was optional, and was dropped.`))
      continue
    }
    if (now !== type) changes.push(change('breaking', subject, `${prefix}${name} was ${type}, and is ${now}.`))
    if (Object.hasOwn(after, key)) continue
    changes.push(key === name
      ? change('breaking', subject, `${prefix}${name} was always there, and is optional.`)
      : change('fine', subject, `${prefix}${name} was optional, and is always there.`))
  }
  const known = new Set(Object.keys(before).map(nameOf))
  for (const name of Object.keys(after).map(nameOf)) if (!known.has(name)) changes.push(change('fine', subject, `${prefix}${name} is new.`))
  return changes
}

function compareRoutes (before: Lock, after: Lock): Change[] {
  const now = new Map(Object.entries(after.routes).map(([route, codes]) => [toPattern(route), codes]))
  const locked = new Set(Object.keys(before.routes).map(toPattern))
  const changes = Object.entries(before.routes).flatMap(([route, codes]) => {
    const codesNow = now.get(toPattern(route))
    if (codesNow === undefined) return [change('breaking', route, 'the route is gone, or no longer documented.')]
    return [
      ...codesNow.filter(code => !codes.includes(code)).map(code => change('notable', route, `it can now answer with ${code}.`)),
      // A code that is gone altogether is told once, not for each of its routes.
      ...codes.filter(code => !codesNow.includes(code) && Object.hasOwn(after.codes, code)).map(code => change('fine', route, `it no longer answers with ${code}.`))
    ]
  })
  const added = Object.keys(after.routes).filter(route => !locked.has(toPattern(route)))
  return [...changes, ...added.map(route => change('fine', route, 'the route is new.'))]
}

/** The name of a parameter is nothing to callers: `GET /queues/:id` and `GET /queues/:queue` are one route. */
function toPattern (route: string): string {
  return route.replace(/:\w+/g, ':')
}
