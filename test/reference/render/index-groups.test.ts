/** The groups of the index of a reference. */
import t from 'tap'
import { groupCodes, isInUse } from '../../../lib/reference/render/index-groups.js'
import type { Reference, ReferenceCode } from '../../../lib/reference/create-reference.js'

const page = (code: string, status: number, more: Partial<ReferenceCode> = {}): ReferenceCode =>
  ({ code, status, phrase: `Status ${status}`, routes: [], ...more }) as unknown as ReferenceCode

t.test('a code is in use if a route returns it, or any path can', async t => {
  t.equal(isInUse(page('a', 404)), false)
  t.equal(isInUse(page('a', 404, { routes: ['GET /a'] })), true)
  t.equal(isInUse(page('a', 404, { elsewhere: 'No route has this path.' })), true)
})

t.test('codes in use are grouped by status, and the others are listed separately', async t => {
  const first = page('a', 404, { routes: ['GET /a'] })
  const unused = page('b', 404)
  const second = page('c', 404, { elsewhere: 'No route has this path.' })
  const other = page('d', 500, { routes: ['GET /a'] })
  t.strictSame(groupCodes({ codes: [first, unused, second, other] } as unknown as Reference), {
    used: [
      { status: 404, phrase: 'Status 404', codes: [first, second] },
      { status: 500, phrase: 'Status 500', codes: [other] }
    ],
    reserved: [unused]
  })
})
