/** The pages in docs/: generated parts, tables, examples and names of tests. */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import t from 'tap'
import { standardErrors } from 'fastify-api-errors'
import { pages, refresh } from '../../scripts/docs/pages.js'
import { sections } from '../../scripts/docs/sections.js'
import { formatMessages, issueCodes } from '../../lib/catalog/issues.js'
import { run, snippetsOf } from '../helpers/snippets.js'
import { thrown } from '../helpers/thrown.js'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

/** Returns the cells of the tables in a generated section of a page, without the table heads. */
function rowsOf (page: string, section: string): string[][] {
  const [, table = ''] = new RegExp(`<!-- generated: ${section} -->\\n([^]*?)<!-- /generated -->`).exec(read(page)) ?? []
  return table.trim().split('\n').slice(2).map(line => line.split('|').slice(1, -1).map(cell => cell.trim().replaceAll('`', '')))
}

t.test('the generated parts match the output of `npm run docs`', async t => {
  for (const { file, text, fresh } of pages()) t.equal(text, fresh, file)
})

t.test('a page with an unknown section is rejected', async t => {
  t.match(thrown(() => refresh('<!-- generated: nothing -->\n<!-- /generated -->')), /^Error: docs: no section 'nothing'; there are codes, /)
})

t.test('every section is in a page', async t => {
  const text = pages().map(page => page.text).join('\n')
  for (const name of Object.keys(sections)) t.ok(text.includes(`<!-- generated: ${name} -->`), name)
})

t.test('the table of codes has exactly the codes of the catalog', async t => {
  const rows = rowsOf('docs/error-codes.md', 'codes')
  t.strictSame(rows.map(([, code]) => code).sort(), Object.keys(standardErrors).sort())
  for (const [status, code, type, when, what, again] of rows) {
    const definition = standardErrors[code as keyof typeof standardErrors]
    t.strictSame(
      [status, type, when, what, again],
      [String(definition.status), definition.type, definition.description, definition.action, definition.retry]
    )
  }
})

t.test('the tables of issues have exactly the issue codes and formats', async t => {
  t.strictSame(rowsOf('docs/error-codes.md', 'issues').map(([code]) => code), [...issueCodes])
  t.strictSame(rowsOf('docs/error-codes.md', 'issue-formats').map(([, format]) => format), Object.keys(formatMessages))
})

t.test('each example prints the output that its page shows', async t => {
  const examples = pages().flatMap(({ file, text }) => snippetsOf(text).map(snippet => ({ file, snippet })))
  t.not(examples.length, 0)
  for (const { file, snippet } of examples) t.strictSame(await run(snippet), snippet.prints, file)
})

t.test('every test that a page names exists', async t => {
  const files = ['README.md', 'SECURITY.md', ...readdirSync(new URL('../../docs', import.meta.url)).filter(name => name.endsWith('.md')).map(name => `docs/${name}`)]
  for (const file of files) {
    for (const [, test = '', title] of read(file).matchAll(/(test\/[\w./-]+\.ts)(?:`: ([^|\n]+))?/g)) {
      t.ok(existsSync(new URL(`../../${test}`, import.meta.url)), `${file}: ${test}`)
      if (title !== undefined && file === 'docs/input-limits.md') t.ok(read(test).includes(title.trim()), `${file}: ${test}: ${title}`)
    }
  }
})

t.test('every file that CONTRIBUTING.md names exists', async t => {
  const paths = [...read('CONTRIBUTING.md').matchAll(/`((?:lib|test|docs|scripts|checks|examples|bench|api)\/[\w./-]*)`/g)].map(([, path = '']) => path).filter(path => !path.includes('x/y'))
  t.not(paths.length, 0)
  for (const path of paths) t.ok(existsSync(new URL(`../../${path}`, import.meta.url)), path)
})

t.test('every link between pages leads to a page and a heading', async t => {
  const files = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'bench/README.md', 'bench/OPTIMIZATIONS.md', 'examples/launch/README.md', ...readdirSync(new URL('../../docs', import.meta.url)).filter(name => name.endsWith('.md')).map(name => `docs/${name}`)]
  for (const file of files) {
    for (const [, target = ''] of read(file).replace(/^```[^]*?^```/gm, '').matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      const [path = '', anchor] = target.split('#')
      const url = path === '' ? new URL(`../../${file}`, import.meta.url) : new URL(path, new URL(`../../${file}`, import.meta.url))
      t.ok(existsSync(url), `${file}: ${target}`)
      if (anchor !== undefined) t.ok(listAnchors(readFileSync(url, 'utf8')).has(anchor), `${file}: ${target}`)
    }
  }
})

/** Returns the anchors that GitHub gives to the headings of a page. */
function listAnchors (markdown: string): ReadonlySet<string> {
  const headings = [...markdown.replace(/^```[^]*?^```/gm, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading)
  return new Set(headings.map(heading => heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(' ', '-')))
}
