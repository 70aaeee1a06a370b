import t from 'tap'
import { Type } from '@sinclair/typebox'
import { defineErrors } from 'fastify-api-errors'

const definition = { status: 409, type: 'conflict_error', message: 'Taken.', description: 'It is taken.', action: 'Take another.' } as const
const meta = Type.Object({ entry: Type.String({ format: 'uuid' }), place: Type.Integer() })

t.test('an example may have a value of any format; TypeBox itself knows none', async t => {
  const { taken } = defineErrors({ taken: { ...definition, meta, example: { meta: { entry: '6f1c1ff4-6a92-4f0e-9d62-8f3f7c1b2a10', place: 1 } } } })
  t.same(taken.example.meta, { entry: '6f1c1ff4-6a92-4f0e-9d62-8f3f7c1b2a10', place: 1 })
})

t.test('everything else in it has to fit', async t => {
  t.throws(
    () => defineErrors({ taken: { ...definition, meta, example: { meta: { entry: '6f1c1ff4-6a92-4f0e-9d62-8f3f7c1b2a10', place: 'first' } } } }),
    new TypeError("defineErrors: taken: 'example.meta' does not fit 'meta': /place: Expected integer.")
  )
})
