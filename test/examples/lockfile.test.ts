/** The lockfile of the example, compared with the current documentation of the example. */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { createApp } from '../../examples/launch/app.js'
import { compareLocks } from '../../lib/verify/compare-lockfiles.js'
import { createLock, parseLock, writeLock } from '../../lib/verify/lockfile.js'

t.test('the example matches its lockfile', async t => {
  const app = await createApp()
  t.teardown(() => app.close())
  await app.ready()
  const lock = createLock(app.apiErrors.reference())
  const text = readFileSync(new URL('../../examples/launch/errors.lock.json', import.meta.url), 'utf8')
  t.strictSame(compareLocks(parseLock(text, 'errors.lock.json'), lock), [])
  t.equal(text, writeLock(lock), 'as `npx tsx lib/cli/main.ts lock --app examples/launch/app.ts --lockfile examples/launch/errors.lock.json` writes it')
})
