/**
 * Recognizes errors of HTTP clients by traces of an HTTP exchange: a request, a response, headers, a URL. A list of
 * clients would never be complete. An error that an application throws on purpose has a status and a message, but no
 * such traces.
 */
import { isObject, type ReadonlyJsonObject } from '../../support/is-object.js'

/** Headers that almost every response has, and that an application does not set on an error. */
const responseHeaders: ReadonlySet<string> = new Set([
  'content-type', 'content-length', 'date', 'server', 'connection', 'transfer-encoding'
])

/** Properties that contain a response, or data about a response. */
const responses = ['response', '$response', 'res', 'resp', 'rawResponse', 'httpResponse', 'meta']

/** Properties that contain a request, or its options. */
const requests = ['request', 'req', 'httpRequest', 'config', 'options']

/** Properties that only API clients set on an error. Their values do not matter. */
const marks = [
  '$fault', 'extendedRequestId', 'responseBody', 'responseText', 'rawResponse', 'rawType', 'transporterStackTrace',
  'clerkError', 'errid'
]

/**
 * Properties that API clients often set on an error. An application may use one of them for other purposes, so two are
 * required.
 */
const weakMarks: ReadonlyArray<readonly string[]> = [
  ['moreInfo', 'more_info'], ['rawError', 'raw', 'rawMessage', 'rawBody', 'rawData'], ['requestBody'], ['retryDelay'],
  ['json'], ['variables']
]

/** Properties that applications set more often. Together, they count as one. */
const commonMarks = [
  'requestId', 'request_id', 'requestID', 'RequestId', 'requestid', 'amzRequestid', 'correlationId', 'correlation_id',
  'correlationID', 'body'
]

/**
 * Returns whether an error has a received response, the headers of one, or the mark of a client that always sends a
 * request.
 */
export function hasResponse (error: ReadonlyJsonObject): boolean {
  return isObject(error.$metadata) || error.isAxiosError === true || isHeadersOfResponse(error.headers) ||
    responses.some(name => isResponse(error[name])) || ('httpBody' in error && 'httpStatus' in error) ||
    isResponseOfWreck(error)
}

/**
 * Returns whether an error with a status, and without a response, has any other trace of an HTTP exchange. If so, the
 * status comes from an upstream service.
 */
export function hasTraces (error: ReadonlyJsonObject): boolean {
  // http-errors and Boom: thrown on purpose
  if (typeof error.expose === 'boolean' || error.isBoom === true) return false
  return marks.some(name => name in error) ||
    requests.some(name => isUrl(error[name]) || isRequest(error[name])) ||
    (Array.isArray(error.stackTrace) && error.stackTrace.some(tried => isObject(tried) && isRequest(tried.request))) ||
    isNameOfClient(error.type) ||
    Object.keys(error).some(name => /^__is[A-Z]\w*Error$/.test(name)) ||
    isStatusOfGrpc(error) ||
    isCopiedError(error) ||
    isCopiedResponse(error) ||
    hasWeakTraces(error)
}

/** Two weak traces are enough, or one if a package created the error. */
function hasWeakTraces (error: ReadonlyJsonObject): boolean {
  const count = countWeakTraces(error)
  return count >= 2 ||
    ((count === 1 || marksOfPackages.some(name => name in error)) && isCreatedByPackage(error) &&
      !hasOwnResponse(error))
}

/**
 * Returns whether an error has the body of the response, as the exceptions of NestJS have. Pipes and guards throw such
 * exceptions.
 */
function hasOwnResponse ({ getStatus, getResponse }: ReadonlyJsonObject): boolean {
  return typeof getStatus === 'function' && typeof getResponse === 'function'
}

/** Properties that count only if a package created the error. Applications often set them. */
const marksOfPackages = ['reason', 'error_description', 'errors', 'data', 'httpMethod', 'links', '_links']

/**
 * Returns whether a value is an object with the stack of an error, such as a response body that PouchDB completes and
 * throws.
 */
function isCopiedError (error: ReadonlyJsonObject): boolean {
  return Object.getPrototypeOf(error) === Object.prototype && typeof error.stack === 'string'
}

/**
 * Returns whether a value has only the status and the parsed error of a response, as Razorpay throws it. An application
 * adds a message.
 */
function isCopiedResponse (thrown: ReadonlyJsonObject): boolean {
  const { message, error } = thrown
  return message === undefined && 'error' in thrown &&
    (error === undefined || (isObject(error) && error.message === undefined))
}

/**
 * Returns whether code in `node_modules` created an error. Constructors are skipped, because an application can use the
 * class of a package.
 */
