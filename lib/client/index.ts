export { ResponseError, isResponseError, type AnyCatalog, type ErrorOf, type ResponseIssue } from './response-error.js'
export { parseError } from './parse-error.js'
export { withRetry, type RetryOptions } from './retry.js'
export type { RetryAdvice } from './retry-advice.js'
