/** Translates the errors of class-validator: the list that `validate()` returns and `validateOrReject()` throws. */
import type { FastifyRequest } from 'fastify'
import { issueKinds, type IssueLocation } from '../../catalog/issues.js'
import { isObject, isRecord, type ReadonlyJsonObject } from '../../support/is-object.js'
import type { Translator } from '../translator.js'
import { maxReported, repeatsValue, type FailedKeyword } from './failed-keyword.js'
import { createInvalidError, createIssues } from './validation.js'

/** The JSON Schema equivalent of a constraint. */
export interface ConstraintKeyword extends Pick<FailedKeyword, 'keyword' | 'params'> {
  /** Whether the limit is only in the message of class-validator. */
  readonly hasLimit: boolean
}

const type = (type: string): ConstraintKeyword => ({ keyword: 'type', params: { type }, hasLimit: false })
const format = (format: string): ConstraintKeyword => ({ keyword: 'format', params: { format }, hasLimit: false })
const limit = (keyword: string): ConstraintKeyword => ({ keyword, params: {}, hasLimit: true })
const keyword = (keyword: string, params: FailedKeyword['params'] = {}): ConstraintKeyword => ({
  keyword,
  params,
  hasLimit: false
})

/**
 * The JSON Schema keyword for each constraint of class-validator. Any other constraint has the issue code `invalid`.
 */
export const constraintKeywords: Readonly<Record<string, ConstraintKeyword>> = {
  isDefined: keyword('required'),
  isNotEmpty: keyword('minLength', { limit: 1 }),
  isString: type('string'),
  isNumber: type('number'),
  isInt: type('integer'),
  isBoolean: type('boolean'),
  isArray: type('array'),
  isObject: type('object'),
  nestedValidation: type('object'),
  minLength: limit('minLength'),
  maxLength: limit('maxLength'),
  min: limit('minimum'),
  isPositive: limit('minimum'),
  minDate: limit('minimum'),
  max: limit('maximum'),
  isNegative: limit('maximum'),
  maxDate: limit('maximum'),
  isDivisibleBy: limit('multipleOf'),
  isIn: limit('enum'),
  isEnum: limit('enum'),
  equals: limit('const'),
  matches: keyword('pattern'),
  arrayNotEmpty: keyword('minItems', { limit: 1 }),
  arrayMinSize: limit('minItems'),
  arrayMaxSize: limit('maxItems'),
  arrayUnique: keyword('uniqueItems'),
  arrayContains: limit('contains'),
  isNotEmptyObject: keyword('minProperties', { limit: 1 }),
  whitelistValidation: keyword('additionalProperties'),
  unknownValue: keyword('invalid'),
  isEmail: format('email'),
  isUrl: format('url'),
  isUuid: format('uuid'),
  isIso8601: format('date-time'),
  isDateString: format('date-time'),
  isJwt: format('jwt'),
  isBase64: format('byte'),
  isMacAddress: format('mac'),
  isFqdn: format('hostname'),
  isPhoneNumber: format('e164')
}

/** Translates a thrown list of class-validator errors, and a single error. */
export const classValidatorTranslator: Translator = {
  name: 'class-validator',
  translate (error, context) {
    const list: readonly unknown[] = Array.isArray(error) ? error.slice(0, maxReported) : [error]
    const [first] = list
    if (!isValidationError(first) || !list.every(isValidationError)) return undefined
    const location = findLocation(first, context.request)
    return createInvalidError(location, createIssues(listFailures(list), location), error, context)
  }
}

/** An error of a field. It has no property if class-validator rejects the whole object. */
interface ValidationError extends ReadonlyJsonObject {
  readonly property: string | undefined
  readonly constraints?: Readonly<Record<string, string>> | undefined
  readonly children?: readonly unknown[] | undefined
}

/**
 * Returns whether a value has the shape of class-validator's `ValidationError`, which is not an `Error`: constraints,
 * children or both.
 */
function isValidationError (value: unknown): value is ValidationError {
  if (!isRecord(value) || value instanceof Error || !('property' in value)) return false
  const { property, constraints, children } = value
  if (property !== undefined && typeof property !== 'string') return false
  if (constraints === undefined) return Array.isArray(children)
  return isRecord(constraints) && Object.values(constraints).every(message => typeof message === 'string') &&
    (children === undefined || Array.isArray(children))
}

