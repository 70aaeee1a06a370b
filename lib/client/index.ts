/** The exports of `fastify-api-errors/client`. */
export { ResponseError, isResponseError, type AnyCatalog, type ErrorOf, type ResponseIssue } from './response-error.js'
export { parseError, type ParseErrorOptions } from './parse-error.js'
export type { BodyFacts } from './read-body.js'
export type { ErrorsOf } from './errors-of.js'
export { withRetry, type RetryOptions } from './retry.js'
export type { RetryAdvice } from './retry-advice.js'
