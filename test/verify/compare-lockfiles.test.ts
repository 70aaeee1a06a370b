/** The changes between two lockfiles, and what each means for clients. */
import t from 'tap'
import { compareLocks } from '../../lib/verify/compare-lockfiles.js'
import type { Lock, LockedCode } from '../../lib/verify/lockfile.js'

const lock: Lock = {
  lockfileVersion: 1,
  formats: ['code', 'problem'],
  bodies: { code: { code: 'string', 'details?': 'object[]' }, problem: { code: 'string' } },
  codes: {
    already_in_queue: { status: 409, type: 'conflict_error', retry: 'never', meta: { place: 'integer', 'entry?': 'string' } },
    resource_gone: { status: 410, type: 'not_found_error', retry: 'never' }
  },
  routes: {
    'GET /queues/:id': ['resource_gone'],
    'POST /queues/:id/entries': ['already_in_queue', 'resource_gone']
  }
}

/** A change of a code of the lock. */
const changed = (code: 'already_in_queue' | 'resource_gone', change: object): Lock =>
  ({ ...lock, codes: { ...lock.codes, [code]: { ...lock.codes[code], ...change } } }) as Lock

/** The changes as `check` prints them. */
const changes = (after: Lock, before: Lock = lock): string[] => compareLocks(before, after).map(({ severity, subject, explanation }) => `${severity}: ${subject}: ${explanation}`)

t.test('two equal lockfiles have no changes', async t => {
  t.strictSame(changes(lock), [])
  t.strictSame(changes(JSON.parse(JSON.stringify(lock))), [])
})

t.test('a removed or renamed code is breaking, and a new code is fine', async t => {
  const { resource_gone: gone, ...others } = lock.codes as Record<string, LockedCode>
  const without: Lock = { ...lock, codes: others, routes: { 'GET /queues/:id': [], 'POST /queues/:id/entries': ['already_in_queue'] } }
  t.strictSame(changes(without), ['breaking: resource_gone: the code was removed. Clients that handle this code no longer receive it.'])
  t.strictSame(changes(lock, without), [
    'notable: GET /queues/:id: it can now return resource_gone.',
    'notable: POST /queues/:id/entries: it can now return resource_gone.',
    'fine: resource_gone: the code is new.'
  ])
  t.strictSame(changes({ ...without, codes: { ...others, queue_gone: gone as LockedCode } }), [
    "breaking: resource_gone: the code was removed or renamed to 'queue_gone'. Clients that handle this code no longer receive it.",
    'fine: queue_gone: the code is new.'
  ])
  t.match(changes({ ...without, codes: { ...others, queue_gone: gone as LockedCode, draw_gone: gone as LockedCode } })[0], 'the code was removed. Clients')
  t.match(changes({ ...without, codes: { ...others, locked: { ...gone as LockedCode, status: 423 } } })[0], 'the code was removed. Clients')
})

t.test('status, type and advice on retries', async t => {
  t.strictSame(changes(changed('resource_gone', { status: 404 })), ['breaking: resource_gone: the status changed from 410 to 404.'])
  t.strictSame(changes(changed('resource_gone', { type: 'gone' })), ["breaking: resource_gone: the type changed from 'not_found_error' to 'gone'."])
  t.strictSame(changes(changed('resource_gone', { retry: 'backoff' })), ["notable: resource_gone: the retry advice changed from 'never' to 'backoff'."])
})

t.test('a deprecation is notable, and removing the code after its sunset is not breaking', async t => {
  const gone = { since: '2030-01-31', sunset: '2030-07-31', replacedBy: 'queue_gone' }
  const announced = changed('resource_gone', { deprecated: gone })
  const sentences = "deprecated as of 2030-01-31. The API stops sending it on 2030-07-31. Its replacement is 'queue_gone'."
  t.strictSame(changes(announced), [`notable: resource_gone: the code is ${sentences}`])
  t.strictSame(changes(announced, announced), [])
  t.strictSame(changes(announced, changed('resource_gone', { deprecated: { since: '2030-01-31' } })), [
    `notable: resource_gone: the dates or the replacement changed. The code is ${sentences}`
  ])
  t.strictSame(changes(lock, announced), ['fine: resource_gone: the code is no longer deprecated.'])

  const { resource_gone: removed, ...codes } = announced.codes
  const without: Lock = { ...announced, codes, routes: { 'GET /queues/:id': [], 'POST /queues/:id/entries': ['already_in_queue'] } }
  const removal = (now: string): unknown => compareLocks(announced, without, Date.parse(now))
  t.strictSame(removal('2030-07-30T23:59:59Z'), [{ severity: 'breaking', subject: 'resource_gone', explanation: 'the code was removed. Clients that handle this code no longer receive it.' }])
  t.strictSame(removal('2030-07-31'), [{ severity: 'notable', subject: 'resource_gone', explanation: 'the code was removed. Its deprecation announced this for 2030-07-31.' }])
})

