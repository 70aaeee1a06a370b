/** Definitions with their defaults, and invalid definitions. */
import { FormatRegistry, Kind, Type, TypeRegistry, type TSchema } from '@sinclair/typebox'
import t from 'tap'
import { z } from 'zod'
import { codeForStatus, standardErrors, type ErrorStatus } from 'fastify-api-errors'
import { checkRegisteredTypes, completeDefinition } from '../../lib/catalog/complete-definition.js'
import { errorStatuses, type DefinitionShape, type ErrorDefinition } from '../../lib/catalog/definition.js'
import { thrown } from '../helpers/thrown.js'

const valid = {
  status: 409,
  type: 'conflict_error',
  message: 'You are already in this queue.',
  description: 'The user joined this queue before.',
  action: 'Read the existing entry instead of joining again.'
} as const

const Position = Type.Object({ queue: Type.String(), position: Type.Integer({ minimum: 1 }) })

/** Completes a definition with some other properties. */
const complete = (change: object): ErrorDefinition => completeDefinition('x', { ...valid, ...change })

t.test('a definition gets every default', async t => {
  t.strictSame(completeDefinition('already_in_queue', valid), {
    code: 'already_in_queue',
    ...valid,
    retry: 'never',
    meta: undefined,
    headers: undefined,
    stack: false,
    example: {}
  })
})

t.test('a definition needs only a status and a message', async t => {
  const of = (status: ErrorStatus) => {
    const { type, description, action } = completeDefinition('x', { status, message: 'It failed.' })
    return { type, description, action }
  }
  const description = 'It failed.'
  const never = 'Do not repeat the same request. Correct the request first.'
  const backoff = 'Retry with exponential backoff. If the error persists, contact support with the request id.'
  const wait = 'Wait for the seconds in Retry-After, then retry.'
  t.strictSame(of(400), { type: 'invalid_request_error', description, action: never })
  t.strictSame(of(401), { type: 'authentication_error', description, action: never })
  t.strictSame(of(403), { type: 'permission_error', description, action: never })
  t.strictSame(of(404), { type: 'not_found_error', description, action: never })
  t.strictSame(of(409), { type: 'conflict_error', description, action: never })
  t.strictSame(of(410), { type: 'not_found_error', description, action: never })
  t.strictSame(of(418), { type: 'invalid_request_error', description, action: never })
  t.strictSame(of(422), { type: 'validation_error', description, action: never })
  t.strictSame(of(429), { type: 'rate_limit_error', description, action: wait })
  t.strictSame(of(502), { type: 'api_error', description, action: backoff })
  t.strictSame(of(503), { type: 'api_error', description, action: wait })
  t.equal(completeDefinition('x', { status: 409, retry: 'backoff', message: 'It failed.' }).action, backoff)
  t.equal(complete({ message: ({ queue }: { queue: string }) => `${queue} is full.`, description: undefined, meta: Position, example: { meta: { queue: 'A', position: 1 } } }).description, 'A is full.')
})

t.test('the default type of a status is the type of its standard code', async t => {
  for (const status of errorStatuses) {
    const code = codeForStatus(status)
    if (code !== undefined) t.equal(completeDefinition('x', { status, message: 'It failed.' }).type, standardErrors[code].type, `${status}`)
  }
})

t.test('a definition changes only some properties of an earlier one', async t => {
  const earlier = complete({ headers: { link: '<https://example.com>' }, meta: Position, message: ({ queue }: { queue: string }) => `${queue} is full.`, example: { meta: { queue: 'A', position: 1 } } })
  const change = (definition: Partial<DefinitionShape>, base = earlier): ErrorDefinition => completeDefinition('x', definition, undefined, base)
  t.strictSame(change({}), earlier)
  t.strictSame(change({ action: 'Wait.' }), { ...earlier, action: 'Wait.' })
  t.strictSame(change({ status: 503 }), { ...earlier, status: 503, retry: 'retry-after', stack: true }, 'retry and stack follow from the status')
  t.strictSame(change({ status: 503 }, complete({ retry: 'backoff', stack: true })), { ...complete({ retry: 'backoff', stack: true }), status: 503 }, 'a value that does not follow from the status is kept')
  const other = Type.Object({ queue: Type.Optional(Type.String()) })
  t.strictSame(change({ meta: other, message: 'Full.' }), { ...earlier, meta: other, message: 'Full.', example: {} }, 'the example belongs to the earlier meta')
  t.equal(
    thrown(() => change({ meta: other })),
    "TypeError: defineErrors: x.message: expected a function that returns a sentence for example.meta, but with undefined it throws TypeError: Cannot destructure property 'queue' of 'undefined' as it is undefined."
  )
})

t.test('the status decides the defaults of retry and stack', async t => {
  const of = (status: 404 | 429 | 500 | 503) => {
    const { retry, stack } = complete({ status })
    return { retry, stack }
  }
  t.strictSame(of(404), { retry: 'never', stack: false })
  t.strictSame(of(429), { retry: 'retry-after', stack: false })
  t.strictSame(of(500), { retry: 'backoff', stack: true })
  t.strictSame(of(503), { retry: 'retry-after', stack: true })
})

