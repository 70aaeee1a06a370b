/** The content of `errors.inferred.json`, when it changes, and how the plugin uses it. */
import t from 'tap'
import { compareInferredErrors, createInferredErrors, printInferredErrors, type SourceError, type SourceReport } from '../../lib/source/index.js'

const missing: SourceError = {
  status: 404, code: 'resource_not_found', confidence: 'certain', file: 'src/queues.ts', line: 41, via: ['joinQueue', 'find'], documented: false
}

function reportWith (...errors: readonly SourceError[]): SourceReport {
  return { routes: [{ method: 'POST', path: '/queues', errors, stale: [] }], unhandled: [], notFollowed: [] }
}

t.test('the file has one line for each certain error', async t => {
  const file = createInferredErrors(reportWith(missing, { ...missing, status: 409, code: null, via: [] }, { ...missing, status: 502, code: 'bad_gateway', confidence: 'possible' }))
  t.equal(printInferredErrors(file), `{
  "version": 1,
  "routes": {
    "POST /queues": [
      { "status": 404, "code": "resource_not_found", "at": "src/queues.ts:41", "by": "find" },
      { "status": 409, "code": null, "at": "src/queues.ts:41" }
    ]
  }
}
`)
  t.strictSame(JSON.parse(printInferredErrors(file)), file)
  t.equal(printInferredErrors(createInferredErrors(reportWith())), '{\n  "version": 1,\n  "routes": {}\n}\n')
})

t.test('it does not change when only lines move', async t => {
  const before = createInferredErrors(reportWith(missing))
  const after = createInferredErrors(reportWith({ ...missing, line: 80 }), before)
  t.equal(printInferredErrors(after), printInferredErrors(before))
  t.strictSame(compareInferredErrors(before, createInferredErrors(reportWith({ ...missing, line: 80 }))), [])
})

t.test('a route that is new, and one that is gone', async t => {
  const [none, one] = [createInferredErrors(reportWith()), createInferredErrors(reportWith(missing))]
  t.strictSame(compareInferredErrors(none, one), ['POST /queues: gained 404 resource_not_found, thrown at src/queues.ts:41 by find'])
  t.strictSame(compareInferredErrors(one, none), ['POST /queues: lost 404 resource_not_found, thrown at src/queues.ts:41 by find'])
})

t.test('a change shows the route and the function', async t => {
  const before = createInferredErrors(reportWith(missing))
  const now = createInferredErrors(reportWith({ ...missing, status: 409, code: null, via: [] }))
  t.strictSame(compareInferredErrors(before, now), [
    'POST /queues: gained 409, sent at src/queues.ts:41',
    'POST /queues: lost 404 resource_not_found, thrown at src/queues.ts:41 by find'
  ])
})
