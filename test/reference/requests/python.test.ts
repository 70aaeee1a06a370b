/** Sample requests as programs in Python. */
import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'
import { formatPython } from '../../../lib/reference/requests/python.js'
import { absent } from '../../helpers/absent.js'
import { listenWithPages } from '../app.js'

const run = promisify(execFile)
const request = { method: 'GET', path: '/queues/1', headers: {}, times: 1, certain: true }

t.test('a program sends a POST with headers and a body', async t => {
  const post = { ...request, method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"email":"it\'s","seats":[1]}' }
  t.equal(formatPython(post, 'https://api.example.com'), `from urllib.error import HTTPError
from urllib.request import Request, urlopen

request = Request(
    'https://api.example.com/queues/1',
    method='POST',
    headers={
        'content-type': 'application/json',
    },
    data='{"email":"it\\'s","seats":[1]}'.encode(),
)
try:
    urlopen(request)
except HTTPError as error:
    print(error.status, error.read().decode())`)
})

t.test('each program gets the error of its page', async t => {
  if (spawnSync('python3', ['--version']).status !== 0) return absent(t, 'python3 is not installed')
  const { origin, pages } = await listenWithPages(t)
  for (const { code, status, request } of pages) {
    const { stdout } = await run('python3', ['-c', formatPython(request, origin)])
    t.match(stdout.trim().split('\n').at(-1), `${status} {"code":"${code}"`, code)
  }
})
