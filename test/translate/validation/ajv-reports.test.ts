/** The issues of each keyword, with Ajv and TypeBox as validators. */
/* eslint-disable no-template-curly-in-string -- templates of ajv-errors */
import * as typebox from '@fastify/type-provider-typebox'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { Ajv as AjvJTD } from 'ajv/dist/jtd.js'
import ajvErrors from 'ajv-errors'
import ajvFormats from 'ajv-formats'
import localize from 'ajv-i18n'
import ajvKeywords from 'ajv-keywords'
import t, { type Test } from 'tap'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import { issueCodeByKeyword } from '../../../lib/catalog/issues.js'
import { inferIssueCodes } from '../../../lib/infer/schemas/issue-codes.js'
import { readAjvReports } from '../../../lib/translate/validation/ajv-reports.js'
import { createApi, postTo, type Fault } from '../../helpers/validation.js'

interface Case {
  /** The schema of the field `f` of the body, for the keyword with this name. */
  readonly schema: unknown
  /** The value of `f` in the request. */
  readonly value: unknown
  /** The errors that every validator reports, unless another property below says otherwise. */
  readonly faults: readonly Fault[]
  /** The result of Ajv without `allErrors`, if it is not the first of `faults`. */
  readonly first?: readonly Fault[]
  /** The result of TypeBox if it differs. `null` if TypeBox does not support the keyword. */
  readonly typebox?: readonly Fault[] | null
}

const secret = 'S3cr3t'
const A = { $id: 'A', type: 'object', required: ['a'], properties: { a: { type: 'string' } } }
const B = { $id: 'B', type: 'object', required: ['b'], properties: { b: { type: 'string' } } }
/** Ajv does not inline it, because it refers to another schema. */
const Nested = { $id: 'Nested', type: 'object', required: ['n'], properties: { n: { $ref: 'A#' } } }
/** Unions whose paths are relative to these schemas, not to the schema of the route. */
const Choice = { $id: 'Choice', anyOf: [{ const: 'a' }, { const: 'b' }] }
const Nullable = {
  $id: 'Nullable',
  type: 'object',
  properties: { x: { anyOf: [{ $ref: 'A#' }, { type: 'null' }] }, y: { anyOf: [{ $ref: 'Nested#' }, { type: 'null' }] } }
}
const AlsoNested = { $id: 'AlsoNested', type: 'object', required: ['m'], properties: { m: { $ref: 'B#' } } }

