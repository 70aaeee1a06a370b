/** The codes and messages of issues, and JSON Pointers. */
import { expectTypeOf } from 'expect-type'
import fc from 'fast-check'
import { createRequire } from 'node:module'
import t from 'tap'
import {
  toIssueCode, formatField, formatMessages, issueCodeByKeyword, issueCodes, issueKinds, issueLocations, getKeywordIssue, issueSchema, issuesSchema,
  enumSchema, parsePointer, formatPointer, type IssueCode, type IssueLocation
} from '../../lib/catalog/issues.js'

const ajvFormats = createRequire(import.meta.url)('ajv-formats/dist/formats.js') as { readonly fullFormats: Readonly<Record<string, unknown>> }

t.test('every issue code has a kind, and every kind has an issue code', async t => {
  t.strictSame(Object.keys(issueKinds), [...issueCodes])
  expectTypeOf<keyof typeof issueKinds>().toEqualTypeOf<IssueCode>()
})

t.test('each keyword has exactly one issue code', async t => {
  const keywords = Object.values(issueKinds).flatMap(({ keywords }) => keywords)
  t.strictSame(keywords, [...new Set(keywords)])
  t.strictSame([...issueCodeByKeyword.keys()], keywords)
})

t.test('each failed keyword has a message', async t => {
  const sentences: ReadonlyArray<readonly [keyword: string, params: Readonly<Record<string, unknown>>, code: string, message: string]> = [
    ['required', { missingProperty: 'email' }, 'required', 'is required'],
    ['type', { type: 'string' }, 'type', 'must be a string'],
    ['type', { type: 'integer' }, 'type', 'must be a whole number'],
    ['type', { type: 'object' }, 'type', 'must be an object'],
    ['type', { type: 'boolean' }, 'type', 'must be true or false'],
    ['type', { type: 'undefined' }, 'type', 'must be undefined'],
    ['type', { type: ['array', 'null'] }, 'type', 'must be an array or null'],
    ['minLength', { limit: 1 }, 'min_length', 'must be at least 1 character long'],
    ['minLength', { limit: 3 }, 'min_length', 'must be at least 3 characters long'],
    ['maxLength', { limit: 80 }, 'max_length', 'must be at most 80 characters long'],
    ['pattern', { pattern: '^a' }, 'pattern', 'does not have the expected format'],
    ['minimum', { comparison: '>=', limit: 1 }, 'minimum', 'must be at least 1'],
    ['exclusiveMinimum', { comparison: '>', limit: 1 }, 'minimum', 'must be greater than 1'],
    ['formatMinimum', { limit: '2030-01-01' }, 'minimum', 'must be at least 2030-01-01'],
    ['maximum', { comparison: '<=', limit: 9n }, 'maximum', 'must be at most 9'],
    ['exclusiveMaximum', { comparison: '<', limit: 9 }, 'maximum', 'must be less than 9'],
    ['formatMaximum', { limit: '2030-01-01' }, 'maximum', 'must be at most 2030-01-01'],
    ['multipleOf', { multipleOf: 0.5 }, 'multiple_of', 'must be a multiple of 0.5'],
    ['enum', { allowedValues: ['a', 1, null, 5n, undefined] }, 'enum', 'must be one of "a", 1, null, 5, undefined'],
    ['enum', { allowedValues: ['a'.repeat(200)] }, 'enum', `must be one of "${'a'.repeat(99)}…`],
    ['enum', { allowedValues: Array.from({ length: 21 }, (_, index) => index) }, 'enum', `must be one of ${Array.from({ length: 20 }, (_, index) => index).join(', ')}, …`],
    ['enum', {}, 'enum', 'must be one of the allowed values'],
    ['const', { allowedValue: 'a' }, 'const', 'must be "a"'],
    ['minItems', { limit: 1 }, 'min_items', 'must have at least 1 item'],
    ['maxItems', { limit: 2 }, 'max_items', 'must have at most 2 items'],
    ['unevaluatedItems', { unevaluatedItems: [2] }, 'max_items', 'has too many items'],
    ['uniqueItems', { i: 1, j: 0 }, 'unique_items', 'must not contain duplicate items'],
    ['contains', {}, 'contains', 'must contain at least 1 matching item'],
    ['contains', { minContains: 2 }, 'contains', 'must contain at least 2 matching items'],
    ['contains', { minContains: 2, maxContains: 3 }, 'contains', 'must contain 2 to 3 matching items'],
    ['minProperties', { limit: 1 }, 'min_properties', 'must have at least 1 field'],
    ['maxProperties', { limit: 2 }, 'max_properties', 'must have at most 2 fields'],
    ['additionalProperties', { additionalProperty: 'x' }, 'unknown_field', 'is not allowed'],
    ['propertyNames', { propertyName: 'x' }, 'property_name', 'has a name that is not allowed'],
    ['anyOf', {}, 'any_of', 'must match one of the allowed schemas'],
    ['oneOf', { passingSchemas: null }, 'any_of', 'must match one of the allowed schemas'],
    ['oneOf', { passingSchemas: [0, 2] }, 'any_of', 'must match exactly one of the allowed schemas'],
    ['unique', {}, 'unique', 'is invalid'],
    ['isEven', {}, 'is_even', 'is invalid'],
    ['format', { format: 'email' }, 'email', 'must be an email address'],
    ['format', { format: 'date-time' }, 'date_time', 'must be a date and time with an offset, like 2030-01-31T12:30:00Z'],
    ['format', { format: 'iban' }, 'iban', 'must be a valid iban'],
    ['format', { format: 'constructor' }, 'constructor', 'must be a valid constructor']
  ]
  for (const [keyword, params, code, message] of sentences) {
    t.strictSame(getKeywordIssue(keyword, params), { code, message }, `${keyword} ${message}`)
  }
  t.equal(issueKinds.unique.message({}), 'is already in use')
})

