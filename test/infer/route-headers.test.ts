/** The headers of routes, as one object for all routes with the same headers. */
import t from 'tap'
import { getRouteHeaders } from '../../lib/infer/route-headers.js'

t.test('routes with the same headers share an object', async t => {
  for (const limited of [true, false]) {
    for (const cors of [true, false]) {
      for (const pluginLimit of [undefined, 'x-ratelimit', 'draft-6'] as const) {
        const headers = getRouteHeaders(limited, cors, pluginLimit)
        t.strictSame(headers, { limited, cors, pluginLimit })
        t.equal(getRouteHeaders(limited, cors, pluginLimit), headers)
      }
    }
  }
})
