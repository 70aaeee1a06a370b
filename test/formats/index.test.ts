/** Properties of every format: bodies match their schemas. */
import { Ajv, type ValidateFunction } from 'ajv'
import ajvFormats from 'ajv-formats'
import fc from 'fast-check'
import { expectTypeOf } from 'expect-type'
import t from 'tap'
import { Type } from '@sinclair/typebox'
import { defineErrors, defineFormat, formats, standardErrors, type ApiError, type ErrorDefinition, type ErrorInit, type Format, type FormatName } from 'fastify-api-errors'
import { createBodyExample } from '../../lib/openapi/bodies.js'
import { bodySchema } from '../../lib/formats/format.js'
import { initFor, text } from '../helpers/arbitraries.js'
import { createThrower } from '../helpers/http.js'

/** The standard catalog, and custom codes of other kinds. */
const errors = defineErrors(standardErrors, {
  queue_full: {
    status: 503,
    type: 'queue_error',
    message: meta => `${meta.waiting} are waiting for ${meta.queue}.`,
    description: 'The queue is full.',
    action: 'Come back later.',
    meta: Type.Object({ queue: Type.String(), waiting: Type.Integer({ minimum: 0 }) }, { additionalProperties: false }),
    example: { meta: { queue: 'launch', waiting: 3 }, retryAfter: 5 }
  },
  sold_out: { status: 409, type: 'conflict_error', message: 'Sold out.', description: 'Nothing is left.', action: 'Choose something else.' }
})

/** The formats by name, and a custom format. */
const shapes: ReadonlyArray<FormatName | Format> = [
  ...Object.keys(formats) as FormatName[],
  defineFormat({
    name: 'enveloped',
    fields: { error: { fields: { code: { schema: ({ code }) => Type.Literal(code), value: response => response.code } } } }
  })
]

const ajv = ajvFormats.default(new Ajv({ strict: true, allErrors: true }))

function schemaOf (format: Format, definition: ErrorDefinition, hasDocUrl: boolean): ValidateFunction {
  return ajv.compile(bodySchema(format, definition, { hasDocUrl }))
}

t.test('each built-in format has a name', async t => {
  t.strictSame(Object.entries(formats).map(([key, { name }]) => [key, name]), ['code', 'typed', 'summary', 'message', 'error', 'problem'].map(name => [name, name]))
  expectTypeOf<keyof typeof formats>().toEqualTypeOf<FormatName>()
})

for (const shape of shapes) {
  const format = typeof shape === 'string' ? formats[shape] : shape

  t.test(`${format.name}: whatever is thrown, the response body matches the documented schema`, async t => {
    for (const docUrl of [undefined, 'https://api.example.com/errors']) {
      const send = await createThrower({ errors, format: shape, ...(docUrl !== undefined && { docUrl }) })
      for (const definition of Object.values(errors)) {
        const create = definition as ErrorDefinition & ((init: ErrorInit) => ApiError)
        const fits = schemaOf(format, definition, docUrl !== undefined)
        const occasions = fc.record({
          init: initFor(definition), url: fc.webPath(), requestId: fc.oneof(fc.uuid(), text)
        })
        await fc.assert(fc.asyncProperty(occasions, async ({ init, url, requestId }) => {
          const { status, contentType, body } = await send({ error: create(init), url: url === '' ? '/' : url, requestId })
          if (status !== definition.status) throw new Error(`status ${status}`)
          if (!String(contentType).startsWith(format.contentType)) throw new Error(`content type ${String(contentType)}`)
          if (!fits(body)) throw new Error(`${JSON.stringify(body)}: ${ajv.errorsText(fits.errors)}`)
        }), { numRuns: 10 })
      }
    }
    t.pass()
  })

  t.test(`${format.name}: the example in the document equals the response and matches its schema`, async t => {
    const docUrl = (code: string): string => `https://api.example.com/errors#${code}`
    const send = await createThrower({ errors, format: shape, docUrl })
    for (const definition of Object.values(errors)) {
      const { value, summary } = createBodyExample(definition, format, docUrl, undefined) as { value: { request_id?: string, requestId?: string }, summary: string }
      const create = definition as ErrorDefinition & ((init: ErrorInit) => ApiError)
      const error = create(definition.example as ErrorInit)
      const { body } = await send({ error, url: '/', requestId: value.request_id ?? value.requestId ?? 'none' })
      t.strictSame(value, body, definition.code)
      t.ok(schemaOf(format, definition, true)(value), definition.code)
      t.equal(typeof summary, 'string')
    }
  })
}
