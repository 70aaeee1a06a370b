/** Queries of Prisma. Each test compares all findings of the routes. */
import t from 'tap'
import { findingsOf } from './fixture-findings.js'

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