/** By keyword. If a keyword has several cases, a number follows its name. */
const cases: Readonly<Record<string, Case>> = {
  required: { schema: { type: 'object', required: ['a', 'b'] }, value: {}, faults: [['f.a', 'required', 'is required'], ['f.b', 'required', 'is required']] },
  dependencies: {
    schema: { type: 'object', dependencies: { a: ['b', 'c', 'd'] } },
    value: { a: secret, c: 1 },
    faults: [['f.b', 'required', 'is required'], ['f.d', 'required', 'is required']]
  },
  dependentRequired: {
    schema: { type: 'object', dependentRequired: { a: ['b', 'c'] } }, value: { a: secret, c: 1 }, faults: [['f.b', 'required', 'is required']]
  },
  type: { schema: { type: 'string' }, value: { secret }, faults: [['f', 'type', 'must be a string']] },
  'type 2': { schema: { type: ['integer', 'null'] }, value: secret, faults: [['f', 'type', 'must be a whole number or null']] },
  'type 3': { schema: { type: 'array', items: { type: 'number' } }, value: [1, secret], faults: [['f[1]', 'type', 'must be a number']] },
  'type 4': { schema: { type: 'string', nullable: true }, value: { secret }, faults: [['f', 'type', 'must be a string']] },
  minLength: { schema: { type: 'string', minLength: 10 }, value: secret, faults: [['f', 'min_length', 'must be at least 10 characters long']] },
  maxLength: { schema: { type: 'string', maxLength: 1 }, value: secret, faults: [['f', 'max_length', 'must be at most 1 character long']] },
  pattern: { schema: { type: 'string', pattern: '^[a-z]+$' }, value: secret, faults: [['f', 'pattern', 'does not have the expected format']] },
  format: { schema: { type: 'string', format: 'email' }, value: secret, faults: [['f', 'email', 'must be an email address']] },
  minimum: { schema: { type: 'number', minimum: 1 }, value: -90210, faults: [['f', 'minimum', 'must be at least 1']] },
  exclusiveMinimum: { schema: { type: 'number', exclusiveMinimum: 1 }, value: 1, faults: [['f', 'minimum', 'must be greater than 1']] },
  maximum: { schema: { type: 'number', maximum: 1 }, value: 90210, faults: [['f', 'maximum', 'must be at most 1']] },
  exclusiveMaximum: { schema: { type: 'number', exclusiveMaximum: 1 }, value: 90210, faults: [['f', 'maximum', 'must be less than 1']] },
  multipleOf: { schema: { type: 'number', multipleOf: 0.5 }, value: 90210.3, faults: [['f', 'multiple_of', 'must be a multiple of 0.5']] },
  formatMinimum: {
    schema: { type: 'string', format: 'date', formatMinimum: '2030-01-01' }, value: '2029-12-31', faults: [['f', 'minimum', 'must be at least 2030-01-01']], typebox: null
  },
  formatExclusiveMinimum: {
    schema: { type: 'string', format: 'date', formatExclusiveMinimum: '2030-01-01' }, value: '2029-12-31', faults: [['f', 'minimum', 'must be greater than 2030-01-01']], typebox: null
  },
  formatMaximum: {
    schema: { type: 'string', format: 'date', formatMaximum: '2030-01-01' }, value: '2030-12-31', faults: [['f', 'maximum', 'must be at most 2030-01-01']], typebox: null
  },
  formatExclusiveMaximum: {
    schema: { type: 'string', format: 'date', formatExclusiveMaximum: '2030-01-01' }, value: '2030-12-31', faults: [['f', 'maximum', 'must be less than 2030-01-01']], typebox: null
  },
  enum: { schema: { enum: ['a', 1, null] }, value: secret, faults: [['f', 'enum', 'must be one of "a", 1, null']] },
  const: { schema: { const: 'a' }, value: secret, faults: [['f', 'const', 'must be "a"']] },
  minItems: { schema: { type: 'array', minItems: 2 }, value: [secret], faults: [['f', 'min_items', 'must have at least 2 items']] },
  maxItems: { schema: { type: 'array', maxItems: 1 }, value: [secret, 1], faults: [['f', 'max_items', 'must have at most 1 item']] },
  additionalItems: {
    schema: { type: 'array', items: [{ type: 'string' }], additionalItems: false },
    value: ['a', secret],
    faults: [['f', 'max_items', 'must have at most 1 item']],
    typebox: [['f[1]', 'unknown_field', 'is not allowed']]
  },
  uniqueItems: { schema: { type: 'array', uniqueItems: true }, value: [secret, secret], faults: [['f', 'unique_items', 'must not contain duplicate items']] },
  contains: {
    schema: { type: 'array', contains: { type: 'number', minimum: 5 } }, value: [secret, 1], faults: [['f', 'contains', 'must contain at least 1 matching item']]
  },
  minProperties: { schema: { type: 'object', minProperties: 1 }, value: {}, faults: [['f', 'min_properties', 'must have at least 1 field']] },
  maxProperties: { schema: { type: 'object', maxProperties: 1 }, value: { a: secret, b: 1 }, faults: [['f', 'max_properties', 'must have at most 1 field']] },
  additionalProperties: {
    schema: { type: 'object', properties: { a: {} }, additionalProperties: false },
    value: { 'x/y~z': secret, b: 1 },
    faults: [['f.x/y~z', 'unknown_field', 'is not allowed'], ['f.b', 'unknown_field', 'is not allowed']]
  },
  boolean: { schema: { type: 'object', properties: { a: false } }, value: { a: secret }, faults: [['f.a', 'unknown_field', 'is not allowed']] },
  not: { schema: { not: { type: 'string' } }, value: secret, faults: [['f', 'unknown_field', 'is not allowed']] },
  propertyNames: {
    schema: { type: 'object', propertyNames: { pattern: '^a', maxLength: 2 } },
    value: { aa: 1, other: secret },
    faults: [['f.other', 'property_name', 'has a name that is not allowed']],
    typebox: [['f.other', 'property_name', 'has a name that is not allowed']]
  },
  if: {
    schema: { type: 'object', if: { required: ['a'] }, then: { required: ['b'] }, else: { required: ['c'] } },
    value: { a: secret },
    faults: [['f.b', 'required', 'is required']],
    typebox: [['f', 'any_of', 'must match one of the allowed schemas']]
  },
  'if 2': {
    schema: { type: 'object', if: { required: ['a'] }, then: { required: ['b'] }, else: { required: ['c'] } },
    value: {},
    faults: [['f.c', 'required', 'is required']]
  },
  allOf: {
    schema: { allOf: [{ type: 'object', required: ['a'] }, { type: 'object', properties: { b: { type: 'number' } } }] },
    value: { b: secret },
    faults: [['f.a', 'required', 'is required'], ['f.b', 'type', 'must be a number']]
  },
  oneOf: { schema: { oneOf: [{ type: 'string' }, { maxLength: 20 }] }, value: secret, faults: [['f', 'any_of', 'must match exactly one of the allowed schemas']] },
  'anyOf with one branch of the type': {
    schema: { anyOf: [{ type: 'string', minLength: 10 }, { type: 'null' }] },
    value: secret,
    faults: [['f', 'min_length', 'must be at least 10 characters long']]
  },
  'anyOf of types': {
    schema: { anyOf: [{ type: 'boolean' }, { type: 'array' }, { type: 'array', minItems: 3 }] }, value: secret, faults: [['f', 'type', 'must be true or false or an array']]
  },
  'anyOf of constants': {
    schema: { anyOf: [{ type: 'string', const: 'a' }, { type: 'string', const: 'b' }] }, value: secret, faults: [['f', 'enum', 'must be one of "a", "b"']]
  },
  'anyOf of constants, enums and null': {
    schema: { anyOf: [{ const: 'a' }, { enum: ['b', 'c'] }, { type: 'null' }] }, value: secret, faults: [['f', 'enum', 'must be one of "a", "b", "c", null']]
  },
  'anyOf of a constant and a type': {
    schema: { anyOf: [{ const: 'a' }, { type: 'number' }] }, value: secret, faults: [['f', 'any_of', 'must match one of the allowed schemas']]
  },
  'anyOf of objects with a tag, one of them': {
    schema: {
      anyOf: [
        { type: 'object', required: ['kind', 'n'], properties: { kind: { const: 'a' }, n: { type: 'number' } } },
        { type: 'object', required: ['kind', 'm'], properties: { kind: { const: 'b' }, m: { type: 'number' } } }
      ]
    },
    value: { kind: 'b', m: secret },
    faults: [['f.m', 'type', 'must be a number']],
    first: [['f', 'any_of', 'must match one of the allowed schemas']] // Ajv stops at the missing n, before it checks kind.
  },
  'anyOf of objects with a tag, none of them': {
    schema: {
      anyOf: [
        { type: 'object', required: ['kind'], properties: { kind: { const: 'a' } } },
        { type: 'object', required: ['kind', 'm'], properties: { kind: { enum: ['b', 'c'] }, m: { type: 'number' } } }
      ]
    },
    value: { kind: secret, m: 1 },
    faults: [['f.kind', 'enum', 'must be one of "a", "b", "c"']]
  },
  'anyOf of objects with a tag that is absent': {
    schema: {
      anyOf: [
        { type: 'object', required: ['kind', 'n'], properties: { kind: { const: 'a' } } },
        { type: 'object', required: ['kind', 'm'], properties: { kind: { const: 'b' } } }
      ]
    },
    value: { secret },
    faults: [['f.kind', 'required', 'is required']]
  },
  'anyOf of objects with different tags': {
    schema: {
      anyOf: [
        { type: 'object', properties: { a: { const: 1 } } },
        { type: 'object', properties: { b: { const: 1 } } }
      ]
    },
    value: { a: secret, b: secret },
    faults: [['f', 'any_of', 'must match one of the allowed schemas']]
  },
  'anyOf of objects without a tag': {
    schema: { anyOf: [{ type: 'object', required: ['a'] }, { type: 'object', required: ['b'] }] },
    value: { secret },
    faults: [['f', 'any_of', 'must match one of the allowed schemas']]
  },
  'anyOf in anyOf': {
    schema: { anyOf: [{ type: 'null' }, { type: 'object', properties: { x: { anyOf: [{ type: 'number', minimum: 3 }, { type: 'null' }] } } }] },
    value: { x: 2 },
    faults: [['f.x', 'minimum', 'must be at least 3']]
  },
  'anyOf next to a keyword that also failed': {
    schema: { const: 'x', anyOf: [{ type: 'string', maxLength: 2 }, { type: 'null' }], pattern: '^[a-z]+$' },
    value: secret,
    faults: [['f', 'const', 'must be "x"'], ['f', 'max_length', 'must be at most 2 characters long'], ['f', 'pattern', 'does not have the expected format']],
    typebox: [['f', 'pattern', 'does not have the expected format'], ['f', 'const', 'must be "x"'], ['f', 'max_length', 'must be at most 2 characters long']]
  },
  'anyOf with a $ref': {
    schema: { anyOf: [{ $ref: 'A#' }, { type: 'null' }] }, value: { secret }, faults: [['f.a', 'required', 'is required']], typebox: null
  },
  'anyOf with a $ref to a schema with a $ref': {
    schema: { anyOf: [{ $ref: 'Nested#' }, { type: 'null' }] }, value: { n: { secret } }, faults: [['f.n.a', 'required', 'is required']], typebox: null
  },
  'anyOf with a $ref inside of a branch': {
    schema: { anyOf: [{ type: 'object', properties: { x: { $ref: 'A#' } } }, { type: 'null' }] },
    value: { x: { secret } },
    faults: [['f.x.a', 'required', 'is required']],
    typebox: null
  },
  'anyOf of several $refs': {
    schema: { anyOf: [{ $ref: 'Nested#' }, { $ref: 'AlsoNested#' }] }, value: { secret }, faults: [['f', 'any_of', 'must match one of the allowed schemas']], typebox: null
  }
}

