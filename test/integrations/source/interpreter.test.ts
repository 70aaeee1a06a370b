/** Each pattern that is followed, and each error that must not count. Each test compares all findings of small routes. */
import t from 'tap'
import { describeFindings, inferFixtures } from '../../source/infer-fixtures.js'
import interfaces from '../../source/fixtures/interfaces.js'
import containers from './fixtures/containers.js'
import promises from '../../source/fixtures/promises.js'
import tries from '../../source/fixtures/try.js'
import callbacks from './fixtures/callbacks.js'
import responses from '../../source/fixtures/responses.js'
import hooks from '../../source/fixtures/hooks.js'
// @ts-expect-error JavaScript has no types
import javascript from '../../source/fixtures/javascript.cjs'
import language from '../../source/fixtures/language.js'
import upstreams from './fixtures/upstreams.js'
import packages, { translators } from './fixtures/packages.js'
import notCounted from '../../source/fixtures/not-counted.js'

const report = await inferFixtures(t, { interfaces, containers, promises, try: tries, callbacks, responses, hooks, javascript, language, upstreams, packages, 'not-counted': notCounted }, { translators })

/** The findings of the routes of a fixture. */
function findingsOf (name: string): Record<string, string[]> {
  return describeFindings({ ...report, routes: report.routes.filter(({ path }) => path.startsWith(`/${name}/`)) })
}

t.test('methods of interfaces and abstract classes are followed into their implementations', async t => {
  t.strictSame(findingsOf('interfaces'), {
    'GET /interfaces/abstract': ['501 not_implemented certain via Square.area'],
    'GET /interfaces/extended': ['423 resource_locked certain via Runner.run'],
    'GET /interfaces/live': ['404 resource_not_found certain via MemoryStore.find'],
    'GET /interfaces/missing': [],
    'GET /interfaces/one': ['503 service_unavailable certain via BrokenClock.now'],
    'GET /interfaces/several': ['404 resource_not_found possible via MemoryStore.find', '406 not_acceptable possible via find', '410 resource_gone possible via FileStore.find'],
    'GET /interfaces/unused': []
  })
})

