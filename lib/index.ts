/** The exports of the package. */
export { default } from './plugin.js'
export type { ApiErrors } from './plugin.js'
export type { ApiErrorsOptions, DocumentationOptions } from './options.js'

export { ApiError, isApiError, type ErrorInit, type LocalizedMessage } from './catalog/api-error.js'
export {
  defineErrors,
  defineErrorsWith,
  type AnyCatalog,
  type AnyErrorFactory,
  type Catalog,
  type CatalogOptions,
  type ErrorFactory
} from './catalog/define-errors.js'
export type { ResponseContent, ResponseLanguage, FormatTexts } from './catalog/response-content.js'
export type { Deprecation } from './catalog/deprecation.js'
export type {
  DefinitionShape,
  ErrorDefinition,
  ErrorExample,
  ErrorStatus,
  ErrorType,
  HeaderValues
} from './catalog/definition.js'
export type { Issue, IssueCode, IssueLocation, IssueParams } from './catalog/issues.js'
export type { MessageName, PhraseName } from './catalog/specific-messages.js'
export type { RetryAdvice } from './catalog/retry-advice.js'
export { codeForStatus, standardErrors, type StandardCode } from './catalog/standard-errors.js'

export type { AnyLanguage, Language, Languages, Phrase, Sentence } from './languages/language.js'

export {
  defineFormat,
  type Field,
  type Fields,
  type Format,
  type FormatDefinition,
  type SchemaContext
} from './formats/format.js'
export { formats, type FormatName } from './formats/index.js'

export {
  defineTranslator,
  type DatabaseOptions,
  type NamedConstraint,
  type TranslateContext,
  type Translator
} from './translate/translator.js'

export { serverOptions } from './server/server-options.js'
export type { LogEntry, LogFunction } from './respond/log-errors.js'
export type { ResponseEvent } from './respond/error-handler.js'
export type { SentEvent } from './respond/sent-errors.js'

export type {
  HeaderFamily,
  PolicyChoice,
  RateLimitHook,
  RateLimitOptions,
  RateLimitPolicy,
  SharedLimitOptions
} from './rate-limit/policies.js'

export { declareErrors, type ErrorReference } from './infer/declared/declare-errors.js'
export { responses, type ErrorResponse, type ErrorResponses } from './infer/declared/typed-responses.js'
export { swaggerOptions } from './openapi/swagger-options.js'
export type { DocumentationRule, DocumentationRules, RuleRoute } from './infer/custom-rules.js'
export type { RouteError } from './infer/route-errors.js'
export type { StatusName } from './openapi/component-names.js'
export type { InferredError, InferredErrors } from './infer/read-inferred-file.js'
export type { RuleName } from './infer/rules.js'
export type { StatusSchemas } from './openapi/status-schemas.js'

export type { FieldFacts } from './reference/body-fields.js'
export type { Changelog, ChangelogEntry } from './reference/read-changelog.js'
export type {
  Reference,
  ReferenceResponse,
  ReferenceCode,
  ReferenceFormat,
  ReferenceLimit
} from './reference/create-reference.js'
export type { LiveGuard, OperationFacts, OperationUrl, ReferenceOptions } from './reference/reference-options.js'
export type { SampleRequest } from './samples/sample-request.js'

export { assertLedger, type AssertLedgerOptions, type LedgerReport } from './verify/assert-ledger.js'
export { collectLedger, readLedger } from './verify/collect-ledger.js'
export type { OnUndocumented } from './verify/undocumented-errors.js'
export type { ResponseKind, LedgerEntry } from './verify/ledger.js'
