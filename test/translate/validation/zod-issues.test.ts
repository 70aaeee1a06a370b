/** The issues of zod schemas. */
import { expectTypeOf } from 'expect-type'
import type { FastifyInstance, FastifySchemaCompiler } from 'fastify'
import { validatorCompiler as openApiCompiler } from 'fastify-zod-openapi'
import { validatorCompiler as typeProviderCompiler } from 'fastify-type-provider-zod'
import t from 'tap'
import { z, type ZodType } from 'zod'
import type { $ZodIssue } from 'zod/v4/core'
import { readZodIssues, zodIssues } from '../../../lib/translate/validation/zod-issues.js'
import { createApi, postTo, type Fault } from '../../helpers/validation.js'

const secret = 'S3cr3t'

const compilers: Readonly<Record<string, FastifySchemaCompiler<never>>> = {
  'fastify-type-provider-zod': typeProviderCompiler as FastifySchemaCompiler<never>,
  'fastify-zod-openapi': openApiCompiler as unknown as FastifySchemaCompiler<never>
}

function createApiOf (compiler: FastifySchemaCompiler<never>, body: ZodType): Promise<FastifyInstance> {
  return createApi({}, app => {
    app.setValidatorCompiler(compiler)
    app.post('/', { schema: { body } }, () => 'fine')
  })
}

