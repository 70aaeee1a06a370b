/** What the registry receives when the package is published: the home page, the issue tracker and the repository, from one property of package.json. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'

const script = fileURLToPath(new URL('../../scripts/check-repository.ts', import.meta.url))
const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as object

interface Published {
  readonly versions: Readonly<Record<string, { readonly homepage?: string, readonly bugs?: object, readonly repository?: object }>>
}

const tsx = import.meta.resolve('tsx')

/** Runs the script in a folder with the package.json of this package and some properties. Returns its output. */
async function check (t: Test, properties: object): Promise<string> {
  const folder = t.testdir({ 'package.json': JSON.stringify({ ...manifest, ...properties }) })
  return await promisify(execFile)(process.execPath, ['--import', tsx, script], { cwd: folder }).then(() => '', (error: { readonly stderr: string }) => error.stderr.trim())
}

t.test('a package without a repository is not published', async t => {
  const hint = "Set it with 'npm pkg set repository=github:OWNER/NAME'."
  t.equal(await check(t, { repository: undefined }), `package.json: repository: expected 'github:OWNER/NAME', got nothing. ${hint}`)
  t.equal(await check(t, { repository: 'https://example.com' }), `package.json: repository: expected 'github:OWNER/NAME', got "https://example.com". ${hint}`)
  t.equal(await check(t, { repository: 'github:owner/name' }), '')
  t.equal(await check(t, { repository: { type: 'git', url: 'git+https://github.com/owner/name.git' } }), '')
})

t.test('npm derives the home page and the issue tracker from the repository', async t => {
  const received: Published[] = []
  const registry = createServer(async (request, response) => {
    const body = await buffer(request)
    if (request.method === 'PUT') received.push(JSON.parse(body.toString()) as Published)
    response.writeHead(request.method === 'PUT' ? 201 : 404, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>(resolve => { registry.listen(0, '127.0.0.1', resolve) })
  t.teardown(() => registry.close())
  const host = `127.0.0.1:${(registry.address() as AddressInfo).port}`
  const folder = t.testdir({ 'package.json': JSON.stringify({ ...manifest, repository: 'github:owner/name' }), '.npmrc': `//${host}/:_authToken=token` })
  await promisify(execFile)('npm', ['publish', '--ignore-scripts', `--registry=http://${host}/`], { cwd: folder })
  const [{ homepage, bugs, repository }] = received.flatMap(({ versions }) => Object.values(versions)) as [Published['versions'][string]]
  t.strictSame({ homepage, bugs, repository }, {
    homepage: 'https://github.com/owner/name#readme',
    bugs: { url: 'https://github.com/owner/name/issues' },
    repository: { type: 'git', url: 'git+https://github.com/owner/name.git' }
  })
})