t.test('an example with a format that is unknown to TypeBox is valid', async t => {
  const meta = Type.Object({
    email: Type.String({ format: 'email' }),
    id: Type.Union([Type.String({ format: 'uuid' }), Type.Null()])
  })
  const example = { meta: { email: 'ada@example.com', id: '8b5ab1b2-2f0a-4f8e-a8fb-6d6f6a1c9d57' } }
  t.strictSame(complete({ meta, example }).example, example)
})

t.test('an example with a type that TypeBox cannot check is valid', async t => {
  const meta = Type.Object({ unit: Type.Unsafe<'kg' | 'lb'>({ type: 'string', enum: ['kg', 'lb'] }) })
  t.strictSame(complete({ meta, example: { meta: { unit: 'kg' } } }).example, { meta: { unit: 'kg' } })
})

t.test('an invalid definition throws one sentence with the code and the property', async t => {
  const statuses = '400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 423, 424, 425, 426, 428, 429, 431, 451, 500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511'
  const expectedExample = 'expected an object with message, meta, issues, param or retryAfter, each with a valid value'
  const expectedDefinition = 'expected a definition, an object with status and message'
  const expectedHeader = 'expected a string that can be sent in a header, or a list of such strings'
  const expectedHeaders = 'expected an object of header names and values, each a string or a list of strings'
  const expectedMeta = 'expected the schema of an object, like Type.Object({ id: Type.String() })'
  const expectedCode = "expected lower snake case, like 'resource_not_found', or a match of the pattern of defineErrorsWith({ codes })"
  const circular: Record<string, unknown> = {}
  circular.self = circular
  const x = (change: object): object => ({ x: { ...valid, ...change } })
  const wrong: ReadonlyArray<readonly [definitions: object, sentence: string]> = [
    [{ NotSnake: valid }, `code: ${expectedCode}, got "NotSnake".`],
    [{ 'kebab-case': valid }, `code: ${expectedCode}, got "kebab-case".`],
    [JSON.parse('{ "__proto__": {} }'), `code: ${expectedCode}, got "__proto__".`],
    [{ x: null }, `x: ${expectedDefinition}, got null.`],
    [{ x: 'gone' }, `x: ${expectedDefinition}, got "gone".`],
    [{ x: [] }, `x: ${expectedDefinition}, got an empty array.`],
    [x({ mesage: 'typo' }), 'x.mesage: unknown option, expected one of status, type, message, description, action, retry, meta, headers, deprecated, stack, example.'],
    [x({ status: 200 }), `x.status: expected one of ${statuses}, got 200.`],
    [x({ status: 499 }), `x.status: expected one of ${statuses}, got 499.`],
    [x({ status: '404' }), `x.status: expected one of ${statuses}, got "404".`],
    [x({ type: '' }), "x.type: expected a group such as 'conflict_error', got \"\"."],
    [x({ type: 4 }), "x.type: expected a group such as 'conflict_error', got 4."],
    [x({ message: '' }), 'x.message: expected a sentence, or a function of meta that returns one, got "".'],
    [x({ message: {} }), 'x.message: expected a sentence, or a function of meta that returns one, got an empty object.'],
    [x({ message: () => '' }), 'x.message: expected a function that returns a sentence for example.meta, got "".'],
    [x({ message: () => 7 }), 'x.message: expected a function that returns a sentence for example.meta, got 7.'],
    [x({ message: (meta: { id: string }) => meta.id }), "x.message: expected a function that returns a sentence for example.meta, but with undefined it throws TypeError: Cannot read properties of undefined (reading 'id')."],
    [{ x: { message: 'No.' } }, `x.status: expected one of ${statuses}, got undefined.`],
    [{ x: { status: 409 } }, 'x.message: expected a sentence, or a function of meta that returns one, got undefined.'],
    [x({ description: () => 'No.' }), 'x.description: expected a sentence that says when the error happens, got a function.'],
    [x({ description: '' }), 'x.description: expected a sentence that says when the error happens, got "".'],
    [x({ action: null }), 'x.action: expected a sentence that says what the client can do, got null.'],
    [x({ action: '' }), 'x.action: expected a sentence that says what the client can do, got "".'],
    [x({ retry: 'always' }), 'x.retry: expected one of "never", "backoff", "retry-after", got "always".'],
    [x({ stack: 'yes' }), 'x.stack: expected true or false, got "yes".'],
    [x({ headers: 'Allow: GET' }), `x.headers: ${expectedHeaders}, got "Allow: GET".`],
    [x({ headers: ['GET'] }), `x.headers: ${expectedHeaders}, got an array.`],
    [x({ headers: { 'retry-after': 30 } }), `x.headers.retry-after: ${expectedHeader}, got 30.`],
    [x({ headers: { 'set-cookie': ['a=1', 2] } }), `x.headers.set-cookie: ${expectedHeader}, got 2.`],
    [x({ headers: { 'set-cookie': ['a=1', 'b\nc'] } }), `x.headers.set-cookie: ${expectedHeader}, got "b\\nc".`],
    [x({ headers: { link: undefined } }), `x.headers.link: ${expectedHeader}, got undefined.`],
    [x({ headers: { 'a header': 'x' } }), 'x.headers: expected valid names of headers, got "a header".'],
    [x({ headers: { link: 'a\nb' } }), `x.headers.link: ${expectedHeader}, got "a\\nb".`],
    [x({ meta: z.string() }), 'x.meta: expected the schema of an object, like Type.Object({ id: Type.String() }), got a schema of type "string".'],
    [x({ meta: { type: 'object', '~run': () => {} } }), 'x.meta: expected a JSON Schema, or a schema that provides one (zod 4.2, ArkType, Valibot with toStandardJsonSchema()), got an object.'],
    [x({ meta: Type.String() }), `x.meta: ${expectedMeta}, got a schema of type "string".`],
    [x({ meta: 'id' }), `x.meta: ${expectedMeta}, got "id".`],
    [x({ meta: Position }), "x.example.meta: expected an object with queue, position, which 'meta' requires, got undefined."],
    [x({ meta: Position, example: { meta: { queue: 'a', position: 0 } } }), "x.example.meta: expected a value that matches 'meta', but at /position: Expected integer to be greater or equal to 1."],
    [x({ meta: Type.Object({ a: Type.Union([Type.Null(), Type.Literal(1)]) }), example: { meta: { a: 2 } } }), "x.example.meta: expected a value that matches 'meta', but at /a: Expected union value."],
    [x({ meta: Position, example: { meta: 3 } }), "x.example.meta: expected a value that matches 'meta', but at /: Expected object."],
    [x({ meta: Type.Object({}), example: { meta: { id: 1n } } }), 'x.example.meta: expected a value that JSON can represent, got one that contains itself or a BigInt.'],
    [x({ meta: Type.Object({}), example: { meta: circular } }), 'x.example.meta: expected a value that JSON can represent, got one that contains itself or a BigInt.'],
    [x({ example: { meta: { id: 1 } } }), "x.example.meta: expected no value, because the definition has no 'meta', got an object."],
    [x({ example: null }), `x.example: ${expectedExample}, got null.`],
    [x({ example: { mesage: 'typo' } }), `x.example.mesage: ${expectedExample}, got "typo".`],
    [x({ example: { message: '' } }), `x.example.message: ${expectedExample}, got "".`],
    [x({ example: { retryAfter: 0.5 } }), `x.example.retryAfter: ${expectedExample}, got 0.5.`],
    [x({ example: { issues: [{ in: 'body' }] } }), `x.example.issues.0.field: ${expectedExample}, got undefined.`],
    [x({ example: { issues: [{ in: 'cookie', field: 'a', pointer: '/a', code: 'type', message: 'must be a string' }] } }), `x.example.issues.0.in: ${expectedExample}, got "cookie".`]
  ]
  for (const [definitions, sentence] of wrong) {
    const [[code, definition]] = Object.entries(definitions) as [[string, DefinitionShape]]
    t.equal(thrown(() => completeDefinition(code, definition)), `TypeError: defineErrors: ${sentence}`)
  }
})

