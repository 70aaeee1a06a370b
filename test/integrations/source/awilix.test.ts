/** Containers for dependencies: awilix and tsyringe. */
import t from 'tap'
import { describeFindings, inferFixtures } from '../../source/infer-fixtures.js'
import containers from './fixtures/containers.js'

const findings = describeFindings(await inferFixtures(t, { containers }))

t.test('values that a container injects are followed', async t => {
  t.strictSame(findings, {
    'GET /containers/constructor': ['404 resource_not_found certain via Invoices.send > Users.find'],
    'GET /containers/cradle': ['404 resource_not_found certain via Users.find'],
    'GET /containers/function': ['502 bad_gateway certain via send'],
    'GET /containers/made-for-each': ['404 resource_not_found certain via Orders.place > Users.find', '409 resource_conflict certain via Orders.place'],
    'GET /containers/not-registered': [],
    'GET /containers/resolve': ['404 resource_not_found certain via Users.find'],
    'GET /containers/tsyringe': ['404 resource_not_found certain via Users.find'],
    'GET /containers/value': ['402 payment_required certain via check']
  })
})
