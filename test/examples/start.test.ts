/** `npm run example`: what it prints, where its first page leads, and invalid settings. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Readable } from 'node:stream'
import t, { type Test } from 'tap'
import { demoKeys } from '../../examples/launch/seed.js'
import { endTogether } from '../helpers/end-together.js'
import { excludeChildrenFromCoverage } from '../helpers/uncovered-processes.js'

excludeChildrenFromCoverage()

const script = fileURLToPath(new URL('../../scripts/start-example.mjs', import.meta.url))

function start (settings: Readonly<Record<string, string>>): ChildProcess {
  const child = spawn(process.execPath, [script], { env: { ...process.env, ...settings }, stdio: ['ignore', 'pipe', 'pipe'] })
  endTogether(child)
  return child
}

/** Returns the exit code and the standard error of an example that does not start. */
async function fail (settings: Readonly<Record<string, string>>): Promise<{ readonly status: number, readonly error: string }> {
  const child = start(settings)
  const [error, [status]] = await Promise.all([text(child.stderr as Readable), once(child, 'exit') as Promise<[number]>])
  return { status, error }
}

async function startOnFreePort (t: Test): Promise<{ readonly child: ChildProcess, readonly url: string, readonly banner: string }> {
  const child = start({ PORT: '0' })
  t.teardown(() => child.kill())
  let banner = ''
  for await (const part of child.stdout as Readable) {
    banner += String(part)
    if (banner.includes('LOG_LEVEL')) break
  }
  const [, url = ''] = /runs at (\S+)/.exec(banner) ?? []
  return { child, url, banner }
}

t.test('the example prints its URL and its keys, and / leads to the documentation', async t => {
  const { child, url, banner } = await startOnFreePort(t)
  for (const { key } of Object.values(demoKeys)) t.ok(banner.includes(key), key)
  const { status, headers } = await fetch(url, { redirect: 'manual' })
  t.strictSame({ status, location: headers.get('location') }, { status: 302, location: '/docs' })
  for (const path of ['/docs', '/docs/json', '/errors', '/errors/style.css', '/errors/live', '/errors/changelog']) t.equal((await fetch(url + path)).status, 200, path)

  const port = new URL(url).port
  t.strictSame(await fail({ PORT: port }), { status: 2, error: `Port ${port} is in use. Set another one, for example PORT=${Number(port) + 1}.\n` })

  child.kill('SIGTERM')
  t.strictSame(await once(child, 'exit'), [0, null])
})

t.test('an invalid setting is one sentence', async t => {
  t.strictSame(await fail({ PORT: 'http' }), { status: 2, error: "PORT is 'http': expected a number from 0 to 65535.\n" })
  t.strictSame(await fail({ FORMAT: 'xml' }), { status: 2, error: "FORMAT is 'xml': expected one of code, typed, summary, message, error, problem.\n" })
})
