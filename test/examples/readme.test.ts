/** The README of the example. */
import { execFile, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import t from 'tap'
import { createApp } from '../../examples/launch/app.js'
import { demoCases } from '../../examples/launch/cases.js'
import { absent } from '../helpers/absent.js'

/** The commands of the example's README, run by a shell against the example. */

const run = promisify(execFile)
const page = readFileSync(new URL('../../examples/launch/README.md', import.meta.url), 'utf8')
const blocks = [...page.matchAll(/^```sh\n(# (\d+) (\w+): [^]*?)^```/gm)].map(([, script = '', status, code]) => ({ script, status, code }))

t.test('each command prints the response that the README shows above it', async t => {
  if (spawnSync('curl', ['--version']).error !== undefined) return absent(t, 'curl is not installed')
  t.equal(blocks.length, demoCases.length)
  const app = await createApp()
  t.teardown(() => app.close())
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  for (const { script, status, code } of blocks) {
    const { stdout } = await run('bash', ['-c', script.replaceAll('http://127.0.0.1:3000', url)])
    const last = stdout.slice(stdout.lastIndexOf('HTTP/1.1 '))
    t.equal(last.split(' ')[1], status, script)
    t.equal((JSON.parse(last.slice(last.indexOf('\r\n\r\n'))) as { code: string }).code, code)
  }
})
