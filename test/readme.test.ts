/** The examples of the README: the unchanged programs, their responses, and the document. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { freePort } from './support/free-port.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(join(root, 'README.md'), 'utf8')

/** Returns the first block of code of a language. */
function getBlock (language: string): string {
  const [, code] = new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(readme) ?? []
  if (code === undefined) throw new Error(`README.md has no block of ${language}.`)
  return code
}

async function waitFor (url: string): Promise<Response> {
  for (let attempt = 0; attempt < 300; attempt++) {
    try { return await fetch(url) } catch { await delay(100) }
  }
  throw new Error(`No server responds at ${url}.`)
}

t.test('the quick start responds as the README says', async t => {
  const port = await freePort()
  const folder = t.testdir({ 'app.mjs': getBlock('js').replace('port: 3000', `port: ${port}`) })
  const program = spawn(process.execPath, ['--import=tsx', join(folder, 'app.mjs')], { cwd: root, stdio: 'inherit' })
  t.teardown(() => { program.kill() })
  const [, path = '', shownStatus] = /`GET (\S+)` returns (\d{3})/.exec(readme) ?? []
  const response = await waitFor(`http://localhost:${port}${path}`)
  t.equal(response.status, Number(shownStatus))
  const { request_id: id, ...rest } = await response.json() as { readonly request_id: string }
  const { request_id: shownId, ...expected } = JSON.parse(getBlock('json')) as { readonly request_id: string }
  t.strictSame(rest, expected)
  t.match(id, /^req_[\w-]{20}$/)
})

t.test('the complete example responds as the README says, and documents the statuses that it names', async t => {
  const port = await freePort()
  const base = `http://localhost:${port}`
  const folder = t.testdir({ 'app.ts': getBlock('ts').replace('port: 3000', `port: ${port}`) })
  const program = spawn(process.execPath, ['--import=tsx', join(folder, 'app.ts')], { cwd: root, stdio: 'inherit' })
  t.teardown(() => { program.kill() })
  const document = await (await waitFor(`${base}/openapi.json`)).json() as { readonly paths: Readonly<Record<string, { readonly post: { readonly responses: object } }>> }
  const [, path = '', body = ''] = /localhost:3000(\S+) .* -d '(.*)'/.exec(readme) ?? []
  const response = await fetch(`${base}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })

  const [head = '', shown = ''] = getBlock('http').split('\n\n')
  const [statusLine, ...fields] = head.split('\n')
  t.equal(`HTTP/1.1 ${response.status} ${response.statusText}`, statusLine)
  const { request_id: id, ...rest } = await response.json() as { readonly request_id: string }
  const { request_id: shownId, ...expected } = JSON.parse(shown) as { readonly request_id: string }
  t.strictSame(rest, expected)
  t.match(id, /^req_[\w-]{20}$/)
  for (const field of fields) {
    const [name = '', value = ''] = field.split(': ')
    t.equal(response.headers.get(name), value.replace(shownId, id), name)
  }

  const [, statuses = ''] = /lists ([\d, and]+),/.exec(readme) ?? []
  t.strictSame(Object.keys(document.paths['/queues/{id}/entries']?.post.responses ?? {}), ['200', ...statuses.split(/, | and /)])
})
