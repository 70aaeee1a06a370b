import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { createApp } from '../../examples/launch/app.js'
import { referenceFiles } from '../../lib/reference/reference-files.js'
import { compareLocks } from '../../lib/verify/compare-lockfiles.js'
import { createLock, parseLock, writeLock } from '../../lib/verify/lockfile.js'

const app = await createApp()
await app.ready()
const reference = app.apiErrors.reference()
await app.close()

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

t.test('docs/reference is the reference of the example as `npm run docs` writes it', async t => {
  const files = referenceFiles(reference, 'http://localhost:3000')
  t.strictSame(readdirSync(new URL('../../docs/reference/', import.meta.url)).sort(), files.map(({ name }) => name).sort())
  t.strictSame(files.filter(({ name, content }) => read(`docs/reference/${name}`) !== content).map(({ name }) => name), [], 'none of them is stale')
})

t.test('the example keeps what its lockfile promises', async t => {
  const text = read('examples/launch/errors.lock.json')
  t.strictSame(compareLocks(parseLock(text, 'errors.lock.json'), createLock(reference)), [])
  t.equal(text, writeLock(createLock(reference)), 'as `npx tsx lib/cli/main.ts lock --app examples/launch/app.ts --lockfile examples/launch/errors.lock.json` writes it')
})
