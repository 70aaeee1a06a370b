/** The pages of the reference in Markdown. */
import t from 'tap'
import { changelogMarkdown, indexMarkdown, llmsText, pageMarkdown } from '../../../lib/reference/render/markdown.js'
import { introduction } from '../../../lib/reference/render/index-groups.js'
import { retryTexts } from '../../../lib/reference/render/page-sections.js'
import type { ReferenceCode } from '../../../lib/reference/create-reference.js'
import { build } from '../app.js'
import { site } from '../site.js'

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

t.test('the index links to the changes and to support, and ends with the fields of every error', async t => {
  const changelog = { version: 1, entries: [] } as const
  const branded = { ...reference, branding: { support: 'https://example.com/help' }, changelog }
  const links = '\n\n[Changes](/errors/changelog.md)\n\n[Contact support](<https://example.com/help>)\n\n'
  t.match(indexMarkdown(branded, site), links)
  t.match(llmsText(branded, site), links)
  t.match(indexMarkdown(reference, site), /\n## Fields of every error\n\n\| Field \| Type \| Meaning \|\n\| --- \| --- \| --- \|\n\| `code` \| `string` \| /)
})

t.test('the changes by date, with links to the codes that still exist', async t => {
  const changelog = {
    version: 1,
    entries: [
      { date: '2030-02-01', changes: [{ severity: 'breaking', subject: 'queue_closed', explanation: 'the code was removed. <b>' }, { severity: 'fine', subject: 'already_in_queue', explanation: 'the code is new.' }] },
      { date: '2030-02-01', changes: [{ severity: 'notable', subject: 'GET /queues/:id', explanation: 'it can now return already_in_queue.' }] },
      { date: '2030-01-31', changes: [{ severity: 'fine', subject: 'format', explanation: "clients can also request 'problem'." }] }
    ]
  } as const
  t.equal(changelogMarkdown({ ...reference, changelog }, site), `# Changes

## 2030-02-01

- **Breaking:** \`queue_closed\`: the code was removed. \\<b\\>
- [\`already_in_queue\`](/errors/already_in_queue): the code is new.
- \`GET /queues/{id}\`: it can now return already\\_in\\_queue.

## 2030-01-31

- \`format\`: clients can also request 'problem'.

[Errors of the Queue API](/errors)
`)
  t.match(changelogMarkdown({ ...reference, changelog: { version: 1, entries: [] } }, site), '## None\n\nThe errors have not changed.\n')
})