t.test('an example is checked again with the formats and types that the application registered', async t => {
  const ofTicket = (ticket: TSchema, value: unknown): ErrorDefinition => complete({ meta: Type.Object({ ticket }), example: { meta: { ticket: value } } })
  const format = Type.String({ format: 'ticket' })
  const kind = Type.Unsafe({ [Kind]: 'Ticket' })
  const known = [ofTicket(format, 'T1'), ofTicket(kind, 'T1'), ofTicket(Type.String(), ''), complete({}), complete({ meta: { type: 'object' }, example: { meta: {} } })]
  const wrongFormat = ofTicket(format, 'x')
  const wrongKind = ofTicket(kind, 'x')
  await t.resolves(checkRegisteredTypes([...known, wrongFormat, wrongKind]), 'before they are registered')
  const isTicket = (value: unknown): boolean => /^T\d$/.test(String(value))
  FormatRegistry.Set('ticket', isTicket)
  TypeRegistry.Set('Ticket', (_schema, value) => isTicket(value))
  await t.resolves(checkRegisteredTypes(known))
  const expected = "defineErrors: x.example.meta: expected a value that matches 'meta', but at /ticket: "
  await t.rejects(checkRegisteredTypes([...known, wrongFormat]), { name: 'TypeError', message: `${expected}Expected string to match 'ticket' format.` })
  await t.rejects(checkRegisteredTypes([...known, wrongKind]), { name: 'TypeError', message: `${expected}Expected kind 'Ticket'.` })
})
