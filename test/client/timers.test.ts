/** The timers of the client in a real process: none of them keeps it alive after its calls, and no process ends while it waits for a retry. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'

/** Starts a server. `/busy` asks for a wait of an hour, `/limited` has used up its limit for an hour, and `/once` fails once. */
async function serve (t: Test): Promise<string> {
  let requests = 0
  const server = createServer(({ url }, response) => {
    if (url === '/busy') response.writeHead(503, { 'retry-after': '3600' }).end('busy')
    else if (url === '/limited') response.writeHead(200, { ratelimit: '"general";r=0;t=3600' }).end('ok')
    else response.writeHead(requests++ === 0 ? 503 : 200, { 'retry-after': '1', 'content-type': 'application/json' }).end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => { server.closeAllConnections(); server.close() })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Runs a program until it ends, and returns its exit code and what it printed. */
async function run (program: string): Promise<{ readonly code: number, readonly printed: string }> {
  const child = spawn(process.execPath, ['--import=tsx', '--input-type=module', '--eval', `
    import { parseError, withRetry } from 'fastify-api-errors/client'
    import { withPacing } from 'fastify-api-errors/client/pacing'
    ${program}
  `], { cwd: fileURLToPath(new URL('../..', import.meta.url)), stdio: ['ignore', 'pipe', 'inherit'] })
  const [[code], printed] = await Promise.all([once(child, 'close') as Promise<[number]>, text(child.stdout)])
  return { code, printed }
}

t.test('a process that waits for a retry does not end before its response', async t => {
  const url = await serve(t)
  t.strictSame(await run(`
    const response = await withRetry(fetch)('${url}/once')
    console.log(response.status, await response.text())
  `), { code: 0, printed: '200 {}\n' })
})

// Each of these timers takes an hour. If one was left, the process would not end, and neither would the test.
t.test('a process ends after a wait was aborted', async t => {
  const url = await serve(t)
  t.strictSame(await run(`
    const controller = new AbortController()
    const retried = withRetry(fetch, { maxDelay: Infinity })('${url}/busy', { signal: controller.signal })
    const paced = withPacing(fetch, { maxDelay: Infinity })
    await (await paced('${url}/limited')).text()
    const waiting = paced('${url}/limited', { signal: controller.signal })
    setTimeout(() => controller.abort(), 200)
    console.log((await Promise.allSettled([retried, waiting])).map(({ status }) => status).join())
  `), { code: 0, printed: 'rejected,rejected\n' })
})

t.test('a process ends after an error was read', async t => {
  const url = await serve(t)
  t.strictSame(await run(`
    const error = await parseError(await fetch('${url}/once'), undefined, { timeout: 3_600_000 })
    console.log(error.status, error.retryAfter)
  `), { code: 0, printed: '503 1\n' })
})