/** By the code of the zod issue: the schema of the field `f`, the value in the request, and the response. */
const cases: Readonly<Record<keyof typeof zodIssues, ReadonlyArray<readonly [schema: ZodType, value: unknown, faults: readonly Fault[]]>>> = {
  invalid_type: [
    [z.string(), undefined, [['f', 'required', 'is required']]],
    [z.string(), 90210, [['f', 'type', 'must be a string']]],
    [z.string(), null, [['f', 'type', 'must be a string']]],
    [z.number(), secret, [['f', 'type', 'must be a number']]],
    [z.int(), 90210.5, [['f', 'type', 'must be a whole number']]],
    [z.boolean(), secret, [['f', 'type', 'must be true or false']]],
    [z.record(z.string(), z.number()), secret, [['f', 'type', 'must be an object']]],
    [z.tuple([z.string()]), secret, [['f', 'type', 'must be an array']]],
    [z.coerce.date(), secret, [['f', 'type', 'must be a date']]],
    [z.coerce.date(), undefined, [['f', 'required', 'is required']]],
    [z.coerce.number(), secret, [['f', 'type', 'must be a number']]],
    [z.never(), secret, [['f', 'unknown_field', 'is not allowed']]],
    [z.preprocess(() => undefined, z.nonoptional(z.string().optional())), secret, [['f', 'required', 'is required']]],
    [z.array(z.object({ price: z.number() })), [{ price: 1 }, { price: secret }, {}], [['f[1].price', 'type', 'must be a number'], ['f[2].price', 'required', 'is required']]],
    [z.preprocess(text => JSON.parse(String(text)), z.object({ a: z.string() })), '{}', [['f.a', 'type', 'must be a string']]]
  ],
  invalid_value: [
    [z.enum(['a', 'b']), secret, [['f', 'enum', 'must be one of "a", "b"']]],
    [z.enum(['a', 'b']), undefined, [['f', 'required', 'is required']]],
    [z.literal('a'), secret, [['f', 'const', 'must be "a"']]],
    [z.literal([1, 2n]), secret, [['f', 'enum', 'must be one of 1, 2']]]
  ],
  too_small: [
    [z.string().min(10), secret, [['f', 'min_length', 'must be at least 10 characters long']]],
    [z.string().length(10), secret, [['f', 'min_length', 'must be at least 10 characters long']]],
    [z.array(z.string()).min(2), [secret], [['f', 'min_items', 'must have at least 2 items']]],
    [z.preprocess(list => new Set(list as string[]), z.set(z.string()).min(2)), [secret], [['f', 'min_items', 'must have at least 2 items']]],
    [z.preprocess(list => new Map(Object.entries(list as object)), z.map(z.string(), z.string()).min(2)), { a: secret }, [['f', 'min_properties', 'must have at least 2 fields']]],
    [z.number().min(3), 2, [['f', 'minimum', 'must be at least 3']]],
    [z.number().gt(3), 3, [['f', 'minimum', 'must be greater than 3']]],
    [z.coerce.bigint().min(3n), 2, [['f', 'minimum', 'must be at least 3']]],
    [z.coerce.date().min(new Date('2030-01-01')), '2029-12-31', [['f', 'minimum', 'must be at least 2030-01-01T00:00:00.000Z']]],
    [z.preprocess(() => new File(['abc'], secret), z.file().min(10)), secret, [['f', 'minimum', 'must be at least 10']]]
  ],
  too_big: [
    [z.string().max(1), secret, [['f', 'max_length', 'must be at most 1 character long']]],
    [z.array(z.string()).max(1), [secret, secret], [['f', 'max_items', 'must have at most 1 item']]],
    [z.tuple([z.string()]), ['a', secret], [['f', 'max_items', 'must have at most 1 item']]],
    [z.number().max(3), 90210, [['f', 'maximum', 'must be at most 3']]],
    [z.number().lt(3), 90210, [['f', 'maximum', 'must be less than 3']]],
    [z.int32(), 90210e10, [['f', 'maximum', 'must be at most 2147483647']]],
    [z.coerce.date().max(new Date('2030-01-01')), '2030-12-31', [['f', 'maximum', 'must be at most 2030-01-01T00:00:00.000Z']]]
  ],
  invalid_format: [
    [z.email(), secret, [['f', 'email', 'must be an email address']]],
    [z.uuid(), secret, [['f', 'uuid', 'must be a UUID']]],
    [z.guid(), secret, [['f', 'uuid', 'must be a UUID']]],
    [z.url(), secret, [['f', 'url', 'must be a URL']]],
    [z.iso.datetime(), secret, [['f', 'date_time', 'must be a date and time with an offset, like 2030-01-31T12:30:00Z']]],
    [z.iso.date(), secret, [['f', 'date', 'must be a date, like 2030-01-31']]],
    [z.ipv4(), secret, [['f', 'ipv4', 'must be an IPv4 address']]],
    [z.cidrv6(), secret, [['f', 'cidrv6', 'must be an IPv6 range, like 2001:db8::/32']]],
    [z.base64(), '%', [['f', 'byte', 'must be base64-encoded']]],
    [z.base64url(), '%', [['f', 'base64url', 'must be base64url-encoded']]],
    [z.jwt(), secret, [['f', 'jwt', 'must be a JSON Web Token']]],
    [z.e164(), secret, [['f', 'e164', 'must be a phone number, like +493012345678']]],
    [z.ulid(), secret, [['f', 'ulid', 'must be a valid ulid']]],
    [z.string().regex(/^[a-z]+$/), secret, [['f', 'pattern', 'does not have the expected format']]],
    [z.string().startsWith('x').endsWith('x').includes('x').lowercase(), secret, [['f', 'pattern', 'does not have the expected format']]],
    [z.string().uppercase(), secret, [['f', 'pattern', 'does not have the expected format']]],
    [z.templateLiteral(['a', z.number()]), secret, [['f', 'pattern', 'does not have the expected format']]]
  ],
  not_multiple_of: [[z.number().multipleOf(0.5), 90210.3, [['f', 'multiple_of', 'must be a multiple of 0.5']]]],
  unrecognized_keys: [
    [z.strictObject({ a: z.string() }), { a: 'x', b: secret, 'c/d~e': 1 }, [['f.b', 'unknown_field', 'is not allowed'], ['f.c/d~e', 'unknown_field', 'is not allowed']]]
  ],
  invalid_union: [
    [z.union([z.string().min(10), z.null()]), secret, [['f', 'min_length', 'must be at least 10 characters long']]],
    [z.union([z.string(), z.null()]), undefined, [['f', 'required', 'is required']]],
    [z.union([z.string(), z.number()]), { secret }, [['f', 'type', 'must be a string or a number']]],
    [z.union([z.literal('a'), z.enum(['b', 'c'])]), secret, [['f', 'enum', 'must be one of "a", "b", "c"']]],
    [z.union([z.object({ a: z.string() }), z.object({ b: z.string() })]), { secret }, [['f', 'any_of', 'must match one of the allowed schemas']]],
    [z.union([z.object({ kind: z.literal('a'), n: z.number() }), z.object({ kind: z.literal('b') })]), { kind: 'a', n: secret }, [['f.n', 'type', 'must be a number']]],
    [z.xor([z.string(), z.string().min(1)]), secret, [['f', 'any_of', 'must match exactly one of the allowed schemas']]],
    [z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') }), z.object({ kind: z.literal('b') })]), { kind: secret }, [['f.kind', 'enum', 'must be one of "a", "b"']]],
    [z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') }), z.object({ kind: z.literal('b') })]), {}, [['f.kind', 'required', 'is required']]]
  ],
  invalid_key: [[z.record(z.string().regex(/^a/), z.number()), { a: 1, 'b/c': 90210 }, [['f.b/c', 'property_name', 'has a name that is not allowed']]]],
  invalid_element: [
    [z.preprocess(list => new Map([[{ secret }, list]]), z.map(z.any(), z.number())), secret, [['f', 'invalid', 'is invalid']]]
  ],
  custom: [
    [z.string().refine(() => false), secret, [['f', 'invalid', 'is invalid']]],
    [z.string().refine(() => false, 'must be before it ends'), secret, [['f', 'invalid', 'must be before it ends']]],
    [z.string().transform((_text, context) => { context.addIssue('is taken'); return z.NEVER }), secret, [['f', 'invalid', 'is taken']]]
  ]
}

for (const [provider, compiler] of Object.entries(compilers)) {
  for (const [code, ofCode] of Object.entries(cases)) {
    t.test(`${provider}: an issue ${code} has its code and message`, async t => {
      for (const [schema, value, expected] of ofCode) {
        const app = await createApiOf(compiler, z.object({ f: schema }))
        const { faults, text } = await postTo(app, { f: value })
        t.strictSame(faults, expected)
        t.notMatch(text, /S3cr3t|90210/, 'the value is not repeated')
      }
    })
  }

  t.test(`${provider}: the response lists the issues`, async t => {
    const app = await createApiOf(compiler, z.object({ email: z.email(), items: z.array(z.object({ price: z.number().min(1) })) }))
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
  })

  t.test(`${provider}: the body itself can be invalid, or only lack fields`, async t => {
    t.strictSame((await postTo(await createApiOf(compiler, z.object({ a: z.string() })), null)).faults, [['', 'type', 'must be an object']])
    t.strictSame((await postTo(await createApiOf(compiler, z.strictObject({})), { a: 1 })).faults, [['a', 'unknown_field', 'is not allowed']])
    const { status, code } = await postTo(await createApiOf(compiler, z.object({ a: z.string(), b: z.enum(['x']) })), {})
    t.strictSame({ status, code }, { status: 422, code: 'missing_required_field' })
  })

  t.test(`${provider}: names with slashes and tildes`, async t => {
    const app = await createApiOf(compiler, z.object({ 'a/b': z.object({ 'c~d': z.number(), e: z.string() }), 'a/c': z.string() }))
    const response = await app.inject({ method: 'POST', url: '/', payload: { 'a/b': { 'c~d': secret } } })
    const [first, second] = response.json<{ details: unknown[] }>().details
    t.strictSame([first, second], [
      { in: 'body', field: 'a/b.c~d', pointer: '/a~1b/c~0d', code: 'type', message: 'must be a number' },
      { in: 'body', field: 'a/b.e', pointer: '/a~1b/e', code: 'required', message: 'is required' }
    ])
  })

  t.test(`${provider}: an invalid path or query results in 400 with the parameter`, async t => {
    const app = await createApi({}, app => {
      app.setValidatorCompiler(compiler)
      app.get('/:id', { schema: { params: z.object({ id: z.uuid() }) } }, () => 'fine')
      app.get('/', { schema: { querystring: z.object({ page: z.coerce.number().min(1) }) } }, () => 'fine')
    })
    const details = async (url: string): Promise<unknown> => {
      const response = await app.inject(url)
      t.equal(response.statusCode, 400)
      return response.json<{ details: unknown }>().details
    }
    t.strictSame(await details(`/${secret}`), [{ in: 'path', field: 'id', pointer: '/id', code: 'uuid', message: 'must be a UUID' }])
    t.strictSame(await details('/?page=0'), [{ in: 'query', field: 'page', pointer: '/page', code: 'minimum', message: 'must be at least 1' }])
  })
}

t.test('every kind of zod issue has a keyword', async () => {
  expectTypeOf<$ZodIssue['code']>().toEqualTypeOf<keyof typeof zodIssues>()
})

t.test('an issue of a later zod version still shows that the value is invalid', async t => {
  const issue = { code: 'invalid_mood', path: ['a', 0], message: 'bad mood' }
  t.strictSame(
    readZodIssues({ validation: [{ params: { issue } }], location: 'body', schema: undefined, value: {} }),
    [{ keyword: 'invalid', path: ['a', '0'], params: {} }]
  )
})

t.test('other reports are left to other readers', async t => {
  for (const entry of [null, 'text', {}, { params: null }, { params: { issue: { code: 'custom' } } }, { keyword: 'type', instancePath: '', params: {} }]) {
    t.equal(readZodIssues({ validation: [entry], location: 'body', schema: undefined, value: {} }), undefined)
  }
})
