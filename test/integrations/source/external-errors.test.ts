/** The constraints that a route can violate, for each driver and query builder. Each test compares all findings of a route. */
import t from 'tap'
import { describeFindings, inferFixtures } from '../../source/infer-fixtures.js'
import builders from './fixtures/databases/builders.js'
import columns from './fixtures/databases/columns.js'
import drivers from './fixtures/databases/drivers.js'
import comparisons from './fixtures/databases/comparisons.js'
import mongoose from './fixtures/databases/mongoose.js'
import middleware from './fixtures/databases/mongoose-middleware.js'
import objection from './fixtures/databases/objection.js'
import outages from './fixtures/databases/outages.js'
import prisma from './fixtures/databases/prisma.js'
import sequelize from './fixtures/databases/sequelize.js'
import typeorm from './fixtures/databases/typeorm.js'

const report = await inferFixtures(t, { drivers, builders, columns, comparisons, mongoose, middleware, outages, objection, prisma, sequelize, typeorm })

/** The findings of the routes of a fixture. */
function findingsOf (name: string): Record<string, string[]> {
  return describeFindings({ ...report, routes: report.routes.filter(({ path }) => path.startsWith(`/${name}/`)) })
}

t.test('SQL statements have the errors of their constraints, through each driver', async t => {
  t.strictSame(findingsOf('drivers'), {
    'POST /drivers/any-client': ['409 resource_already_exists certain'],
    'POST /drivers/ignored': [],
    'POST /drivers/log': [],
    'POST /drivers/looked-up': ['409 resource_already_exists possible'],
    'POST /drivers/mysql': ['409 resource_already_exists certain'],
    'POST /drivers/no-statement': ['409 resource_already_exists certain'],
    'POST /drivers/other-column': [],
    'POST /drivers/pg': ['409 resource_already_exists certain', '422 missing_required_field certain', '422 validation_error certain'],
    'POST /drivers/pg-callback': ['409 resource_already_exists certain'],
    'POST /drivers/pg-client': ['409 resource_already_exists certain'],
    'POST /drivers/pg-examined': ['409 resource_already_exists possible', '500 internal_error certain'],
    'PATCH /drivers/pg-joined': ['409 resource_already_exists certain', '422 validation_error certain'],
    'POST /drivers/pg-joined-insert': ['409 resource_already_exists certain', '422 missing_required_field certain', '422 validation_error certain'],
    'PATCH /drivers/pg-joined-other': ['422 validation_error certain'],
    'POST /drivers/pg-message': ['409 resource_already_exists certain', '500 internal_error certain'],
    'POST /drivers/pg-null': [],
    'POST /drivers/pg-object': ['409 resource_already_exists certain'],
    'POST /drivers/pg-own-value': [],
    'POST /drivers/pg-rethrown': ['409 resource_already_exists certain'],
    'POST /drivers/pglite': ['409 resource_already_exists certain'],
    'POST /drivers/postgres': ['409 resource_already_exists certain'],
    'POST /drivers/postgres-values': ['409 resource_already_exists certain'],
    'GET /drivers/select': [],
    'POST /drivers/sqlite': ['409 resource_already_exists certain'],
    'POST /drivers/sqlite-prepared': ['409 resource_already_exists certain'],
    'DELETE /drivers/tags': [],
    'DELETE /drivers/users': ['400 invalid_parameter certain', '409 resource_conflict certain']
  })
})

t.test('an error in a catch that only an outage of the database reaches is possible', async t => {
  t.strictSame(findingsOf('outages'), {
    'GET /outages/mongoose': ['400 null possible'],
    'GET /outages/mongoose-value': ['400 null certain'],
    'GET /outages/new': ['410 resource_gone certain'],
    'GET /outages/redis-key/:id': ['410 resource_gone certain'],
    'GET /outages/redis-parsed/:id': ['410 resource_gone certain'],
    'GET /outages/redis-written': ['410 resource_gone certain'],
    'GET /outages/redis/:id': ['410 resource_gone possible'],
    'GET /outages/sql': ['410 resource_gone possible'],
    'GET /outages/sql-value/:id': ['410 resource_gone certain']
  })
})

