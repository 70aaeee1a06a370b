/** `defineErrors`: catalogs, their factories, their types and invalid definitions. */
import { Type } from '@sinclair/typebox'
import * as typebox1 from '@fastify/type-provider-typebox'
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import { expectTypeOf } from 'expect-type'
import t from 'tap'
import * as v from 'valibot'
import { z } from 'zod'
import { ApiError, defineErrors, standardErrors, type AnyCatalog, type ErrorFactory } from 'fastify-api-errors'
import { thrown } from '../helpers/thrown.js'

const valid = {
  status: 409,
  type: 'conflict_error',
  message: 'You are already in this queue.',
  description: 'The user joined this queue before.',
  action: 'Read the existing entry instead of joining again.'
} as const

const Position = Type.Object({ queue: Type.String(), position: Type.Integer({ minimum: 1 }) })

const errors = defineErrors(standardErrors, {
  already_in_queue: valid,
  not_your_turn: {
    ...valid,
    status: 403,
    type: 'queue_error',
    message: meta => `You are number ${meta.position} in ${meta.queue}.`,
    meta: Position,
    example: { meta: { queue: 'launch', position: 7 } }
  },
  hint: { ...valid, meta: Type.Object({ tip: Type.Optional(Type.String()) }) }
})

t.test('a factory has its definition with every default', async t => {
  const { code, status, type, message, description, action, retry, meta, headers, stack, example } = errors.already_in_queue
  t.strictSame({ code, status, type, message, description, action, retry, meta, headers, stack, example }, {
    code: 'already_in_queue',
    ...valid,
    retry: 'never',
    meta: undefined,
    headers: undefined,
    stack: false,
    example: {}
  })
  t.equal(errors.already_in_queue.name, 'already_in_queue')
})

t.test('a factory creates the error', async t => {
  const error = errors.not_your_turn({ meta: { queue: 'launch', position: 3 } })
  t.ok(error instanceof ApiError)
  t.ok(error instanceof Error)
  t.match(error, {
    name: 'ApiError',
    code: 'not_your_turn',
    status: 403,
    statusCode: 403,
    type: 'queue_error',
    message: 'You are number 3 in launch.',
    meta: { queue: 'launch', position: 3 }
  })
})

t.test('a later definition takes precedence, and a catalog can be part of another', async t => {
  const first = defineErrors({ mine: valid, other: valid })
  const second = defineErrors(first, { mine: { ...valid, status: 410 } }, standardErrors)
  t.equal(second.mine.status, 410)
  t.equal(second.other, first.other)
  t.equal(second.resource_not_found, standardErrors.resource_not_found)
  t.strictSame(Object.keys(defineErrors(first, { a: valid }, { b: valid }, { c: valid }, { d: valid })), ['mine', 'other', 'a', 'b', 'c', 'd'])
})

t.test('a definition for an earlier code changes only the properties that it has', async t => {
  const changed = defineErrors(standardErrors, {
    validation_error: { status: 400 },
    internal_error: { message: 'Something went wrong. We have been notified.' },
    insufficient_scope: { message: (meta?: { required?: readonly string[] }) => `The key needs ${meta?.required?.join() ?? 'another scope'}.` }
  }, {
    validation_error: { action: 'Correct the fields.' }
  })
  const { validation_error: validation, internal_error: internal, insufficient_scope: scope } = changed
  t.strictSame({ ...validation }, { ...standardErrors.validation_error, status: 400, action: 'Correct the fields.' })
  t.strictSame({ ...internal }, { ...standardErrors.internal_error, message: 'Something went wrong. We have been notified.' })
  t.equal(scope().message, 'The key needs another scope.')
  t.equal(scope({ meta: { required: ['read', 'write'] } }).message, 'The key needs read,write.')
  expectTypeOf(validation).toEqualTypeOf<ErrorFactory<'validation_error', 400, undefined, 'One or more fields are invalid.'>>()
  expectTypeOf(internal).toEqualTypeOf<ErrorFactory<'internal_error', 500, undefined, 'Something went wrong. We have been notified.'>>()
  expectTypeOf(scope).toEqualTypeOf<ErrorFactory<'insufficient_scope', 403, { required?: string[], held?: string[] }>>()
})

t.test('a new code without a status or a message throws one sentence', async t => {
  // @ts-expect-error a new code without a status
  t.match(thrown(() => defineErrors(standardErrors, { resource_notfound: { message: 'No.' } })), /^TypeError: defineErrors: resource_notfound\.status: expected one of 400, .*, got undefined\.$/)
  t.equal(
    // @ts-expect-error a new code without a message
    thrown(() => defineErrors(standardErrors, { resource_notfound: { status: 404 } })),
    'TypeError: defineErrors: resource_notfound.message: expected a sentence, or a function of meta that returns one, got undefined.'
  )
})

t.test('a string is the message of an error', async t => {
  const { message, code, meta } = errors.hint('Wait for your turn.')
  t.strictSame({ message, code, meta }, { message: 'Wait for your turn.', code: 'hint', meta: undefined })
  t.equal(standardErrors.internal_error('The disk is full.').message, 'The disk is full.')
})

