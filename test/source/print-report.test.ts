/** The report that `fastify-api-errors infer` prints. */
import t from 'tap'
import { printReport } from '../../lib/source/print-report.js'

const missing = { status: 404, code: 'resource_not_found', confidence: 'certain', file: 'src/queues.ts', line: 41, via: ['joinQueue', 'find'], documented: true } as const

t.test('each route has its errors, with what is new, possible or stale', async t => {
  const report = printReport({
    routes: [
      { method: 'POST', path: '/queues', errors: [missing, { ...missing, status: 409, code: null, confidence: 'possible', via: [], documented: false }], stale: ['resource_gone'] },
      { method: 'GET', path: '/health', errors: [], stale: [] }
    ],
    unhandled: ['GET /own', 'POST /own'],
    notFollowed: [{ file: 'src/plugins.ts', line: 7, reason: 'The callee is unknown.' }]
  })
  t.equal(report, `POST /queues
  404 resource_not_found        src/queues.ts:41  joinQueue > find
  409 (no code)                 src/queues.ts:41  [possible, new]
  stale: config.errors lists resource_gone, but nothing throws it.

Could not follow:
  src/plugins.ts:7  The callee is unknown.

Not read, because an error handler of the application responds to their errors:
  GET /own
  POST /own

Read 2 routes. Found 2 errors, 0 of them undocumented. 1 place could not be followed.`)
})

t.test('the report of an application without findings has only the summary', async t => {
  t.equal(printReport({ routes: [], unhandled: [], notFollowed: [] }), 'Read 0 routes. Found 0 errors, 0 of them undocumented. 0 places could not be followed.')
})
