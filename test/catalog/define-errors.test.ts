import { Type } from '@sinclair/typebox'
import * as typebox1 from '@fastify/type-provider-typebox'
import { expectTypeOf } from 'expect-type'
import t from 'tap'
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

t.test('a factory carries its definition with every default', async t => {
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

t.test('what the status says of retry and stack', async t => {
  const of = (status: 404 | 429 | 500 | 503) => {
    const { retry, stack } = defineErrors({ x: { ...valid, status } }).x
    return { retry, stack }
  }
  t.strictSame(of(404), { retry: 'never', stack: false })
  t.strictSame(of(429), { retry: 'retry-after', stack: false })
  t.strictSame(of(500), { retry: 'backoff', stack: true })
  t.strictSame(of(503), { retry: 'retry-after', stack: true })
})

t.test('a factory makes the error', async t => {
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

t.test('a later part wins, and a catalog is a part', async t => {
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

t.test('a schema of another library documents meta, and does not check it', async t => {
  const { from_typebox_1: one, plain } = defineErrors({
    from_typebox_1: { ...valid, meta: typebox1.Type.Object({ id: typebox1.Type.String() }), example: { meta: { id: 'x' } } },
    plain: { ...valid, meta: { type: 'object', properties: { id: { type: 'string' } } } }
  })
  t.strictSame(JSON.parse(JSON.stringify(one.meta)), { type: 'object', required: ['id'], properties: { id: { type: 'string' } } })
  t.strictSame(plain({ meta: { id: 1 } }).meta, { id: 1 })
  expectTypeOf(one().meta).toEqualTypeOf<Readonly<Record<string, unknown>>>()
  expectTypeOf(plain().meta).toEqualTypeOf<Readonly<Record<string, unknown>>>()
})

t.test('a format that TypeBox does not know is no fault of the example', async t => {
  const meta = Type.Object({
    email: Type.String({ format: 'email' }),
    id: Type.Union([Type.String({ format: 'uuid' }), Type.Null()])
  })
  const { x } = defineErrors({ x: { ...valid, meta, example: { meta: { email: 'ada@example.com', id: '8b5ab1b2-2f0a-4f8e-a8fb-6d6f6a1c9d57' } } } })
  t.equal(x.code, 'x')
})

t.test('a type that TypeBox cannot check is no fault of the example', async t => {
  const meta = Type.Object({ unit: Type.Unsafe<'kg' | 'lb'>({ type: 'string', enum: ['kg', 'lb'] }) })
  const { x } = defineErrors({ x: { ...valid, meta, example: { meta: { unit: 'kg' } } } })
  t.equal(x({ meta: { unit: 'lb' } }).meta.unit, 'lb')
})

t.test('types', async t => {
  const { already_in_queue: joined, not_your_turn: turn, hint } = errors

  t.test('of the catalog: codes, statuses and meta are literal', async () => {
    expectTypeOf(joined).toEqualTypeOf<ErrorFactory<'already_in_queue', 409, undefined>>()
    expectTypeOf(turn).toEqualTypeOf<ErrorFactory<'not_your_turn', 403, { queue: string, position: number }>>()
    expectTypeOf(errors.resource_not_found).toEqualTypeOf<ErrorFactory<'resource_not_found', 404, undefined>>()
    expectTypeOf(errors.rate_limit_exceeded().meta).toEqualTypeOf<{ policy?: string, limit?: number, window?: number, retry_after?: number }>()
    expectTypeOf(turn({ meta: { queue: 'a', position: 1 } })).toEqualTypeOf<ApiError<'not_your_turn', { queue: string, position: number }>>()
    expectTypeOf(errors).toExtend<AnyCatalog>()
    expectTypeOf(defineErrors({ x: valid }, { x: { ...valid, status: 410 } }).x.status).toEqualTypeOf<410>()
  })

  t.test('of the arguments: meta is optional where every fact in it is', async () => {
    expectTypeOf(joined).parameter(0).toExtend<{ meta?: undefined } | undefined>()
    hint()
    hint({ meta: { tip: 'wait' } })
  })

  t.test('what does not compile', async () => {
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
      // @ts-expect-error meta where the definition has none
      joined({ meta: { queue: 'a' } }),
      // @ts-expect-error an unknown property of an occurrence
      joined({ mesage: 'typo' }),
      // @ts-expect-error an unknown property of a definition
      () => defineErrors({ x: { ...valid, descripton: 'typo' } }),
      // @ts-expect-error an unknown property of a definition in a later part
      () => defineErrors(standardErrors, { x: { ...valid, descripton: 'typo' } }),
      // @ts-expect-error a status that no error has
      () => defineErrors({ x: { ...valid, status: 200 } }),
      // @ts-expect-error a missing action
      () => defineErrors({ x: { status: 409, type: 'conflict_error', message: 'No.', description: 'Never.' } }),
      // @ts-expect-error a message that reads a fact that meta does not have
      () => defineErrors({ x: { ...valid, meta: Position, message: meta => String(meta.length), example: { meta: { queue: 'a', position: 1 } } } }),
      // @ts-expect-error a meta that is no object
      () => defineErrors({ x: { ...valid, meta: Type.String() } })
    ]
    expectTypeOf(unused).toBeFunction()
  })
})

t.test('a wrong definition throws one sentence that names the code and the fault', async t => {
  const statuses = '400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 423, 424, 425, 426, 428, 429, 431, 451, 500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511'
  const takesExample = 'it takes an object with message, meta, issues, param or retryAfter, each as an occurrence has it.'
  const takesPart = 'it takes an object of definitions by code, or a catalog.'
  const takesDefinition = 'it takes a definition, an object with status, type, message, description and action.'
  const header = 'it takes a string that HTTP allows in a header, or a list of such, under a name that HTTP allows.'
  const x = (change: object): object => ({ x: { ...valid, ...change } })
  const wrong: ReadonlyArray<readonly [part: unknown, sentence: string]> = [
    [null, `a part is null; ${takesPart}`],
    [undefined, `a part is undefined; ${takesPart}`],
    ['codes', `a part is 'codes'; ${takesPart}`],
    [[valid], `a part is an array; ${takesPart}`],
    [{ NotSnake: valid }, "the code 'NotSnake' is not lower snake case, like 'resource_not_found'."],
    [{ 'kebab-case': valid }, "the code 'kebab-case' is not lower snake case, like 'resource_not_found'."],
    [JSON.parse('{ "__proto__": {} }'), "the code '__proto__' is not lower snake case, like 'resource_not_found'."],
    [{ x: null }, `x is null; ${takesDefinition}`],
    [{ x: 'gone' }, `x is 'gone'; ${takesDefinition}`],
    [{ x: [] }, `x is an array; ${takesDefinition}`],
    [{ x: () => {} }, 'x is a function; it takes a definition, or the factory of this code.'],
    [{ x: standardErrors.forbidden }, "x is the factory of 'forbidden'; it takes a definition, or the factory of this code."],
    [{ x: Object.assign(() => {}, { code: 'x' }) }, "x is the factory of 'x'; it takes a definition, or the factory of this code."],
    [x({ mesage: 'typo' }), "x: 'mesage' is not a property of a definition; it takes status, type, message, description, action, retry, meta, headers, stack, example."],
    [x({ status: 200 }), `x: 'status' is 200; it takes one of ${statuses}.`],
    [x({ status: 499 }), `x: 'status' is 499; it takes one of ${statuses}.`],
    [x({ status: '404' }), `x: 'status' is '404'; it takes one of ${statuses}.`],
    [x({ type: '' }), "x: 'type' is ''; it takes a group such as 'conflict_error'."],
    [x({ type: 4 }), "x: 'type' is 4; it takes a group such as 'conflict_error'."],
    [x({ message: '' }), "x: 'message' is ''; it takes a sentence, or a function of meta that returns one."],
    [x({ message: {} }), "x: 'message' is an object; it takes a sentence, or a function of meta that returns one."],
    [x({ message: () => '' }), "x: 'message' is ''; it takes a function that returns a sentence for example.meta."],
    [x({ message: () => 7 }), "x: 'message' is 7; it takes a function that returns a sentence for example.meta."],
    [x({ message: (meta: { id: string }) => meta.id }), "x: 'message' fails for example.meta (undefined): TypeError: Cannot read properties of undefined (reading 'id')."],
    [x({ description: undefined }), "x: 'description' is undefined; it takes a sentence that says when the error happens."],
    [x({ description: () => 'No.' }), "x: 'description' is a function; it takes a sentence that says when the error happens."],
    [x({ description: '' }), "x: 'description' is ''; it takes a sentence that says when the error happens."],
    [x({ action: null }), "x: 'action' is null; it takes a sentence that says what the caller does."],
    [x({ action: '' }), "x: 'action' is ''; it takes a sentence that says what the caller does."],
    [x({ retry: 'always' }), "x: 'retry' is 'always'; it takes one of 'never', 'backoff', 'retry-after'."],
    [x({ stack: 'yes' }), "x: 'stack' is 'yes'; it takes true or false."],
    [x({ headers: 'Allow: GET' }), "x: 'headers' is 'Allow: GET'; it takes an object of header names and values, each a string or a list of strings."],
    [x({ headers: ['GET'] }), "x: 'headers' is an array; it takes an object of header names and values, each a string or a list of strings."],
    [x({ headers: { 'retry-after': 30 } }), `x: 'headers.retry-after' is 30; ${header}`],
    [x({ headers: { 'set-cookie': ['a=1', 2] } }), `x: 'headers.set-cookie' is 2; ${header}`],
    [x({ headers: { 'set-cookie': ['a=1', 'b\nc'] } }), `x: 'headers.set-cookie' is 'b\nc'; ${header}`],
    [x({ headers: { link: undefined } }), `x: 'headers.link' is undefined; ${header}`],
    [x({ headers: { 'a header': 'x' } }), `x: 'headers.a header' is 'x'; ${header}`],
    [x({ headers: { link: 'a\nb' } }), `x: 'headers.link' is 'a\nb'; ${header}`],
    [x({ meta: Type.String() }), "x: 'meta' is an object; it takes the schema of an object, like Type.Object({ id: Type.String() })."],
    [x({ meta: 'id' }), "x: 'meta' is 'id'; it takes the schema of an object, like Type.Object({ id: Type.String() })."],
    [x({ meta: Position }), "x: 'example.meta' is missing; it takes a value for each of queue, position, which 'meta' requires."],
    [x({ meta: Position, example: { meta: { queue: 'a', position: 0 } } }), "x: 'example.meta' does not fit 'meta': /position: Expected integer to be greater or equal to 1."],
    [x({ meta: Type.Object({ a: Type.Union([Type.Null(), Type.Literal(1)]) }), example: { meta: { a: 2 } } }), "x: 'example.meta' does not fit 'meta': /a: Expected union value."],
    [x({ meta: Position, example: { meta: 3 } }), "x: 'example.meta' does not fit 'meta': /: Expected object."],
    [x({ example: { meta: { id: 1 } } }), "x: 'example.meta' is an object; it takes nothing, for the definition has no 'meta'."],
    [x({ example: null }), `x: 'example' is null; ${takesExample}`],
    [x({ example: { mesage: 'typo' } }), `x: 'example.mesage' is 'typo'; ${takesExample}`],
    [x({ example: { message: '' } }), `x: 'example.message' is ''; ${takesExample}`],
    [x({ example: { retryAfter: 0.5 } }), `x: 'example.retryAfter' is 0.5; ${takesExample}`],
    [x({ example: { issues: [{ in: 'body' }] } }), `x: 'example.issues.0.field' is undefined; ${takesExample}`],
    [x({ example: { issues: [{ in: 'cookie', field: 'a', pointer: '/a', code: 'type', message: 'must be a string' }] } }), `x: 'example.issues.0.in' is 'cookie'; ${takesExample}`]
  ]
  for (const [part, sentence] of wrong) {
    t.equal(thrown(() => defineErrors(part as never)), `TypeError: defineErrors: ${sentence}`)
  }
})