const ajvOptions = { removeAdditional: false, coerceTypes: false, strict: false }

/** An API whose body has one schema, with a given validator. */
function createApiOf (body: unknown, options: FastifyServerOptions, prepare: (app: FastifyInstance) => unknown = () => {}): Promise<FastifyInstance> {
  return createApi(options, app => {
    for (const shared of [A, B, Nested, AlsoNested, Choice, Nullable]) app.addSchema(shared)
    prepare(app)
    app.post('/', { schema: { body } }, () => 'fine')
  })
}

const validators = {
  'Ajv with allErrors': (body: unknown) => createApiOf(body, { ajv: { customOptions: { ...ajvOptions, allErrors: true } } }),
  'Ajv without allErrors': (body: unknown) => createApiOf(body, { ajv: { customOptions: { ...ajvOptions, allErrors: false } } }),
  'Ajv of 2019-09': (body: unknown) => createApiOf(body, {}, app => {
    const ajv = ajvFormats.default(new Ajv2019({ allErrors: true, strict: false, discriminator: true }))
    ajv.addKeyword({ keyword: 'isEven', type: 'number', validate: (_schema: unknown, value: number) => value % 2 === 0 })
    app.setValidatorCompiler(({ schema }) => ajv.compile(schema as object))
  }),
  'Ajv of 2020-12': (body: unknown) => createApiOf(body, {}, app => {
    const ajv = new Ajv2020({ allErrors: true, strict: false })
    app.setValidatorCompiler(({ schema }) => ajv.compile(schema as object))
  }),
  'TypeBox 1': (body: unknown) => createApiOf(body, {}, app => app.setValidatorCompiler(typebox.TypeBoxValidatorCompiler))
}

