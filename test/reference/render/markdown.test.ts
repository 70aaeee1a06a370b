/** The pages of the reference in Markdown. */
import t from 'tap'
import { indexMarkdown, llmsText, pageMarkdown } from '../../../lib/reference/render/markdown.js'
import { introduction } from '../../../lib/reference/render/index-groups.js'
import { retryTexts } from '../../../lib/reference/render/sections.js'
import type { ReferenceCode } from '../../../lib/reference/create-reference.js'
import { build } from '../app.js'

const site = { origin: 'https://api.example.com', index: '/errors', page: (code: string) => `/errors/${code}`, markdown: (code = 'index') => `/errors/${code}.md`, asset: (name: string) => name, alternates: () => [] }
const app = await build()
t.teardown(() => app.close())
await app.ready()
const reference = app.apiErrors.reference()
const page = reference.codes.find(({ code }) => code === 'already_in_queue') as ReferenceCode

t.test('a page has its facts first, then its sections', async t => {
  const text = pageMarkdown(reference, page, site)
  t.equal(text.slice(0, text.indexOf('## When')), `# Already in queue

\`already_in_queue\`, status 409 Conflict, type \`conflict_error\`

> You are at place 12 of this queue.

`)
  t.strictSame([...text.matchAll(/^## (.*)$/gm)].map(([, title]) => title), ['When it happens', 'What to do', 'Retry', 'Example response', 'Try it', 'Fields', 'Routes'])
  t.ok(text.endsWith('\n\n[Errors of the Queue API](/errors)\n'))
})

t.test('text of the catalog is escaped', async t => {
  const text = pageMarkdown(reference, { ...page, title: '*A* | <b>', message: '# not a heading' }, site)
  t.ok(text.startsWith('# \\*A\\* \\| \\<b\\>\n'))
  t.match(text, '\n> \\# not a heading\n')
})

t.test('the index lists each code once, the codes in use by status', async t => {
  const text = indexMarkdown(reference, site)
  t.strictSame([...text.matchAll(/^\| \[`(\w+)`\]/gm)].map(([, code]) => code).sort(), reference.codes.map(({ code }) => code).sort())
  t.ok(text.indexOf('## 404 Not Found') < text.indexOf('## 409 Conflict'))
  t.ok(text.indexOf('## 409 Conflict') < text.indexOf('## Not in use'))
})

t.test('llms.txt lists the codes in use by status, and the others as optional', async t => {
  const used = reference.codes.filter(({ code }) => code === 'internal_error')
  const reserved = reference.codes.filter(({ code }) => code === 'not_implemented')
  const head = `# ${reference.title}

> ${introduction.lead}

${introduction.llms}

## 500 Internal Server Error

- [internal\\_error](/errors/internal_error.md): 500. ${used[0]?.message} ${retryTexts.backoff.short}.
`
  t.equal(llmsText({ ...reference, codes: used }, site), head)
  t.equal(llmsText({ ...reference, codes: [...used, ...reserved] }, site), `${head}
## Optional

${introduction.reserved}

- [not\\_implemented](/errors/not_implemented.md): 501. ${reserved[0]?.message} ${retryTexts.never.short}.
`)
})
