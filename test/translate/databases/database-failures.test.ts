/** The part that the translators of all databases share. */
import { Readable } from 'node:stream'
import fc from 'fast-check'
import Fastify, { type FastifyInstance } from 'fastify'
import apiErrors, { standardErrors, type ApiErrorsOptions, type LogEntry } from 'fastify-api-errors'
import t from 'tap'
import { issueCodes } from '../../../lib/catalog/issues.js'
import { databaseFailures } from '../../../lib/translate/databases/database-failures.js'
import { castTypes, mongooseErrors, validatorKinds } from '../../../lib/translate/databases/mongoose.js'
import { serverCodes } from '../../../lib/translate/databases/mongodb.js'
import { mysqlErrors } from '../../../lib/translate/databases/mysql.js'
import { ormErrors } from '../../../lib/translate/databases/orm.js'
import { sqlStates } from '../../../lib/translate/databases/postgres.js'
import { adapterKinds, prismaCodes } from '../../../lib/translate/databases/prisma.js'
import { sqliteErrors } from '../../../lib/translate/databases/sqlite.js'
import { issueCodeByKeyword } from '../../../lib/catalog/issues.js'
import { responses, expected } from '../../integrations/translate/databases/cases/case.js'

const uniqueViolation = () => Object.assign(new Error('duplicate key value violates unique constraint "users_email_key"'), {
  severity: 'ERROR', code: '23505', table: 'users', constraint: 'users_email_key', detail: 'Key (email)=(ada@example.com) already exists.'
})

async function appThatThrows (thrown: () => unknown, options: ApiErrorsOptions = {}): Promise<FastifyInstance> {
  const app = Fastify({ genReqId: () => 'req_1' })
  await app.register(apiErrors, { log: false, ...options })
  app.post('/users', async () => { throw thrown() })
  return app
}

t.test('each failure has the expected response', async t => {
  const told = Object.fromEntries(Object.entries(databaseFailures).map(([failure, { code, message, issue }]) => [failure, {
    status: standardErrors[code].status,
    code,
    message: message ?? standardErrors[code].message,
    ...(issue !== undefined && { issue: issue.code, ofField: issue.ofField, ofBody: issue.ofBody }),
    ...(standardErrors[code].status === 503 && { retryAfter: 10 })
  }]))
  t.strictSame(told, responses)
  for (const { issue } of Object.values(databaseFailures)) if (issue !== undefined) t.ok(issueCodes.includes(issue.code), issue.code)
})

t.test('every table entry of a source leads to a failure with a response', async t => {
  const failures = [
    ...Object.values(sqlStates),
    ...Object.values(mysqlErrors).map(({ failure }) => failure),
    ...Object.values(sqliteErrors).map(({ failure }) => failure).filter(failure => failure !== 'foreign_key' && failure !== 'trigger'),
    ...Object.values(serverCodes),
    ...Object.values(mongooseErrors),
    ...[...Object.values(prismaCodes), ...Object.values(adapterKinds)].filter(failure => failure !== 'foreign_key'),
    ...Object.values(ormErrors)
  ]
  for (const failure of new Set(failures)) t.ok(Object.hasOwn(responses, failure), failure)
  for (const { keyword } of Object.values(validatorKinds)) t.ok(issueCodeByKeyword.has(keyword), keyword)
  for (const type of Object.values(castTypes)) t.match(type, /^(number|string|boolean|array)$/)
})

t.test('the error of a database may be wrapped in others', async t => {
  const wrap = (times: number): Error => times === 0 ? uniqueViolation() : new Error('wrapped', { cause: wrap(times - 1) })
  const post = async (thrown: () => unknown) => {
    const response = await (await appThatThrows(thrown)).inject({ method: 'POST', url: '/users', payload: {} })
    return { status: response.statusCode, body: response.json() }
  }
  const whole = ({ status, body }: { readonly status: number, readonly body: unknown }) => ({ status, body })
  const taken = whole(expected({ response: 'unique', fields: ['email'] }))
  const fault = whole(expected({ response: 'fault' }))

  t.strictSame(await post(() => wrap(1)), taken, 'as a cause')
  t.strictSame(await post(() => wrap(7)), taken, 'below seven causes')
  t.strictSame(await post(() => wrap(8)), fault, 'not below more causes, because a longer chain is a loop')
  t.strictSame(await post(() => Object.assign(new Error('Query failed'), { driverError: uniqueViolation() })), taken, 'in the property of TypeORM')
  t.strictSame(await post(() => Object.assign(new Error('Query failed'), { nativeError: uniqueViolation() })), taken, 'in the property of Objection')
  t.strictSame(await post(() => Object.assign(new Error('Validation error'), { original: uniqueViolation() })), taken, 'in the property of Sequelize')
  t.strictSame(await post(() => {
    const circle = new Error('a circle')
    circle.cause = circle
    return circle
  }), fault, 'with circular causes')
  t.strictSame(await post(() => Object.assign(new Error('Only admins may do this.', { cause: uniqueViolation() }), { statusCode: 403 })), {
    status: 403,
    body: { code: 'forbidden', message: 'Only admins may do this.', request_id: 'req_1' }
  }, 'not below an error with its own status, because the application chose that status')
  t.strictSame(await post(() => Object.assign(uniqueViolation(), { statusCode: 403 })), {
    status: 403,
    body: { code: 'forbidden', message: 'You do not have permission to do this.', request_id: 'req_1' }
  }, 'a status that was set on the error itself is kept, but not the message of the database')
})

