/** Calls through interfaces and abstract classes. */
import t from 'tap'
import { findingsOf } from '../fixture-findings.js'

t.test('methods of interfaces and abstract classes are followed into their implementations', async t => {
  t.strictSame(findingsOf('interfaces'), {
    'GET /interfaces/abstract': ['501 not_implemented certain via Square.area'],
    'GET /interfaces/extended': ['423 resource_locked certain via Runner.run'],
    'GET /interfaces/live': ['404 resource_not_found certain via MemoryStore.find'],
    'GET /interfaces/missing': [],
    'GET /interfaces/one': ['503 service_unavailable certain via BrokenClock.now'],
    'GET /interfaces/parameter': [
      '404 resource_not_found possible via load > MemoryStore.find', '406 not_acceptable possible via load > find', '410 resource_gone possible via load > FileStore.find',
      '503 service_unavailable certain via load > BrokenClock.now'
    ],
    'GET /interfaces/several': ['404 resource_not_found possible via MemoryStore.find', '406 not_acceptable possible via find', '410 resource_gone possible via FileStore.find'],
    'GET /interfaces/unused': []
  })
})
