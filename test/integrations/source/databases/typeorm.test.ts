/** Queries of TypeORM. Each test compares all findings of the routes. */
import t from 'tap'
import { findingsOf } from './fixture-findings.js'

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
