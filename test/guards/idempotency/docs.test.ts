/** docs/idempotency.md: its examples compile, and its tables match the code. */
import { readFileSync } from 'node:fs'
import Fastify from 'fastify'
import apiErrors from 'fastify-api-errors'
import { idempotency, memoryStore } from 'fastify-api-errors/idempotency'
import t from 'tap'
import { isStoredStatus } from '../../../lib/guards/idempotency/response.js'
import { compile } from '../../helpers/compile.js'

const page = readFileSync(new URL('../../../docs/idempotency.md', import.meta.url), 'utf8')

t.test('the examples of docs/idempotency.md compile', async t => {
  const examples = [...page.matchAll(/^```ts(?: run)?\n(.*?)^```/gms)].map(([, code]) => code)
  t.equal(examples.length, 4)
  t.equal(compile(`${examples.join('')}
    declare module 'fastify' {
      interface FastifyRequest { user: { readonly id: string } }
    }
    console.log(withRedis, perUser)
  `), '')
})

t.test('the table of responses has exactly the codes of the guard', async t => {
  const [, table = ''] = /## Responses\n([^]*?)\n## /.exec(page) ?? []
  const listed = [...table.matchAll(/^\| .* \| (\d{3}) `(\w+)`/gm)].map(([, status, code]) => `${status} ${code}`)
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(apiErrors)
  app.post('/', { preHandler: idempotency({ store: memoryStore() }) }, async () => 'ok')
  await app.ready()
  const declared = app.apiErrors.explain('POST', '/').filter(({ rule }) => rule === 'declared')
  t.strictSame(listed.sort(), declared.map(({ status, code }) => `${status} ${code}`).sort())
})

t.test('the table of stored responses matches the statuses', async t => {
  const [, listed = ''] = /^\| (401, .*) \| no: /m.exec(page) ?? []
  const temporary = Array.from({ length: 400 }, (_, index) => index + 100).filter(status => !isStoredStatus(status))
  t.strictSame(listed.match(/\d{3}/g)?.map(Number), temporary)
  t.notOk(isStoredStatus(500))
})
