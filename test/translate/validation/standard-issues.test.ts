/** The issues of Valibot, ArkType, and any library with Standard Schema. */
import { type } from 'arktype'
import type { FastifyInstance, FastifySchemaCompiler } from 'fastify'
import t from 'tap'
import * as v from 'valibot'
import { z } from 'zod'
import { arkIssues, readStandardIssues } from '../../../lib/translate/validation/standard-issues.js'
import { createApi, postTo, type Fault } from '../../helpers/validation.js'

const secret = 'S3cr3t'

interface StandardSchema {
  readonly '~standard': { readonly validate: (value: unknown) => { readonly issues?: readonly object[] | undefined } | PromiseLike<unknown> }
}

interface Result {
  readonly value?: unknown
  readonly issues?: readonly object[]
}

const toError = ({ issues }: Result): Error => Object.assign(new Error('Invalid'), { issues })

/** The validator compilers that an application can have for any library with Standard Schema. */
const compilers: Readonly<Record<string, FastifySchemaCompiler<StandardSchema>>> = {
  'an error with issues': ({ schema }) => value => {
    const result = schema['~standard'].validate(value) as Result
    return result.issues === undefined ? { value: result.value } : { error: toError(result) }
  },
  'a list of issues': ({ schema }) => value => {
    const result = schema['~standard'].validate(value) as Result
    return result.issues === undefined ? { value: result.value } : { error: result.issues as never }
  },
  'a promise': ({ schema }) => (async (value: unknown) => {
    const result = await schema['~standard'].validate(value) as Result
    return result.issues === undefined ? { value: result.value } : { error: toError(result) }
  }) as never,
  'the result itself': ({ schema }) => value => schema['~standard'].validate(value) as never,
  'a promise of the result': ({ schema }) => (async (value: unknown) => await schema['~standard'].validate(value)) as never
}

const compile = compilers['an error with issues'] as FastifySchemaCompiler<StandardSchema>

function createApiOf (body: StandardSchema, compiler: FastifySchemaCompiler<StandardSchema> = compile): Promise<FastifyInstance> {
  return createApi({}, app => {
    app.setValidatorCompiler(compiler as FastifySchemaCompiler<unknown>)
    app.post('/', { schema: { body } }, () => 'fine')
  })
}

type Case = readonly [schema: StandardSchema, value: unknown, faults: readonly Fault[]]

const f = (entry: v.GenericSchema): StandardSchema => v.object({ f: entry })