async function check (t: Test, validator: keyof typeof validators, body: unknown, payload: unknown, expected: readonly Fault[]): Promise<void> {
  const { status, code, faults, text } = await postTo(await validators[validator](body), payload)
  t.strictSame(faults, expected)
  const onlyAbsent = expected.every(([, code]) => code === 'required')
  t.strictSame({ status, code }, { status: 422, code: onlyAbsent ? 'missing_required_field' : 'validation_error' })
  t.notMatch(text, /S3cr3t|90210/, 'the value is not repeated')
  t.strictSame(faults.map(([, code]) => code).filter(code => !documented(body).includes(code)), [], 'every code is documented')
}

/** The codes of issues that the OpenAPI document names for a body. */
function documented (body: unknown): readonly string[] {
  const shared = Object.fromEntries([A, B, Nested, AlsoNested, Choice, Nullable].map(schema => [schema.$id, schema]))
  const traits = { removesUnknown: false, fillsDefaults: false, wrapsLists: false }
  return inferIssueCodes(body, { part: 'body', traits, alwaysPresent: new Set(), getSchema: id => shared[id] }) ?? []
}

for (const [name, { schema, value, faults, first = faults.slice(0, 1), typebox: ofTypebox = faults }] of Object.entries(cases)) {
  t.test(name, async t => {
    const body = { type: 'object', properties: { f: schema } }
    const payload = { f: value }
    if (name !== 'dependentRequired') {
      await check(t, 'Ajv with allErrors', body, payload, faults)
      await check(t, 'Ajv without allErrors', body, payload, first)
    }
    if (ofTypebox !== null) await check(t, 'TypeBox 1', body, payload, ofTypebox)
  })
}

t.test('an error of the whole body has an empty field', async t => {
  const union = { anyOf: [{ $ref: 'Nested#' }, { type: 'object', required: ['b'], properties: { kind: { const: 'b' } } }], maxProperties: 1 }
  await check(t, 'Ajv with allErrors', { type: 'object' }, [secret], [['', 'type', 'must be an object']])
  await check(t, 'TypeBox 1', { type: 'array', items: { type: 'number' } }, [1, secret], [['[1]', 'type', 'must be a number']])
  await check(t, 'Ajv with allErrors', union, { kind: secret }, [['n', 'required', 'is required']])
  await check(t, 'Ajv with allErrors', { anyOf: [{ $ref: 'Nested#' }, { $ref: 'AlsoNested#' }] }, {}, [['', 'any_of', 'must match one of the allowed schemas']])
})

t.test('the failures of a union in a referenced schema are reported', async t => {
  await check(t, 'Ajv with allErrors', { type: 'object', properties: { f: { $ref: 'Choice#' } } }, { f: secret }, [['f', 'enum', 'must be one of "a", "b"']])
  await check(t, 'Ajv with allErrors', { $ref: 'Nullable#' }, { x: { secret }, y: {} }, [['x.a', 'required', 'is required'], ['y.n', 'required', 'is required']])
})

t.test('property names with special characters', async t => {
  const properties = { 'a/b~c %zz': { type: 'object', properties: { ü: { anyOf: [{ $ref: 'A#' }, { type: 'null' }] } } } }
  const payload = { 'a/b~c %zz': { ü: { secret } } }
  await check(t, 'Ajv with allErrors', { type: 'object', properties }, payload, [['a/b~c %zz.ü.a', 'required', 'is required']])
  const plain = { type: 'object', properties: { '100%': { anyOf: [{ type: 'string', maxLength: 1 }, { type: 'null' }] } } }
  await check(t, 'TypeBox 1', plain, { '100%': secret }, [['100%', 'max_length', 'must be at most 1 character long']])
})

t.test('keywords of later drafts have their codes', async t => {
  const body = (schema: object): object => ({ type: 'object', ...schema })
  await check(t, 'Ajv of 2019-09', body({ dependentRequired: { a: ['b'] } }), { a: secret }, [['b', 'required', 'is required']])
  await check(t, 'Ajv of 2019-09', body({ properties: { f: { contains: { const: 1 }, minContains: 2, maxContains: 3 } } }), { f: [secret] }, [['f', 'contains', 'must contain 2 to 3 matching items']])
  await check(t, 'TypeBox 1', body({ properties: { f: { contains: { const: 1 }, maxContains: 1 } } }), { f: [1, 1] }, [['f', 'contains', 'must contain 1 to 1 matching item']])
  await check(t, 'Ajv of 2019-09', body({ properties: { a: {} }, unevaluatedProperties: false }), { a: 1, z: secret }, [['z', 'unknown_field', 'is not allowed']])
  await check(t, 'Ajv of 2019-09', body({ properties: { a: { type: 'string' } }, unevaluatedProperties: false }), { a: 1, z: secret }, [['a', 'type', 'must be a string'], ['z', 'unknown_field', 'is not allowed']])
  await check(t, 'Ajv of 2019-09', body({ properties: { f: { items: [{}], unevaluatedItems: false } } }), { f: [1, secret] }, [['f', 'max_items', 'must have at most 1 item']])
  await check(t, 'TypeBox 1', body({ properties: { f: { prefixItems: [{}], unevaluatedItems: false } } }), { f: [1, secret] }, [['f', 'max_items', 'has too many items']])
  await check(t, 'Ajv of 2020-12', { type: 'array', prefixItems: [{}], items: false }, [1, secret], [['', 'max_items', 'must have at most 1 item']])
})

