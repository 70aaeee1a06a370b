/** The components of error responses. */
import t from 'tap'
import { defineErrors, standardErrors, type StandardCode } from 'fastify-api-errors'
import { hashedNames } from '../../lib/openapi/names.js'
import { codesByStatus, createApp, documentOf } from './documents.js'

t.test('responses with different codes have different names, even if their hashes start with the same characters', async t => {
  const codes = Array.from({ length: 40 }, (_, index) => `conflict_${String.fromCharCode(97 + index / 10, 97 + index % 10)}`)
  const errors = defineErrors(standardErrors, Object.fromEntries(codes.map(code =>
    [code, { status: 409, type: 'conflict_error', message: 'No.', description: `Case ${code}.`, action: 'Choose another.' } as const])))
  const pairs = codes.flatMap((one, index) => codes.slice(index + 1).map(other => [one, other] as const))
  const before = new Map<string, readonly string[]>()
  const [first, second] = pairs.flatMap(pair => {
    const digits = String(hashedNames('Conflict', pair.join()).next().value)
    const same = before.get(digits)
    before.set(digits, pair)
    return same === undefined ? [] : [same, pair]
  }) as [readonly string[], readonly string[]]
  const app = await createApp({ plugin: { errors } }, app => {
    for (const [index, pair] of [first, second].entries()) app.get(`/${index}`, { config: { errors: pair as unknown as StandardCode[] } }, async () => '')
  })
  t.teardown(() => app.close())
  const document = documentOf(app)
  t.not(document.paths['/0']?.get?.responses['409']?.$ref, document.paths['/1']?.get?.responses['409']?.$ref)
  t.strictSame([codesByStatus(document, '/0', 'get')['409'], codesByStatus(document, '/1', 'get')['409']], [first, second])
})
