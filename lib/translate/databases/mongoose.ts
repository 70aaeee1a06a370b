/** Translates errors of Mongoose, including those of its validators. */
import {
  formatField,
  getKeywordIssue,
  formatPointer,
  issueParams,
  type Issue,
  type IssueParams,
  type TranslatableIssue
} from '../../catalog/issues.js'
import { databaseTranslator, createValidationFailure, type DatabaseFailure } from './database-failures.js'
import type { Translator } from '../translator.js'
import { isObject } from '../../support/is-object.js'

/** The JSON Schema equivalent of a Mongoose validator. */
export interface ValidatorKind {
  readonly keyword: string
  /** Returns the parameters of the keyword from the `properties` of the Mongoose error. */
  readonly params: (properties: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>
}

/**
 * The kinds of Mongoose's validators, each with the equivalent JSON Schema keyword. Any other kind is a validator of
 * the application.
 */
export const validatorKinds: Readonly<Record<string, ValidatorKind>> = {
  required: { keyword: 'required', params: () => ({}) },
  minlength: { keyword: 'minLength', params: ({ minlength }) => ({ limit: minlength }) },
  maxlength: { keyword: 'maxLength', params: ({ maxlength }) => ({ limit: maxlength }) },
  min: { keyword: 'minimum', params: ({ min }) => ({ comparison: '>=', limit: printed(min) }) },
  max: { keyword: 'maximum', params: ({ max }) => ({ comparison: '<=', limit: printed(max) }) },
  enum: { keyword: 'enum', params: ({ enumValues }) => ({ allowedValues: enumValues }) },
  regexp: { keyword: 'pattern', params: () => ({}) }
}

/** The kinds of casts that have an equivalent JSON type. */
export const castTypes: Readonly<Record<string, string>> = {
  Number: 'number',
  string: 'string',
  Boolean: 'boolean',
  Array: 'array'
}

/** Mongoose's other errors that a request or an outage can cause, by name. */
export const mongooseErrors: Readonly<Record<string, DatabaseFailure>> = {
  DocumentNotFoundError: 'no_row',
  VersionError: 'concurrent',
  MongooseServerSelectionError: 'unavailable'
}

/**
 * Translates errors of Mongoose: a document that does not match its schema, a value that cannot be cast, a missing
 * document, an unavailable server.
 */
export const mongooseTranslator: Translator = databaseTranslator('mongoose', error => {
  const { name, message, path, errors } = error
  if (typeof name !== 'string') return undefined
  if (name === 'ValidationError' && typeof error._message === 'string' && isObject(errors)) {
    return createValidationFailure(Object.entries(errors).flatMap(([at, failed]) => createIssue(at, failed)))
  }
  if (name === 'CastError' && typeof path === 'string') {
    return {
      failure: 'malformed',
      issues: createIssue(path, error),
      rejects: value => value === error.value
    }
  }
  if (name === 'StrictModeError' && typeof path === 'string') {
    return createValidationFailure([issueAt(path, 'additionalProperties')])
  }
  if (name === 'MongooseError' && typeof message === 'string' && / buffering timed out after \d+ms$/.test(message)) {
    return { failure: 'unavailable' }
  }
  const failure = Object.hasOwn(mongooseErrors, name) ? mongooseErrors[name] : undefined
  return failure === undefined ? undefined : { failure }
})

/** Returns the issue of one path. The message of its validator is not used, because it often repeats the value. */
function createIssue (path: string, failed: unknown): Issue[] {
  // a subdocument, whose paths are also in the list
  if (!isObject(failed) || failed.name === 'ValidationError') return []
  const { kind, properties } = failed
  if (failed.name === 'CastError') {
    const type = typeof kind === 'string' && Object.hasOwn(castTypes, kind) ? castTypes[kind] : undefined
    return [issueAt(path, type === undefined ? 'invalid' : 'type', { type })]
  }
  const known = typeof kind === 'string' && Object.hasOwn(validatorKinds, kind) ? validatorKinds[kind] : undefined
  return [
    known === undefined
      ? issueAt(path, 'invalid')
      : issueAt(path, known.keyword, known.params(isObject(properties) ? properties : {}))
  ]
}

function issueAt (dotted: string, keyword: string, params: IssueParams = {}): TranslatableIssue {
  const path = dotted.split('.')
  return {
    in: 'body',
    field: formatField(path),
    pointer: formatPointer(path),
    ...getKeywordIssue(keyword, params),
    [issueParams]: params
  }
}

function printed (limit: unknown): unknown {
  return limit instanceof Date ? limit.toISOString() : limit
}
