/** Queries of Sequelize. Each test compares all findings of the routes. */
import t from 'tap'
import { findingsOf } from './fixture-findings.js'

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
