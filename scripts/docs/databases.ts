/** Writes the tables of docs/databases.md, and lists the tested database failures. */
import { standardErrors } from '../../lib/catalog/standard-errors.js'
import { databaseFailures, type DatabaseFailure } from '../../lib/translate/databases/database-failures.js'
import { driverErrors, serverCodes } from '../../lib/translate/databases/mongodb.js'
import { mongooseErrors } from '../../lib/translate/databases/mongoose.js'
import { mysqlErrors } from '../../lib/translate/databases/mysql.js'
import { ormErrors } from '../../lib/translate/databases/orm.js'
import { sqlStates } from '../../lib/translate/databases/postgres.js'
import { prismaCodes } from '../../lib/translate/databases/prisma.js'
import { sqliteErrors } from '../../lib/translate/databases/sqlite.js'
import { responses, type Case, type Source } from '../../test/integrations/translate/databases/cases/case.js'
import { mongodbSource, mongooseSource } from '../../test/integrations/translate/databases/cases/mongodb.js'
import { mariadbSource, mysql2Source } from '../../test/integrations/translate/databases/cases/mysql.js'
import { ormSources } from '../../test/integrations/translate/databases/cases/orms.js'
import { pgliteSource, pgSource, postgresjsSource } from '../../test/integrations/translate/databases/cases/postgres-drivers.js'
import { prismaSource } from '../../test/integrations/translate/databases/cases/prisma.js'
import { betterSqliteSource, nodeSqliteSource } from '../../test/integrations/translate/databases/cases/sqlite.js'
import type { TestedFailure } from './failure-list.js'
import { table } from './table.js'

type AnySource = Source<never>

const databases: Readonly<Record<string, readonly AnySource[]>> = {
  PostgreSQL: [pgSource, postgresjsSource, pgliteSource, ...ormSources, prismaSource(undefined as never)],
  'MySQL and MariaDB': [mysql2Source, mariadbSource],
  SQLite: [betterSqliteSource, nodeSqliteSource],
  MongoDB: [mongodbSource, mongooseSource]
}

/** The sections of docs/databases.md by name: the test cases, and the tables of lib/translate. */
export const databaseSections: Readonly<Record<string, () => string>> = {
  'database-failures': () =>
    Object.entries(databases).map(([database, sources]) => `### ${database}\n\n${casesTable(sources)}`).join('\n\n'),
  'database-codes': () =>
    Object.entries(codeTables).map(([heading, codes]) => `### ${heading}\n\n${codesTable(codes)}`).join('\n\n')
}

/** The database failures that the tests cause. */
export const databaseFailureList: readonly TestedFailure[] = Object.entries(databases).flatMap(([database, sources]) =>
  sources.flatMap(({ name, cases }) =>
    cases.map(({ what, response, message }) => ({
      source: `${database}, ${name}`,
      page: 'databases.md',
      what,
      code: responses[response].code,
      ...(message !== undefined && { message })
    }))
  )
)

/**
 * Returns the table of one database: the failure, its response, the issue in it, and the drivers that it was tested
 * with.
 */
function casesTable (sources: readonly AnySource[]): string {
  const through = new Map<string, { readonly cells: readonly string[], readonly names: string[] }>()
  for (const { name, cases } of sources) {
    for (const given of cases) {
      const cells = [given.what, formatResponse(given), issueOf(given)]
      const row = through.get(cells.join()) ?? { cells, names: [] }
      through.set(cells.join(), row)
      row.names.push(name)
    }
  }
  const rows = [...through.values()].map(({ cells, names }) => [...cells, names.length === sources.length ? 'all' : listed(names)])
  return `Tested with ${listed(sources.map(({ name }) => name))}.\n\n${table(['what happens', 'response', 'issue', 'tested with'], rows)}`
}

function formatResponse ({ response, message }: Case<never>): string {
  const { status, code } = responses[response]
  return `${status} \`${code}\`${message === undefined ? '' : `: "${message}"`}`
}

function issueOf ({ response, fields = [''] }: Case<never>): string {
  const expected = responses[response]
  if (!('issue' in expected)) return ''
  return `\`${expected.issue}\` on ${fields.map(field => field === '' ? 'the body' : `\`${field}\``).join(' and ')}`
}

const failuresOf = (errors: Readonly<Record<string, { readonly failure: string }>>): Record<string, string> =>
  Object.fromEntries(Object.entries(errors).map(([code, { failure }]) => [code, failure]))

/** The lowest number of the errors that the driver `mariadb` creates. */
const firstDriverError = 45_000

function mysqlCodes (includes: (number: number) => boolean): Record<string, string> {
  return Object.fromEntries(Object.entries(failuresOf(mysqlErrors)).filter(([number]) => includes(Number(number))))
}

/** The tables of lib/translate by their heading. */
const codeTables: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'PostgreSQL: SQLSTATE, or its first two characters': sqlStates,
  'MySQL and MariaDB: error number of the server': mysqlCodes(number => number < firstDriverError),
  'MariaDB: error number of the driver': mysqlCodes(number => number >= firstDriverError),
  'SQLite: result code': failuresOf(sqliteErrors),
  'MongoDB: code of the server': serverCodes,
  'MongoDB: name of the driver error': Object.fromEntries([...driverErrors].map(name => [String(name), 'unavailable'])),
  'Mongoose: name of the error': {
    ValidationError: 'check',
    CastError: 'malformed',
    StrictModeError: 'check',
    ...mongooseErrors
  },
  'Prisma: code': { ...prismaCodes, P2023: 'malformed' },
  'TypeORM, Knex and Sequelize: name of the error': ormErrors
}

function codesTable (codes: Readonly<Record<string, string>>): string {
  const byResponse = new Map<string, string[]>()
  for (const [code, failure] of Object.entries(codes)) {
    byResponse.set(shownAs(failure), [...byResponse.get(shownAs(failure)) ?? [], code])
  }
  return table(['response', 'codes'], [...byResponse].map(([response, list]) => [response, listed(list)]))
}

function listed (names: readonly string[]): string {
  return names.map(name => `\`${name}\``).join(', ')
}

/** The failures that share a code in some databases. */
const undecided: Readonly<Record<string, readonly DatabaseFailure[]>> = {
  foreign_key: ['unknown_reference', 'still_referenced'],
  trigger: ['still_referenced', 'check']
}

function shownAs (failure: string): string {
  return (undecided[failure] ?? [failure as DatabaseFailure]).map(name => {
    const { code } = databaseFailures[name]
    return `${standardErrors[code].status} \`${code}\``
  }).join(', or ')
}