const valibotCases: Readonly<Record<string, readonly Case[]>> = {
  'a missing field': [
    [f(v.string()), {}, [['f', 'required', 'is required']]],
    [f(v.union([v.string(), v.number()])), {}, [['f', 'required', 'is required']]],
    [f(v.nonOptional(v.optional(v.string()))), {}, [['f', 'required', 'is required']]]
  ],
  'an unknown field': [
    [v.strictObject({}), { [secret]: 1 }, [[secret, 'unknown_field', 'is not allowed']]],
    [f(v.never()), { f: secret }, [['f', 'unknown_field', 'is not allowed']]],
    [f(v.strictTuple([v.string()])), { f: ['a', secret] }, [['f[1]', 'unknown_field', 'is not allowed']]]
  ],
  'a type': [
    [f(v.string()), { f: 90210 }, [['f', 'type', 'must be a string']]],
    [f(v.number()), { f: secret }, [['f', 'type', 'must be a number']]],
    [f(v.bigint()), { f: secret }, [['f', 'type', 'must be a whole number']]],
    [f(v.pipe(v.number(), v.integer())), { f: 1.5 }, [['f', 'type', 'must be a whole number']]],
    [f(v.pipe(v.number(), v.safeInteger())), { f: 1.5 }, [['f', 'type', 'must be a whole number']]],
    [f(v.boolean()), { f: secret }, [['f', 'type', 'must be true or false']]],
    [f(v.null()), { f: secret }, [['f', 'type', 'must be null']]],
    [f(v.strictObject({})), { f: secret }, [['f', 'type', 'must be an object']]],
    [f(v.tuple([v.string()])), { f: secret }, [['f', 'type', 'must be an array']]],
    [v.object({}), null, [['', 'type', 'must be an object']]]
  ],
  'a size': [
    [f(v.pipe(v.string(), v.minLength(10))), { f: secret }, [['f', 'min_length', 'must be at least 10 characters long']]],
    [f(v.pipe(v.string(), v.maxGraphemes(3))), { f: secret }, [['f', 'max_length', 'must be at most 3 characters long']]],
    [f(v.pipe(v.string(), v.length(8))), { f: secret }, [['f', 'min_length', 'must be at least 8 characters long']]],
    [f(v.pipe(v.string(), v.length(3))), { f: secret }, [['f', 'max_length', 'must be at most 3 characters long']]],
    [f(v.pipe(v.string(), v.nonEmpty())), { f: '' }, [['f', 'min_length', 'must be at least 1 character long']]],
    [f(v.pipe(v.array(v.string()), v.minLength(2))), { f: [secret] }, [['f', 'min_items', 'must have at least 2 items']]],
    [f(v.pipe(v.array(v.string()), v.maxLength(0))), { f: [secret] }, [['f', 'max_items', 'must have at most 0 items']]],
    [f(v.pipe(v.record(v.string(), v.string()), v.minEntries(2))), { f: { a: secret } }, [['f', 'min_properties', 'must have at least 2 fields']]]
  ],
  'a limit': [
    [f(v.pipe(v.number(), v.minValue(100000))), { f: 90210 }, [['f', 'minimum', 'must be at least 100000']]],
    [f(v.pipe(v.number(), v.maxValue(1))), { f: 90210 }, [['f', 'maximum', 'must be at most 1']]],
    [f(v.pipe(v.number(), v.gtValue(100000))), { f: 90210 }, [['f', 'minimum', 'must be greater than 100000']]],
    [f(v.pipe(v.number(), v.ltValue(1))), { f: 90210 }, [['f', 'maximum', 'must be less than 1']]],
    [f(v.pipe(v.number(), v.multipleOf(7))), { f: 90210 }, [['f', 'multiple_of', 'must be a multiple of 7']]],
    [f(v.pipe(v.string(), v.toDate(), v.minValue(new Date(0)))), { f: '1960-01-01' }, [['f', 'minimum', 'must be at least 1970-01-01T00:00:00.000Z']]]
  ],
  'a value': [
    [f(v.literal('a')), { f: secret }, [['f', 'const', 'must be "a"']]],
    [f(v.literal('a " b')), { f: secret }, [['f', 'enum', 'must be one of the allowed values']]],
    [f(v.picklist(['a', 'b'])), { f: secret }, [['f', 'enum', 'must be one of "a", "b"']]],
    [f(v.enum({ A: 'a', B: 1 })), { f: secret }, [['f', 'enum', 'must be one of "a", 1']]],
    [f(v.picklist(['a " | b'])), { f: secret }, [['f', 'enum', 'must be one of the allowed values']]],
    [f(v.pipe(v.string(), v.value('a'))), { f: secret }, [['f', 'const', 'must be "a"']]],
    [f(v.pipe(v.string(), v.values(['a', 'b']))), { f: secret }, [['f', 'enum', 'must be one of "a", "b"']]]
  ],
  'a format': [
    [f(v.pipe(v.string(), v.email())), { f: secret }, [['f', 'email', 'must be an email address']]],
    [f(v.pipe(v.string(), v.uuid())), { f: secret }, [['f', 'uuid', 'must be a UUID']]],
    [f(v.pipe(v.string(), v.isoTimestamp())), { f: secret }, [['f', 'date_time', 'must be a date and time with an offset, like 2030-01-31T12:30:00Z']]],
    [f(v.pipe(v.string(), v.isoDate())), { f: secret }, [['f', 'date', 'must be a date, like 2030-01-31']]]
  ],
  'a pattern': [
    [f(v.pipe(v.string(), v.regex(/^a/))), { f: secret }, [['f', 'pattern', 'does not have the expected format']]],
    [f(v.pipe(v.string(), v.startsWith('a'))), { f: secret }, [['f', 'pattern', 'does not have the expected format']]],
    [f(v.pipe(v.string(), v.endsWith('a'))), { f: secret }, [['f', 'pattern', 'does not have the expected format']]],
    [f(v.pipe(v.string(), v.excludes('S'))), { f: secret }, [['f', 'pattern', 'does not have the expected format']]],
    [f(v.pipe(v.string(), v.includes('a'))), { f: secret }, [['f', 'pattern', 'does not have the expected format']]],
    [f(v.pipe(v.array(v.string()), v.includes('a'))), { f: [secret] }, [['f', 'contains', 'must contain at least 1 matching item']]]
  ],
  'a union': [
    [f(v.union([v.string(), v.number()])), { f: true }, [['f', 'type', 'must be a string or a number']]],
    [f(v.union([v.literal('a'), v.literal(1)])), { f: secret }, [['f', 'enum', 'must be one of "a", 1']]],
    [f(v.union([v.object({ a: v.string() }), v.string()])), { f: {} }, [['f.a', 'required', 'is required']]],
    [f(v.variant('k', [v.object({ k: v.literal('a') }), v.object({ k: v.literal('b') })])), { f: { k: secret } }, [['f.k', 'enum', 'must be one of "a", "b"']]],
    [f(v.variant('k', [v.object({ k: v.literal('a') })])), { f: {} }, [['f.k', 'required', 'is required']]],
    [f(v.variant('k', [v.object({ k: v.literal('a') })])), { f: secret }, [['f', 'type', 'must be an object']]]
  ],
  'a name': [
    [f(v.record(v.pipe(v.string(), v.regex(/^a/)), v.number())), { f: { b: 1 } }, [['f.b', 'pattern', 'does not have the expected format']]],
    [f(v.record(v.picklist(['a']), v.number())), { f: { b: 1 } }, [['f.b', 'property_name', 'has a name that is not allowed']]]
  ],
  'a check of the application': [
    [f(v.pipe(v.string(), v.check(() => false))), { f: secret }, [['f', 'invalid', 'is invalid']]],
    [f(v.pipe(v.string(), v.check(() => false, 'must be before it ends'))), { f: secret }, [['f', 'invalid', 'must be before it ends']]],
    [f(v.custom(() => false)), { f: secret }, [['f', 'invalid', 'is invalid']]],
    [f(v.pipe(v.number(), v.finite())), { f: secret }, [['f', 'type', 'must be a number']]],
    [f(v.nonNullable(v.nullable(v.string()))), { f: null }, [['f', 'invalid', 'is invalid']]]
  ]
}

