/** The statuses whose responses are stored. idempotency.test.ts sends whole responses again. */
import t from 'tap'
import { isStoredStatus } from '../../../lib/guards/idempotency/response.js'

t.test('a response is stored unless the same request can succeed later', async t => {
  for (const status of [200, 201, 204, 302, 400, 404, 410, 422]) t.equal(isStoredStatus(status), true, String(status))
  for (const status of [401, 403, 408, 409, 421, 423, 425, 429, 500, 503]) t.equal(isStoredStatus(status), false, String(status))
})
