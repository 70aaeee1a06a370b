/** Tests that a check is omitted if an earlier hook of the route has already made it. */
import t from 'tap'
import { describeFindings, inferFixtures } from '../../infer-fixtures.js'
import { checks, tokens } from '../../fixtures/checks.js'

t.test('a property of the request that every path of an earlier hook sets is neither null nor empty', async t => {
  t.strictSame(describeFindings(await inferFixtures(t, { checks })), {
    'GET /checks/alone': ['402 payment_required certain via requireAccount'],
    'GET /checks/callback': ['401 invalid_credentials certain via callBack'],
    'GET /checks/catch': ['401 null certain via sendIfMissing', '403 null certain via requireInTry', '403 forbidden certain via sendIfMissing', '418 null certain via requireInTry'],
    'GET /checks/handler': ['401 null certain via sendIfMissing', '403 forbidden certain via sendIfMissing'],
    'GET /checks/no-catch': ['401 null certain via sendIfMissing', '403 forbidden certain via sendIfMissing', '409 null certain via requireSafely'],
    'GET /checks/optional': ['402 payment_required certain via requireAccount'],
    'GET /checks/removed': ['401 null certain via sendIfMissing', '402 payment_required certain via requireAccount', '403 forbidden certain via sendIfMissing'],
    'GET /checks/role': ['401 null certain via sendIfMissing', '403 forbidden certain via sendIfMissing', '409 resource_conflict certain via requireAdmin'],
    'GET /checks/sent': ['401 null certain via sendIfMissing', '403 forbidden certain via sendIfMissing'],
    'GET /checks/sent-caught': ['401 unauthorized certain'],
    'GET /checks/sent-in-try': ['425 too_early certain'],
    'GET /checks/sent-later': ['423 resource_locked certain'],
    'GET /checks/try': ['402 payment_required certain via requireAccount'],
    'GET /checks/twice': ['402 payment_required certain via requireAccount', '409 resource_conflict certain via requireAdmin']
  })
})

t.test('@fastify/jwt sets the user, and @fastify/auth runs all functions or one of them', async t => {
  t.strictSame(describeFindings(await inferFixtures(t, { tokens })), {
    'GET /tokens/all': ['401 null certain via sendIfMissing', '403 forbidden certain via sendIfMissing'],
    'GET /tokens/any': ['402 payment_required certain via requireAccount'],
    'GET /tokens/jwt': ['400 invalid_request certain via onRequest', '401 invalid_token certain via onRequest', '401 token_expired certain via onRequest', '401 unauthorized certain via onRequest'],
    'GET /tokens/jwt-optional': ['402 payment_required certain via preHandler']
  })
})