const arkCases: Readonly<Record<keyof typeof arkIssues, readonly Case[]>> = {
  required: [[type({ f: 'string' }), {}, [['f', 'required', 'is required']]]],
  domain: [
    [type({ f: 'string' }), { f: 90210 }, [['f', 'type', 'must be a string']]],
    [type({ f: 'bigint' }), { f: secret }, [['f', 'type', 'must be a whole number']]],
    [type({ f: 'string' }), null, [['', 'type', 'must be an object']]]
  ],
  proto: [[type({ f: 'string[]' }), { f: secret }, [['f', 'type', 'must be an array']]]],
  unit: [[type({ f: "'a'" }), { f: secret }, [['f', 'const', 'must be "a"']]]],
  union: [
    [type({ f: 'boolean' }), { f: secret }, [['f', 'enum', 'must be one of false, true']]],
    [type({ f: 'string.ip' }), { f: secret }, [['f', 'ip', 'must be an IP address']]],
    [type({ x: 'string' }).or({ y: 'number' }), { z: secret }, [['', 'any_of', 'must match one of the allowed schemas']]]
  ],
  pattern: [
    [type({ f: /^a/ }), { f: secret }, [['f', 'pattern', 'does not have the expected format']]],
    [type({ f: 'string.email' }), { f: secret }, [['f', 'email', 'must be an email address']]],
    [type({ f: 'string.uuid' }), { f: secret }, [['f', 'uuid', 'must be a UUID']]],
    [type({ f: 'string.ip.v4' }), { f: secret }, [['f', 'ipv4', 'must be an IPv4 address']]],
    [type({ f: 'string.date.iso' }), { f: secret }, [['f', 'iso_date_time', 'must be a date and time, like 2030-01-31T12:30:00']]]
  ],
  divisor: [
    [type({ f: 'number.integer' }), { f: 1.5 }, [['f', 'type', 'must be a whole number']]],
    [type({ f: 'number % 7' }), { f: 90210 }, [['f', 'multiple_of', 'must be a multiple of 7']]]
  ],
  min: [
    [type({ f: 'number >= 100000' }), { f: 90210 }, [['f', 'minimum', 'must be at least 100000']]],
    [type({ f: 'number > 100000' }), { f: 90210 }, [['f', 'minimum', 'must be greater than 100000']]]
  ],
  max: [
    [type({ f: 'number <= 1' }), { f: 90210 }, [['f', 'maximum', 'must be at most 1']]],
    [type({ f: 'number < 1' }), { f: 90210 }, [['f', 'maximum', 'must be less than 1']]]
  ],
  after: [[type({ f: type('string.date.parse').to('Date >= d"1970-01-01T00:00:00Z"') }), { f: '1960-01-01' }, [['f', 'minimum', 'must be at least 1970-01-01T00:00:00.000Z']]]],
  before: [[type({ f: type('string.date.parse').to('Date <= d"1970-01-01T00:00:00Z"') }), { f: '1980-01-01' }, [['f', 'maximum', 'must be at most 1970-01-01T00:00:00.000Z']]]],
  minLength: [
    [type({ f: 'string >= 10' }), { f: secret }, [['f', 'min_length', 'must be at least 10 characters long']]],
    [type({ f: 'string[] >= 2' }), { f: [secret] }, [['f', 'min_items', 'must have at least 2 items']]]
  ],
  maxLength: [[type({ f: 'string <= 3' }), { f: secret }, [['f', 'max_length', 'must be at most 3 characters long']]]],
  exactLength: [
    [type({ f: 'string == 8' }), { f: secret }, [['f', 'min_length', 'must be at least 8 characters long']]],
    [type({ f: ['string', 'string'] }), { f: ['a', 'b', secret] }, [['f', 'max_items', 'must have at most 2 items']]]
  ],
  predicate: [
    [type({ '+': 'reject' }), { [secret]: 1 }, [[secret, 'unknown_field', 'is not allowed']]],
    [type({ f: "'a' | 1 | null" }), { f: secret }, [['f', 'enum', 'must be one of 1, "a", null']]],
    [type({ f: 'string | null' }), { f: true }, [['f', 'type', 'must be a string or null']]],
    [type({ f: 'string | bigint' }), { f: true }, [['f', 'type', 'must be a whole number or a string']]],
    [type({ f: 'string | number' }), { f: true }, [['f', 'type', 'must be a number or a string']]],
    [type({ f: 'string.url' }), { f: secret }, [['f', 'url', 'must be a URL']]],
    [type({ f: type('string').narrow((_text, context) => context.mustBe('before it ends')) }), { f: secret }, [['f', 'invalid', 'must be before it ends']]]
  ]
}