t.test('columns that reject null and some strings cause errors for unchecked values', async t => {
  t.strictSame(findingsOf('columns'), {
    'POST /columns/asserted': ['400 invalid_request certain via ensure'],
    'PATCH /columns/assigned': ['422 missing_required_field certain', '422 validation_error certain'],
    'POST /columns/callback': ['409 resource_already_exists certain', '422 missing_required_field certain', '422 validation_error certain'],
    'POST /columns/callback-promise': ['409 resource_already_exists certain', '422 missing_required_field certain', '422 validation_error certain'],
    'POST /columns/callback-throws': [],
    'POST /columns/checked': ['400 invalid_request certain', '409 resource_already_exists certain', '422 validation_error certain'],
    'POST /columns/checked-body': ['400 invalid_request certain', '409 resource_already_exists certain'],
    'POST /columns/checked-properties': ['400 invalid_request certain', '409 resource_already_exists certain', '422 validation_error certain'],
    'DELETE /columns/delete/:id': ['400 invalid_parameter certain'],
    'POST /columns/functions': ['422 missing_required_field certain'],
    'POST /columns/insert': ['409 resource_already_exists certain', '422 missing_required_field certain', '422 validation_error certain'],
    'POST /columns/knex': ['409 resource_already_exists certain', '422 missing_required_field certain'],
    'POST /columns/known-code': ['409 resource_conflict certain', '422 missing_required_field possible', '422 validation_error possible'],
    'POST /columns/named': [],
    'POST /columns/nullable': [],
    'POST /columns/passed': ['400 invalid_request certain', '409 resource_already_exists certain via add', '422 validation_error certain via add'],
    'POST /columns/required-later': ['422 missing_required_field certain'],
    'POST /columns/select': ['422 missing_required_field certain', '422 validation_error certain'],
    'POST /columns/typed': ['422 validation_error certain'],
    'PUT /columns/update/:id': ['400 invalid_parameter certain', '422 missing_required_field certain'],
    'POST /columns/validated': ['409 resource_already_exists certain'],
    'POST /columns/validated-by-package': ['400 invalid_request certain', '409 resource_already_exists certain', '422 missing_required_field possible', '422 validation_error possible']
  })
})

t.test('queries of Drizzle, Knex and Kysely have the errors of their constraints', async t => {
  t.strictSame(findingsOf('builders'), {
    'POST /builders/drizzle-body': ['409 resource_already_exists certain', '422 validation_error possible'],
    'POST /builders/drizzle-compared': ['410 resource_gone certain'],
    'DELETE /builders/drizzle-delete': ['409 resource_conflict certain'],
    'POST /builders/drizzle-ignored': [],
    'POST /builders/drizzle-insert': ['409 resource_already_exists certain'],
    'POST /builders/drizzle-looked-up': ['409 resource_already_exists possible', '409 resource_conflict certain'],
    'PUT /builders/drizzle-name': [],
    'POST /builders/drizzle-random': [],
    'GET /builders/drizzle-select': [],
    'POST /builders/drizzle-sql': ['409 resource_already_exists certain'],
    'PUT /builders/drizzle-update': ['409 resource_already_exists certain'],
    'DELETE /builders/knex-delete': ['409 resource_conflict certain'],
    'POST /builders/knex-insert': ['409 resource_already_exists certain', '422 validation_error certain'],
    'POST /builders/knex-merged': [],
    'POST /builders/knex-random': [],
    'GET /builders/knex-select': [],
    'PUT /builders/knex-update': ['409 resource_already_exists certain'],
    'DELETE /builders/kysely-delete': ['409 resource_conflict certain'],
    'GET /builders/kysely-columns': ['404 resource_not_found certain'],
    'GET /builders/kysely-count': [],
    'GET /builders/kysely-first': [],
    'GET /builders/kysely-groups': ['404 resource_not_found certain'],
    'GET /builders/kysely-inner-count': ['404 resource_not_found certain'],
    'POST /builders/kysely-insert': ['409 resource_already_exists certain', '422 validation_error certain'],
    'POST /builders/kysely-insert-or-throw': ['409 resource_already_exists certain'],
    'POST /builders/kysely-looked-up': ['409 resource_already_exists possible'],
    'POST /builders/kysely-looked-up-later': ['409 resource_already_exists certain'],
    'POST /builders/kysely-merged': [],
    'POST /builders/kysely-nothing': ['404 resource_not_found certain'],
    'POST /builders/kysely-nothing-random': [],
    'GET /builders/kysely-or-throw': ['404 resource_not_found certain'],
    'GET /builders/kysely-own-error': ['410 resource_gone certain'],
    'GET /builders/kysely-sums': [],
    'PUT /builders/kysely-update': ['409 resource_already_exists certain']
  })
})

