/** The errors of the TypeBox compiler. */
import { FormatRegistry, Kind, Type, TypeRegistry, type TSchema } from '@sinclair/typebox'
import { Value, ValueErrorType } from '@sinclair/typebox/value'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { TypeBoxValidatorCompiler } from 'type-provider-typebox-5'
import { getKeywordIssue } from '../../../lib/catalog/issues.js'
import { maxReported } from '../../../lib/translate/validation/failed-keyword.js'
import { maxIssues } from '../../../lib/translate/validation/validation.js'
import { readTypeboxErrors, valueErrors } from '../../../lib/translate/validation/typebox-errors.js'
import { createApi, postTo, type Fault } from '../../helpers/validation.js'

/** @fastify/type-provider-typebox 5. Its reports only have a message and a path for each failure. */

const secret = 'S3cr3t'

FormatRegistry.Set('slug', value => /^[a-z-]+$/.test(value))
TypeRegistry.Set('Even', (_schema, value) => typeof value === 'number' && value % 2 === 0)

function createApiOf (body: TSchema): Promise<FastifyInstance> {
  return createApi({}, app => {
    app.setValidatorCompiler(TypeBoxValidatorCompiler)
    app.post('/', { schema: { body } }, () => 'fine')
  })
}

t.test('before TypeBox is loaded, the fields are known, but not the reasons', async t => {
  t.strictSame(
    readTypeboxErrors({ validation: [{ message: 'Expected string', instancePath: '/a' }], location: 'body', schema: Type.Object({ a: Type.String() }), value: { a: 1 } }),
    [{ keyword: 'invalid', path: ['a'], params: {} }]
  )
})