for (const [library, cases] of Object.entries({ Valibot: valibotCases, ArkType: arkCases })) {
  for (const [name, ofName] of Object.entries(cases)) {
    t.test(`${library}: ${name}`, async t => {
      for (const [schema, value, expected] of ofName) {
        const { faults, text } = await postTo(await createApiOf(schema), value)
        t.strictSame(faults, expected)
        if (!expected.some(([field]) => field === secret)) t.notMatch(text, /S3cr3t|90210/, 'the value is not repeated')
      }
    })
  }
}

t.test('ArkType: all failures of a value are reported', async t => {
  const app = await createApiOf(type({ f: 'number.integer >= 18' }))
  t.strictSame((await postTo(app, { f: 1.5 })).faults, [['f', 'type', 'must be a whole number'], ['f', 'minimum', 'must be at least 18']])
})

const schemas: Readonly<Record<string, StandardSchema>> = {
  valibot: v.object({ email: v.pipe(v.string(), v.email()), items: v.array(v.object({ price: v.pipe(v.number(), v.minValue(1)) })) }),
  arktype: type({ email: 'string.email', items: type({ price: 'number >= 1' }).array() }),
  zod: z.object({ email: z.email(), items: z.array(z.object({ price: z.number().min(1) })) })
}

for (const [result, compiler] of Object.entries(compilers)) {
  for (const [library, schema] of Object.entries(schemas)) {
    t.test(`${library}, and the validator returns ${result}: the whole response`, async t => {
      const app = await createApiOf(schema, compiler)
      const response = await app.inject({ method: 'POST', url: '/', payload: { email: secret, items: [{ price: 0 }] } })
      t.equal(response.statusCode, 422)
      t.strictSame(response.json(), {
        code: 'validation_error',
        message: 'One or more fields are invalid.',
        request_id: 'req_1',
        details: [
          { in: 'body', field: 'email', pointer: '/email', code: 'email', message: 'must be an email address' },
          { in: 'body', field: 'items[0].price', pointer: '/items/0/price', code: 'minimum', message: 'must be at least 1' }
        ]
      })
      t.strictSame(await postTo(app, {}).then(({ code, faults }) => ({ code, faults })), {
        code: 'missing_required_field',
        faults: [['email', 'required', 'is required'], ['items', 'required', 'is required']]
      })
    })
  }
}

