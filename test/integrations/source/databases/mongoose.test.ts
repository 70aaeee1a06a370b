/** Queries of Mongoose, and its middleware. Each test compares all findings of the routes. */
import t from 'tap'
import { findingsOf } from './fixture-findings.js'

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