t.test('if the request has no body, a value that the database rejects is an invalid parameter', async t => {
  const malformed = Object.assign(new Error('invalid input syntax for type uuid: "x"'), { severity: 'ERROR', code: '22P02' })
  const cast = Object.assign(new Error('Cast to ObjectId failed for value "abc"'), { name: 'CastError', path: '_id', kind: 'ObjectId' })
  const app = Fastify({ genReqId: () => 'req_1' })
  await app.register(apiErrors, { log: false })
  app.delete('/entries/:id', { schema: { body: { type: 'object' } } }, async () => { throw malformed })
  app.addContentTypeParser('application/x-stream', (_request, _payload, done) => { done(null) })
  app.route({ method: ['GET', 'HEAD', 'DELETE', 'POST'], url: '/:id', handler: async request => { throw request.headers['x-cast'] === undefined ? malformed : cast } })
  const parameter = { status: 400, body: { code: 'invalid_parameter', message: 'A path or query parameter is invalid.', request_id: 'req_1' } }
  const field = (name: string): object => {
    const { status, body } = expected({ response: 'malformed', fields: [name] })
    return { status, body }
  }
  const ask = async (method: 'GET' | 'DELETE' | 'POST', cast: boolean, payload?: object): Promise<object> => {
    const response = await app.inject({ method, url: '/abc', ...(cast && { headers: { 'x-cast': 'yes' } }), ...(payload !== undefined && { payload }) })
    return { status: response.statusCode, body: response.json() }
  }
  t.strictSame(await ask('GET', false), parameter)
  t.strictSame(await ask('GET', true), parameter)
  t.strictSame(await ask('DELETE', false), parameter)
  t.equal((await app.inject({ method: 'HEAD', url: '/abc' })).statusCode, 400)
  t.strictSame(await ask('DELETE', false, {}), parameter, 'an empty body has no value')
  t.strictSame(await ask('DELETE', false, { reason: 'a' }), parameter, 'without a schema for it, the body of a DELETE is not a source of values')
  const withSchema = await app.inject({ method: 'DELETE', url: '/entries/abc', payload: { reason: 'a' } })
  t.strictSame({ status: withSchema.statusCode, body: withSchema.json() }, field(''), 'with a schema, it may be one of its fields')
  t.strictSame(await ask('POST', true), parameter)
  t.strictSame(await ask('POST', true, {}), parameter)
  t.strictSame(await ask('POST', true, { reason: 'a' }), field('_id'))
  for (const [title, payload, headers] of [
    ['a string', 'abc', { 'content-type': 'text/plain' }],
    ['a stream', 'abc', { 'content-type': 'application/x-stream' }],
    ['a stream of unknown length', Readable.from(['abc']), { 'content-type': 'application/x-stream', 'transfer-encoding': 'chunked' }]
  ] as const) {
    t.equal((await app.inject({ method: 'POST', url: '/abc', headers, payload })).statusCode, 422, title)
  }
  t.equal((await app.inject({ method: 'POST', url: '/abc', headers: { 'content-type': 'text/plain', 'content-length': '0' }, payload: '' })).statusCode, 400, 'an empty string')
})

