/** Values that a JSON Schema rejects. Ajv compares the failure that follows from a schema with its own report. */
import addFormats from 'ajv-formats'
import { Ajv } from 'ajv'
import t from 'tap'
import { findInvalidProperty, findRequiredField, listIncompleteValues, listInvalidValues } from '../../lib/samples/invalid-values.js'

const ajv = new Ajv({ allErrors: true, strict: false, coerceTypes: 'array' })
addFormats.default(ajv)
const none = (): undefined => undefined
const always = (): boolean => true

/** Schemas of a property, each with the keyword that fails first. */
const schemas: Readonly<Record<string, object>> = {
  format: { type: 'string', format: 'email', maxLength: 254 },
  enum: { type: 'string', enum: ['small', 'large'] },
  const: { const: 'small' },
  type: { type: 'integer', minimum: 1, maximum: 10 },
  minLength: { type: 'string', minLength: 3, maxLength: 80, pattern: '^[^<>]*$' },
  pattern: { type: 'string', minLength: 1, pattern: '^[A-Z]+$' },
  maxLength: { type: 'string', maxLength: 5 },
  minItems: { type: 'array', minItems: 2, items: {} },
  maxItems: { type: 'array', maxItems: 2, items: {} }
}

for (const [keyword, schema] of Object.entries(schemas)) {
  t.test(`there is a value that fails only ${keyword}`, async t => {
    const whole = { type: 'object', properties: { field: schema }, additionalProperties: false }
    const found = findInvalidProperty(whole, always, none)
    const validate = ajv.compile(whole)
    t.notOk(validate({ field: structuredClone(found?.value) }))
    t.strictSame(validate.errors?.map(error => error.keyword), [keyword])
    t.equal(found?.failure.keyword, keyword)
    t.strictSame(found?.failure.path, ['field'])
    const [error] = validate.errors ?? []
    t.match(error?.params, found?.failure.params, 'with the parameters that Ajv reports')
  })
}

t.test('limits of numbers, which follow after the type', async t => {
  const listFailures = (schema: object): unknown[] => listInvalidValues({ type: 'object', properties: { field: schema } }, none).flatMap(({ value, failure }) => failure === undefined ? [] : [[value, failure.keyword, failure.params]])
  t.strictSame(listFailures({ type: 'number', minimum: 1, maximum: 10 }).slice(0, 3), [
    [{ field: 'wrong' }, 'type', { type: 'number' }], [{ field: 0 }, 'minimum', { limit: 1, comparison: '>=' }], [{ field: 11 }, 'maximum', { limit: 10, comparison: '<=' }]
  ])
  t.strictSame(listFailures({ type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 10 }).slice(1, 3), [
    [{ field: 0 }, 'exclusiveMinimum', { limit: 0, comparison: '>' }], [{ field: 10 }, 'exclusiveMaximum', { limit: 10, comparison: '<' }]
  ])
  t.strictSame(listFailures({ type: 'number', minimum: 3, multipleOf: 5 })[1], [{ field: 7.5 }, 'multipleOf', { multipleOf: 5 }])
})

t.test('the property whose failure explains most comes first', async t => {
  const schema = {
    type: 'object',
    properties: {
      anything: true,
      list: { type: 'array' },
      long: { type: 'string', maxLength: 100 },
      code: { type: 'string', pattern: '^a$' },
      name: { type: 'string', minLength: 1 },
      size: { type: 'integer' },
      color: { enum: ['red'] },
      kind: { const: 'a' },
      text: { type: 'string' },
      email: { type: 'string', format: 'email' }
    }
  }
  t.equal(findInvalidProperty(schema, always, none)?.name, 'email')
  t.equal(findInvalidProperty(schema, name => name !== 'email', none)?.name, 'color')
  t.equal(findInvalidProperty(schema, name => name === 'code' || name === 'long', none)?.name, 'code')
  t.equal(findInvalidProperty(schema, () => false, none), undefined)
})

t.test('a failure inside an object or a list has its path', async t => {
  const address = { type: 'object', properties: { zip: { type: 'string', minLength: 5 } }, required: ['zip'] }
  t.strictSame(findInvalidProperty({ type: 'object', properties: { address } }, always, none)?.failure.path, ['address', 'zip'])
  const items = { type: 'array', items: { type: 'integer' } }
  t.strictSame(findInvalidProperty({ type: 'object', properties: { items } }, always, none), {
    name: 'items', value: ['wrong'], failure: { keyword: 'type', path: ['items', '0'], params: { type: 'integer' } }
  })
})

