/** Collects the generated sections of the pages. */
import { databaseSections } from './databases.js'
import { getResponseDefinition, createExampleContent, reasonPhrase } from '../../lib/catalog/response-content.js'
import type { ErrorDefinition, ErrorStatus } from '../../lib/catalog/definition.js'
import { errorHeaders } from '../../lib/catalog/error-headers.js'
import { toIssueCode, formatMessages, issueKinds } from '../../lib/catalog/issues.js'
import { specificMessages, specificPhrases } from '../../lib/catalog/specific-messages.js'
import { standardErrors } from '../../lib/catalog/standard-errors.js'
import { bodyWriter } from '../../lib/formats/format.js'
import { formats, type FormatName } from '../../lib/formats/index.js'
import { optionSections } from './options.js'
import { summarizeOptions } from './options-summary.js'
import { usage } from '../../lib/cli/run-command.js'
import { responseSections } from './response-tables.js'
import { summarizeFailures } from './failure-list.js'
import { failureSections } from './failures.js'
import { launchCurl } from './launch-curl.js'
import { compareApplications } from '../../test/helpers/comparison.js'
import { table } from './table.js'

const definitions: readonly ErrorDefinition[] = Object.values(standardErrors).sort((a, b) => a.status - b.status)

const comparison = await compareApplications()

/** The generated sections by name, each made from the tables of lib/. */
export const sections: Readonly<Record<string, () => string>> = {
  codes: () =>
    table(
      ['status', 'code', 'type', 'when', 'what to do', 'retry'],
      definitions.map(({ status, code, type, description, action, retry }) => [String(status), `\`${code}\``, `\`${type}\``, description, action, `\`${retry}\``])
    ),
  'error-headers': () =>
    table(
      ['header', 'on', 'meaning'],
      errorHeaders.map(({ name, description, on, method }) => [`\`${name}\``, carriers(on) + (method === undefined ? '' : `, with ${method}`), description])
    ),
  issues: () =>
    table(
      ['code', 'when', 'JSON Schema keywords'],
      Object.entries(issueKinds).map(([code, { keywords, description }]) => [`\`${code}\``, description, keywords.map(keyword => `\`${keyword}\``).join(', ')])
    ),
  ...databaseSections,
  'issue-formats': () =>
    table(
      ['code', 'format', 'message'],
      Object.entries(formatMessages).map(([format, message]) => [`\`${toIssueCode(format)}\``, `\`${format}\``, message])
    ),
  'language-messages': () =>
    table(
      ['name', 'message'],
      Object.entries({ ...specificMessages, ...specificPhrases }).map(([name, message]) => [`\`${name}\``, message])
    ),
  'launch-curl': launchCurl,
  comparison: () => comparison,
  'options-summary': summarizeOptions,
  ...Object.fromEntries(Object.keys(formats).map(name => [`format-${name}`, () => bodies(name as FormatName)])),
  ...failureSections,
  ...optionSections,
  usage: () => `\`\`\`text\n${usage}\n\`\`\``,
  ...responseSections,
  'failure-summary': summarizeFailures
}

function carriers (on: (error: ErrorDefinition) => boolean): string {
  const carrying = definitions.filter(on)
  if (carrying.length === definitions.length) return 'every error'
  const statuses = [...new Set(carrying.map(({ status }) => status))].filter(status =>
    definitions.every(error => error.status !== status || on(error))
  )
  const codes = carrying.filter(({ status }) => !statuses.includes(status)).map(({ code }) => `\`${code}\``)
  return [...statuses.map(named), ...codes].join(', ')
}

function named (status: ErrorStatus): string {
  return `${status} ${reasonPhrase(status)}`
}

/** Returns the bodies of two errors in a format. */
function bodies (name: FormatName): string {
  return [standardErrors.resource_not_found, standardErrors.validation_error].map(definition => {
    const context = { requestId: 'req_mB0pU4xYc2nQ9tLs7JzE', instance: '/users' }
    const body = bodyWriter(formats[name], getResponseDefinition(definition, undefined))(
      createExampleContent(definition, undefined, context)
    )
    return `\`\`\`json\n${JSON.stringify(JSON.parse(body), null, 2)}\n\`\`\``
  }).join('\n\n')
}
