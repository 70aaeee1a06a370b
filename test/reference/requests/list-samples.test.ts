/** The languages in which a page shows its request. */
import t from 'tap'
import { listSamples } from '../../../lib/reference/requests/list-samples.js'

const request = { method: 'GET', path: '/queues/1', headers: {}, times: 1, certain: true }

t.test('a request is listed in each language that can send it', async t => {
  const describe = (change: object): string[] => listSamples({ ...request, ...change }, 'https://api.example.com').map(({ key, name, language }) => `${key} ${name} ${language}`)
  t.strictSame(describe({}), ['curl curl sh', 'fetch JavaScript js', 'python Python python'])
  t.strictSame(describe({ method: 'TRACE' }), ['curl curl sh', 'python Python python'], 'fetch does not send a TRACE')
  t.equal(listSamples(request, 'https://api.example.com')[0]?.text, "curl -i 'https://api.example.com/queues/1'")
})
