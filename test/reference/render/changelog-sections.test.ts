/** The sections of the page with the changes. */
import Fastify from 'fastify'
import t from 'tap'
import apiErrors from 'fastify-api-errors'
import { createChangelogSections } from '../../../lib/reference/render/changelog-sections.js'
import { site } from '../site.js'

const app = Fastify()
await app.register(apiErrors, { log: false })
await app.ready()
const reference = app.apiErrors.reference()
t.teardown(() => app.close())

t.test('the changes of a date are one section, and a code of the catalog links to its page', t => {
  const change = (subject: string, severity: 'breaking' | 'notable', explanation: string) => ({ severity, subject, explanation })
  const entries = [
    { date: '2030-02-01', changes: [change('resource_gone', 'notable', 'The message changed.')] },
    { date: '2030-02-01', changes: [change('queue_ended', 'breaking', 'The code was removed.')] },
    { date: '2030-01-01', changes: [change('GET /queues/:id', 'notable', 'A *new* error.')] }
  ]
  t.strictSame(createChangelogSections({ ...reference, changelog: { version: 1, entries } }, site), [
    { id: 'changes-2030-02-01', title: '2030-02-01', markdown: '- [`resource_gone`](/errors/resource_gone): The message changed.\n- **Breaking:** `queue_ended`: The code was removed.' },
    { id: 'changes-2030-01-01', title: '2030-01-01', markdown: '- `GET /queues/{id}`: A \\*new\\* error.' }
  ])
  t.end()
})

t.test('without changes, the page says so', t => {
  const none = [{ id: 'changes', title: 'None', markdown: 'The errors have not changed.' }]
  t.strictSame(createChangelogSections({ ...reference, changelog: { version: 1, entries: [] } }, site), none)
  t.strictSame(createChangelogSections(reference, site), none)
  t.end()
})