t.test('a factory is not a body: JSON.stringify throws for it, and omits it inside other values', async t => {
  t.equal(thrown(() => JSON.stringify(errors.hint)), "TypeError: Expected an error, got the factory of 'hint'. Call the factory, as in errors.hint().")
  t.equal(thrown(() => (errors.hint as unknown as { toJSON: () => unknown }).toJSON()), "TypeError: Expected an error, got the factory of 'hint'. Call the factory, as in errors.hint().")
  t.equal(JSON.stringify({ hint: errors.hint }), '{}')
})

t.test('a catalog and its factories cannot be changed', async t => {
  t.ok(Object.isFrozen(errors))
  t.ok(Object.isFrozen(errors.already_in_queue))
})

t.test('a schema of any library documents meta and defines its type, and a message receives it', async t => {
  interface Meta { id: string, size?: number }
  const Type1 = typebox1.Type
  const plainSchema = { type: 'object', properties: { id: { type: 'string' }, size: { type: 'integer' } }, required: ['id'] } as const
  const example = { meta: { id: 'x' } }
  const { typebox_0: zero, typebox_1: one, plain, inline, zod, ark, valibot } = defineErrors(standardErrors, {
    typebox_0: { ...valid, meta: Type.Object({ id: Type.String(), size: Type.Optional(Type.Integer()) }), message: ({ id }) => id.trim(), example },
    typebox_1: { ...valid, meta: Type1.Object({ id: Type1.String(), size: Type1.Optional(Type1.Integer()) }), message: ({ id }) => id.trim(), example },
    plain: { ...valid, meta: plainSchema, message: ({ id }) => id.trim(), example },
    inline: { ...valid, meta: { type: 'object', properties: { id: { type: 'string' }, size: { type: 'integer' } }, required: ['id'] }, message: ({ id }) => id.trim(), example },
    zod: { ...valid, meta: z.object({ id: z.string(), size: z.int().optional() }), message: ({ id }) => id.trim(), example },
    ark: { ...valid, meta: type({ id: 'string', 'size?': 'number' }), message: ({ id }) => id.trim(), example },
    valibot: { ...valid, meta: toStandardJsonSchema(v.object({ id: v.string(), size: v.optional(v.number()) })), message: ({ id }) => id.trim(), example }
  })
  for (const create of [zero, one, plain, inline, zod, ark, valibot]) {
    t.match(JSON.parse(JSON.stringify(create.meta)), { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] })
    t.equal(create({ meta: { id: ' a ' } }).message, 'a')
  }
  expectTypeOf(zero({ meta: { id: 'a' } }).meta).toEqualTypeOf<Meta>()
  expectTypeOf(one({ meta: { id: 'a' } }).meta).toEqualTypeOf<Meta>()
  expectTypeOf(plain({ meta: { id: 'a' } }).meta).toEqualTypeOf<Meta>()
  expectTypeOf(inline({ meta: { id: 'a' } }).meta).toEqualTypeOf<Meta>()
  expectTypeOf(zod({ meta: { id: 'a' } }).meta).toEqualTypeOf<{ id: string, size?: number | undefined }>()
  expectTypeOf(ark({ meta: { id: 'a' } }).meta).toEqualTypeOf<Meta>()
  expectTypeOf(valibot({ meta: { id: 'a' } }).meta).toEqualTypeOf<{ id: string, size?: number | undefined }>()
  const unused = (): unknown => [
    // @ts-expect-error missing meta
    one(),
    // @ts-expect-error a wrong type in meta
    plain({ meta: { id: 1 } }),
    // @ts-expect-error an unknown property of meta
    inline({ meta: { id: 'a', name: 'b' } }),
    // @ts-expect-error a part of meta is missing
    zod({ meta: {} }),
    // @ts-expect-error a wrong type in meta
    ark({ meta: { id: 'a', size: 'b' } }),
    // @ts-expect-error a part of meta is missing
    valibot({ meta: { size: 1 } }),
    // @ts-expect-error a meta that is not an object
    () => defineErrors({ x: { ...valid, meta: z.string() } }),
    // @ts-expect-error a meta that is not an object
    () => defineErrors({ x: { ...valid, meta: { type: 'string' } } })
  ]
  expectTypeOf(unused).toBeFunction()
})

t.test('a later definition can change the schema of another library', async t => {
  const changed = defineErrors(standardErrors, { queue_full: { ...valid, meta: z.object({ size: z.int() }), example: { meta: { size: 1 } } } }, { queue_full: { message: 'Full.' } })
  t.strictSame(changed.queue_full.meta, {
    type: 'object', properties: { size: { type: 'integer', minimum: -9007199254740991, maximum: 9007199254740991 } }, required: ['size'], additionalProperties: false
  })
  expectTypeOf(changed.queue_full({ meta: { size: 1 } }).meta).toEqualTypeOf<{ size: number }>()
  t.match(changed.queue_full({ meta: { size: 1 } }), { message: 'Full.', meta: { size: 1 } })
})

