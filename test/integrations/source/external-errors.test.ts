/** Errors of databases and services that no line of the application throws. */
import t from 'tap'
import { describeFindings, inferFixtures } from '../../source/infer-fixtures.js'
import outages from './fixtures/databases/outages.js'

const findings = describeFindings(await inferFixtures(t, { outages }))

t.test('an error in a catch that only an outage of the database reaches is possible', async t => {
  t.strictSame(findings, {
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
