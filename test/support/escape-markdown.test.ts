/** Strings in Markdown are shown unchanged. */
import { strictEqual } from 'node:assert'
import fc from 'fast-check'
import t from 'tap'
import { codeBlock, codeSpan, escapeMarkdown, escapeTags, table } from '../../lib/support/escape-markdown.js'
import { renderMarkdown } from '../../lib/reference/render/markdown-to-html.js'

t.test('special characters have no meaning', async t => {
  t.equal(escapeMarkdown('*all* of [it](x) <b> & `c`'), '\\*all\\* of \\[it\\](x) \\<b\\> \\& \\`c\\`')
  t.equal(escapeMarkdown('# no heading'), '\\# no heading')
  t.equal(escapeMarkdown('1. no list'), '1\\. no list')
  t.equal(escapeMarkdown('- no list'), '\\- no list')
  t.equal(escapeMarkdown('two\n  lines'), 'two lines')
})

t.test('the time for a long string is proportional to its length', async t => {
  for (const part of [' ', '\t', ' \n', '\r', '`', '\\', '|', '<', '1', '_']) {
    const text = `a${part.repeat(100_000)}b`
    const line = /^\s*$/.test(part) && part !== ' ' && part !== '\t' ? 'a b' : text
    t.equal(escapeMarkdown(text), line.replace(/[\\`*_[\]<>|~&]/g, '\\$&'), JSON.stringify(part))
    t.match(codeSpan(text), line, JSON.stringify(part))
  }
})

t.test('code is between more backticks than it contains', async t => {
  t.equal(codeSpan('a'), '`a`')
  t.equal(codeSpan('a`b'), '``a`b``')
  t.equal(codeSpan('`a'), '`` `a ``')
  t.equal(codeSpan(''), '')
  t.equal(codeBlock('sh', 'echo'), '```sh\necho\n```')
  t.equal(codeBlock('', '```'), '````\n```\n````')
})

t.test('a pipe does not end the cell of a table', async t => {
  t.equal(table(['a', 'b'], [['x | y', codeSpan('x | y')], ['\\|', '\\\\|']]), [
    '| a | b |',
    '| --- | --- |',
    '| x \\| y | `x \\| y` |',
    '| \\| | \\\\\\| |'
  ].join('\n'))
})

t.test('tags of an author become text; code and links are kept', async t => {
  t.equal(escapeTags(' The <id> of `<b>` at <https://example.com>, 1 < 2 <!-- no --> '), 'The \\<id> of `<b>` at <https://example.com>, 1 < 2 \\<!-- no -->')
})

/** Returns the text that a browser shows. */
function shownOf (html: string): string {
  return html
    .replace(/<[^>]*>/g, '')
    .replace(/&(?:#(\d+)|(\w+));/g, (_match, point: string | undefined, name: string) =>
      point === undefined ? { amp: '&', lt: '<', gt: '>', quot: '"' }[name] ?? `&${name};` : String.fromCodePoint(Number(point)))
}

const spacesAsOne = (text: string): string => text.replace(/\s+/g, ' ').trim()
const hostile = fc.string({
  unit: fc.constantFrom('<', '>', '&', '"', "'", '`', '*', '_', '[', ']', '(', ')', '!', '#', '-', '+', '1', '.', '|', '\\', '~', ':', '/', '=', ';', 'a', 'b', ' ', '\n', 'http://a.b', '&lt;', '<script>', '<!--', '</', 'www.x.y')
})

t.test('any string is shown unchanged', async () => {
  fc.assert(fc.property(hostile, text => strictEqual(spacesAsOne(shownOf(renderMarkdown(`x ${escapeMarkdown(text)}`).html)), spacesAsOne(`x ${text}`))), { numRuns: 2000 })
  fc.assert(fc.property(hostile, text => strictEqual(spacesAsOne(shownOf(renderMarkdown(escapeMarkdown(text)).html)), spacesAsOne(text))), { numRuns: 2000 })
})

t.test('any code is shown unchanged, also in a table', async () => {
  const code = hostile.filter(text => text.trim() !== '')
  fc.assert(fc.property(code, text => strictEqual(spacesAsOne(shownOf(renderMarkdown(`x ${codeSpan(text)}`).html)), spacesAsOne(`x ${text}`))), { numRuns: 2000 })
  fc.assert(fc.property(code, text => strictEqual(spacesAsOne(shownOf(renderMarkdown(table(['x'], [[codeSpan(text)]])).html)), `x${spacesAsOne(text)}`)), { numRuns: 2000 })
  fc.assert(fc.property(code, text => strictEqual(shownOf(renderMarkdown(codeBlock('sh', text)).html).trim(), text.trim())), { numRuns: 2000 })
})

t.test('no tag of an author is in the HTML', async () => {
  const tags = /<(?!\/?(?:p|em|strong|del|a|code|pre|ul|ol|li|blockquote|hr|br|h[3-6]|div|table|thead|tbody|tr|th|td|input|wbr)[ >])/
  fc.assert(fc.property(hostile, text => !tags.test(renderMarkdown(escapeTags(text)).html) && !tags.test(renderMarkdown(text).html)), { numRuns: 2000 })
})