/** Returns the failures of some errors and of the errors of nested objects in them. */
function listFailures (errors: readonly ValidationError[]): FailedKeyword[] {
  const queue = errors.map(error => ({ error, path: [] as readonly string[] }))
  const failures: FailedKeyword[] = []
  for (const { error, path } of queue) {
    const fieldPath = error.property === undefined ? path : [...path, error.property]
    failures.push(...readFailures(error, fieldPath))
    for (const child of error.children ?? []) {
      if (queue.length < maxReported && isValidationError(child)) queue.push({ error: child, path: fieldPath })
    }
  }
  return failures.length === 0 ? [{ keyword: 'invalid', path: [], params: {} }] : failures
}

/** Returns the failures of one field. A missing field fails each of its constraints, and has one issue. */
function readFailures (error: ValidationError, path: readonly string[]): FailedKeyword[] {
  const constraints = Object.entries(error.constraints ?? {})
  if (constraints.length > 0 && isAbsent(error)) return [{ keyword: 'required', path, params: {} }]
  return constraints.map(([name, message]) => ({ path, ...readConstraint(name, message, error) }))
}

/**
 * Returns whether a field was missing. Options of class-validator remove the value, the object, or both from its
 * errors.
 */
function isAbsent (error: ValidationError): boolean {
  const { property, value, target } = error
  if (property === undefined || value !== undefined) return false
  return isObject(target) ? target[property] === undefined : Object.hasOwn(error, 'value')
}

function readConstraint (
  name: string,
  message: string,
  { property, value }: ValidationError
): Omit<FailedKeyword, 'path'> {
  const known = findKeyword(name, message)
  const { keyword, params, hasLimit } = known ?? unknownConstraint
  const phrase = property === undefined ? undefined : toPhrase(message, property)
  // The library's messages are replaced if ours have the same information, so that messages are the same for all
  // validators.
  if (!hasLimit && (property === undefined || (phrase !== undefined && !message.startsWith(eachPrefix)))) {
    return { keyword, params }
  }
  if (known !== undefined && phrase !== undefined) {
    return { keyword, params: { ...params, ...readLimit(keyword, phrase) }, message: phrase, isOfLibrary: true }
  }
  return { keyword, params, message: repeatsValue(message, value) ? issueKinds.invalid.message({}) : phrase ?? message }
}

/** Returns the limit of a keyword from a message of the library. */
function readLimit (keyword: string, phrase: string): FailedKeyword['params'] {
  const [number] = /-?\d[\d.e+-]*/.exec(phrase) ?? []
  return number === undefined ? {} : { [keyword === 'multipleOf' ? keyword : 'limit']: number }
}

const unknownConstraint: ConstraintKeyword = { keyword: 'invalid', params: {}, hasLimit: true }

function findKeyword (name: string, message: string): ConstraintKeyword | undefined {
  // The name of the constraint is the same for both limits.
  if (name === 'isLength') return limit(message.includes(' longer ') ? 'minLength' : 'maxLength')
  return Object.hasOwn(constraintKeywords, name) ? constraintKeywords[name] : undefined
}

const eachPrefix = 'each value in '

/**
 * Returns a message of the library as a phrase that follows the name of the field; `undefined` for the application's
 * own message.
 */
function toPhrase (message: string, property: string): string | undefined {
  const isEach = message.startsWith(eachPrefix)
  const rest = isEach ? message.slice(eachPrefix.length) : message
  const start = ['', 'property ', 'nested property '].map(words => `${words}${property} `).find(start =>
    rest.startsWith(start)
  )
  return start === undefined ? undefined : (isEach ? 'each value ' : '') + rest.slice(start.length)
}

const methodsWithBody: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH'])

/** Returns the part of the request that was validated, because class-validator does not report it. */
function findLocation (
  { property = '' }: ValidationError,
  { body, params, query, method }: FastifyRequest
): IssueLocation {
  if (isObject(body)) return 'body'
  if (isObject(params) && Object.hasOwn(params, property)) return 'path'
  // The body can be missing.
  return methodsWithBody.has(method) && !(isObject(query) && Object.hasOwn(query, property)) ? 'body' : 'query'
}
