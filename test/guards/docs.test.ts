/** docs/api-keys.md: its examples compile, and its table matches the code. */
import { readFileSync } from 'node:fs'
import Fastify from 'fastify'
import apiErrors from 'fastify-api-errors'
import { apiKey, guessLimit } from 'fastify-api-errors/api-key'
import t from 'tap'
import { compile } from '../helpers/compile.js'

const page = readFileSync(new URL('../../docs/api-keys.md', import.meta.url), 'utf8')

t.test('the examples of docs/api-keys.md compile', async t => {
  const examples = [...page.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code)
  t.equal(examples.length, 7)
  t.equal(compile(examples.join(''), {
    files: {
      'database.ts': `
        export interface Key { id: string, scopes: string[] }
        export const database = {
          findKey: async (hash: string): Promise<Key | null> => ({ id: hash, scopes: [] }),
          addKey: async (row: { hash: string, scopes: string[] }): Promise<void> => { void row }
        }
      `
    }
  }), '')
})

t.test('the table has exactly the codes of the guard', async t => {
  const listed = [...page.matchAll(/^\| .* \| (\d{3}) `(\w+)`/gm)].map(([, status, code]) => `${status} ${code}`)
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(apiErrors)
  app.get('/', { onRequest: apiKey({ lookup: () => null, scopes: ['a'], guessLimit: guessLimit({ max: 1, timeWindow: 1 }) }) }, async () => 'ok')
  await app.ready()
  const given = app.apiErrors.explain('GET', '/').map(({ code }) => code).filter(code => code !== 'internal_error')
  t.strictSame([...new Set(listed)].sort(), given.map(code => `${app.apiErrors.errors[code]?.status} ${code}`).sort())
})