t.test('queries of Prisma have the errors of their constraints and missing records', async t => {
  t.strictSame(findingsOf('prisma'), {
    'POST /prisma/any': ['409 resource_already_exists certain'],
    'GET /prisma/any-or-throw': ['404 resource_not_found certain'],
    'POST /prisma/connect': ['404 resource_not_found certain', '409 resource_already_exists certain'],
    'POST /prisma/connect-list': ['404 resource_not_found certain'],
    'POST /prisma/connect-looked-up': ['404 resource_not_found possible'],
    'POST /prisma/connect-or-create': [],
    'POST /prisma/create': ['409 resource_already_exists certain'],
    'POST /prisma/create-body': ['409 resource_already_exists certain', '422 validation_error possible'],
    'POST /prisma/create-many': ['422 validation_error possible'],
    'POST /prisma/create-list': ['409 resource_already_exists certain'],
    'POST /prisma/create-other': ['409 resource_already_exists certain'],
    'POST /prisma/create-reference': ['422 validation_error certain'],
    'POST /prisma/create-nested': ['409 resource_already_exists certain'],
    'POST /prisma/create-nested-list': ['409 resource_already_exists certain'],
    'POST /prisma/delegate': ['409 resource_already_exists certain'],
    'DELETE /prisma/delete': ['404 resource_not_found certain'],
    'DELETE /prisma/delete-card': ['404 resource_not_found certain'],
    'DELETE /prisma/delete-known': ['404 resource_not_found possible via remove'],
    'DELETE /prisma/delete-team': ['404 resource_not_found certain', '409 resource_conflict certain'],
    'GET /prisma/find': [],
    'GET /prisma/find-or-throw': ['404 resource_not_found certain'],
    'POST /prisma/guest': ['422 validation_error certain'],
    'GET /prisma/guest-checked/:id': [],
    'GET /prisma/guest-name/:id': [],
    'GET /prisma/guest-or-throw/:id': ['400 invalid_parameter certain', '404 resource_not_found certain'],
    'GET /prisma/guest/:id': ['400 invalid_parameter certain'],
    'PUT /prisma/guest/:id': ['400 invalid_parameter certain', '404 resource_not_found certain'],
    'POST /prisma/team': ['409 resource_already_exists certain'],
    'PUT /prisma/transaction-list': ['404 resource_not_found certain', '409 resource_already_exists certain'],
    'PUT /prisma/update': ['404 resource_not_found certain', '409 resource_already_exists certain'],
    'PUT /prisma/update-own': ['404 resource_not_found possible', '409 resource_already_exists certain'],
    'PUT /prisma/update-stored': ['404 resource_not_found possible', '409 resource_already_exists possible'],
    'PUT /prisma/update-many': ['422 validation_error certain'],
    'PUT /prisma/update-looked-up': ['404 null certain', '404 resource_not_found possible', '409 resource_already_exists certain'],
    'PUT /prisma/update-nested': ['404 resource_not_found certain', '409 resource_already_exists certain'],
    'PUT /prisma/update-nested-one': ['409 resource_already_exists certain'],
    'PUT /prisma/upsert': ['422 validation_error possible'],
    'PUT /prisma/upsert-key': [],
    'PUT /prisma/upsert-nested': ['422 validation_error certain'],
    'PUT /prisma/upsert-other': ['409 resource_already_exists certain']
  })
})

