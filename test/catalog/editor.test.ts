/** What an editor shows about a catalog: hovers, definitions, completions and the texts of errors. */
import t from 'tap'
import { standardErrors } from 'fastify-api-errors'
import { createEditor } from '../helpers/editor.js'

const editor = createEditor(`
  import { Type } from '@sinclair/typebox'
  import Fastify from 'fastify'
  import apiErrors, { declareErrors, defineErrors, defineFormat, standardErrors } from 'fastify-api-errors'
  import { field } from 'fastify-api-errors/format'
  export const errors = defineErrors(standardErrors, {
    queue_full: { status: 409, message: 'The queue is full.', meta: Type.Object({ size: Type.Integer() }) },
    validation_error: { message: 'Some fields are wrong.' },
    too_late: { status: 403, message: (meta: undefined) => 'Too late.' }
  })
  const app = Fastify()
  await app.register(apiErrors, { errors })
  const handler = async () => 'ok'
`)
t.teardown(editor.close)

t.test('a hover shows the status and the message of a code', async t => {
  t.equal(editor.hover('errors.queue_|full'), '(property) queue_full: ErrorFactory<"queue_full", 409, {\n    size: number;\n}, "The queue is full.">')
  t.equal(editor.hover('errors.validation_|error'), '(property) validation_error: ErrorFactory<"validation_error", 422, undefined, "Some fields are wrong.">')
  t.equal(editor.hover('errors.resource_not_|found'), '(property) resource_not_found: ErrorFactory<"resource_not_found", 404, undefined, "The resource does not exist.">')
  t.equal(editor.hover('errors.too_|late'), '(property) too_late: ErrorFactory<"too_late", 403, undefined, string | ((meta: never) => string)>')
  t.equal(editor.hover('errors.queue_full.mess|age'), '(property) ErrorFactory<"queue_full", 409, { size: number; }, "The queue is full.">.message: "The queue is full."')
})

t.test('a hover over a call shows the status', async t => {
  t.equal(editor.hover("throw errors.resource_not_|found('No queue has this id.')"), `(property) resource_not_found: ErrorFactory
(init?: string | InitOf<undefined> | undefined) => ApiError<"resource_not_found", undefined, 404>`)
  t.match(editor.hover('throw errors.queue_|full({ meta: { size: 1 } })'), /=> ApiError<"queue_full", {\n {4}size: number;\n}, 409>$/)
  t.match(editor.hover('throw errors.validation_|error()'), /=> ApiError<"validation_error", undefined, 422>$/)
})

t.test('"Go to definition" leads from a code to its definition', async t => {
  t.strictSame(editor.findDefinition('throw errors.queue_|full({ meta: { size: 1 } })'), {
    file: 'user.ts', line: "queue_full: { status: 409, message: 'The queue is full.', meta: Type.Object({ size: Type.Integer() }) },"
  })
  t.strictSame(editor.findDefinition('errors.validation_|error'), { file: 'user.ts', line: "validation_error: { message: 'Some fields are wrong.' }," })
  t.strictSame(editor.findDefinition('errors.resource_not_|found'), { file: 'lib/catalog/standard-errors.ts', line: 'resource_not_found: {' })
})

t.test('the editor offers the codes of a catalog, and the standard codes where a code is expected', async t => {
  const standard = Object.keys(standardErrors).sort()
  t.strictSame(editor.complete('errors.|').sort(), [...standard, 'queue_full', 'too_late'].sort())
  t.strictSame(editor.complete("app.get('/', { config: { errors: ['|'] } }, handler)").sort(), standard)
  t.strictSame(editor.complete("declareErrors(app, ['|'])").sort(), standard)
  t.strictSame(editor.complete("app.get('/', { config: { errors: [errors.|] } }, handler)").sort(), [...standard, 'queue_full', 'too_late'].sort())
})

/** Returns the last line of each error in some lines of code, which says what is wrong. The lines before it say where. */
const listReasons = (lines: readonly string[]): string[][] =>
  editor.listErrors(lines).map(messages => messages.map(message => message.split('\n').at(-1)?.trim() ?? ''))

t.test('a misspelled code is an error with a proposal', async t => {
  const reasons = listReasons([
    "app.get('/', { config: { errors: ['resource_notfound'] } }, handler)",
    "declareErrors(app, ['resource_notfound'])",
    "app.get('/', { config: { errors: [errors.resource_notfound] } }, handler)",
    'errors.resource_notfound()'
  ])
  for (const [reason = ''] of reasons) {
    t.match(reason, /resource_notfound/)
    t.match(reason, /Did you mean '"?resource_not_found"?'\?$/)
  }
})

t.test('the errors about a wrong definition or a wrong call name the property, and what was expected', async t => {
  const define = (definition: string): string => `defineErrors(standardErrors, { late: ${definition} })`
  const cases = [
    [define("{ status: 403, message: 'Too late.', descripton: 'x' }"), "Type 'string' is not assignable to type 'UnknownProperty'."],
    [define("{ status: 403, mesage: 'Too late.' }"), "Type 'string' is not assignable to type 'UnknownProperty'."],
    [define("{ status: 200, message: 'Too late.' }"), /^Type '200' is not assignable to type '400 \| 401 \| 402 /],
    [define("{ status: '403', message: 'Too late.' }"), /^Type 'string' is not assignable to type '400 \| 401 \| 402 /],
    [define("{ message: 'Too late.' }"), "Property 'status' is missing in type '{ message: \"Too late.\"; }' but required in type 'NewDefinition'."],
    [define('{ status: 403 }'), "Property 'message' is missing in type '{ status: 403; }' but required in type 'NewDefinition'."],
    [define("{ status: 403, message: 'Too late.', retry: 'always' }"), "Type '\"always\"' is not assignable to type '\"backoff\" | \"never\" | \"retry-after\"'."],
    [define("{ status: 403, message: 'Too late.', headers: { a: 1 } }"), "Type 'number' is not assignable to type 'string | readonly string[]'."],
    [define("{ status: 403, message: 'Too late.', meta: Type.String() }"), "Type '\"string\"' is not assignable to type '\"object\"'."],
    [define('{ status: 403, message: meta => meta.name, meta: Type.Object({ size: Type.Integer() }) }'), "Property 'name' does not exist on type '{ size: number; }'."],
    ['errors.queue_full()', 'Expected 1 arguments, but got 0.'],
    ["errors.queue_full({ meta: { size: 'a' } })", "Type 'string' is not assignable to type 'number'."],
    ['errors.resource_not_found({ meta: { size: 1 } })', "Type '{ size: number; }' is not assignable to type 'undefined'."],
    ["defineFormat({ name: 'a', fields: { code: 'code' } })", "Type 'string' is not assignable to type 'BodyPart'."],
    ["defineFormat({ name: 'a', field: {} })", "Object literal may only specify known properties, but 'field' does not exist in type 'FormatDefinition'. Did you mean to write 'fields'?"],
    ['field({ schema: () => Type.String(), value: () => 1 })', "Type 'number' is not assignable to type 'string'."]
  ] as const
  const all = listReasons(cases.map(([text]) => text))
  for (const [line, [text, ...expected]] of cases.entries()) {
    const reasons = all[line] ?? []
    t.equal(reasons.length, expected.length, `${text}: ${reasons.join('\n')}`)
    for (const [index, reason] of expected.entries()) typeof reason === 'string' ? t.equal(reasons[index], reason, text) : t.match(reasons[index], reason, text)
  }
})
