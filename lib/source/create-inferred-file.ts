/** Creates the content of `errors.inferred.json`, and compares it with the current source. */
import { describePlace, type InferredError, type InferredErrors } from '../infer/read-inferred-file.js'
import type { SourceError, SourceReport } from './infer-errors.js'

/**
 * Returns the content of the file for a report. It is sorted, and has only certain errors. An error that is in the
 * earlier file keeps its line, so that the file changes only if an error changes.
 */
export function createInferredErrors ({ routes }: SourceReport, earlier?: InferredErrors): InferredErrors {
  return {
    version: 1,
    routes: Object.fromEntries(routes.flatMap(({ method, path, errors }) => {
      const key = `${method} ${path}`
      const kept = errors.filter(({ confidence }) => confidence === 'certain').map(error =>
        withEarlierLine(toInferredError(error), earlier?.routes[key] ?? [])
      )
      return kept.length === 0 ? [] : [[key, kept]]
    }))
  }
}

function toInferredError ({ status, code, file, line, via, message, body }: SourceError): InferredError {
  const by = via.at(-1)
  return {
    status,
    code,
    at: `${file}:${line}`,
    ...(by !== undefined && { by }),
    ...(message !== undefined && { message }),
    ...(body !== undefined && { body })
  }
}

function withEarlierLine (error: InferredError, earlier: readonly InferredError[]): InferredError {
  const known = earlier.find(other => createErrorKey(other) === createErrorKey(error))
  return known === undefined ? error : { ...error, at: known.at }
}

/** Returns a key that identifies an error even if its line moves. */
function createErrorKey ({ status, code, at, by }: InferredError): string {
  return JSON.stringify([status, code, at.replace(/:\d+$/, ''), by])
}

/** Formats the file with one line for each error. */
export function printInferredErrors ({ version, routes }: InferredErrors): string {
  const list = Object.entries(routes).map(([route, errors]) =>
    `    ${JSON.stringify(route)}: [\n${errors.map(error => `      ${printError(error)}`).join(',\n')}\n    ]`
  )
  return `{\n  "version": ${version},\n  "routes": {${list.length === 0 ? '' : `\n${list.join(',\n')}\n  `}}\n}\n`
}

function printError (error: InferredError): string {
  return `{ ${Object.entries(error).map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`).join(', ')} }`
}

/** Returns a sentence for each error that a route gained or lost since the file was written. */
export function compareInferredErrors (before: InferredErrors, now: InferredErrors): string[] {
  const names = [...new Set([...Object.keys(before.routes), ...Object.keys(now.routes)])].sort()
  return names.flatMap(name => {
    const [old, found] = [before.routes[name] ?? [], now.routes[name] ?? []]
    const missingIn = (list: readonly InferredError[], others: readonly InferredError[]): readonly InferredError[] =>
      list.filter(error => !others.some(other => createErrorKey(other) === createErrorKey(error)))
    return [
      ...missingIn(found, old).map(error => `${name}: gained ${describeError(error)}`),
      ...missingIn(old, found).map(error => `${name}: lost ${describeError(error)}`)
    ]
  })
}

function describeError (error: InferredError): string {
  return `${error.status}${error.code === null ? '' : ` ${error.code}`}, ${error.code === null ? 'sent' : 'thrown'} at ${describePlace(error)}`
}
