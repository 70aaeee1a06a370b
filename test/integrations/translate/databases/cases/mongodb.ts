/** The failures of the MongoDB driver and Mongoose. */
import { setTimeout as delay } from 'node:timers/promises'
import type { DatabaseOptions } from 'fastify-api-errors'
import { Long, MongoClient, type Db, type Document } from 'mongodb'
import mongoose, { Schema, type Connection, type Model } from 'mongoose'
import type { Source } from './case.js'

/** The `database` option of the application. */
export const database: DatabaseOptions = {
  constraints: { 'org_1_name_-1': { field: 'name', message: 'The organization has this name.' } }
}

function duplicateOf (keyPattern: Document): Document {
  return {
    code: 11000,
    keyPattern,
    keyValue: { email: 'ada@example.com' },
    errmsg: 'E11000 duplicate key error collection: app.users index: email_1 dup key: { email: "ada@example.com" }'
  }
}

const failed = (code: number, codeName: string): Document => ({ ok: 0, code, codeName, errmsg: `secret of ${codeName}` })
const refused = (writeError: Document): Document => ({ ok: 1, n: 0, writeErrors: [{ index: 0, ...writeError }] })

/** The replies of the server, by the collection of the command. */
export const replies: Readonly<Record<string, Document | 'hang up' | 'stay silent'>> = {
  empty: { ok: 1, cursor: { id: Long.ZERO, ns: 'app.empty', firstBatch: [] } },
  emails: refused(duplicateOf({ email: 1 })),
  nested: refused(duplicateOf({ 'address.city': 1, 'address.street': 1 })),
  names: refused(duplicateOf({ org: 1, name: -1 })),
  updated: { ok: 0, ...duplicateOf({ email: 1 }), codeName: 'DuplicateKey' },
  documents: refused({ code: 121, errmsg: 'Document failed validation', errInfo: { failingDocumentId: 'secret' } }),
  conflicts: failed(112, 'WriteConflict'),
  slow: failed(50, 'MaxTimeMSExpired'),
  stepping: failed(189, 'PrimarySteppedDown'),
  forbidden: failed(13, 'Unauthorized'),
  unknown: failed(59, 'CommandNotFound'),
  silent: 'stay silent',
  stale: { ok: 1, n: 0, nModified: 0 },
  gone: 'hang up'
}

export interface MongoWorld {
  readonly db: Db
  /** A client of a server that does not exist. */
  readonly nowhere: () => MongoClient
  /** A client that only waits a short time for a reply. */
  readonly impatient: () => MongoClient
  /** A client with one connection. */
  readonly narrow: () => MongoClient
}

/** Runs a function with a separate client. */
async function withClient (client: MongoClient, run: (client: MongoClient) => Promise<unknown>): Promise<unknown> {
  try {
    return await run(client)
  } finally {
    await client.close(true)
  }
}