function isCreatedByPackage ({ stack }: ReadonlyJsonObject): boolean {
  const frame = typeof stack === 'string'
    ? /^ +at (?!new |async |node:|[^\n]*\((?:node:|<anonymous>)).*$/m.exec(stack)?.[0]
    : undefined
  return frame !== undefined && /[\\/]node_modules[\\/]/.test(frame)
}

function countWeakTraces (error: ReadonlyJsonObject): number {
  return [
    ...weakMarks.map(names => names.some(name => name in error)),
    commonMarks.some(name => name in error) || isObject(error.response),
    typeof error.statusText === 'string' || typeof error.statusMessage === 'string' || namesStatus(error),
    'retryable' in error && error.time instanceof Date, // aws-sdk 2
    isUrl(error.url) || isUrl(error.uri),
    // Azure and Twilio; an application may have such a class
    error.name === 'RestError' || [error.name, ...listClassNames(error)].includes('RestException'),
    isObject(error.headers) && typeof error.headers.get === 'function', // the headers of a response to fetch
    typeof error.code === 'number' && error.code >= 1000 // the code of a service, in addition to the status
  ].filter(Boolean).length
}

/**
 * Returns whether the message of an error has its status, as in `Request failed with status code 404` and
 * `404 No such model`.
 */
function namesStatus ({ message, status, statusCode }: ReadonlyJsonObject): boolean {
  return String(message).match(/\b\d{3}\b/g)?.some(number => [status, statusCode].includes(Number(number))) === true
}

/** Returns whether an error has the status of a gRPC call: a code from 0 to 16, details and metadata. */
function isStatusOfGrpc ({ code, details, metadata }: ReadonlyJsonObject): boolean {
  return typeof code === 'number' && code <= 16 && typeof details === 'string' && isObject(metadata)
}

/** Properties that clients set on a response, and that the body of an application's response does not have. */
const ofResponse = ['text', 'header', 'req', 'body', 'statusText', 'statusMessage']

/**
 * Returns whether a value is a received response: it has headers or is a stream. Frameworks also use the name
 * `response` for the body that they send, and for the reply itself.
 */
function isResponse (value: unknown): boolean {
  if (!isObject(value) || typeof value.send === 'function' || typeof value.writeHead === 'function') return false
  if (isHeadersOfResponse(value.headers)) return true
  const hasStatus = [value.status, value.statusCode, value.httpStatusCode].some(status => typeof status === 'number')
  return hasStatus &&
    (isObject(value.headers) || typeof value.pipe === 'function' || ofResponse.some(name => name in value) ||
      isRequest(value.request) || isRequest(value.config))
}

/**
 * Returns whether a value is a sent request: it has an absolute URL or a host. A received request has a path as its
 * URL.
 */
function isRequest (value: unknown): boolean {
  if (!isObject(value)) return false
  return [value.url, value.uri, value.path, value.baseURL, value.host, value.hostname].some(isUrl) ||
    (typeof value.method === 'string' && ['baseURL', 'host', 'hostname'].some(name => Object.hasOwn(value, name)))
}

function isUrl (value: unknown): boolean {
  return value instanceof URL || (typeof value === 'string' && /^https?:\/\//.test(value))
}

/**
 * Returns whether a type is similar to `MailgunAPIError`. An application's own errors have types such as `not_found`.
 */
function isNameOfClient (name: unknown): boolean {
  return typeof name === 'string' && /\wA(PI|pi)Error$/.test(name)
}

/**
 * Returns the names of the class of an error and of the classes that it extends, because an error may inherit its
 * `name`.
 */
export function listClassNames (error: object): readonly string[] {
  const names: string[] = []
  for (let at: unknown = error; isObject(at) && names.length < 8; at = Object.getPrototypeOf(at)) {
    if (typeof at.constructor === 'function') names.push(at.constructor.name)
  }
  return names
}

/** Returns whether an error comes from Wreck, hapi's HTTP client. It throws Boom errors. */
function isResponseOfWreck ({ isBoom, data }: ReadonlyJsonObject): boolean {
  return isBoom === true && isObject(data) && data.isResponseError === true
}

/** Recognizes headers by their methods, because each implementation of `fetch` has its own class. */
function isHeadersOfResponse (headers: unknown): boolean {
  return listNames(headers).some(name => responseHeaders.has(name.toLowerCase()))
}

/**
 * Returns the names of headers: of an object, of pairs, of a flat list of names and values, or of anything with `has`
 * or `keys`.
 */
function listNames (headers: unknown): readonly string[] {
  if (!isObject(headers)) return []
  if (Array.isArray(headers)) {
    return headers.flatMap((entry: unknown) => Array.isArray(entry) ? entry.slice(0, 1) : entry).filter(name =>
      typeof name === 'string'
    )
  }
  const { has } = headers
  try {
    if (typeof has === 'function') return [...responseHeaders].filter(name => has.call(headers, name) === true)
  } catch {
    return []
  }
  return Object.keys(headers)
}