t.test('the types are derived from the definitions', async t => {
  const { already_in_queue: joined, not_your_turn: turn, hint } = errors

  t.test('in a catalog, codes, statuses and meta have literal types', async () => {
    expectTypeOf(joined).toEqualTypeOf<ErrorFactory<'already_in_queue', 409, undefined, 'You are already in this queue.'>>()
    expectTypeOf(turn).toEqualTypeOf<ErrorFactory<'not_your_turn', 403, { queue: string, position: number }>>()
    expectTypeOf(errors.resource_not_found).toEqualTypeOf<ErrorFactory<'resource_not_found', 404, undefined, 'The resource does not exist.'>>()
    expectTypeOf(errors.rate_limit_exceeded().meta).toEqualTypeOf<{ policy?: string, policies?: string[], limit?: number, window?: number, retry_after?: number }>()
    expectTypeOf(turn({ meta: { queue: 'a', position: 1 } })).toEqualTypeOf<ApiError<'not_your_turn', { queue: string, position: number }, 403>>()
    expectTypeOf(errors.resource_not_found().status).toEqualTypeOf<404>()
    expectTypeOf(errors).toExtend<AnyCatalog>()
    expectTypeOf(defineErrors({ x: valid }, { x: { ...valid, status: 410 } }).x.status).toEqualTypeOf<410>()
  })

  t.test('meta is an optional argument if all its properties are optional', async () => {
    expectTypeOf(joined).parameter(0).toExtend<{ meta?: undefined } | string | undefined>()
    hint()
    hint({ meta: { tip: 'wait' } })
  })

  t.test('invalid definitions do not compile', async () => {
    const unused = (): unknown => [
      // @ts-expect-error an unknown code
      errors.not_a_code,
      // @ts-expect-error missing meta
      turn(),
      // @ts-expect-error missing meta
      turn({}),
      // @ts-expect-error a part of meta is missing
      turn({ meta: { queue: 'a' } }),
      // @ts-expect-error a wrong type in meta
      turn({ meta: { queue: 'a', position: '1' } }),
      // @ts-expect-error a wrong type in optional meta
      hint({ meta: { tip: 1 } }),
      // @ts-expect-error meta for a definition without meta
      joined({ meta: { queue: 'a' } }),
      // @ts-expect-error an unknown argument
      joined({ mesage: 'typo' }),
      // @ts-expect-error an unknown property of a definition
      () => defineErrors({ x: { ...valid, descripton: 'typo' } }),
      // @ts-expect-error an unknown property of a definition in a later part
      () => defineErrors(standardErrors, { x: { ...valid, descripton: 'typo' } }),
      // @ts-expect-error a status that is not an error
      () => defineErrors({ x: { ...valid, status: 200 } }),
      // @ts-expect-error a new code without a status has no factory
      () => defineErrors(standardErrors, { resource_notfound: { message: 'No.' } }).resource_notfound(),
      // @ts-expect-error an unknown property of a definition that changes an earlier one
      () => defineErrors(standardErrors, { internal_error: { mesage: 'No.' } }),
      // @ts-expect-error a message instead of the required meta
      turn('No.'),
      // @ts-expect-error a message that reads a property that meta does not have
      () => defineErrors({ x: { ...valid, meta: Position, message: meta => String(meta.length), example: { meta: { queue: 'a', position: 1 } } } }),
      // @ts-expect-error a meta that is not an object
      () => defineErrors({ x: { ...valid, meta: Type.String() } })
    ]
    expectTypeOf(unused).toBeFunction()
  })
})

t.test('an argument that is not a list of definitions throws one sentence', async t => {
  const expectedPart = 'expected an object of definitions by code, or a catalog'
  const expectedFactory = 'expected a definition, or the factory of this code'
  const wrong: ReadonlyArray<readonly [part: unknown, sentence: string]> = [
    [null, `definitions: ${expectedPart}, got null.`],
    [undefined, `definitions: ${expectedPart}, got undefined.`],
    ['codes', `definitions: ${expectedPart}, got "codes".`],
    [[valid], `definitions: ${expectedPart}, got an array.`],
    [{ x: () => {} }, `x: ${expectedFactory}, got a function.`],
    [{ x: standardErrors.forbidden }, `x: ${expectedFactory}, got the factory of "forbidden".`],
    [{ x: Object.assign(() => {}, { code: 'x' }) }, `x: ${expectedFactory}, got the factory of "x".`]
  ]
  for (const [part, sentence] of wrong) t.equal(thrown(() => defineErrors(part as never)), `TypeError: defineErrors: ${sentence}`)
})

t.test('meta can be the JSON Schema of a zod schema, and a schema without a prototype', async t => {
  const definition = { status: 409, type: 'conflict_error', message: 'No.', description: 'It is full.', action: 'Wait.', example: { meta: { id: 'a' } } } as const
  for (const meta of [z.toJSONSchema(z.object({ id: z.string() })), Object.assign(Object.create(null), { type: 'object' }) as object]) {
    t.equal(defineErrors({ x: { ...definition, meta: meta as never } }).x({ meta: { id: 'b' } } as never).code, 'x')
  }
})