t.test("a validator may return what ArkType or Valibot's safeParse returns, or the value that it received", async t => {
  const schema = type({ a: 'number' })
  for (const [what, validate] of Object.entries({
    ArkType: (value: unknown) => schema(value),
    Valibot: (value: unknown) => v.safeParse(v.object({ a: v.number() }), value)
  })) {
    const app = await createApi({}, app => {
      app.post('/', { schema: { body: {} }, validatorCompiler: () => validate as never }, async () => 'fine')
      app.post('/async', { schema: { body: {} }, validatorCompiler: () => (async (value: unknown) => validate(value)) as never }, async () => 'fine')
    })
    for (const url of ['/', '/async']) {
      const invalid = await app.inject({ method: 'POST', url, payload: { a: 'x' } })
      t.strictSame([invalid.statusCode, invalid.json()], [422, {
        code: 'validation_error',
        message: 'One or more fields are invalid.',
        request_id: 'req_1',
        details: [{ in: 'body', field: 'a', pointer: '/a', code: 'type', message: 'must be a number' }]
      }], `${what} ${url}`)
      t.equal((await app.inject({ method: 'POST', url, payload: { a: 1 } })).body, 'fine', `${what} ${url}`)
    }
  }
  const app = await createApi({}, app => {
    const compile = (validate: unknown): object => ({ schema: { body: {} }, validatorCompiler: () => validate })
    app.post('/same', compile((value: unknown) => value), async () => 'fine')
    app.post('/none', compile(() => ({ issues: [] })), async () => 'fine')
    app.post('/other', compile(() => ({ issues: ['a word'] })), async () => 'fine')
  })
  for (const url of ['/same', '/none', '/other']) {
    t.equal((await app.inject({ method: 'POST', url, payload: { issues: [{ message: 'of the body' }] } })).body, 'fine', url)
  }
})

t.test('any other library: the issues have the fields, and no message of the library', async t => {
  const schema: StandardSchema = {
    '~standard': {
      validate: () => ({ issues: [{ message: `${secret} is wrong`, path: ['a', { key: 0 }] }, { message: 'missing', path: ['b'] }, { message: 'all wrong' }] })
    }
  }
  const { faults, text } = await postTo(await createApiOf(schema), { a: [secret] })
  t.strictSame(faults, [['a[0]', 'invalid', 'is invalid'], ['b', 'required', 'is required'], ['', 'invalid', 'is invalid']])
  t.notMatch(text, /S3cr3t/)
})

t.test('an issue of a later version of a library still shows that the value is invalid', async t => {
  const read = (issue: object): unknown => readStandardIssues({ validation: [{ message: 'bad mood', path: ['a'], ...issue }], location: 'body', schema: undefined, value: { a: secret } })
  t.strictSame(read({ kind: 'metadata', type: 'mood', received: secret }), [{ keyword: 'invalid', path: ['a'], params: {}, message: 'bad mood' }])
  t.strictSame(read({ kind: 'validation', type: 'mood', received: secret, message: `Invalid mood: Received "${secret}"` }), [{ keyword: 'invalid', path: ['a'], params: {} }])
  t.strictSame(read({ ' arkKind': 'error', code: 'mood' }), [{ keyword: 'invalid', path: ['a'], params: {} }])
})

t.test('other reports are left to other readers', async t => {
  for (const entry of [null, 'text', {}, { message: 'a', path: 'a' }, { message: 'a', keyword: 'type' }, { message: 'a', instancePath: '' }]) {
    t.equal(readStandardIssues({ validation: [entry], location: 'body', schema: undefined, value: {} }), undefined)
  }
})
