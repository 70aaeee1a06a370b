/** The formats by name. */
import { codeFormat } from './code.js'
import { errorFormat } from './error.js'
import type { Format } from './format.js'
import { createMessageFormat, messageFormat } from './message.js'
import { problemFormat } from './problem.js'
import { createSummaryFormat, summaryFormat } from './summary.js'
import { typedFormat } from './typed.js'

/** The formats that the `format` option accepts by name. */
export const formats: Readonly<Record<FormatName, Format>> = {
  code: codeFormat,
  typed: typedFormat,
  summary: summaryFormat,
  message: messageFormat,
  error: errorFormat,
  problem: problemFormat
}

/** A name of {@link formats}. */
export type FormatName = 'code' | 'typed' | 'summary' | 'message' | 'error' | 'problem'

/** The formats that list fields only for the status of an invalid body, with their versions for the status 400. */
const formatsFor400: ReadonlyMap<Format, Format> = new Map([[messageFormat, createMessageFormat(400)], [summaryFormat, createSummaryFormat(400)]])

/** Returns a format for an API that responds to an invalid body with a given status. */
export function getFormatForStatus (format: Format, validationStatus: 400 | 422): Format {
  return validationStatus === 400 ? formatsFor400.get(format) ?? format : format
}
