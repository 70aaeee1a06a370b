/** Whether a response should be retried. */
import t from 'tap'
import { standardErrors } from 'fastify-api-errors'
import { dependsOnCode, getRetryAdvice } from '../../lib/client/retry-advice.js'

t.test('without advice of the API, the advice of the standard catalog applies', async t => {
  for (const [code, { status, retry }] of Object.entries(standardErrors)) {
    t.equal(getRetryAdvice({ code, status }, {}), retry, code)
    if (!['concurrent_modification', 'idempotency_in_progress'].includes(code)) t.equal(getRetryAdvice({ code: undefined, status }, {}), retry, String(status))
  }
  t.equal(getRetryAdvice({ code: 'constructor', status: 400 }, {}), 'never')
  t.equal(getRetryAdvice({ code: 'toString', status: 599 }, {}), 'backoff')
  t.equal(getRetryAdvice({ code: 'internal_error', status: 500 }, { internal_error: 'never' }), 'never', 'the advice of the API takes precedence')
})

t.test('the code only matters if the codes of a status differ, or if the API has its own advice', async t => {
  const statuses = [...new Set(Object.values(standardErrors).map(({ status }) => status))]
  const differing = statuses.filter(status => new Set(Object.values(standardErrors).filter(error => error.status === status).map(({ retry }) => retry)).size > 1)
  t.strictSame(statuses.filter(status => dependsOnCode(status, {})), differing)
  t.strictSame(differing, [409])
  t.ok(dependsOnCode(404, { not_yet: 'backoff' }))
})