t.test('without certainty, there are values but no failure', async t => {
  for (const schema of [
    { type: 'object', properties: { a: { type: 'string', format: 'email' } }, minProperties: 2 },
    { type: 'object', properties: { a: { anyOf: [{ type: 'string', format: 'email' }] } } },
    { type: 'object', properties: { a: { $ref: 'Email#' } } },
    { type: 'string' },
    undefined
  ]) t.equal(findInvalidProperty(schema, always, ref => ref === 'Email#' ? { type: 'string', format: 'email' } : undefined), undefined)
  t.strictSame(listInvalidValues({ $ref: 'Email#' }, () => ({ type: 'string', format: 'email' })), [{ value: 'wrong' }, { value: {} }, { value: 'wrong' }])
  t.strictSame(listInvalidValues(true, none), [])
  t.ok(listInvalidValues({ type: 'array', uniqueItems: true, items: { type: 'string' } }, none).some(({ value }) => Array.isArray(value) && value.length === 2), 'two equal items')
  const tree: { type: string, properties: Record<string, unknown> } = { type: 'object', properties: {} }
  tree.properties.inner = tree
  t.ok(listInvalidValues(tree, none).length > 0, 'a schema that contains itself')
  t.strictSame(findInvalidProperty({ type: 'object', properties: { a: { type: 'string', pattern: '(?<' } } }, always, none)?.failure.keyword, 'type', 'a pattern of another engine')
})

t.test('samples have a maximum size', async t => {
  for (const schema of [{ type: 'string', maxLength: 2000 }, { type: 'string', minLength: 2001 }, { type: 'array', maxItems: 2000, items: {} }, { type: 'array', minItems: 2001, items: {} }]) {
    const values = listInvalidValues({ type: 'object', properties: { a: schema } }, none).map(({ value }) => (value as { a?: unknown }).a)
    t.notOk(values.some(value => (typeof value === 'string' || Array.isArray(value)) && value.length > 1 && value !== 'wrong'), JSON.stringify(schema))
  }
})

t.test('listIncompleteValues() returns a value without each required field', async t => {
  const schema = { type: 'object', required: ['a', 'b', 'size'], properties: { a: { type: 'string' }, b: { type: 'integer' }, size: { default: 1 } } }
  t.strictSame(listIncompleteValues(schema, none), [
    { value: { b: 1, size: 1 }, failure: { keyword: 'required', path: ['a'], params: {} } },
    { value: { a: 'example', size: 1 }, failure: { keyword: 'required', path: ['b'], params: {} } },
    { value: {} }
  ])
  t.equal(findRequiredField(schema), 'a')
  t.equal(findRequiredField({ type: 'object' }), undefined)
  t.equal(findRequiredField({ allOf: [schema] }), undefined)
  t.equal(findRequiredField(undefined), undefined)
  t.strictSame(listIncompleteValues({ $ref: 'A#' }, () => schema)[0]?.value, { b: 1, size: 1 })
  t.strictSame(listIncompleteValues({ ...schema, minProperties: 3 }, none)[0], { value: { b: 1, size: 1 }, failure: undefined })
  t.strictSame(listIncompleteValues({ type: 'string' }, none), [{ value: {} }])
})

t.test('several types are considered, and failures of other items or properties are not counted', async t => {
  const listKeywords = (schema: object): unknown[] => listInvalidValues(schema, none).map(({ failure }) => failure?.keyword)
  t.strictSame(findInvalidProperty({ type: 'object', properties: { size: { type: ['null', 'integer'] } } }, always, none), {
    name: 'size', value: 'wrong', failure: { keyword: 'type', path: ['size'], params: { type: ['null', 'integer'] } }
  })
  t.strictSame(listKeywords({ type: 'array', minItems: 1, maxItems: 2, uniqueItems: true, items: { type: 'string', minLength: 1 } }).filter(keyword => keyword !== undefined), [], 'items may be equal')
  t.strictSame(listKeywords({ type: 'object', minProperties: 1, properties: { name: { type: 'string', minLength: 1 } } }).filter(keyword => keyword !== undefined), [], 'properties may be missing')
  t.strictSame(listInvalidValues({ type: 'object', const: null, properties: { name: { type: 'string', minLength: 1 } } }, none)[0]?.value, { name: '' }, 'a sample that is not an object')
  t.strictSame(listInvalidValues({ type: 'object' }, none).map(({ value }) => value), [{ unknown: 'example' }], 'an object without properties')
})
