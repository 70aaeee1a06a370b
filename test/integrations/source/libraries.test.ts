/** Functions of well-known packages, and calls of other services. */
import t from 'tap'
import { describeFindings, inferFixtures } from '../../source/infer-fixtures.js'
import packages, { translators } from './fixtures/packages.js'
import upstreams from './fixtures/upstreams.js'

const report = await inferFixtures(t, { upstreams, packages }, { translators })

/** The findings of the routes of a fixture. */
function findingsOf (name: string): Record<string, string[]> {
  return describeFindings({ ...report, routes: report.routes.filter(({ path }) => path.startsWith(`/${name}/`)) })
}

t.test('calls of other services cause 502 and 504', async t => {
  t.strictSame(findingsOf('upstreams'), {
    'GET /upstreams/axios': ['502 bad_gateway certain', '504 gateway_timeout certain'],
    'GET /upstreams/axios-instance': ['502 bad_gateway certain', '504 gateway_timeout certain'],
    'GET /upstreams/caught': [],
    'GET /upstreams/fetch': ['404 resource_not_found certain via load', '502 bad_gateway certain via load', '504 gateway_timeout certain via load'],
    'GET /upstreams/got': ['502 bad_gateway certain', '504 gateway_timeout certain'],
    'GET /upstreams/ky': ['502 bad_gateway certain', '504 gateway_timeout certain'],
    'GET /upstreams/not-awaited': [],
    'GET /upstreams/undici': []
  })
})

t.test('the errors of modeled packages are reported', async t => {
  t.strictSame(findingsOf('packages'), {
    'GET /packages/basic-callback': ['401 unauthorized certain', '403 ip_not_allowed certain via validate'],
    'GET /packages/fast-jwt': ['401 invalid_token certain', '401 token_expired certain'],
    'GET /packages/fast-jwt-local': ['401 invalid_token certain', '401 token_expired certain'],
    'GET /packages/flow': ['412 precondition_failed certain via start'],
    'GET /packages/flow-partial': ['508 loop_detected certain via join > join'],
    'GET /packages/lodash-local': ['508 loop_detected certain via load'],
    'GET /packages/status': ['409 null certain via refuse'],
    'GET /packages/zod': ['415 unsupported_media_type certain'],
    'GET /packages/zod-async': ['415 unsupported_media_type certain'],
    'GET /packages/zod-caught': [],
    'GET /packages/zod-path-constant/:id': [],
    'GET /packages/zod-path-missing/:id': ['415 unsupported_media_type certain'],
    'GET /packages/zod-path-number/:id': ['415 unsupported_media_type certain'],
    'GET /packages/zod-path-other/:id': ['415 unsupported_media_type certain'],
    'GET /packages/zod-path-uuid/:id': ['415 unsupported_media_type certain'],
    'GET /packages/zod-path/:id': [],
    'GET /packages/zod-query': ['415 unsupported_media_type certain'],
    'GET /packages/zod-safe': []
  })
})
