/** SQL statements, through each driver. Each test compares all findings of the routes. */
import t from 'tap'
import { findingsOf } from './fixture-findings.js'

t.test('SQL statements have the errors of their constraints, through each driver', async t => {
  t.strictSame(findingsOf('drivers'), {
    'POST /drivers/any-client': ['409 resource_already_exists certain'],
    'POST /drivers/count/conflict': ['410 null certain'],
    'POST /drivers/count/ignore': ['410 null certain'],
    'POST /drivers/count/pg': [],
    'POST /drivers/count/prepared': [],
    'POST /drivers/count/rows': ['410 null certain'],
    'POST /drivers/count/select': ['410 null certain'],
    'POST /drivers/count/sqlite': [],
    'POST /drivers/count/update': ['410 null certain'],
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