t.test('queries of Sequelize have the errors of their models', async t => {
  t.strictSame(findingsOf('sequelize'), {
    'GET /sequelize/caught': [],
    'GET /sequelize/count': [],
    'POST /sequelize/create': ['409 resource_already_exists certain', '422 missing_required_field certain', '422 validation_error certain'],
    'POST /sequelize/create-body': ['409 resource_already_exists certain'],
    'POST /sequelize/create-looked-up': ['409 resource_already_exists possible'],
    'POST /sequelize/create-many': ['409 resource_already_exists certain'],
    'POST /sequelize/create-present': ['400 null certain'],
    'POST /sequelize/create-validated': ['409 resource_already_exists certain'],
    'DELETE /sequelize/guest': ['409 resource_conflict certain'],
    'GET /sequelize/list': [],
    'PUT /sequelize/record': ['422 validation_error certain'],
    'DELETE /sequelize/stay': [],
    'POST /sequelize/stay': ['422 validation_error certain'],
    'POST /sequelize/stay-of-guest': ['422 validation_error possible'],
    'PUT /sequelize/update': ['422 missing_required_field certain'],
    'PUT /sequelize/update-without-where': [],
    'POST /sequelize/upsert': []
  })
})

t.test('queries of Mongoose have the errors of their schemas', async t => {
  t.strictSame(findingsOf('mongoose'), {
    'POST /mongoose/caught': ['409 resource_conflict certain'],
    'POST /mongoose/create': ['409 resource_already_exists certain', '422 missing_required_field certain', '422 validation_error certain'],
    'POST /mongoose/create-body': ['409 resource_already_exists certain', '422 missing_required_field certain', '422 validation_error certain'],
    'POST /mongoose/create-default': ['422 validation_error certain'],
    'POST /mongoose/create-list': ['409 resource_already_exists certain'],
    'POST /mongoose/create-notes': [],
    'POST /mongoose/create-rest': ['409 resource_already_exists certain', '422 missing_required_field certain', '422 validation_error certain'],
    'POST /mongoose/create-nested': ['409 resource_already_exists certain'],
    'DELETE /mongoose/delete/:id': ['400 invalid_parameter certain'],
    'POST /mongoose/find-after-trim': [],
    'POST /mongoose/find-by-body': ['422 validation_error certain'],
    'POST /mongoose/find-by-cookie': [],
    'POST /mongoose/find-by-notes': [],
    'POST /mongoose/find-by-optional': ['422 validation_error certain', '425 too_early certain'],
    'POST /mongoose/find-by-text': [],
    'POST /mongoose/find-by-trimmed': ['425 too_early certain'],
    'GET /mongoose/find-checked/:id': [],
    'GET /mongoose/find-free/:id': ['400 invalid_parameter certain'],
    'GET /mongoose/find-one-spread/:id': ['400 invalid_parameter certain'],
    'GET /mongoose/find-spread/:id': ['400 invalid_parameter certain'],
    'GET /mongoose/find-named-test/:id': ['418 null certain'],
    'GET /mongoose/find-or-fail/:id': ['404 resource_not_found certain'],
    'GET /mongoose/find-tested/:id': ['418 null certain'],
    'GET /mongoose/find-title/:id': [],
    'GET /mongoose/find/:id': ['400 invalid_parameter certain', '404 resource_not_found certain'],
    'GET /mongoose/method': ['401 invalid_credentials certain'],
    'GET /mongoose/object-id-checked/:id': [],
    'GET /mongoose/object-id-new': [],
    'GET /mongoose/object-id/:id': ['400 invalid_parameter certain'],
    'PUT /mongoose/object-id/:id': ['400 invalid_parameter certain', '409 resource_already_exists certain', '422 validation_error certain'],
    'POST /mongoose/save': ['409 resource_already_exists certain'],
    'POST /mongoose/save-body': ['409 resource_already_exists certain'],
    'PATCH /mongoose/save-fields': ['409 resource_already_exists certain', '422 validation_error certain'],
    'PUT /mongoose/save-found/:id': ['404 resource_not_found certain', '409 resource_already_exists certain'],
    'POST /mongoose/save-looked-up': ['409 resource_already_exists possible', '409 resource_conflict certain'],
    'PUT /mongoose/save-unchanged/:id': [],
    'GET /mongoose/static': ['410 resource_gone certain'],
    'POST /mongoose/touch/:id': ['400 invalid_parameter certain'],
    'PUT /mongoose/update-free/:id': ['400 invalid_parameter certain', '409 resource_already_exists certain'],
    'PUT /mongoose/update-merged': ['409 resource_already_exists certain', '422 validation_error certain'],
    'PUT /mongoose/update-merged-email': ['409 resource_already_exists certain'],
    'PUT /mongoose/update-merged-name': ['409 resource_already_exists possible'],
    'PATCH /mongoose/update-picked': ['409 resource_already_exists certain', '422 validation_error certain'],
    'PUT /mongoose/update/:id': ['409 resource_already_exists certain', '422 validation_error certain']
  })
})

