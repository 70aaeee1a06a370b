/** The exports of `fastify-api-errors/client`. */
export { ResponseError, isResponseError, type AnyCatalog, type ErrorOf, type ResponseIssue } from './response-error.js'
export { parseError, type ParseErrorOptions } from './parse-error.js'
export { withRetry, type RetryOptions } from './retry.js'
export type { RetryAdvice } from './retry-advice.js'
