/** The reviewed failures of Fastify's own tests: `npm run check:fastify` compares the tests that fail with this list. */
import { readFileSync } from 'node:fs'
import t from 'tap'

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const failures = JSON.parse(read('checks/fastify-suite/failures.json')) as Record<string, string>

/** Returns the anchor of a heading, as GitHub creates it. */
const createAnchor = (heading: string): string => heading.toLowerCase().replace(/[^\w\s-]/g, '').replace(/\s/g, '-')

t.test('a test of Fastify may fail only because of its body or a documented difference', async t => {
  for (const [name, reason] of Object.entries(failures)) {
    if (reason === "Asserts Fastify's own body.") continue
    const [, page = '', anchor, title = ''] = /^Documented difference: (docs\/[\w-]+\.md)#([\w-]+), (.+)$/.exec(reason) ?? []
    t.not(page, '', name)
    const section = read(page).split(/^## /m).find(section => createAnchor(section.split('\n', 1).join()) === anchor)
    t.match(section, new RegExp(`^- \\*\\*${title}\\.\\*\\* `, 'm'), name)
  }
})