/** By the error of TypeBox: the schema of the field `f`, the value in the request, and the response. Types that JSON does not have are below. */
const cases: Partial<Record<keyof typeof ValueErrorType, readonly [schema: TSchema, value: unknown, faults: readonly Fault[]]>> = {
  Array: [Type.Array(Type.String()), secret, [['f', 'type', 'must be an array']]],
  ArrayContains: [Type.Array(Type.String(), { contains: Type.Literal('x') }), [secret], [['f', 'contains', 'must contain at least 1 matching item']]],
  ArrayMinContains: [Type.Array(Type.String(), { contains: Type.Literal('x'), minContains: 2 }), ['x'], [['f', 'contains', 'must contain at least 2 matching items']]],
  ArrayMaxContains: [Type.Array(Type.String(), { contains: Type.Literal('x'), maxContains: 1 }), ['x', 'x'], [['f', 'contains', 'must contain 1 to 1 matching item']]],
  ArrayMinItems: [Type.Array(Type.String(), { minItems: 2 }), [secret], [['f', 'min_items', 'must have at least 2 items']]],
  ArrayMaxItems: [Type.Array(Type.String(), { maxItems: 1 }), [secret, secret], [['f', 'max_items', 'must have at most 1 item']]],
  ArrayUniqueItems: [Type.Array(Type.String(), { uniqueItems: true }), [secret, secret], [['f', 'unique_items', 'must not contain duplicate items']]],
  Boolean: [Type.Boolean(), secret, [['f', 'type', 'must be true or false']]],
  Integer: [Type.Integer(), 1.5, [['f', 'type', 'must be a whole number']]],
  IntegerMinimum: [Type.Integer({ minimum: 3 }), 2, [['f', 'minimum', 'must be at least 3']]],
  IntegerMaximum: [Type.Integer({ maximum: 3 }), 4, [['f', 'maximum', 'must be at most 3']]],
  IntegerExclusiveMinimum: [Type.Integer({ exclusiveMinimum: 3 }), 3, [['f', 'minimum', 'must be greater than 3']]],
  IntegerExclusiveMaximum: [Type.Integer({ exclusiveMaximum: 3 }), 3, [['f', 'maximum', 'must be less than 3']]],
  IntegerMultipleOf: [Type.Integer({ multipleOf: 5 }), 3, [['f', 'multiple_of', 'must be a multiple of 5']]],
  Intersect: [
    Type.Intersect([Type.Object({ a: Type.String() }), Type.Object({ b: Type.Number() })]),
    { b: secret },
    [['f.a', 'required', 'is required'], ['f.b', 'type', 'must be a number']]
  ],
  IntersectUnevaluatedProperties: [
    Type.Intersect([Type.Object({ a: Type.String() }), Type.Object({ b: Type.Number() })], { unevaluatedProperties: false }),
    { a: 'x', b: 1, z: secret },
    [['f.z', 'unknown_field', 'is not allowed']]
  ],
  Kind: [Type.Unsafe({ [Kind]: 'Even' }), 90211, [['f', 'invalid', 'is invalid']]],
  Literal: [Type.Literal('a'), secret, [['f', 'const', 'must be "a"']]],
  Never: [Type.Never(), secret, [['f', 'unknown_field', 'is not allowed']]],
  Not: [Type.Not(Type.String()), secret, [['f', 'unknown_field', 'is not allowed']]],
  Null: [Type.Null(), secret, [['f', 'type', 'must be null']]],
  Number: [Type.Number(), secret, [['f', 'type', 'must be a number']]],
  NumberMinimum: [Type.Number({ minimum: 3 }), 2, [['f', 'minimum', 'must be at least 3']]],
  NumberMaximum: [Type.Number({ maximum: 3 }), 4, [['f', 'maximum', 'must be at most 3']]],
  NumberExclusiveMinimum: [Type.Number({ exclusiveMinimum: 3 }), 3, [['f', 'minimum', 'must be greater than 3']]],
  NumberExclusiveMaximum: [Type.Number({ exclusiveMaximum: 3 }), 3, [['f', 'maximum', 'must be less than 3']]],
  NumberMultipleOf: [Type.Number({ multipleOf: 0.5 }), 0.3, [['f', 'multiple_of', 'must be a multiple of 0.5']]],
  Object: [Type.Object({}), secret, [['f', 'type', 'must be an object']]],
  ObjectAdditionalProperties: [
    Type.Object({}, { additionalProperties: false }), { 'a/b~c': secret, b: 1 }, [['f.a/b~c', 'unknown_field', 'is not allowed'], ['f.b', 'unknown_field', 'is not allowed']]
  ],
  ObjectMinProperties: [Type.Object({}, { minProperties: 1 }), {}, [['f', 'min_properties', 'must have at least 1 field']]],
  ObjectMaxProperties: [Type.Record(Type.String(), Type.Any(), { maxProperties: 1 }), { a: 1, b: secret }, [['f', 'max_properties', 'must have at most 1 field']]],
  ObjectRequiredProperty: [
    Type.Object({ a: Type.String({ minLength: 1 }), b: Type.Object({ c: Type.String() }) }), {}, [['f.a', 'required', 'is required'], ['f.b', 'required', 'is required']]
  ],
  RegExp: [Type.RegExp(/^[a-z]+$/), secret, [['f', 'pattern', 'does not have the expected format']]],
  String: [Type.String(), { secret }, [['f', 'type', 'must be a string']]],
  StringFormat: [Type.String({ format: 'slug' }), secret, [['f', 'slug', 'must be a valid slug']]],
  StringFormatUnknown: [Type.String({ format: 'email' }), secret, [['f', 'email', 'must be an email address']]],
  StringMinLength: [Type.String({ minLength: 10 }), secret, [['f', 'min_length', 'must be at least 10 characters long']]],
  StringMaxLength: [Type.String({ maxLength: 1 }), secret, [['f', 'max_length', 'must be at most 1 character long']]],
  StringPattern: [Type.String({ pattern: '^[a-z]+$' }), secret, [['f', 'pattern', 'does not have the expected format']]],
  Tuple: [Type.Tuple([Type.String()]), secret, [['f', 'type', 'must be an array']]],
  TupleLength: [Type.Tuple([Type.String()]), ['a', secret], [['f', 'max_items', 'must have at most 1 item']]],
  Union: [Type.Union([Type.String({ minLength: 10 }), Type.Null()]), secret, [['f', 'min_length', 'must be at least 10 characters long']]],
  Undefined: [Type.Undefined(), secret, [['f', 'type', 'must be undefined']]],
  Void: [Type.Void(), secret, [['f', 'type', 'must be undefined']]]
}

