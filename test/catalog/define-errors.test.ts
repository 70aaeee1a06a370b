/** `defineErrors`: catalogs, their factories, their types and invalid definitions. */
import { Type } from '@sinclair/typebox'
import * as typebox1 from '@fastify/type-provider-typebox'
import { expectTypeOf } from 'expect-type'
import t from 'tap'
import { z } from 'zod'
import { ApiError, defineErrors, standardErrors, type AnyCatalog, type ErrorFactory } from 'fastify-api-errors'
import { thrown } from '../support/thrown.js'

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

t.test('the status decides the defaults of retry and stack', async t => {
  const of = (status: 404 | 429 | 500 | 503) => {
    const { retry, stack } = defineErrors({ x: { ...valid, status } }).x
    return { retry, stack }
  }
  t.strictSame(of(404), { retry: 'never', stack: false })
  t.strictSame(of(429), { retry: 'retry-after', stack: false })
  t.strictSame(of(500), { retry: 'backoff', stack: true })
  t.strictSame(of(503), { retry: 'retry-after', stack: true })
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

t.test('a catalog and its factories cannot be changed', async t => {
  t.ok(Object.isFrozen(errors))
  t.ok(Object.isFrozen(errors.already_in_queue))
})

t.test('a schema of another library documents meta and does not validate it', async t => {
  const { from_typebox_1: one, plain } = defineErrors({
    from_typebox_1: { ...valid, meta: typebox1.Type.Object({ id: typebox1.Type.String() }), example: { meta: { id: 'x' } } },
    plain: { ...valid, meta: { type: 'object', properties: { id: { type: 'string' } } } }
  })
  t.strictSame(JSON.parse(JSON.stringify(one.meta)), { type: 'object', required: ['id'], properties: { id: { type: 'string' } } })
  t.strictSame(plain({ meta: { id: 1 } }).meta, { id: 1 })
  expectTypeOf(one().meta).toEqualTypeOf<Readonly<Record<string, unknown>>>()
  expectTypeOf(plain().meta).toEqualTypeOf<Readonly<Record<string, unknown>>>()
})

t.test('an example with a format that is unknown to TypeBox is valid', async t => {
  const meta = Type.Object({
    email: Type.String({ format: 'email' }),
    id: Type.Union([Type.String({ format: 'uuid' }), Type.Null()])
  })
  const { x } = defineErrors({ x: { ...valid, meta, example: { meta: { email: 'ada@example.com', id: '8b5ab1b2-2f0a-4f8e-a8fb-6d6f6a1c9d57' } } } })
  t.equal(x.code, 'x')
})

t.test('an example with a type that TypeBox cannot check is valid', async t => {
  const meta = Type.Object({ unit: Type.Unsafe<'kg' | 'lb'>({ type: 'string', enum: ['kg', 'lb'] }) })
  const { x } = defineErrors({ x: { ...valid, meta, example: { meta: { unit: 'kg' } } } })
  t.equal(x({ meta: { unit: 'lb' } }).meta.unit, 'lb')
})

t.test('types', async t => {
  const { already_in_queue: joined, not_your_turn: turn, hint } = errors

  t.test('in a catalog, codes, statuses and meta have literal types', async () => {
    expectTypeOf(joined).toEqualTypeOf<ErrorFactory<'already_in_queue', 409, undefined>>()
    expectTypeOf(turn).toEqualTypeOf<ErrorFactory<'not_your_turn', 403, { queue: string, position: number }>>()
    expectTypeOf(errors.resource_not_found).toEqualTypeOf<ErrorFactory<'resource_not_found', 404, undefined>>()
    expectTypeOf(errors.rate_limit_exceeded().meta).toEqualTypeOf<{ policy?: string, limit?: number, window?: number, retry_after?: number }>()
    expectTypeOf(turn({ meta: { queue: 'a', position: 1 } })).toEqualTypeOf<ApiError<'not_your_turn', { queue: string, position: number }>>()
    expectTypeOf(errors).toExtend<AnyCatalog>()
    expectTypeOf(defineErrors({ x: valid }, { x: { ...valid, status: 410 } }).x.status).toEqualTypeOf<410>()
  })

  t.test('meta is an optional argument if all its properties are optional', async () => {
    expectTypeOf(joined).parameter(0).toExtend<{ meta?: undefined } | undefined>()
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
      // @ts-expect-error a missing action
      () => defineErrors({ x: { status: 409, type: 'conflict_error', message: 'No.', description: 'Never.' } }),
      // @ts-expect-error a message that reads a property that meta does not have
      () => defineErrors({ x: { ...valid, meta: Position, message: meta => String(meta.length), example: { meta: { queue: 'a', position: 1 } } } }),
      // @ts-expect-error a meta that is not an object
      () => defineErrors({ x: { ...valid, meta: Type.String() } })
    ]
    expectTypeOf(unused).toBeFunction()
  })
})

t.test('an invalid definition throws one sentence that names the code and the property', async t => {
  const statuses = '400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 423, 424, 425, 426, 428, 429, 431, 451, 500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511'
  const expectedExample = 'expected an object with message, meta, issues, param or retryAfter, each as an occurrence has it'
  const expectedPart = 'expected an object of definitions by code, or a catalog'
  const expectedDefinition = 'expected a definition, an object with status, type, message, description and action'
  const expectedFactory = 'expected a definition, or the factory of this code'
  const expectedHeader = 'expected a valid header name with a valid string, or a list of valid strings'
  const expectedHeaders = 'expected an object of header names and values, each a string or a list of strings'
  const expectedMeta = 'expected the schema of an object, like Type.Object({ id: Type.String() })'
  const expectedCode = "expected lower snake case, like 'resource_not_found'"
  const x = (change: object): object => ({ x: { ...valid, ...change } })
  const wrong: ReadonlyArray<readonly [part: unknown, sentence: string]> = [
    [null, `definitions: ${expectedPart}, got null.`],
    [undefined, `definitions: ${expectedPart}, got undefined.`],
    ['codes', `definitions: ${expectedPart}, got "codes".`],
    [[valid], `definitions: ${expectedPart}, got an array.`],
    [{ NotSnake: valid }, `code: ${expectedCode}, got "NotSnake".`],
    [{ 'kebab-case': valid }, `code: ${expectedCode}, got "kebab-case".`],
    [JSON.parse('{ "__proto__": {} }'), `code: ${expectedCode}, got "__proto__".`],
    [{ x: null }, `x: ${expectedDefinition}, got null.`],
    [{ x: 'gone' }, `x: ${expectedDefinition}, got "gone".`],
    [{ x: [] }, `x: ${expectedDefinition}, got an array.`],
    [{ x: () => {} }, `x: ${expectedFactory}, got a function.`],
    [{ x: standardErrors.forbidden }, `x: ${expectedFactory}, got the factory of "forbidden".`],
    [{ x: Object.assign(() => {}, { code: 'x' }) }, `x: ${expectedFactory}, got the factory of "x".`],
    [x({ mesage: 'typo' }), 'x.mesage: unknown option, expected one of status, type, message, description, action, retry, meta, headers, stack, example.'],
    [x({ status: 200 }), `x.status: expected one of ${statuses}, got 200.`],
    [x({ status: 499 }), `x.status: expected one of ${statuses}, got 499.`],
    [x({ status: '404' }), `x.status: expected one of ${statuses}, got "404".`],
    [x({ type: '' }), "x.type: expected a group such as 'conflict_error', got \"\"."],
    [x({ type: 4 }), "x.type: expected a group such as 'conflict_error', got 4."],
    [x({ message: '' }), 'x.message: expected a sentence, or a function of meta that returns one, got "".'],
    [x({ message: {} }), 'x.message: expected a sentence, or a function of meta that returns one, got an object.'],
    [x({ message: () => '' }), 'x.message: expected a function that returns a sentence for example.meta, got "".'],
    [x({ message: () => 7 }), 'x.message: expected a function that returns a sentence for example.meta, got 7.'],
    [x({ message: (meta: { id: string }) => meta.id }), "x.message: expected a function that returns a sentence for example.meta, but it throws for undefined: TypeError: Cannot read properties of undefined (reading 'id')."],
    [x({ description: undefined }), 'x.description: expected a sentence that says when the error happens, got undefined.'],
    [x({ description: () => 'No.' }), 'x.description: expected a sentence that says when the error happens, got a function.'],
    [x({ description: '' }), 'x.description: expected a sentence that says when the error happens, got "".'],
    [x({ action: null }), 'x.action: expected a sentence that says what the caller can do, got null.'],
    [x({ action: '' }), 'x.action: expected a sentence that says what the caller can do, got "".'],
    [x({ retry: 'always' }), 'x.retry: expected one of "never", "backoff", "retry-after", got "always".'],
    [x({ stack: 'yes' }), 'x.stack: expected true or false, got "yes".'],
    [x({ headers: 'Allow: GET' }), `x.headers: ${expectedHeaders}, got "Allow: GET".`],
    [x({ headers: ['GET'] }), `x.headers: ${expectedHeaders}, got an array.`],
    [x({ headers: { 'retry-after': 30 } }), `x.headers.retry-after: ${expectedHeader}, got 30.`],
    [x({ headers: { 'set-cookie': ['a=1', 2] } }), `x.headers.set-cookie: ${expectedHeader}, got 2.`],
    [x({ headers: { 'set-cookie': ['a=1', 'b\nc'] } }), `x.headers.set-cookie: ${expectedHeader}, got "b\\nc".`],
    [x({ headers: { link: undefined } }), `x.headers.link: ${expectedHeader}, got undefined.`],
    [x({ headers: { 'a header': 'x' } }), `x.headers.a header: ${expectedHeader}, got "x".`],
    [x({ headers: { link: 'a\nb' } }), `x.headers.link: ${expectedHeader}, got "a\\nb".`],
    [x({ meta: z.object({ id: z.string() }) }), 'x.meta: expected a JSON Schema, such as z.toJSONSchema(schema), got an object.'],
    [x({ meta: { type: 'object', '~run': () => {} } }), 'x.meta: expected a JSON Schema, such as z.toJSONSchema(schema), got an object.'],
    [x({ meta: Type.String() }), `x.meta: ${expectedMeta}, got an object.`],
    [x({ meta: 'id' }), `x.meta: ${expectedMeta}, got "id".`],
    [x({ meta: Position }), "x.example.meta: expected a value for each of queue, position, which 'meta' requires, got undefined."],
    [x({ meta: Position, example: { meta: { queue: 'a', position: 0 } } }), "x.example.meta: expected a value that fits 'meta', but /position: Expected integer to be greater or equal to 1."],
    [x({ meta: Type.Object({ a: Type.Union([Type.Null(), Type.Literal(1)]) }), example: { meta: { a: 2 } } }), "x.example.meta: expected a value that fits 'meta', but /a: Expected union value."],
    [x({ meta: Position, example: { meta: 3 } }), "x.example.meta: expected a value that fits 'meta', but /: Expected object."],
    [x({ example: { meta: { id: 1 } } }), "x.example.meta: expected no value, because the definition has no 'meta', got an object."],
    [x({ example: null }), `x.example: ${expectedExample}, got null.`],
    [x({ example: { mesage: 'typo' } }), `x.example.mesage: ${expectedExample}, got "typo".`],
    [x({ example: { message: '' } }), `x.example.message: ${expectedExample}, got "".`],
    [x({ example: { retryAfter: 0.5 } }), `x.example.retryAfter: ${expectedExample}, got 0.5.`],
    [x({ example: { issues: [{ in: 'body' }] } }), `x.example.issues.0.field: ${expectedExample}, got undefined.`],
    [x({ example: { issues: [{ in: 'cookie', field: 'a', pointer: '/a', code: 'type', message: 'must be a string' }] } }), `x.example.issues.0.in: ${expectedExample}, got "cookie".`]
  ]
  for (const [part, sentence] of wrong) {
    t.equal(thrown(() => defineErrors(part as never)), `TypeError: defineErrors: ${sentence}`)
  }
})

t.test('meta can be the JSON Schema of a zod schema, and a schema without a prototype', async t => {
  const definition = { status: 409, type: 'conflict_error', message: 'No.', description: 'It is full.', action: 'Wait.', example: { meta: { id: 'a' } } } as const
  for (const meta of [z.toJSONSchema(z.object({ id: z.string() })), Object.assign(Object.create(null), { type: 'object' }) as object]) {
    t.equal(defineErrors({ x: { ...definition, meta: meta as never } }).x({ meta: { id: 'b' } } as never).code, 'x')
  }
})
