/** The reference as files: their names, links and forms. */
import Fastify from 'fastify'
import t from 'tap'
import apiErrors, { defineErrors } from 'fastify-api-errors'
import { referenceFiles } from '../../lib/reference/reference-files.js'
import { build } from './app.js'

const app = await build({ negotiate: true })
await app.ready()
const files = new Map(referenceFiles(app.apiErrors.reference(), 'https://api.example.com').map(({ name, content }) => [name, content]))
const codes = Object.keys(app.apiErrors.errors)
t.teardown(() => app.close())

t.test('the files are the index and each code in three forms, llms.txt, and what the HTML loads', async t => {
  const pages = ['index', ...codes].flatMap(page => [`${page}.html`, `${page}.md`, `${page}.json`])
  t.strictSame([...files.keys()].sort(), [...pages, 'llms.txt', 'style.css', 'script.js', 'icon.svg'].sort())
})

t.test('the files of an unchanged application are identical', async t => {
  const again = await build({ negotiate: true })
  await again.ready()
  t.strictSame(referenceFiles(again.apiErrors.reference(), 'https://api.example.com'), [...files].map(([name, content]) => ({ name, content })))
  await again.close()
})

t.test('every link leads to a file, or to an anchor in it', async t => {
  const patterns: Record<string, RegExp> = { html: / (?:href|src)="([^"]*)"/g, md: /\]\(([^)]*)\)/g, txt: /\]\(([^)]*)\)/g, json: /"url": "([^"]*)"/g }
  const links = [...files].flatMap(([name, content]) =>
    [...content.matchAll(patterns[name.split('.')[1] as string] ?? /$^/g)].map(([, href = '']) => ({ name, href: href.replace(/^<(.*)>$/, '$1') })))
  const broken = links.filter(({ name, href }) => {
    const [file = '', place] = href.split('#')
    const content = files.get(file === '' ? name : file)
    return !href.startsWith('https://') && (content === undefined || (place !== undefined && !content.includes(` id="${place}"`)))
  })
  t.ok(links.length > 500, `${links.length} links`)
  t.strictSame(broken, [])
})

t.test('each page links to its other forms', async t => {
  t.match(files.get('already_in_queue.html'), 'This page as <a href="already_in_queue.md">Markdown</a> <a href="already_in_queue.json">JSON</a>')
  t.match(files.get('index.html'), 'This page as <a href="index.md">Markdown</a> <a href="index.json">JSON</a>')
})

t.test('with negotiate, a page shows both bodies', async t => {
  const page = files.get('already_in_queue.md') ?? ''
  t.match(page, `content-type: application/json; charset=utf-8
x-request-id: req_4mXq1VbE0s6RkYt2
cache-control: no-store
x-should-retry: false
x-queue: full

{
  "code": "already_in_queue",`)
  t.match(page, `content-type: application/problem+json
x-request-id: req_4mXq1VbE0s6RkYt2
cache-control: no-store
x-should-retry: false
x-queue: full

{
  "type": "/errors/already_in_queue",`)
  t.equal(page.match(/\| Field /g)?.length, 1, 'both bodies have the same fields of meta, so they share a table')
  t.match(files.get('index.md'), /## Fields of every error\n\nAs `application\/json`:\n\n\| Field [^]*As `application\/problem\+json`:\n\n\| Field /)
})

t.test('a code with the name of the index has its own files', async t => {
  const errors = defineErrors({
    index: { status: 409, type: 'conflict_error', message: 'The index is locked.', description: 'A build runs.', action: 'Try again.' }
  })
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(apiErrors, { errors })
  await app.ready()
  const written = new Map(referenceFiles(app.apiErrors.reference(), 'https://api.example.com').map(({ name, content }) => [name, content]))
  t.match(written.get('index.md'), '[`index`](index_.md)')
  t.match(written.get('index_.md'), '> The index is locked.')
  t.match(written.get('index_.html'), 'This page as <a href="index_.md">Markdown</a> <a href="index_.json">JSON</a>')
})

t.test('the changes have files, and links to the API are absolute', async t => {
  const reference = app.apiErrors.reference()
  const changed = new Map(referenceFiles({
    ...reference,
    branding: { logo: '/logo.svg', colors: { light: '#7a0055' } },
    changelog: { version: 1, entries: [{ date: '2030-01-31', changes: [{ severity: 'fine', subject: 'already_in_queue', explanation: 'the code is new.' }] }] }
  }, 'https://api.example.com').map(({ name, content }) => [name, content]))
  t.match(changed.get('changelog.md'), '## 2030-01-31\n\n- [`already_in_queue`](already_in_queue.md): the code is new.\n')
  t.match(changed.get('changelog.html'), 'This page as <a href="changelog.md">Markdown</a> <a href="changelog.json">JSON</a>')
  t.match(changed.get('changelog.json'), '"subject": "already_in_queue"')
  t.match(changed.get('index.html'), '<img src="https://api.example.com/logo.svg" alt="Errors of the Queue API">')
  t.match(changed.get('already_in_queue.html'), '<a href="https://api.example.com/docs/#/default/post_queues__id__entries">')
  t.match(changed.get('style.css'), ':root { --link-light: #7a0055; }')
})

t.test('a logo of the API has its origin, and another logo keeps its URL', async t => {
  for (const [logo, url] of [['/logo.svg', 'https://api.example.com/logo.svg'], ['https://cdn.example.com/logo.svg', 'https://cdn.example.com/logo.svg']] as const) {
    const branded = Fastify()
    await branded.register(apiErrors, { reference: { path: '/errors', logo } })
    const index = referenceFiles(branded.apiErrors.reference(), 'https://api.example.com').find(({ name }) => name === 'index.html')
    t.ok(index?.content.includes(`src="${url}"`), logo)
    await branded.close()
  }
})