t.test('removing a required field of meta or changing its type is breaking', async t => {
  const meta = (meta: object | undefined): string[] => changes(changed('already_in_queue', { meta }))
  t.strictSame(meta({ 'entry?': 'string' }), ['breaking: already_in_queue: meta.place was required, and was removed.'])
  t.strictSame(meta({ place: 'integer' }), ['notable: already_in_queue: meta.entry was optional, and was removed.'])
  t.strictSame(meta({ 'place?': 'integer', 'entry?': 'string' }), ['breaking: already_in_queue: meta.place was required, and is now optional.'])
  t.strictSame(meta({ place: 'integer', entry: 'string' }), ['fine: already_in_queue: meta.entry was optional, and is now required.'])
  t.strictSame(meta({ place: 'string', 'entry?': 'string' }), ['breaking: already_in_queue: meta.place changed from integer to string.'])
  t.strictSame(meta({ place: 'integer', 'entry?': 'string', since: 'string' }), ['fine: already_in_queue: meta.since is new.'])
  t.strictSame(meta(undefined), [
    'breaking: already_in_queue: meta.place was required, and was removed.',
    'notable: already_in_queue: meta.entry was optional, and was removed.'
  ])
  t.strictSame(changes(changed('resource_gone', { meta: { since: 'string' } })), ['fine: resource_gone: meta.since is new.'])
})

t.test('a removed route is breaking, another code of a route is notable, and a new route is fine', async t => {
  const routes = (routes: Lock['routes']): string[] => changes({ ...lock, routes })
  const { 'GET /queues/:id': get, 'POST /queues/:id/entries': post } = lock.routes as Record<string, string[]>
  t.strictSame(routes({ 'POST /queues/:id/entries': post as string[] }), ['breaking: GET /queues/:id: the route was removed, or is no longer documented.'])
  t.strictSame(routes({ ...lock.routes, 'GET /draws': [] }), ['fine: GET /draws: the route is new.'])
  t.strictSame(routes({ ...lock.routes, 'GET /queues/:id': ['already_in_queue', 'resource_gone'] }), ['notable: GET /queues/:id: it can now return already_in_queue.'])
  t.strictSame(routes({ ...lock.routes, 'GET /queues/:id': [] }), ['fine: GET /queues/:id: it no longer returns resource_gone.'])
  t.strictSame(routes({ 'GET /queues/:queue': get as string[], 'POST /queues/:queue/entries': post as string[] }), [], 'callers do not see the name of a parameter')
})

t.test('removing a required field of a body or changing its type is breaking', async t => {
  const body = (code: Record<string, string>): string[] => changes({ ...lock, bodies: { ...lock.bodies, code } })
  t.strictSame(body({ kode: 'integer', 'details?': 'object[]' }), ["breaking: format 'code': code was required, and was removed.", "fine: format 'code': kode is new."])
  t.strictSame(body({ code: 'string', 'details?': 'string[]' }), ["breaking: format 'code': details changed from object[] to string[]."])
  t.strictSame(body({ code: 'string' }), ["notable: format 'code': details was optional, and was removed."])
  t.strictSame(changes({ ...lock, bodies: { code: { code: 'string', 'details?': 'object[]' } } }), [], 'a format that was removed is reported once')
})

t.test('another body format is breaking, and a second format is fine', async t => {
  const formats = (...formats: string[]): string[] => changes({ ...lock, formats })
  t.strictSame(formats('typed', 'problem'), ["breaking: format: the body changed from 'code' to 'typed'."])
  t.strictSame(formats('code'), ["breaking: format: clients can no longer request 'problem'."])
  t.strictSame(formats('code', 'problem', 'typed'), ["fine: format: clients can also request 'typed'."])
})

t.test('the breaking changes come first', async t => {
  const after: Lock = {
    ...changed('resource_gone', { status: 404, retry: 'backoff' }),
    routes: { ...lock.routes, 'GET /draws': [] },
    formats: ['code', 'problem', 'typed']
  }
  t.strictSame(compareLocks(lock, after).map(({ severity }) => severity), ['breaking', 'notable', 'fine', 'fine'])
})
