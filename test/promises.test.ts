/** Links each sentence of the docs that promises something to its test, with checks/promises.json. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { listPromises } from '../scripts/promises.js'

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const promises = JSON.parse(read('checks/promises.json')) as Record<string, Record<string, string>>

const pages = ['README.md', 'SECURITY.md', ...readdirSync(new URL('../docs', import.meta.url)).filter(file => file.endsWith('.md')).map(file => `docs/${file}`)]

/** The categories of sentences that have one of the words but no test. */
const others = ['advice to the reader', 'a fact about other software', 'not a promise']

t.test('the list has every page of the docs', async t => {
  t.strictSame(Object.keys(promises).sort(), pages.sort())
})

t.test('each promise of a page has an entry, and each entry is on its page', async t => {
  for (const [page, entries] of Object.entries(promises)) t.strictSame(Object.keys(entries).sort(), listPromises(read(page)).sort(), page)
})

t.test('each entry names a test that exists', async t => {
  for (const [sentence, reference] of Object.values(promises).flatMap(entries => Object.entries(entries))) {
    if (others.includes(reference)) continue
    const [, file = '', title] = /^(test\/\S+\.test\.ts)(?:: (.+))?$/.exec(reference) ?? []
    t.ok(existsSync(new URL(`../${file}`, import.meta.url)) && file !== '', `${file}: ${sentence}`)
    if (title !== undefined) t.ok(read(file).includes(`t.test('${title}'`), `${file}: ${title}`)
  }
})

t.test('a sentence with one of the words is found outside code', async t => {
  t.strictSame(listPromises('# No code\n\nIt never fails. It may\nfail `always`. Nothing\nis lost.\n\n```\nevery\n```\n\n| a | no b |\n|---|---|\n| c | d |'), [
    'No code', 'It never fails.', 'Nothing is lost.', 'no b'
  ])
})