export const mongodbSource: Source<MongoWorld> = {
  name: 'mongodb',
  cases: [
    { what: 'A unique value is already taken', response: 'unique', fields: ['email'], run: ({ db }) => db.collection('emails').insertOne({ email: 'ada@example.com' }) },
    { what: 'An update sets a unique value that is already taken', response: 'unique', fields: ['email'], run: ({ db }) => db.collection('updated').findOneAndUpdate({}, { $set: { email: 'ada@example.com' } }) },
    { what: 'A unique combination of nested values is already taken', response: 'unique', fields: ['address.city', 'address.street'], run: ({ db }) => db.collection('nested').insertOne({}) },
    { what: 'A unique value is already taken, and the `database` option names the index', response: 'unique', fields: ['name'], message: 'The organization has this name.', run: ({ db }) => db.collection('names').insertOne({}) },
    { what: 'A unique value is already taken in a bulk write', response: 'unique', run: ({ db }) => db.collection('emails').insertMany([{ email: 'ada@example.com' }]) },
    { what: 'A document violates the validation rules of its collection', response: 'check', run: ({ db }) => db.collection('documents').insertOne({}) },
    { what: 'Two transactions write the same document', response: 'concurrent', run: ({ db }) => db.collection('conflicts').findOne({}) },
    { what: 'An operation takes too long (`maxTimeMS`)', response: 'unavailable', run: ({ db }) => db.collection('slow').findOne({}) },
    { what: 'The server does not respond in time (`socketTimeoutMS`)', response: 'unavailable', run: ({ impatient }) => withClient(impatient(), client => client.db().collection('silent').findOne({})) },
    {
      what: 'No pool connection becomes available in time (`waitQueueTimeoutMS`)',
      response: 'unavailable',
      run: ({ narrow }) => withClient(narrow(), async client => {
        await client.connect()
        const busy = client.db().collection('silent').findOne({}).catch(() => {})
        await delay(20)
        await client.db().collection('empty').findOne({}).finally(() => client.close(true))
        await busy
      })
    },
    { what: 'The server cannot be reached', response: 'unavailable', run: ({ nowhere }) => withClient(nowhere(), client => client.db().collection('emails').findOne({})) },
    {
      what: 'The client is closed',
      response: 'unavailable',
      async run ({ narrow }) {
        const client = narrow()
        await client.connect()
        await client.close()
        await client.db().collection('empty').findOne({})
      }
    },
    { what: 'The database user lacks a permission', response: 'fault', run: ({ db }) => db.collection('forbidden').findOne({}) },
    { what: 'The command is unknown', response: 'fault', run: ({ db }) => db.collection('unknown').findOne({}) },
    { what: 'The primary steps down', response: 'unavailable', run: ({ db }) => db.collection('stepping').insertOne({}) },
    { what: 'The server ends the connection', response: 'unavailable', run: ({ db }) => db.collection('gone').insertOne({}) }
  ]
}

export function openMongo (url: string, closedPort: number): MongoWorld & { readonly close: () => Promise<void> } {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 500, retryWrites: false, retryReads: false })
  return {
    db: client.db(),
    nowhere: () => new MongoClient(`mongodb://127.0.0.1:${closedPort}/app`, { serverSelectionTimeoutMS: 50 }),
    impatient: () => new MongoClient(url, { serverSelectionTimeoutMS: 500, socketTimeoutMS: 50, retryReads: false }),
    narrow: () => new MongoClient(url, { serverSelectionTimeoutMS: 500, maxPoolSize: 1, waitQueueTimeoutMS: 50, retryReads: false }),
    close: () => client.close(true)
  }
}

export interface MongooseWorld {
  readonly connected: Connection
  readonly unconnected: Connection
  readonly unreachable: () => Promise<unknown>
  readonly users: Model<Record<string, unknown>>
}

const address = new Schema({ city: { type: String, required: true } }, { _id: false })
const userSchema = new Schema({
  email: { type: String, required: true, minlength: 3, maxlength: 40, match: /@/ },
  age: { type: Number, min: 18, max: 120 },
  role: { type: String, enum: ['owner', 'guest'] },
  since: { type: Date, max: new Date('2030-01-01T00:00:00Z') },
  phone: { type: String, validate: { validator: (value: string) => !value.includes('secret'), message: ({ value }: { readonly value: unknown }) => `${String(value)} is not a phone number` } },
  owner: Schema.Types.ObjectId,
  address,
  items: [new Schema({ price: { type: Number, required: true } }, { _id: false })]
}, { strict: 'throw', optimisticConcurrency: true })

interface InvalidDocument {
  readonly what: string
  readonly document: object
  readonly code: string
  readonly details: ReadonlyArray<readonly [field: string, pointer: string, code: string, message: string]>
}

