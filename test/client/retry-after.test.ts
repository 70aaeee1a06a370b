/** Reads the `Retry-After` header. */
import t from 'tap'
import { parseRetryAfter } from '../../lib/client/retry-after.js'

const date = 'Sun, 06 Nov 1994 08:49:37 GMT'

t.test('Retry-After sets the seconds to wait', async t => {
  const read = (headers: Record<string, string>, meta?: unknown): number | undefined => parseRetryAfter(new Headers(headers), meta)
  t.equal(read({ 'retry-after': ' 7 ' }), 7)
  t.equal(read({ 'retry-after': '0' }), 0)
  t.equal(read({ 'retry-after': 'Sun, 06 Nov 1994 08:49:40 GMT', date }), 3, 'a date, compared with the clock of the server')
  t.equal(read({ 'retry-after': 'Sun, 06 Nov 1994 08:49:30 GMT', date }), 0, 'a date in the past')
  t.equal(read({ 'retry-after': 'Sunday, 06-Nov-94 08:49:40 GMT', date }), 3, 'the format of RFC 850')
  t.equal(read({ 'retry-after': 'Sun Nov  6 08:49:40 1994', date }), 3, 'the format of asctime()')
  t.equal(read({ 'retry-after': new Date(Date.now() - 5000).toUTCString() }), 0, 'compared with the clock of the client')
  t.equal(read({ 'retry-after': 'soon' }, { retry_after: 4 }), 4, 'an invalid header is ignored')
  t.equal(read({}, { retry_after: 4 }), 4)
  t.equal(read({ 'retry-after': '1', 'retry-after-ms': ' 250 ' }), 0.25, 'less than a second')
  t.equal(read({ 'retry-after-ms': '12.5' }), 0.0125)
  for (const wrong of ['', 'soon', '-1', '1e3']) t.equal(read({ 'retry-after': '3', 'retry-after-ms': wrong }), 3, wrong)
  for (const meta of [undefined, null, 'x', {}, { retry_after: '4' }, { retry_after: -1 }]) t.equal(read({}, meta), undefined)
})
