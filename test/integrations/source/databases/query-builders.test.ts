/** Queries of Drizzle, Knex, Kysely and Objection. Each test compares all findings of the routes. */
import t from 'tap'
import { findingsOf } from './fixture-findings.js'

t.test('queries of Drizzle, Knex and Kysely have the errors of their constraints', async t => {
  t.strictSame(findingsOf('builders'), {
    'POST /builders/drizzle-body': ['409 resource_already_exists certain', '422 validation_error possible'],
    'POST /builders/drizzle-compared': ['410 resource_gone certain'],
    'DELETE /builders/drizzle-delete': ['409 resource_conflict certain'],
    'POST /builders/drizzle-generated-key': [],
    'POST /builders/drizzle-ignored': [],
    'POST /builders/drizzle-insert': ['409 resource_already_exists certain'],
    'POST /builders/drizzle-key': ['409 resource_already_exists certain'],
    'POST /builders/drizzle-key-of-relation': ['409 resource_already_exists certain'],
    'POST /builders/drizzle-looked-up': ['409 resource_already_exists possible', '409 resource_conflict certain'],
    'PUT /builders/drizzle-name': [],
    'PUT /builders/drizzle-part-of-key': ['409 resource_already_exists possible'],
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
    'GET /builders/kysely-any': ['404 resource_not_found certain'],
    'GET /builders/kysely-any-count': [],
    'POST /builders/kysely-any-insert': [],
    'GET /builders/kysely-columns': ['404 resource_not_found certain'],
    'GET /builders/kysely-count': [],
    'DELETE /builders/kysely-delete': ['409 resource_conflict certain'],
    'GET /builders/kysely-first': [],
    'GET /builders/kysely-groups': ['404 resource_not_found certain'],
    'POST /builders/kysely-hash': [],
    'POST /builders/kysely-hash-of-body': ['409 resource_already_exists certain'],
    'GET /builders/kysely-inner-count': ['404 resource_not_found certain'],
    'POST /builders/kysely-insert': ['409 resource_already_exists certain', '422 validation_error certain'],
    'POST /builders/kysely-insert-or-throw': ['409 resource_already_exists certain'],
    'POST /builders/kysely-looked-up': ['409 resource_already_exists possible'],
    'POST /builders/kysely-looked-up-later': ['409 resource_already_exists certain'],
    'POST /builders/kysely-merged': [],
    'POST /builders/kysely-nothing': ['404 resource_not_found certain'],
    'POST /builders/kysely-nothing-random': [],
    'GET /builders/kysely-or-throw': ['404 resource_not_found certain'],
    'PUT /builders/kysely-other-record': ['404 resource_not_found certain'],
    'GET /builders/kysely-own-error': ['410 resource_gone certain'],
    'PUT /builders/kysely-record': ['404 resource_not_found possible'],
    'GET /builders/kysely-sums': [],
    'PUT /builders/kysely-update': ['409 resource_already_exists certain']
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