t.test('fields that are only unknown because another schema failed are not listed', async t => {
  const body = {
    type: 'object',
    allOf: [{ properties: { a: { type: 'string' }, c: {} }, required: ['a'] }, { properties: { b: {} } }],
    unevaluatedProperties: false
  }
  await check(t, 'TypeBox 1', body, { a: 1, b: 1, c: secret }, [['a', 'type', 'must be a string']])
  await check(t, 'TypeBox 1', body, { a: 'x', b: 1, z: secret }, [['z', 'unknown_field', 'is not allowed']])
  const nested = { type: 'object', properties: { n: { type: 'number' }, o: body } }
  await check(t, 'TypeBox 1', nested, { n: 'x', o: { a: 'x', z: secret } }, [['n', 'type', 'must be a number'], ['o.z', 'unknown_field', 'is not allowed']])
})

t.test('a discriminator of OpenAPI selects the failures of one branch', async t => {
  const body = {
    type: 'object',
    discriminator: { propertyName: 'kind' },
    required: ['kind'],
    oneOf: [
      { properties: { kind: { const: 'a' }, n: { type: 'number' } } },
      { properties: { kind: { const: 'b' } } }
    ]
  }
  await check(t, 'Ajv of 2019-09', body, { kind: secret }, [['kind', 'any_of', 'must match one of the allowed schemas']])
  await check(t, 'Ajv of 2019-09', body, { kind: 'a', n: secret }, [['n', 'type', 'must be a number']])
})

t.test('a custom keyword is the code', async t => {
  await check(t, 'Ajv of 2019-09', { type: 'object', properties: { n: { isEven: true } } }, { n: 90211 }, [['n', 'is_even', 'is invalid']])
})

t.test('a custom check of TypeBox can have its own message', async t => {
  const { Type } = typebox
  const body = Type.Object({
    starts: Type.Refine(Type.String(), () => false, () => 'must be before it ends'),
    ends: Type.Refine(Type.String(), () => false)
  })
  await check(t, 'TypeBox 1', body, { starts: secret, ends: secret }, [['starts', 'invalid', 'must be before it ends'], ['ends', 'invalid', 'is invalid']])
})

t.test('a limit that comes from the request is not repeated', async t => {
  const data = { $data: '1/sent' }
  const schema = { type: 'object', properties: { sent: {}, same: { const: data } } }
  const app = await createApi({ ajv: { customOptions: { allErrors: true, $data: true, coerceTypes: false } } }, app => {
    app.addSchema({ $id: 'Pair', ...schema })
    app.post('/', {
      schema: {
        body: {
          type: 'object',
          properties: {
            sent: {},
            list: {},
            same: { const: data },
            either: { anyOf: [{ const: data }, { const: 'a' }] },
            among: { enum: { $data: '1/list' } },
            lowest: { type: 'number', minimum: data },
            form: { type: 'string', format: data },
            pair: { $ref: 'Pair#' },
            fixed: { const: 'b' }
          }
        }
      }
    }, async () => 'ok')
  })
  const invalid = (field: string, code: string): Fault => [field, code, 'is invalid']
  t.strictSame((await postTo(app, { sent: secret, same: 'x', either: 'x', pair: { sent: secret, same: 'x' }, fixed: 'x' })).faults, [
    invalid('same', 'const'), invalid('either', 'const'), invalid('pair.same', 'const'), ['fixed', 'const', 'must be "b"']
  ])
  t.strictSame((await postTo(app, { list: [secret], among: 'x' })).faults, [invalid('among', 'enum')])
  t.strictSame((await postTo(app, { sent: 90210, lowest: 1 })).faults, [invalid('lowest', 'minimum')])
  t.strictSame((await postTo(app, { sent: 'email', form: 'x' })).faults, [invalid('form', 'invalid')])
})