t.test('the errors of middleware of Mongoose are found', async t => {
  t.strictSame(findingsOf('middleware'), {
    'GET /middleware/caught': [],
    'POST /middleware/create': ['402 payment_required certain', '404 resource_not_found certain', '409 resource_already_exists possible', '423 resource_locked certain'],
    'DELETE /middleware/document': ['404 resource_not_found certain', '409 resource_conflict certain'],
    'GET /middleware/find': ['404 resource_not_found certain'],
    'POST /middleware/kept': ['410 resource_gone certain', '422 missing_required_field certain', '422 validation_error certain'],
    'GET /middleware/list': [],
    'GET /middleware/plain': [],
    'DELETE /middleware/query': ['403 forbidden certain'],
    'POST /middleware/replaced': ['410 resource_gone certain'],
    'POST /middleware/replaced-list': ['410 resource_gone certain'],
    'POST /middleware/replaced-unchecked': ['410 resource_gone certain', '422 missing_required_field certain', '422 validation_error certain'],
    'POST /middleware/save': ['402 payment_required certain', '404 resource_not_found certain', '409 resource_already_exists possible', '423 resource_locked certain'],
    'PUT /middleware/update/:id': ['409 resource_already_exists certain', '412 precondition_failed certain']
  })
})

t.test('queries of Objection have the errors of their models', async t => {
  t.strictSame(findingsOf('objection'), {
    'POST /objection/cage': ['422 validation_error certain'],
    'DELETE /objection/delete/:id': ['409 resource_conflict certain'],
    'GET /objection/find/:id': ['404 resource_not_found certain'],
    'POST /objection/insert': ['400 invalid_request certain', '409 resource_already_exists certain'],
    'POST /objection/insert-body': ['400 invalid_request certain', '409 resource_already_exists certain'],
    'POST /objection/insert-caught': ['400 null certain', '400 invalid_request certain', '409 resource_already_exists possible'],
    'POST /objection/insert-checked': ['409 resource_already_exists certain'],
    'GET /objection/list': [],
    'POST /objection/local': ['400 invalid_request certain', '409 resource_already_exists certain'],
    'POST /objection/without-table': [],
    'PATCH /objection/patch-where/:id': ['400 invalid_request certain', '409 resource_already_exists certain'],
    'PATCH /objection/patch/:id': ['409 resource_already_exists certain']
  })
})

