/**
 * Tracks what has happened to the request and the reply on the current path: the statuses and the properties that were
 * set.
 */
import type { Progress, Status } from '../../library-context.js'
import { type Value, type Values, getKey, union } from '../../values.js'
import { getTruth } from '../compare-values.js'
import type { Machine } from './machine.js'

export function saveProgress ({ statuses, properties }: Progress): Progress {
  return { statuses, properties }
}

export function restoreProgress (machine: Machine, { statuses, properties }: Progress): void {
  machine.statuses = statuses
  machine.properties = properties
}

/** Continues after several paths: with the statuses of any path, and with the properties that every path has set. */
export function mergeProgress (machine: Machine, list: readonly Progress[]): void {
  if (list.length === 0) return
  machine.statuses = unionStatuses(list.map(({ statuses }) => statuses))
  machine.properties = joinProperties(list.map(({ properties }) => properties))
}

function unionStatuses (lists: ReadonlyArray<readonly Status[]>): readonly Status[] {
  const [first = []] = lists
  if (lists.every(list => list === first)) return first
  const seen = new Map<string, Status>()
  for (const status of lists.flat()) seen.set(`${status.status} ${status.site.file}:${status.site.line}`, status)
  return [...seen.values()]
}

/**
 * Returns the properties that every path has set. Paths that have sent the response do not continue to the next hook.
 */
function joinProperties (lists: ReadonlyArray<Progress['properties']>): Progress['properties'] {
  const [first, ...others] = lists.filter(properties => properties !== undefined)
  if (first === undefined || others.every(other => other === first)) return first
  const common = [...first].filter(([name]) => others.every(other => other.has(name)))
  return new Map(
    common.map(([name, values]) => [name, union(values, ...others.map(other => other.get(name) as Values))])
  )
}

/** Records that the response is sent, so that no later hook runs on this path. */
export function endPath (machine: { properties: Progress['properties'] }): void {
  machine.properties = undefined
}

/** Records the value of a property of the request if it is neither null nor empty. */
export function setProperty (machine: { properties: Progress['properties'] }, name: string, values: Values): void {
  if (machine.properties === undefined) return
  const properties = new Map(machine.properties)
  if (values.length > 0 && values.every(value => getTruth(value) === true)) properties.set(name, values.map(toStored))
  else properties.delete(name)
  machine.properties = properties
}

function toStored (value: Value): Value {
  return value.kind === 'unknown' ? { ...value, isStored: !value.isInput } : value
}

/** Returns a string that equal progress shares. */
export function getProgressKey ({ statuses, properties }: Progress): string {
  return `${statuses.map(({ status }) => status).join()} ${
    properties === undefined
      ? '-'
      : [...properties].map(([name, values]) => `${name}=${values.map(getKey).join('|')}`).join()
  }`
}
