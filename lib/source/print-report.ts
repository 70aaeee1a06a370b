/** Prints the report of source inference. */
import { formatCount } from '../support/format-count.js'
import type { SourceError, SourceReport } from './infer-errors.js'

/** Prints each route with its errors, then the calls that could not be followed. */
export function printReport ({ routes, unhandled, notFollowed }: SourceReport): string {
  const errors = routes.flatMap(route => route.errors)
  const added = errors.filter(({ documented, confidence }) => !documented && confidence === 'certain')
  return [
    ...routes.filter(route => route.errors.length > 0 || route.stale.length > 0).flatMap(printRoute),
    ...(notFollowed.length === 0
      ? []
      : ['Could not follow:', ...notFollowed.map(({ file, line, reason }) => `  ${file}:${line}  ${reason}`), '']),
    ...(unhandled.length === 0
      ? []
      : [
          'Not read, because an error handler of the application responds to their errors:',
          ...unhandled.map(name => `  ${name}`),
          ''
        ]),
    `Read ${formatCount(routes.length, 'route')}. Found ${formatCount(errors.length, 'error')}, ${added.length} of them undocumented. ${formatCount(notFollowed.length, 'place')} could not be followed.`
  ].join('\n')
}

function printRoute ({ method, path, errors, stale }: SourceReport['routes'][number]): string[] {
  return [
    `${method} ${path}`,
    ...errors.map(error => `  ${describeError(error)}`),
    ...stale.map(code => `  stale: config.errors lists ${code}, but nothing throws it.`),
    ''
  ]
}

function describeError ({ status, code, confidence, file, line, via, documented }: SourceError): string {
  const path = via.length === 0 ? '' : `  ${via.join(' > ')}`
  const notes = [...(confidence === 'possible' ? ['possible'] : []), ...(documented ? [] : ['new'])]
  return `${status} ${(code ?? '(no code)').padEnd(24)}  ${file}:${line}${path}${notes.length === 0 ? '' : `  [${notes.join(', ')}]`}`
}