t.test('queries of TypeORM have the errors of their entities', async t => {
  t.strictSame(findingsOf('typeorm'), {
    'DELETE /typeorm/delete-seat/:id': [],
    'DELETE /typeorm/delete/:id': ['409 resource_conflict certain'],
    'GET /typeorm/find': [],
    'POST /typeorm/manager': ['409 resource_already_exists certain'],
    'GET /typeorm/or-fail/:id': ['404 resource_not_found certain'],
    'POST /typeorm/save': ['409 resource_already_exists certain', '422 missing_required_field certain'],
    'POST /typeorm/save-body': ['409 resource_already_exists certain'],
    'POST /typeorm/save-checked': ['409 resource_already_exists certain'],
    'POST /typeorm/save-created': ['409 resource_already_exists certain'],
    'PUT /typeorm/save-found/:id': ['409 resource_already_exists certain'],
    'POST /typeorm/save-looked-up': ['409 resource_already_exists possible'],
    'PUT /typeorm/save-name/:id': [],
    'POST /typeorm/save-new': ['409 resource_already_exists certain'],
    'POST /typeorm/seat': ['422 validation_error certain via Seats.add'],
    'POST /typeorm/seat-row': ['409 resource_already_exists certain', '422 validation_error certain'],
    'POST /typeorm/transaction': ['409 resource_already_exists certain'],
    'PUT /typeorm/update/:id': ['409 resource_already_exists certain'],
    'POST /typeorm/upsert': []
  })
})

t.test('values that PostgreSQL cannot compare with a column', async t => {
  t.strictSame(findingsOf('comparisons'), {
    'GET /comparisons/drizzle-and/:id': ['400 invalid_parameter certain'],
    'GET /comparisons/drizzle-find/:id': ['400 invalid_parameter certain'],
    'GET /comparisons/drizzle-name/:id': [],
    'PUT /comparisons/drizzle-touch/:id': ['400 invalid_parameter certain'],
    'PUT /comparisons/drizzle-update/:id': ['400 invalid_parameter certain'],
    'PUT /comparisons/drizzle-update-body/:id': ['400 invalid_parameter certain'],
    'PUT /comparisons/drizzle-update-date/:id': ['400 invalid_parameter certain'],
    'GET /comparisons/drizzle/:id': ['400 invalid_parameter certain'],
    'DELETE /comparisons/knex-value/:id': ['400 invalid_parameter certain'],
    'GET /comparisons/knex/:id': ['400 invalid_parameter certain'],
    'GET /comparisons/kysely-and/:id': ['400 invalid_parameter certain'],
    'GET /comparisons/kysely-exists/:id': ['400 invalid_parameter certain'],
    'GET /comparisons/kysely-inner/:id': ['400 invalid_parameter certain'],
    'GET /comparisons/kysely-label/:id': [],
    'GET /comparisons/kysely-object/:id': ['400 invalid_parameter certain'],
    'GET /comparisons/kysely-text/:id': [],
    'GET /comparisons/migration': [],
    'PUT /comparisons/sql-body/:id': ['422 validation_error certain'],
    'GET /comparisons/sql-checked/:id': [],
    'PUT /comparisons/sql-checked-body/:id': ['400 null certain', '400 invalid_parameter certain'],
    'GET /comparisons/sql-label/:id': [],
    'PATCH /comparisons/sql-optional/:id': ['400 invalid_parameter certain'],
    'PATCH /comparisons/sql-required/:id': ['400 invalid_parameter certain'],
    'PUT /comparisons/sql-update/:id': ['400 invalid_parameter certain'],
    'GET /comparisons/sql/:id': ['400 invalid_parameter certain'],
    'PUT /comparisons/written/:id': ['400 invalid_parameter certain']
  })
})