t.test('a limit in the definitions of a referenced schema is not repeated', async t => {
  const same = { const: { $data: '1/sent' } }
  const sent = {}
  const app = await createApi({ ajv: { customOptions: { allErrors: true, $data: true, coerceTypes: false } } }, app => {
    app.addSchema({ $id: 'Own', definitions: { same }, type: 'object', properties: { sent, same: { $ref: '#/definitions/same' }, fixed: same } })
    app.addSchema({ $id: 'Anchor', definitions: { same: { $id: '#same', ...same } }, type: 'object', properties: { sent, same: { $ref: '#same' } } })
    app.addSchema({ $id: 'Chain', type: 'object', properties: { sent, same: { $ref: 'Links#/definitions/first' } } })
    app.addSchema({ $id: 'Links', definitions: { first: { $ref: '#/definitions/second' }, second: same } })
    app.addSchema({ $id: 'http://localhost/a.json', type: 'object', properties: { sent, same: { $ref: 'b.json#/definitions/same' } } })
    app.addSchema({ $id: 'http://localhost/b.json', definitions: { same } })
    app.addSchema({ $id: 'Plain', definitions: { short: { type: 'string', maxLength: 3 } }, type: 'object', properties: { short: { $ref: '#/definitions/short' } } })
    app.post('/', {
      schema: {
        body: {
          type: 'object',
          properties: {
            own: { $ref: 'Own#' },
            anchor: { $ref: 'Anchor#' },
            chain: { $ref: 'Chain#' },
            relative: { $ref: 'http://localhost/a.json#' },
            embedded: { $id: 'Embedded', definitions: { same }, type: 'object', properties: { sent, same: { $ref: '#/definitions/same' } } },
            plain: { $ref: 'Plain#' },
            fixed: { const: 'b' },
            other: { const: 'c' }
          }
        }
      }
    }, async () => 'ok')
  })
  const pair = { sent: secret, same: 'x' }
  const { faults } = await postTo(app, {
    own: { ...pair, fixed: 'x' }, anchor: pair, chain: pair, relative: pair, embedded: pair, plain: { short: 'long' }, fixed: 'x', other: 'x'
  })
  t.strictSame(faults, [
    ...['own.same', 'own.fixed', 'anchor.same', 'chain.same', 'relative.same', 'embedded.same'].map(field => [field, 'const', 'is invalid']),
    ['plain.short', 'max_length', 'must be at most 3 characters long'],
    ['fixed', 'const', 'is invalid'], // For Ajv, own.fixed is at the same path.
    ['other', 'const', 'must be "c"']
  ])
})

t.test('every keyword of the vocabulary is tested', async t => {
  const tried = new Set([...Object.keys(cases), 'unevaluatedProperties', 'unevaluatedItems', 'discriminator', 'false schema', 'anyOf', 'items', 'minContains', 'maxContains'])
  t.strictSame([...issueCodeByKeyword.keys()].filter(keyword => !tried.has(keyword)), [])
})

t.test('an unknown report still shows that the value is invalid', async t => {
  const read = (validation: readonly unknown[]): unknown => readAjvReports({ validation, location: 'body', schema: undefined, value: undefined })
  const invalid = (path: readonly string[] = []): object => ({ keyword: 'invalid', path, params: {} })
  t.strictSame(read([null, 'text', {}]), [invalid(), invalid(), invalid()])
  t.strictSame(read([{ instancePath: '/a', keyword: 7, params: 'x', schemaPath: {} }]), [invalid(['a'])])
  const guarded = { get secret () { throw new Error('It is not read.') } }
  t.strictSame(readAjvReports({ validation: ['text'], location: 'body', schema: guarded, value: undefined }), [invalid()], 'a schema that the report does not refer to')
  const known = { keyword: 'const', params: { allowedValue: 1 } }
  t.strictSame(read([{ instancePath: '/a', schemaPath: 'Unknown#/const', ...known }]), [{ path: ['a'], ...known }], 'an unknown schema')
})

/** By keyword of ajv-keywords: its schema, an invalid value of the field `f`, and the errors. */
const ajvKeywordCases: Readonly<Record<string, readonly [schema: object, value: unknown, faults: readonly Fault[]]>> = {
  range: [{ type: 'number', range: [1, 3] }, 90210, [['f', 'range', 'must be at most 3']]],
  exclusiveRange: [{ type: 'number', exclusiveRange: [1, 3] }, 90210, [['f', 'exclusive_range', 'must be less than 3']]],
  transform: [{ type: 'string', transform: ['trim'], minLength: 7 }, ` ${secret} `, [['f', 'min_length', 'must be at least 7 characters long']]],
  regexp: [{ type: 'string', regexp: '/^x/i' }, secret, [['f', 'regexp', 'is invalid']]],
  instanceof: [{ instanceof: 'Date' }, secret, [['f', 'instanceof', 'is invalid']]],
  typeof: [{ typeof: 'function' }, secret, [['f', 'typeof', 'is invalid']]],
  uniqueItemProperties: [{ type: 'array', uniqueItemProperties: ['id'] }, [{ id: secret }, { id: secret }], [['f', 'unique_item_properties', 'is invalid']]],
  prohibited: [{ type: 'object', prohibited: ['x'] }, { x: secret }, [['f', 'prohibited', 'is not allowed']]],
  allRequired: [{ type: 'object', properties: { x: {}, y: {} }, allRequired: true }, { x: secret }, [['f.y', 'all_required', 'is required']]],
  anyRequired: [{ type: 'object', anyRequired: ['x', 'y'] }, { secret }, [['f', 'any_required', 'must match one of the allowed schemas']]],
  oneRequired: [{ type: 'object', oneRequired: ['x', 'y'] }, { x: secret, y: secret }, [['f', 'one_required', 'must match exactly one of the allowed schemas']]],
  patternRequired: [{ type: 'object', patternRequired: ['^z'] }, { secret }, [['f', 'pattern_required', "should have property matching pattern '^z'"]]],
  deepRequired: [{ type: 'object', deepRequired: ['/a/b'] }, { secret }, [['f', 'deep_required', 'is invalid']]],
  deepProperties: [{ type: 'object', deepProperties: { '/a/b': { type: 'number' } } }, { a: { b: secret } }, [['f.a.b', 'deep_properties', 'must be a number']]],
  select: [{ type: 'object', select: { $data: '0/kind' }, selectCases: { x: { required: ['y'] } }, selectDefault: false }, { kind: 'x', secret }, [['f.y', 'required', 'is required'], ['f', 'select', 'is invalid']]]
}

