/** Results that functions return instead of throwing, and hooks in lists. Each test compares all findings of small routes. */
import t from 'tap'
import { describeFindings, inferFixtures } from '../../source/infer-fixtures.js'
import prehandlers from '../../source/fixtures/prehandlers.js'
import results from './fixtures/results.js'

const report = await inferFixtures(t, { results, prehandlers })

/** The findings of the routes of a fixture. */
function findingsOf (name: string): Record<string, string[]> {
  return describeFindings({ ...report, routes: report.routes.filter(({ path }) => path.startsWith(`/${name}/`)) })
}

t.test('errors that functions return are followed to the response', async t => {
  t.strictSame(findingsOf('results'), {
    'GET /results/either-instance/:id': ['404 null certain'],
    'GET /results/either-mapped/:id': ['404 resource_not_found certain'],
    'GET /results/either-reply/:id': ['404 null certain via toResponse'],
    'GET /results/either-right': [],
    'GET /results/either/:id': ['404 resource_not_found certain'],
    'GET /results/neverthrow-async-default/:id': [],
    'GET /results/neverthrow-async-map/:id': ['409 resource_conflict certain'],
    'GET /results/neverthrow-async-match/:id': ['404 resource_not_found certain'],
    'GET /results/neverthrow-async-then/:id': ['404 resource_not_found certain', '409 resource_conflict certain'],
    'GET /results/neverthrow-async-throwable/:id': ['502 bad_gateway certain'],
    'GET /results/neverthrow-async/:id': ['404 resource_not_found certain'],
    'GET /results/neverthrow-chain/:id': ['402 payment_required certain'],
    'GET /results/neverthrow-combined-async/:id': ['404 resource_not_found certain'],
    'GET /results/neverthrow-combined-ok': [],
    'POST /results/neverthrow-combined-unknown': [],
    'GET /results/neverthrow-combined/:id': ['409 resource_conflict certain'],
    'GET /results/neverthrow-default/:id': [],
    'GET /results/neverthrow-match/:id': ['404 resource_not_found certain'],
    'GET /results/neverthrow-ok': [],
    'GET /results/neverthrow-other/:id': [],
    'GET /results/neverthrow-promise/:id': ['502 bad_gateway certain'],
    'GET /results/neverthrow-safe-promise': ['410 resource_gone certain'],
    'GET /results/neverthrow-safe-sync/:id': ['409 resource_conflict certain'],
    'GET /results/neverthrow-safe/:id': ['409 resource_conflict certain'],
    'GET /results/neverthrow-static/:id': ['504 gateway_timeout certain'],
    'GET /results/neverthrow-tee/:id': ['409 resource_conflict certain'],
    'GET /results/neverthrow-then/:id': ['409 resource_conflict certain', '410 resource_gone certain'],
    'GET /results/neverthrow-throwable-plain': ['423 resource_locked certain'],
    'GET /results/neverthrow-throwable/:id': ['406 not_acceptable certain', '500 internal_error certain via load'],
    'GET /results/neverthrow-through-failed/:id': ['410 resource_gone certain'],
    'GET /results/neverthrow-through/:id': ['402 payment_required certain'],
    'GET /results/neverthrow-unwrapped/:id': ['409 resource_conflict certain'],
    'GET /results/neverthrow/:id': ['409 resource_conflict certain'],
    'GET /results/pair/:id': ['404 resource_not_found certain'],
    'GET /results/tagged-status/:id': ['410 null certain'],
    'GET /results/tagged-switch/:id': ['410 resource_gone certain'],
    'GET /results/tagged/:id': ['409 resource_conflict certain']
  })
})

t.test('lists of hooks, hooks that read the configuration of a route, and functions on the request', async t => {
  t.strictSame(findingsOf('prehandlers'), {
    'GET /prehandlers/bound': ['403 insufficient_scope certain'],
    'GET /prehandlers/created': ['410 null certain'],
    'GET /prehandlers/every': ['403 insufficient_scope certain'],
    'GET /prehandlers/guards': ['401 unauthorized certain via login', '402 null certain via paid'],
    'GET /prehandlers/none': [],
    'GET /prehandlers/options': ['403 forbidden certain', '410 resource_gone certain via checkA', '428 null certain via checkB'],
    'GET /prehandlers/owner/:id': ['403 forbidden certain'],
    'GET /prehandlers/plan': ['402 payment_required certain'],
    'GET /prehandlers/plan-free': [],
    'GET /prehandlers/public': [],
    'GET /prehandlers/refuse': ['423 null certain'],
    'GET /prehandlers/required': ['403 insufficient_scope certain'],
    'GET /prehandlers/role': ['403 forbidden certain'],
    'GET /prehandlers/route': ['404 resource_not_found certain via handler', '428 null certain via checkB'],
    'GET /prehandlers/shared': ['410 resource_gone certain via checkA', '428 null certain via checkB'],
    'GET /prehandlers/spread': ['409 null certain', '410 resource_gone certain via checkA', '428 null certain via checkB'],
    'GET /prehandlers/user': ['401 unauthorized certain']
  })
})

t.test('all calls are followed', async t => {
  t.strictSame(report.notFollowed, [])
})