t.test('a parameter that the database rejects is invalid, even if the request has a body', async t => {
  const postgres = (code: string, message: string): Error => Object.assign(new Error(message), { severity: 'ERROR', code })
  const objectId = (name: string, message: string): Error => Object.assign(new Error(message), { name })
  const thrown: Readonly<Record<string, unknown>> = {
    uuid: postgres('22P02', 'invalid input syntax for type uuid: "abc"'),
    german: postgres('22P02', 'ungültige Eingabesyntax für Typ uuid: »abc«'),
    range: postgres('22003', 'value "99999999999" is out of range for type integer'),
    null: postgres('22021', 'invalid byte sequence for encoding "UTF8": 0x00'),
    long: postgres('22001', 'value too long for type character varying(2)'),
    cast: Object.assign(new Error('Cast to ObjectId failed'), { name: 'CastError', path: 'owner', kind: 'ObjectId', value: 'abc' }),
    bson: objectId('BSONError', 'input must be a 24 character hex string, 12 byte Uint8Array, or an integer'),
    bson4: objectId('BSONTypeError', 'Argument passed in must be a string of 12 bytes or a string of 24 hex characters or an integer'),
    other: objectId('BSONError', 'Invalid UUID string'),
    prisma: Object.assign(new Error('Inconsistent column data: Error creating UUID, invalid character'), { name: 'PrismaClientKnownRequestError', code: 'P2023' })
  }
  const app = Fastify({ genReqId: () => 'req_1' })
  await app.register(apiErrors, { log: false })
  const parameter = { status: 400, body: { code: 'invalid_parameter', message: 'A path or query parameter is invalid.', request_id: 'req_1' } }
  app.put<{ Params: { kind: string } }>('/:kind/ids/:id', async request => { throw thrown[request.params.kind] })
  app.put<{ Params: { kind: string } }>('/:kind/names/:name', async request => { throw thrown[request.params.kind] })
  const put = async (url: string): Promise<object> => {
    const response = await app.inject({ method: 'PUT', url, payload: { owner: 'abc' } })
    return { status: response.statusCode, body: response.json() }
  }
  const inBody = (response: 'malformed' | 'out_of_range' | 'too_long', field = ''): object => {
    const { status, body } = expected({ response, fields: [field] })
    return { status, body }
  }
  t.strictSame(await put('/uuid/ids/abc'), parameter)
  t.strictSame(await put('/german/ids/abc'), parameter)
  t.strictSame(await put('/uuid/ids/1?owner=abc'), parameter, 'also in the query')
  t.strictSame(await put('/uuid/ids/1?owner='), inBody('malformed'), 'another value is in the body')
  t.strictSame(await put('/range/ids/99999999999'), parameter)
  t.strictSame(await put('/range/ids/1'), inBody('out_of_range'))
  t.strictSame(await put('/null/names/a%00b'), parameter)
  t.strictSame(await put('/null/names/ab'), inBody('malformed'))
  t.strictSame(await put('/long/names/abc'), inBody('too_long'), 'the error does not contain the value')
  t.strictSame(await put('/cast/names/abc'), parameter)
  t.strictSame(await put('/cast/names/ab'), inBody('malformed', 'owner'))
  for (const kind of ['bson', 'bson4', 'prisma']) {
    t.strictSame(await put(`/${kind}/ids/abc`), parameter, kind)
    t.strictSame(await put(`/${kind}/ids/507f1f77bcf86cd799439011`), inBody('malformed'), `${kind} with a valid identifier`)
    t.strictSame(await put(`/${kind}/names/abc`), inBody('malformed'), `${kind} with a parameter that is not an identifier`)
  }
  t.strictSame(await put('/prisma/ids/bb0a1c0e-4c9f-4f3c-9b57-0d6f1c1b2a3d'), inBody('malformed'))
  t.match(await put('/other/ids/abc'), { status: 500 })
})

t.test('the log has the details that the response omits', async t => {
  const entries: LogEntry[] = []
  const missing = Object.assign(new Error('relation "users" does not exist'), { severity: 'ERROR', code: '42P01' })
  const app = await appThatThrows(() => missing, { log: entry => { entries.push(entry) } })
  const response = await app.inject({ method: 'POST', url: '/users', payload: {} })
  t.strictSame(response.json(), { code: 'internal_error', message: 'Something went wrong on our side.', request_id: 'req_1' })
  t.equal(entries.length, 1)
  t.equal(entries[0]?.level, 'error')
  t.equal(entries[0]?.error.cause, missing)
})