t.test('an ajv-keywords keyword that combines other keywords has one error, with its own code and their message', async t => {
  for (const [keyword, [schema, value, faults]] of Object.entries(ajvKeywordCases)) {
    const body = { type: 'object', properties: { f: schema } }
    for (const allErrors of [true, false]) {
      const app = await createApi({ ajv: { customOptions: { ...ajvOptions, $data: true, allErrors }, plugins: [[ajvKeywords.default as never, undefined]] as never } }, app => app.post('/', { schema: { body } }, () => 'fine'))
      const response = await postTo(app, { f: value })
      t.strictSame([response.status, response.faults], [422, allErrors ? faults : faults.slice(0, 1)], keyword)
      t.notMatch(response.text, /S3cr3t|90210/, `${keyword}: the value is not repeated`)
    }
    t.strictSame(faults.map(([, code]) => code).filter(code => !documented(body).includes(code)), [], `${keyword}: every code is documented`)
  }
})

t.test('the message of a custom keyword is sent, unless it repeats the value', async t => {
  const sentence = (message: unknown) => ({ validate: () => false, error: { message } })
  const app = await createApi({
    ajv: {
      plugins: [[((ajv: { addKeyword: (definition: object) => void }) => {
        ajv.addKeyword({ keyword: 'isFree', ...sentence('is taken by Ada') })
        ajv.addKeyword({
          keyword: 'isKnown',
          validate: Object.assign(function isKnown (_schema: unknown, value: unknown) {
            Object.assign(isKnown, { errors: [{ keyword: 'isKnown', message: `we do not know ${String(value)}`, params: {} }] })
            return false
          }, {}),
          errors: 'full'
        })
        ajv.addKeyword({ keyword: 'isSmall', macro: () => ({ maximum: 3 }), ...{ error: { message: 'is not small' } } })
      }) as never, {}]] as never
    }
  }, app => app.post('/', { schema: { body: { properties: { a: { isFree: true }, b: { isKnown: true }, c: { isKnown: true }, d: { isKnown: true }, e: { isSmall: true } } } } }, () => 'fine'))
  const first = async (payload: object): Promise<unknown> => (await postTo(app, payload)).faults
  t.strictSame(await first({ a: secret }), [['a', 'is_free', 'is taken by Ada']])
  t.strictSame(await first({ b: secret }), [['b', 'is_known', 'is invalid']])
  t.strictSame(await first({ c: {} }), [['c', 'is_known', 'we do not know [object Object]']])
  t.strictSame(await first({ d: '' }), [['d', 'is_known', 'we do not know ']])
  t.strictSame(await first({ e: 7 }), [['e', 'is_small', 'is not small']])
})

/** By name: the schema of the body, an invalid body, and the errors after ajv-errors. */
const ajvErrorsCases: Readonly<Record<string, readonly [schema: object, payload: unknown, faults: readonly Fault[]]>> = {
  'by field': [
    { required: ['name', 'age'], errorMessage: { required: { name: 'Your name.', age: 'Your age.' } } }, {}, [['name', 'required', 'Your name.'], ['age', 'required', 'Your age.']]
  ],
  'by keyword': [{ properties: { q: { minLength: 7, errorMessage: { minLength: 'Longer.' } } } }, { q: secret }, [['q', 'min_length', 'Longer.']]],
  'for a whole field': [{ properties: { q: { type: 'string', minLength: 7, pattern: '^x', errorMessage: 'Longer, from x.' } } }, { q: secret }, [['q', 'min_length', 'Longer, from x.'], ['q', 'pattern', 'Longer, from x.']]],
  'for properties': [{ properties: { age: { minimum: 18 } }, errorMessage: { properties: { age: 'Grow up.' } } }, { age: 3 }, [['age', 'minimum', 'Grow up.']]],
  'for items': [{ properties: { l: { items: { type: 'integer' }, errorMessage: { items: ['The first.'] } } } }, { l: [secret] }, [['l[0]', 'type', 'The first.']]],
  'for what has no other': [{ required: ['a'], properties: { b: { minLength: 7 } }, errorMessage: { _: 'Both, please.' } }, { b: secret }, [['a', 'required', 'Both, please.'], ['b', 'min_length', 'Both, please.']]],
  'a union': [{ properties: { r: { anyOf: [{ type: 'number', minimum: 4 }, { type: 'null' }], errorMessage: 'Four or more.' } } }, { r: 1 }, [['r', 'minimum', 'Four or more.']]],
  'a union of values': [{ properties: { r: { oneOf: [{ const: 'a' }, { const: 'b' }], errorMessage: 'a or b.' } } }, { r: secret }, [['r', 'enum', 'a or b.']]],
  nested: [{ properties: { z: { required: ['u'], additionalProperties: false, errorMessage: { required: 'u!', additionalProperties: 'No more.' } } } }, { z: { secret } }, [['z.u', 'required', 'u!'], ['z.secret', 'unknown_field', 'No more.']]],
  'a template that repeats the field': [{ properties: { q: { minLength: 7, errorMessage: 'Got ${0}.' } } }, { q: secret }, [['q', 'min_length', 'must be at least 7 characters long']]],
  'a template with quotes around the field': [{ properties: { q: { minLength: 7, errorMessage: '"${0}" is too short.' } } }, { q: secret }, [['q', 'min_length', 'must be at least 7 characters long']]],
  'a template with quotes around an object': [{ properties: { o: { required: ['a'], errorMessage: 'Not "${0}".' } } }, { o: { secret: [secret] } }, [['o.a', 'required', 'is required']]],
  'a template that repeats another field': [{ required: ['a'], errorMessage: { required: 'a, not ${/l}.' } }, { l: [{ secret }] }, [['a', 'required', 'is required']]],
  'a template without a secret': [{ required: ['a'], errorMessage: { required: 'a, with ${/c}.' } }, { c: 5 }, [['a', 'required', 'a, with 5.']]],
  'a long sentence': [{ required: ['a'], errorMessage: 'x'.repeat(600) }, {}, [['a', 'required', `${'x'.repeat(500)}…`]]]
}

