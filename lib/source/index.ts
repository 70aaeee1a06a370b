/** Source inference: finds what the handlers of an application throw. For development; the plugin never loads it. */
export { inferErrors, type SourceError, type SourceReport, type SourceReportRoute } from './infer.js'
export { compareInferredErrors, createInferredErrors, printInferredErrors } from './inferred-file.js'
export { printReport } from './print-report.js'