/** Values that JSON cannot represent. A conversion or a transformation may create them. */
const beyondJson: Partial<Record<keyof typeof ValueErrorType, readonly [schema: TSchema, value: unknown, code: string, message: string]>> = {
  AsyncIterator: [Type.AsyncIterator(Type.String()), 1, 'type', 'must be an async iterator'],
  BigInt: [Type.BigInt(), 1, 'type', 'must be a whole number'],
  BigIntMinimum: [Type.BigInt({ minimum: 3n }), 2n, 'minimum', 'must be at least 3'],
  BigIntMaximum: [Type.BigInt({ maximum: 3n }), 4n, 'maximum', 'must be at most 3'],
  BigIntExclusiveMinimum: [Type.BigInt({ exclusiveMinimum: 3n }), 3n, 'minimum', 'must be greater than 3'],
  BigIntExclusiveMaximum: [Type.BigInt({ exclusiveMaximum: 3n }), 3n, 'maximum', 'must be less than 3'],
  BigIntMultipleOf: [Type.BigInt({ multipleOf: 2n }), 3n, 'multiple_of', 'must be a multiple of 2'],
  Date: [Type.Date(), 1, 'type', 'must be a date'],
  DateMinimumTimestamp: [Type.Date({ minimumTimestamp: 1893456000000 }), new Date(0), 'minimum', 'must be at least 2030-01-01T00:00:00.000Z'],
  DateMaximumTimestamp: [Type.Date({ maximumTimestamp: 0 }), new Date(1), 'maximum', 'must be at most 1970-01-01T00:00:00.000Z'],
  DateExclusiveMinimumTimestamp: [Type.Date({ exclusiveMinimumTimestamp: 0 }), new Date(0), 'minimum', 'must be greater than 1970-01-01T00:00:00.000Z'],
  DateExclusiveMaximumTimestamp: [Type.Date({ exclusiveMaximumTimestamp: 0 }), new Date(0), 'maximum', 'must be less than 1970-01-01T00:00:00.000Z'],
  DateMultipleOfTimestamp: [Type.Date({ multipleOfTimestamp: 5 }), new Date(1), 'multiple_of', 'must be a multiple of 5'],
  Function: [Type.Function([], Type.Void()), 1, 'type', 'must be a function'],
  Iterator: [Type.Iterator(Type.String()), 1, 'type', 'must be an iterator'],
  Promise: [Type.Promise(Type.String()), 1, 'type', 'must be a promise'],
  Symbol: [Type.Symbol(), 1, 'type', 'must be a symbol'],
  Uint8Array: [Type.Uint8Array(), 1, 'type', 'must be an array'],
  Uint8ArrayMinByteLength: [Type.Uint8Array({ minByteLength: 2 }), new Uint8Array(1), 'min_items', 'must have at least 2 items'],
  Uint8ArrayMaxByteLength: [Type.Uint8Array({ maxByteLength: 1 }), new Uint8Array(2), 'max_items', 'must have at most 1 item']
}

for (const [name, [schema, value, faults]] of Object.entries(cases)) {
  t.test(name, async t => {
    const errors = [...Value.Errors(schema, value)].map(({ type }) => ValueErrorType[type])
    t.ok(errors.includes(name), 'the case causes this error')
    const response = await postTo(await createApiOf(Type.Object({ f: schema })), { f: value })
    t.strictSame(response.faults, faults)
    t.notMatch(response.text, secret, 'the value is not repeated')
  })
}

/** A report as the compiler creates it. */
function reported (schema: TSchema, value: unknown): unknown[] {
  return [...Value.Errors(schema, value)].map(({ message, path }) => ({ message, instancePath: path }))
}

for (const [name, [schema, value, code, message]] of Object.entries(beyondJson)) {
  t.test(`${name}, which JSON cannot represent`, async t => {
    const failures = readTypeboxErrors({ validation: reported(schema, value), location: 'body', schema, value }) ?? []
    t.strictSame(failures.map(({ keyword, params }) => getKeywordIssue(keyword, params)), [{ code, message }])
  })
}

t.test('every error of TypeBox has a case', async t => {
  const names = Object.keys(ValueErrorType).filter(name => !/^\d+$/.test(name))
  t.strictSame(Object.keys(valueErrors).sort(), names.sort())
  t.strictSame([...Object.keys(cases), ...Object.keys(beyondJson)].sort(), names.sort())
})

async function finds (t: Test, body: TSchema, payload: unknown, faults: readonly Fault[]): Promise<void> {
  t.strictSame((await postTo(await createApiOf(body), payload)).faults, faults)
}

