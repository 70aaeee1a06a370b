/**
 * Exports source inference, which finds the errors that the handlers of an application throw. Only the command line
 * loads it.
 */
export { inferErrors, type SourceError, type SourceReport, type SourceReportRoute } from './infer-errors.js'
export { compareInferredErrors, createInferredErrors, printInferredErrors } from './create-inferred-file.js'
export { printReport } from './print-report.js'
