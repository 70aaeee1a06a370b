/** Translates errors of the MongoDB driver by their codes. */
import { databaseTranslator, createKeyTest, type DatabaseFailure } from './database-failures.js'
import type { Translator } from '../translator.js'
import { isObject } from '../../support/is-object.js'

/**
 * The codes of a MongoDB server that a request or an outage can cause (MongoDB manual, error codes). Any other code,
 * such as a failed authentication or an invalid command, is a bug.
 */
export const serverCodes: Readonly<Record<number, DatabaseFailure>> = {
  11000: 'unique', // DuplicateKey
  11001: 'unique', // DuplicateKey of an update, from old servers
  12582: 'unique', // DuplicateKey of a capped collection
  121: 'check', // DocumentValidationFailure
  10334: 'too_long', // BSONObjectTooLarge
  112: 'concurrent', // WriteConflict
  244: 'concurrent', // TransactionAborted
  251: 'concurrent', // NoSuchTransaction
  6: 'unavailable', // HostUnreachable
  7: 'unavailable', // HostNotFound
  24: 'unavailable', // LockTimeout
  46: 'unavailable', // LockBusy
  50: 'unavailable', // MaxTimeMSExpired
  64: 'unavailable', // WriteConcernTimeout
  89: 'unavailable', // NetworkTimeout
  91: 'unavailable', // ShutdownInProgress
  133: 'unavailable', // FailedToSatisfyReadPreference
  189: 'unavailable', // PrimarySteppedDown
  262: 'unavailable', // ExceededTimeLimit
  9001: 'unavailable', // SocketException
  10107: 'unavailable', // NotWritablePrimary
  11600: 'unavailable', // InterruptedAtShutdown
  11601: 'unavailable', // Interrupted
  11602: 'unavailable', // InterruptedDueToReplStateChange
  13435: 'unavailable', // NotPrimaryNoSecondaryOk
  13436: 'unavailable' // NotPrimaryOrSecondary
}

/** The driver's errors for an unavailable server or connection. */
export const driverErrors: ReadonlySet<unknown> = new Set([
  'MongoServerSelectionError', 'MongoNetworkError', 'MongoNetworkTimeoutError', 'MongoOperationTimeoutError',
  'MongoWaitQueueTimeoutError', 'MongoPoolClosedError', 'MongoPoolClearedError', 'MongoServerClosedError',
  'MongoTopologyClosedError', 'MongoNotConnectedError', 'MongoExpiredSessionError', 'MongoClientClosedError'
])

/**
 * Translates errors of the MongoDB driver, including errors that Mongoose passes on, and the error of
 * `new ObjectId(id)` for an invalid identifier.
 */
export const mongodbTranslator: Translator = databaseTranslator('mongodb', error => {
  const { name, code, message } = error
  if (/^BSON(?:Type)?Error$/.test(String(name)) && /24 (?:character hex|hex characters)/.test(String(message))) {
    return { failure: 'malformed', rejects: createKeyTest(/^[\da-f]{24}$/i) }
  }
  if (driverErrors.has(name)) return { failure: 'unavailable' }
  if (typeof name !== 'string' || !name.startsWith('Mongo') || typeof code !== 'number') return undefined
  const failure = serverCodes[code] ?? 'fault'
  return failure === 'unique' ? { failure, ...readKey(error.keyPattern) } : { failure }
})

/** Returns the fields of an index and its default name in MongoDB: `org_1_name_-1`. */
function readKey (pattern: unknown): { readonly columns?: readonly string[], readonly constraint?: string } {
  if (!isObject(pattern)) return {}
  return { columns: Object.keys(pattern), constraint: Object.entries(pattern).flat().join('_') }
}
