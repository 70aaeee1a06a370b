/** Values that columns reject, or cannot be compared with. Each test compares all findings of the routes. */
import t from 'tap'
import { findingsOf } from './fixture-findings.js'

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

t.test('values that PostgreSQL cannot compare with a column cause 400 or 422', async t => {
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