t.test('the body never contains the value', async t => {
  const quoted = (value: string) => [
    { severity: 'ERROR', code: '23505', constraint: 'users_email_key', detail: `Key (email)=(${value}) already exists.`, message: 'duplicate key value' },
    { severity: 'ERROR', code: '23505', table: 'users', constraint: 'users_lower_idx', detail: `Key (lower(email))=(${value}) already exists.`, message: 'duplicate key value' },
    { severity: 'ERROR', code: '23503', table: 'orders', constraint: 'orders_user_id_fkey', detail: `Key (user_id)=(${value}) is not present in table "users".`, message: 'insert or update on table "orders" violates foreign key constraint "orders_user_id_fkey"' },
    { severity: 'ERROR', code: '23502', column: 'email', detail: `Failing row contains (1, ${value}).`, message: 'null value in column "email"' },
    { severity: 'ERROR', code: '23514', table: 'users', constraint: 'users_age_check', detail: `Failing row contains (1, ${value}).`, message: 'new row for relation "users" violates check constraint "users_age_check"' },
    { severity: 'ERROR', code: '22P02', message: `invalid input syntax for type uuid: "${value}"` },
    { errno: 1062, sqlState: '23000', sqlMessage: `Duplicate entry '${value}' for key 'email'` },
    { errno: 1366, sqlState: '22007', sqlMessage: `Incorrect integer value: '${value}' for column \`app\`.\`users\`.\`age\` at row 1` },
    { errno: 1292, sqlState: '22007', sqlMessage: `Truncated incorrect DOUBLE value: '${value}'` },
    { code: 11000, name: 'MongoServerError', keyPattern: { email: 1 }, keyValue: { email: value }, errmsg: `dup key: { email: "${value}" }` },
    { name: 'CastError', path: 'age', kind: 'Number', value, stringValue: value, message: `Cast to Number failed for value "${value}"` }
  ]
  let thrown: object = {}
  const app = await appThatThrows(() => thrown)
  const known = new Set(['', 'email', 'user_id', 'age'])
  const hostile = fc.constantFrom("x' for column 'pin' at row 1", "' at row 1", "a' for key 'pin'", ') = (pin)=(', '(pin)=(1', '"pin"', '`pin`', "'pin'")
  await fc.assert(fc.asyncProperty(fc.oneof(hostile, fc.string({ unit: 'binary', minLength: 1 })), async value => {
    for (const error of quoted(value)) {
      thrown = Object.assign(new Error(), { message: 'secret' }, error)
      const response = await app.inject({ method: 'POST', url: '/users', payload: { email: 'a', user_id: 1, age: 1 } })
      const { details = [], message } = response.json() as { readonly details?: ReadonlyArray<{ readonly field: string, readonly message: string }>, readonly message: string }
      const sentences: readonly string[] = [...Object.values(responses).flatMap(response => 'ofField' in response ? [response.ofField, response.ofBody] : []), 'must be a number']
      for (const issue of details) {
        if (!known.has(issue.field) || !sentences.includes(issue.message)) throw new Error(`the response to ${JSON.stringify(error)} is ${response.body}`)
      }
      if (!Object.values(responses).some(response => response.message === message)) throw new Error(`the response to ${JSON.stringify(error)} is ${response.body}`)
    }
  }), { numRuns: 200 })
  t.pass('for 200 values')
})

t.test('the database option sets messages for constraints', async t => {
  const faults: ReadonlyArray<readonly [database: unknown, sentence: string]> = [
    [5, 'database: expected an object with constraints, got 5.'],
    [null, 'database: expected an object with constraints, got null.'],
    [{ constraint: {} }, 'database.constraint: unknown option, expected constraints.'],
    [{ constraints: ['users_email_key'] }, "database.constraints: expected an object with constraint names as keys, like { users_email_key: { field: 'email', message: 'Email already registered' } }, got an array."],
    [{ constraints: { users_email_key: 'email' } }, "database.constraints.users_email_key: expected an object like { field: 'email', message: 'Email already registered' }, got \"email\"."],
    [{ constraints: { users_email_key: { column: 'email' } } }, 'database.constraints.users_email_key.column: unknown option, expected one of field, message, onDelete.'],
    [{ constraints: { users_email_key: { field: '' } } }, 'database.constraints.users_email_key.field: expected the name of a field in the body, got "".'],
    [{ constraints: { users_email_key: { message: 5 } } }, 'database.constraints.users_email_key.message: expected a sentence, got 5.'],
    [{ constraints: { users_email_key: { message: { en: 'Taken' } } } }, 'database.constraints.users_email_key.message: expected a sentence, got an object.']
  ]
  for (const [database, sentence] of faults) {
    await t.rejects(async () => { await Fastify().register(apiErrors, { database } as ApiErrorsOptions) }, new TypeError(`fastify-api-errors: ${sentence}`), sentence)
  }
  await Fastify().register(apiErrors, { database: {} }).ready()
})