t.test('every format of Ajv that can fail has its own message', async t => {
  const cannotFail = ['float', 'double', 'password', 'binary']
  const names = Object.keys(ajvFormats.fullFormats).filter(name => !cannotFail.includes(name))
  t.strictSame(names.filter(name => !Object.hasOwn(formatMessages, name)), [])
})

t.test('toIssueCode() accepts any constant', async t => {
  t.equal(toIssueCode('date-time'), 'date_time')
  t.equal(toIssueCode('dateTime'), 'date_time')
  t.equal(toIssueCode('IPv4'), 'ipv4')
  t.equal(toIssueCode('~refine'), 'refine')
  t.equal(toIssueCode('__proto__'), 'proto')
  t.equal(toIssueCode('123'), 'invalid')
  t.equal(toIssueCode(''), 'invalid')
  fc.assert(fc.property(fc.string({ unit: 'binary' }), name => /^[a-z][a-z0-9_]*$/.test(toIssueCode(name))))
})

t.test('a field has a readable name and a JSON Pointer', async t => {
  const fields: ReadonlyArray<readonly [path: ReadonlyArray<string | number>, field: string, pointer: string]> = [
    [[], '', ''],
    [['email'], 'email', '/email'],
    [['items', 0, 'price'], 'items[0].price', '/items/0/price'],
    [['items', '0', 'price'], 'items[0].price', '/items/0/price'],
    [[2, 'price'], '[2].price', '/2/price'],
    [['a/b', 'c~d', ''], 'a/b.c~d.', '/a~1b/c~0d/']
  ]
  for (const [path, field, pointer] of fields) {
    t.equal(formatField(path), field)
    t.equal(formatPointer(path), pointer)
    t.strictSame(parsePointer(pointer), path.map(String))
  }
})

t.test('parsePointer() reverses formatPointer()', async () => {
  fc.assert(fc.property(fc.array(fc.string({ unit: 'binary' })), path => {
    t.strictSame(parsePointer(formatPointer(path)), path)
  }))
})

t.test('issueSchema() requires every property of an issue', async t => {
  const description = 'A constant that identifies what is wrong.'
  t.strictSame(JSON.parse(JSON.stringify(issueSchema())), {
    type: 'object',
    required: ['in', 'field', 'pointer', 'code', 'message'],
    properties: {
      in: { type: 'string', enum: ['body', 'query', 'path', 'header'], description: 'The part of the request that contains the field.' },
      field: { type: 'string', description: 'The path of the field, such as `items[0].price`. Empty for the whole value.' },
      pointer: { type: 'string', description: 'The field as a JSON Pointer (RFC 6901).' },
      code: { type: 'string', description, pattern: '^[a-z][a-z0-9_]*$' },
      message: { type: 'string', description: 'A human-readable description of what is wrong.' }
    },
    additionalProperties: false
  })
  t.strictSame(JSON.parse(JSON.stringify(issueSchema(['required', 'email']).properties.code)), { type: 'string', enum: ['required', 'email'], description })
  t.strictSame(JSON.parse(JSON.stringify(issuesSchema(['type']).items)), JSON.parse(JSON.stringify(issueSchema(['type']))))
  t.strictSame(JSON.parse(JSON.stringify(enumSchema(['a', 'b']))), { type: 'string', enum: ['a', 'b'] })
  expectTypeOf<IssueLocation>().toEqualTypeOf<'body' | 'query' | 'path' | 'header'>()
  t.strictSame([...issueLocations], ['body', 'query', 'path', 'header'])
})
