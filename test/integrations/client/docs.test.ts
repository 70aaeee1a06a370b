/** docs/client.md: its examples compile, and its tables match the code. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { standardErrors } from 'fastify-api-errors'
import { parseError } from 'fastify-api-errors/client'
import t from 'tap'
import { getRetryAdvice } from '../../../lib/client/retry-advice.js'
import { compile } from '../../helpers/compile.js'

const page = readFileSync(new URL('../../../docs/client.md', import.meta.url), 'utf8')

t.test('the examples of docs/client.md compile', async t => {
  const examples = [...page.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code)
  t.equal(examples.length, 6)
  t.equal(compile(examples.join(''), {
    files: {
      'api.ts': `
        export interface paths {
          '/orders': { post: { responses: {
            200: { content: { 'application/json': object } }
            409: { content: { 'application/json': { code: 'out_of_stock', meta: { available: number } } } }
            500: { content: { 'application/json': { code: 'internal_error' } } }
          } } }
        }
      `,
      'errors.ts': `
        import { defineErrors, standardErrors } from 'fastify-api-errors'
        import { Type } from '@sinclair/typebox'
        export const errors = defineErrors(standardErrors, {
          queue_is_full: {
            status: 409, type: 'conflict_error', message: 'Full.', description: 'No room.', action: 'Wait.', retry: 'backoff',
            meta: Type.Object({ capacity: Type.Integer() }), example: { meta: { capacity: 7 } }
          }
        })
      `
    }
  }), '')
})

t.test('the table of properties is complete', async t => {
  const [, table = ''] = /^\| property .*\n\|---.*\n((?:\|.*\n)+)/m.exec(page) ?? []
  const listed = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name)
  const { name, ...error } = await parseError(new Response('', { status: 500 }))
  t.strictSame(listed.sort(), [...Object.keys(error), 'message'].sort())
})

t.test('the table of advice matches the code', async t => {
  const [, table = ''] = /^\| advice .*\n\|---.*\n((?:\|.*\n)+)/m.exec(page) ?? []
  const listed = new Map([...table.matchAll(/^\| `([\w-]+)` \| (.*?) \|/gm)].map(([, advice, which]) => [advice, which as string]))
  t.strictSame([...listed.keys()], ['never', 'backoff', 'retry-after'])
  for (const [code, { status }] of Object.entries(standardErrors)) {
    const advice = getRetryAdvice({ code, status }, {})
    const named = listed.get(advice)?.includes(String(status)) === true || listed.get(advice)?.includes(`\`${code}\``) === true
    t.ok(named || (advice === 'never' && status < 500), `${status} ${code}: ${advice}`)
  }
})

t.test('the table of options has the defaults of the code', async t => {
  const [, table = ''] = /^\| option .*\n\|---.*\n((?:\|.*\n)+)/m.exec(page) ?? []
  const listed = [...table.matchAll(/^\| `(\w+)` \| (.*?) \|/gm)].map(([, name, value]) => [name, value])
  const source = readFileSync(new URL('../../../lib/client/retry.ts', import.meta.url), 'utf8')
  const comments = [...source.matchAll(/\/\*\*((?:(?!\*\/)[^])*)\*\/\n {2}readonly (\w+)\?/g)]
  const defaults = new Map(comments.map(([, text = '', name]) => [name, /@default (.*?)\s*$/m.exec(text)?.[1]]))
  t.strictSame(listed.map(([name]) => name), [...defaults.keys()])
  t.strictSame(listed.slice(0, 3), [...defaults].slice(0, 3), 'the numbers')
})

t.test('the client has the documented size, and imports only its own files', async t => {
  const { metafile, outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('../../../lib/client/index.ts', import.meta.url))], bundle: true, minify: true, format: 'esm', write: false, metafile: true
  })
  for (const file of Object.keys(metafile.inputs)) t.match(file, /(^|\/)lib\/(client|support)\/[\w-]+\.ts$/)
  const size = gzipSync(outputFiles[0]?.contents ?? '').length
  t.ok(size <= 3000, `${size} bytes`)
  const kilobytes = (size / 1000).toFixed(1)
  t.match(page.replace(/\s+/g, ' '), `is ${kilobytes} kB (minified and gzipped)`)
})
