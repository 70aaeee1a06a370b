/** Sample requests as curl commands, run by a shell. */
import { deepStrictEqual } from 'node:assert'
import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import t from 'tap'
import { formatCurl } from '../../../lib/reference/requests/curl.js'

const request = { method: 'GET', path: '/queues/1', headers: {}, times: 1, certain: true }

t.test('a GET needs no method', async t => {
  t.equal(formatCurl(request, 'https://api.example.com'), "curl -i 'https://api.example.com/queues/1'")
})

t.test('each header and the body are on their own lines', async t => {
  t.equal(
    formatCurl({ ...request, method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"name":"it\'s"}' }, 'http://localhost:3000'),
    `curl -i -X POST \\
  'http://localhost:3000/queues/1' \\
  -H 'content-type: application/json' \\
  -d '{"name":"it'\\''s"}'`
  )
})

t.test('the shell creates values that are too long to be shown', async t => {
  t.equal(
    formatCurl({ ...request, method: 'PUT', bodyBytes: 1025, longHeader: { name: 'x-long', bytes: 20_000 } }, 'http://localhost:3000'),
    `head -c 1025 /dev/zero | curl -i -X PUT \\
  'http://localhost:3000/queues/1' \\
  -H "x-long: $(head -c 20000 /dev/zero | tr '\\0' x)" \\
  --data-binary @-`
  )
})

t.test('a request that has to be sent several times is in a loop', async t => {
  t.equal(formatCurl({ ...request, times: 6 }, 'http://localhost:3000'), "for i in $(seq 6); do curl -i 'http://localhost:3000/queues/1'; done")
})

t.test('the shell passes any value to curl unchanged', async () => {
  const text = fc.string({ unit: fc.oneof(fc.constantFrom("'", '"', '$', '`', '\\', '\n', ' ', ';', '!'), fc.integer({ min: 1, max: 0xd7ff }).map(point => String.fromCodePoint(point))) })
  fc.assert(fc.property(text, text, (path, body) => {
    const command = formatCurl({ ...request, method: 'POST', path, body }, 'x')
    const words = execFileSync('sh', ['-c', `curl () { printf '%s\\0' "$@"; }; ${command}`], { encoding: 'utf8' }).split('\0')
    deepStrictEqual(words, ['-i', '-X', 'POST', `x${path}`, '-d', body, ''])
  }), { numRuns: 50 })
})