t.test('the failures of a union are those of its closest branch', async t => {
  const Circle = Type.Object({ kind: Type.Literal('circle'), radius: Type.Number() })
  const Square = Type.Object({ kind: Type.Literal('square'), side: Type.Number() })
  await finds(t, Type.Object({ f: Type.Union([Type.Literal('a'), Type.Literal('b'), Type.Null()]) }), { f: secret }, [['f', 'enum', 'must be one of "a", "b", null']])
  await finds(t, Type.Union([Circle, Square]), { kind: 'square', side: secret }, [['side', 'type', 'must be a number']])
  await finds(t, Type.Union([Circle, Square]), { kind: secret }, [['kind', 'enum', 'must be one of "circle", "square"']])
  await finds(t, Type.Union([Circle, Square]), {}, [['kind', 'required', 'is required']])
  await finds(t, Type.Union([Type.String(), Type.Number()]), { secret }, [['', 'type', 'must be a string or a number']])
})

t.test('all errors at one path are reported', async t => {
  await finds(t, Type.Object({ f: Type.String({ minLength: 10, pattern: '^[a-z]+$', format: 'slug' }) }), { f: secret }, [
    ['f', 'min_length', 'must be at least 10 characters long'],
    ['f', 'pattern', 'does not have the expected format'],
    ['f', 'slug', 'must be a valid slug']
  ])
})

t.test('a tuple that is too short is reported', async t => {
  await finds(t, Type.Tuple([Type.String(), Type.String()]), ['a'], [['', 'min_items', 'must have at least 2 items']])
})

t.test('for a body with 3,000 errors, the number of issues is limited', async t => {
  const { faults } = await postTo(await createApiOf(Type.Array(Type.Integer())), Array.from({ length: 3000 }, () => secret))
  t.equal(faults.length, maxIssues)
})

t.test('a union whose values are all invalid is read up to the limit', async t => {
  const schema = Type.Union([Type.Array(Type.Integer()), Type.Null()])
  const value = Array.from({ length: 3000 }, () => secret)
  const { faults } = await postTo(await createApiOf(schema), value)
  t.equal(faults.length, maxIssues)
  const [union] = readTypeboxErrors({ validation: reported(schema, value), location: 'body', schema, value }) ?? []
  t.strictSame(union?.branches?.map(branch => branch.length), [maxReported, 1])
})

t.test('a query is read with the conversions of the compiler', async t => {
  const app = await createApi({}, app => {
    app.setValidatorCompiler(TypeBoxValidatorCompiler)
    const querystring = Type.Object({ page: Type.Integer({ minimum: 1 }), from: Type.Date({ minimumTimestamp: 1893456000000 }) })
    app.get('/', { schema: { querystring } }, () => 'fine')
  })
  t.strictSame((await app.inject('/?page=0&from=2029-12-31')).json<{ details: unknown }>().details, [
    { in: 'query', field: 'page', pointer: '/page', code: 'minimum', message: 'must be at least 1' },
    { in: 'query', field: 'from', pointer: '/from', code: 'minimum', message: 'must be at least 2030-01-01T00:00:00.000Z' }
  ])
  t.strictSame((await app.inject('/?page=x')).json<{ details: unknown }>().details, [
    { in: 'query', field: 'from', pointer: '/from', code: 'required', message: 'is required' },
    { in: 'query', field: 'page', pointer: '/page', code: 'type', message: 'must be a whole number' }
  ])
})

t.test('errors of another copy of TypeBox are listed as far as they are certain', async t => {
  const read = (schema: TSchema, value: unknown, validation: readonly unknown[]): unknown =>
    readTypeboxErrors({ validation, location: 'body', schema, value })?.map(({ keyword, path, params: { format } }) => ({ keyword, path, format }))
  const Address = Type.Object({ email: Type.String({ format: 'email' }) })
  t.strictSame(
    read(Address, { email: 'x' }, [{ message: "Expected string to match 'email' format", instancePath: '/email' }]),
    [{ keyword: 'format', path: ['email'], format: 'email' }], 'a format that is registered there'
  )
  t.strictSame(
    read(Type.Unsafe({ [Kind]: 'Odd' }), 2, [{ message: "Expected kind 'Odd'", instancePath: '' }]),
    [{ keyword: 'invalid', path: [], format: undefined }], 'a kind that is registered there'
  )
})

t.test('other reports are left to other readers', async t => {
  const schema = Type.String()
  const read = (schema: unknown, entry: object): unknown => readTypeboxErrors({ validation: [entry], location: 'body', schema, value: 1 })
  t.equal(read(schema, { keyword: 'type', instancePath: '', message: 'must be string' }), undefined)
  t.equal(read({ type: 'string' }, { instancePath: '', message: 'Expected string' }), undefined)
  t.equal(read(undefined, { instancePath: '', message: 'Expected string' }), undefined)
})