t.test('values that a container injects are followed', async t => {
  t.strictSame(findingsOf('containers'), {
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

t.test('promises and generators are followed if the handler waits for them', async t => {
  t.strictSame(findingsOf('promises'), {
    'GET /promises/all': ['404 resource_not_found certain via load', '409 resource_conflict certain via save'],
    'GET /promises/all-settled': [],
    'GET /promises/any': [],
    'GET /promises/async-generator': ['424 failed_dependency certain via pages'],
    'GET /promises/awaited': ['404 resource_not_found certain via load'],
    'GET /promises/catch': [],
    'GET /promises/catch-replaces': ['502 bad_gateway certain'],
    'GET /promises/catch-rethrows': ['404 resource_not_found certain via load'],
    'GET /promises/executor': ['504 gateway_timeout certain'],
    'GET /promises/executor-throws': ['502 bad_gateway certain'],
    'GET /promises/finally': ['404 resource_not_found certain via load'],
    'GET /promises/finally-throws': ['404 resource_not_found certain via load', '501 not_implemented certain'],
    'GET /promises/forgotten': [],
    'GET /promises/forgotten-executor': ['404 resource_not_found certain via load'],
    'GET /promises/forgotten-sends': ['404 resource_not_found certain via run > load'],
    'GET /promises/forgotten-then': ['404 resource_not_found certain via load'],
    'GET /promises/generator': ['425 too_early certain via both > numbers'],
    'GET /promises/generator-next': ['424 failed_dependency certain via pages'],
    'GET /promises/generator-unused': [],
    'GET /promises/race': ['404 resource_not_found certain via load', '409 resource_conflict certain via save'],
    'GET /promises/reject': ['423 resource_locked certain'],
    'GET /promises/resolve-rejected': ['404 resource_not_found certain via load'],
    'GET /promises/returned': ['404 resource_not_found certain via load'],
    'GET /promises/settled-reason': ['404 resource_not_found certain via load'],
    'GET /promises/then': ['404 resource_not_found certain via load', '410 resource_gone certain'],
    'GET /promises/then-rejected': ['502 bad_gateway certain'],
    'GET /promises/try': ['406 not_acceptable certain']
  })
})

t.test('caught errors are not reported, and rethrown errors are', async t => {
  t.strictSame(findingsOf('try'), {
    'GET /try/finally': ['404 resource_not_found certain via fail'],
    'GET /try/finally-returns': [],
    'GET /try/nested': ['501 not_implemented certain'],
    'GET /try/not-awaited': ['423 resource_locked certain'],
    'GET /try/replace': ['502 bad_gateway certain'],
    'GET /try/rethrow': ['404 resource_not_found certain via fail'],
    'GET /try/rethrow-api-errors': ['409 resource_conflict certain via either', '410 resource_gone certain via either'],
    'GET /try/rethrow-by-code': ['409 resource_conflict certain via either', '410 resource_gone certain via either'],
    'GET /try/rethrow-by-function': ['402 payment_required certain', '410 resource_gone certain via either', '503 service_unavailable certain via either'],
    'GET /try/rethrow-others': ['409 resource_conflict certain via either', '410 resource_gone certain via either'],
    'GET /try/status-of-error': ['409 null certain', '410 null certain', '500 null certain'],
    'GET /try/status-of-table': ['410 null certain', '500 null certain'],
    'GET /try/swallow': [],
    'GET /try/switch': ['403 forbidden certain', '410 resource_gone certain via either'],
    'GET /try/then-code': ['409 resource_conflict certain via either', '410 resource_gone certain via either', '503 service_unavailable certain via either'],
    'GET /try/then-status': ['409 null certain', '410 null certain', '500 null certain']
  })
})

t.test('callbacks and wrapped functions are followed', async t => {
  t.strictSame(findingsOf('callbacks'), {
    'GET /callbacks/all': ['422 validation_error certain via check'],
    'GET /callbacks/empty': [],
    'GET /callbacks/filter': ['422 validation_error certain via check'],
    'GET /callbacks/find': ['422 validation_error certain via check'],
    'GET /callbacks/flat-map': ['422 validation_error certain via check'],
    'GET /callbacks/for-each': ['422 validation_error certain via check'],
    'GET /callbacks/from': ['422 validation_error certain via check'],
    'GET /callbacks/map': ['422 validation_error certain via check'],
    'GET /callbacks/memoized': ['422 validation_error certain via check'],
    'GET /callbacks/package': ['422 validation_error certain via check'],
    'GET /callbacks/partial': ['402 payment_required certain via multiply'],
    'GET /callbacks/partial-object': ['404 resource_not_found certain via addUser > find'],
    'GET /callbacks/reduce': ['422 validation_error certain via check'],
    'GET /callbacks/retry': ['502 bad_gateway certain via retry'],
    'GET /callbacks/sort': ['422 validation_error certain via check'],
    'GET /callbacks/transaction': ['409 resource_already_exists certain via transaction > insert']
  })
})

t.test('the status of an error is read from its class, its library or its properties', async t => {
  t.strictSame(findingsOf('responses'), {
    'GET /responses/asserts': ['404 resource_not_found certain via assertFound'],
    'GET /responses/assigned': ['402 payment_required certain'],
    'GET /responses/before-return': ['400 null certain'],
    'GET /responses/boom': ['404 resource_not_found certain'],
    'GET /responses/boom-status': ['409 resource_conflict certain'],
    'GET /responses/class': ['402 payment_required certain'],
    'GET /responses/class-default': ['500 internal_error certain'],
    'GET /responses/class-field': ['410 resource_gone certain'],
    'GET /responses/class-getter': ['418 im_a_teapot certain'],
    'GET /responses/class-hierarchy': ['404 resource_not_found certain'],
    'GET /responses/class-option': ['409 resource_conflict certain'],
    'GET /responses/class-option-default': ['422 validation_error certain'],
    'GET /responses/class-parameter': ['403 forbidden certain'],
    'GET /responses/class-prototype': ['425 too_early certain'],
    'GET /responses/class-static': ['423 resource_locked certain'],
    'GET /responses/code': ['404 null certain'],
    'GET /responses/conditional': ['403 null certain', '404 null certain'],
    'GET /responses/fastify-error': ['423 resource_locked certain'],
    'GET /responses/helper': ['451 null certain via refuse'],
    'GET /responses/http-errors': ['429 rate_limit_exceeded certain'],
    'GET /responses/http-errors-class': ['409 resource_conflict certain'],
    'GET /responses/http-errors-property': ['406 not_acceptable certain'],
    'GET /responses/must': ['404 resource_not_found certain via must'],
    'GET /responses/not-found': ['404 route_not_found certain'],
    'GET /responses/object': ['403 forbidden certain'],
    'GET /responses/ok': [],
    'GET /responses/result': ['403 forbidden certain'],
    'GET /responses/returned': ['425 too_early certain'],
    'GET /responses/sensible-assert': ['403 forbidden certain'],
    'GET /responses/sensible-error': ['406 not_acceptable certain'],
    'GET /responses/sensible-reply': ['404 resource_not_found certain'],
    'GET /responses/sensible-status': ['417 expectation_failed certain'],
    'GET /responses/sensible-to': ['410 resource_gone certain'],
    'GET /responses/sent': ['426 upgrade_required certain'],
    'GET /responses/sent-with-status': ['404 resource_not_found certain'],
    'GET /responses/set': ['409 resource_conflict certain'],
    'GET /responses/status-code': ['409 null certain'],
    'GET /responses/status-then-throw': ['404 resource_not_found certain'],
    'GET /responses/union': ['401 unauthorized certain via fail', '403 forbidden certain via fail'],
    'GET /responses/unknown-status': []
  })
})

t.test('hooks and plugins of Fastify are followed', async t => {
  t.strictSame(findingsOf('hooks'), {
    'GET /hooks/auth-and': ['400 invalid_request certain via token', '401 invalid_token certain via token', '401 token_expired certain via token', '401 unauthorized certain via token', '403 insufficient_scope certain via scope'],
    'GET /hooks/auth-nested': ['403 insufficient_scope certain via scope'],
    'GET /hooks/auth-or': ['403 insufficient_scope certain via scope'],
    'GET /hooks/basic': ['401 invalid_credentials certain via validate', '401 unauthorized certain'],
    'GET /hooks/bearer': ['401 invalid_token certain', '401 unauthorized certain'],
    'GET /hooks/callback': ['403 forbidden certain via preHandler'],
    'GET /hooks/config-none': ['401 unauthorized certain'],
    'GET /hooks/config-open': [],
    'GET /hooks/config-optional': [],
    'GET /hooks/config-roles': ['401 unauthorized certain', '403 forbidden certain'],
    'POST /hooks/csrf': ['403 forbidden certain'],
    'GET /hooks/decorator': ['429 rate_limit_exceeded certain via check'],
    'GET /hooks/jwt': ['400 invalid_request certain via token', '401 invalid_token certain via token', '401 token_expired certain via token', '401 unauthorized certain via token'],
    'GET /hooks/jwt-callback': ['400 invalid_request certain via onRequest', '401 invalid_token certain via onRequest', '401 token_expired certain via onRequest', '401 unauthorized certain via onRequest'],
    'GET /hooks/jwt-verify': ['401 invalid_token certain', '401 token_expired certain'],
    'GET /hooks/list': ['403 ip_not_allowed certain'],
    'POST /hooks/multipart': ['413 payload_too_large possible', '415 unsupported_media_type possible'],
    'GET /hooks/on-request': ['401 unauthorized certain via onRequest'],
    'GET /hooks/on-send': ['406 not_acceptable certain via onSend'],
    'GET /hooks/plugin-options': ['402 payment_required certain via verify'],
    'GET /hooks/optional-allowed': ['403 forbidden certain'],
    'GET /hooks/optional-limits': ['429 rate_limit_exceeded certain'],
    'GET /hooks/optional-none': ['410 resource_gone certain'],
    'GET /hooks/pre-serialization': ['501 not_implemented certain via preSerialization'],
    'GET /hooks/request-decorator': ['403 forbidden certain'],
    'GET /hooks/scope': ['401 null certain', '403 device_mismatch certain'],
    'GET /hooks/scope-public': [],
    'GET /hooks/sends': ['403 null certain via onRequest']
  })
})

t.test('JavaScript in CommonJS is followed without types', async t => {
  t.strictSame(findingsOf('javascript'), {
    'GET /javascript/bound': ['404 resource_not_found certain via Users.find > Repository.find'],
    'GET /javascript/bus': ['409 resource_conflict certain via execute > create', '410 resource_gone certain via execute > remove'],
    'GET /javascript/bus-known': ['409 resource_conflict certain via execute > create'],
    'GET /javascript/callback': ['503 null certain via read'],
    'GET /javascript/decorator': ['404 resource_not_found certain via Users.find > Repository.find'],
    'GET /javascript/function': ['404 resource_not_found certain'],
    'GET /javascript/object': ['403 forbidden certain'],
    'GET /javascript/service': ['403 forbidden certain via load', '404 resource_not_found certain via load > Users.find > Repository.find'],
    'GET /javascript/then': ['404 null certain'],
    'GET /javascript/wrapped': ['404 resource_not_found certain via Users.find > Repository.find']
  })
})

t.test('statements, operators, classes, modules, tables and maps are interpreted', async t => {
  t.strictSame(findingsOf('language'), {
    'GET /language/apply': ['425 too_early certain via a'],
    'GET /language/arrow-property': ['413 payload_too_large certain via Counter.add', '429 rate_limit_exceeded certain via Counter.add > Counter.value'],
    'GET /language/assigned': ['410 resource_gone certain'],
    'GET /language/bind': ['423 resource_locked certain via b'],
    'GET /language/call': ['423 resource_locked certain via b'],
    'GET /language/default-export': ['501 not_implemented certain via main'],
    'GET /language/default-parameter': ['417 expectation_failed certain via defaults'],
    'GET /language/default-parameter-given': [],
    'GET /language/destructured-export': ['409 resource_conflict certain via create', '410 resource_gone certain via remove'],
    'GET /language/dynamic-import': ['409 resource_conflict certain via create'],
    'GET /language/endless': ['508 loop_detected certain'],
    'GET /language/entries': ['423 resource_locked certain via b', '425 too_early certain via a'],
    'GET /language/exported-namespace': ['409 resource_conflict certain via create'],
    'GET /language/function-apply': ['410 resource_gone certain via fail'],
    'GET /language/function-apply-unknown': ['416 range_not_satisfiable certain via walk'],
    'GET /language/getter': ['429 rate_limit_exceeded certain via Counter.value'],
    'GET /language/in': ['409 resource_conflict certain'],
    'GET /language/includes': ['502 bad_gateway certain'],
    'GET /language/includes-unknown': ['502 bad_gateway certain'],
    'GET /language/is-api-error': ['428 precondition_required certain'],
    'GET /language/json': [],
    'GET /language/list': ['425 too_early certain via a'],
    'GET /language/local-list': ['423 resource_locked certain via b'],
    'GET /language/local-map': ['425 too_early certain via a'],
    'GET /language/local-static': ['403 device_mismatch certain via Local.check'],
    'GET /language/loops': ['408 request_timeout certain', '411 length_required certain', '414 uri_too_long certain'],
    'GET /language/map': ['423 resource_locked possible via b', '425 too_early possible via a'],
    'GET /language/map-entries': ['423 resource_locked certain via b', '425 too_early certain via a'],
    'GET /language/map-for-each': ['423 resource_locked certain via b', '425 too_early certain via a'],
    'GET /language/map-has': ['400 invalid_parameter certain'],
    'GET /language/map-known': ['423 resource_locked certain via b'],
    'GET /language/map-remembered': ['410 resource_gone certain'],
    'GET /language/map-values': ['423 resource_locked certain via b', '425 too_early certain via a'],
    'GET /language/namespace': ['409 resource_conflict certain via create'],
    'GET /language/new': [],
    'GET /language/operators': ['421 misdirected_request certain'],
    'GET /language/or-assigned': ['510 not_extended certain'],
    'GET /language/recursive-query': ['410 resource_gone certain via row'],
    'GET /language/recursive': ['416 range_not_satisfiable certain via walk'],
    'GET /language/set-inside': ['507 insufficient_storage certain'],
    'GET /language/spread-live': ['425 too_early certain via a'],
    'GET /language/spread-local': ['502 bad_gateway certain via c'],
    'GET /language/spread-unknown': [],
    'GET /language/static': ['400 invalid_request certain via Parser.parse'],
    'GET /language/static-getter': ['412 precondition_failed certain via Parser.strict'],
    'GET /language/static-number': [],
    'GET /language/static-super': ['400 invalid_request certain via StrictParser.parse > Parser.parse'],
    'GET /language/static-table': ['422 validation_error certain via json'],
    'GET /language/switch': ['502 bad_gateway certain', '504 gateway_timeout certain'],
    'GET /language/switch-falls': ['410 resource_gone certain'],
    'GET /language/switch-literal': ['410 resource_gone certain'],
    'GET /language/switch-true': ['403 forbidden certain'],
    'GET /language/table': ['423 resource_locked certain via b', '425 too_early certain via a'],
    'GET /language/table-known': ['425 too_early certain via a'],
    'GET /language/table-spread': ['424 failed_dependency certain'],
    'GET /language/thrown-type': ['402 payment_required certain'],
    'GET /language/typed-base': ['409 resource_conflict certain'],
    'GET /language/typed-elements': ['413 payload_too_large certain via Counter.add', '429 rate_limit_exceeded certain via Counter.add > Counter.value'],
    'GET /language/typed-factory': ['410 resource_gone certain'],
    'GET /language/typed-list': ['410 resource_gone certain'],
    'GET /language/typed-parameter': ['409 resource_conflict certain via failWith'],
    'GET /language/typeof': [],
    'GET /language/typeof-function': ['406 not_acceptable certain via describe'],
    'GET /language/unknown-function': [],
    'GET /language/values': ['423 resource_locked certain via b', '425 too_early certain via a']
  })
})

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

t.test('errors that never reach a response are not reported', async t => {
  t.strictSame(findingsOf('not-counted'), {
    'GET /not-counted/and': [],
    'GET /not-counted/caught': [],
    'GET /not-counted/emitter': [],
    'GET /not-counted/immediate': [],
    'GET /not-counted/listener': [],
    'GET /not-counted/literal': [],
    'GET /not-counted/literal-argument': [],
    'GET /not-counted/literal-text': [],
    'GET /not-counted/made': [],
    'GET /not-counted/next-tick': [],
    'GET /not-counted/queue': [],
    'GET /not-counted/success': [],
    'GET /not-counted/timeout': []
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

t.test('calls that could not be followed are listed with their line', async t => {
  t.strictSame(report.notFollowed.map(({ file, reason }) => `${file}: ${reason}`), [
    "test/source/fixtures/interfaces.ts: No implementation of 'missing' was found.",
    "test/source/fixtures/language.ts: The function '(request.body as any).services.notifications.subscribers....' is unknown.",
    'test/source/fixtures/responses.ts: The status is unknown.'
  ])
})