t.test('ajv-errors replaces messages, and neither fields nor codes', async t => {
  for (const options of [{}, { keepErrors: true }, { singleError: true }]) {
    for (const [name, [schema, payload, faults]] of Object.entries(ajvErrorsCases)) {
      const body = { type: 'object', ...schema }
      const app = await createApi({ ajv: { customOptions: { ...ajvOptions, allErrors: true }, plugins: [[ajvErrors as never, options]] as never } }, app => app.post('/', { schema: { body } }, () => 'fine'))
      const response = await postTo(app, payload)
      const title = `${name}, ${JSON.stringify(options)}`
      // singleError joins the messages of one object.
      const sentences = 'singleError' in options ? 2 : 3
      t.strictSame(response.faults.map(fault => fault.slice(0, sentences)), faults.map(fault => fault.slice(0, sentences)), title)
      t.strictSame(faults.map(([, code]) => code).filter(code => !documented(body).includes(code)), [], `${title}: every code is documented`)
      t.notOk(documented(body).includes('error_message'), `${title}: errorMessage has no separate code`)
    }
  }
})

t.test('an incomplete report of ajv-errors is read as far as possible', async t => {
  const read = (entry: object): unknown => readAjvReports({ validation: [{ keyword: 'errorMessage', instancePath: '/a', ...entry }], location: 'body', schema: undefined, value: undefined })
  const required = { keyword: 'required', instancePath: '', params: { missingProperty: 'b' }, emUsed: true }
  t.match(read({ message: 'B, please.', params: { errors: [null, 'text', { keyword: 'errorMessage', params: { errors: [required] } }, required] } }), [{ keyword: 'required', path: ['b'], message: 'B, please.' }])
  t.match(read({ message: 7, params: { errors: [required] } }), [{ keyword: 'required', path: ['b'], message: undefined }])
  t.match(read({ message: 'x', params: {} }), [{ keyword: 'errorMessage', path: ['a'] }])
})

t.test('the plugin\'s messages are used, also after ajv-i18n replaced the messages of Ajv', async t => {
  const app = await createApi({}, app => {
    app.setSchemaErrorFormatter(errors => {
      ;(localize as unknown as Readonly<Record<string, (errors: unknown) => void>>).de?.(errors)
      return new Error(errors.map(({ message }) => message).join())
    })
    app.post('/', { schema: { body: { type: 'object', required: ['a'], properties: { b: { type: 'integer' } } } } }, () => 'fine')
  })
  t.strictSame((await postTo(app, { a: 1, b: secret })).faults, [['b', 'type', 'must be a whole number']])
})

t.test('errors of JSON Type Definition are translated', async t => {
  const ajv = new AjvJTD({ allErrors: true })
  const app = await createApi({}, app => {
    app.setValidatorCompiler((({ schema }: { readonly schema: object }) => ajv.compile(schema)) as never)
    app.post('/', {
      schema: {
        body: {
          properties: { name: { enum: ['ada'] }, email: { type: 'string' } },
          optionalProperties: { more: { properties: { tags: { elements: { type: 'string' } } } } }
        }
      }
    }, () => 'fine')
  })
  const { text, ...response } = await postTo(app, { name: secret, other: secret, more: { tags: [7], more: secret } })
  t.strictSame(response, {
    status: 422,
    code: 'validation_error',
    faults: [
      ['name', 'enum', 'must be one of "ada"'], ['email', 'required', 'is required'], ['more.tags[0]', 'type', 'must be a string'],
      ['more.more', 'unknown_field', 'is not allowed'], ['other', 'unknown_field', 'is not allowed']
    ]
  })
  t.notMatch(text, secret)
})