/** Documents that Mongoose itself rejects, with the issues. */
export const invalidDocuments: readonly InvalidDocument[] = [
  {
    what: 'Required values are missing',
    document: { address: {}, items: [{}] },
    code: 'missing_required_field',
    details: [
      ['address.city', '/address/city', 'required', 'is required'],
      ['items[0].price', '/items/0/price', 'required', 'is required'],
      ['email', '/email', 'required', 'is required']
    ]
  },
  {
    what: 'Values do not match the schema',
    document: { email: 'a@', age: 7, role: 'secret', since: '2031-01-01', phone: 'secret' },
    code: 'validation_error',
    details: [
      ['email', '/email', 'min_length', 'must be at least 3 characters long'],
      ['age', '/age', 'minimum', 'must be at least 18'],
      ['role', '/role', 'enum', 'must be one of "owner", "guest"'],
      ['since', '/since', 'maximum', 'must be at most 2030-01-01T00:00:00.000Z'],
      ['phone', '/phone', 'invalid', 'is invalid']
    ]
  },
  {
    what: 'Values are too long, too large and malformed',
    document: { email: '@secret'.repeat(10), age: 700 },
    code: 'validation_error',
    details: [
      ['email', '/email', 'max_length', 'must be at most 40 characters long'],
      ['age', '/age', 'maximum', 'must be at most 120']
    ]
  },
  {
    what: 'A string does not match its pattern',
    document: { email: 'secret' },
    code: 'validation_error',
    details: [['email', '/email', 'pattern', 'does not have the expected format']]
  },
  {
    what: 'A field is not in the schema',
    document: { email: 'new@example.com', plan: 'secret' },
    code: 'validation_error',
    details: [['plan', '/plan', 'unknown_field', 'is not allowed']]
  },
  {
    what: 'Values cannot be cast',
    document: { email: 'new@example.com', age: 'secret', owner: 'secret', items: [{ price: 'secret' }] },
    code: 'validation_error',
    details: [
      ['age', '/age', 'type', 'must be a number'],
      ['owner', '/owner', 'invalid', 'is invalid'],
      ['items[0].price', '/items/0/price', 'type', 'must be a number']
    ]
  }
]

export const mongooseSource: Source<MongooseWorld> = {
  name: 'mongoose',
  cases: [
    { what: 'A unique value is already taken', response: 'unique', fields: ['email'], run: ({ users }) => users.create({ email: 'ada@example.com' }) },
    { what: 'A value of a query cannot be cast', response: 'check', fields: ['_id'], run: async ({ users }) => users.findById('secret') },
    { what: 'A required document does not exist (`orFail`)', response: 'no_row', run: async ({ connected }) => connected.model('Empty', new Schema({}), 'empty').findOne({}).orFail() },
    {
      what: 'A document was changed after it was read (`optimisticConcurrency`)',
      response: 'concurrent',
      async run ({ connected }) {
        const stale = connected.model('Stale', userSchema, 'stale').hydrate({ _id: '64b000000000000000000001', __v: 1, email: 'ada@example.com' })
        stale.set('age', 30)
        await stale.save()
      }
    },
    { what: 'There is no connection yet (`bufferTimeoutMS`)', response: 'unavailable', run: async ({ unconnected }) => unconnected.model('Patient', new Schema({}, { bufferTimeoutMS: 50, autoIndex: false, autoCreate: false })).findOne({}) },
    { what: 'The server cannot be reached', response: 'unavailable', run: ({ unreachable }) => unreachable() }
  ]
}

export function openMongoose (url: string, closedPort: number): MongooseWorld & { readonly close: () => Promise<void> } {
  const connected = mongoose.createConnection(url, { autoIndex: false, autoCreate: false, retryWrites: false })
  return {
    connected,
    unconnected: mongoose.createConnection(),
    unreachable: () => mongoose.createConnection(`mongodb://127.0.0.1:${closedPort}/app`, { serverSelectionTimeoutMS: 50 }).asPromise(),
    users: connected.model('User', userSchema, 'emails') as unknown as Model<Record<string, unknown>>,
    close: () => connected.close(true)
  }
}
