/** The formats by name. */
import { codeFormat } from './code.js'
import { errorFormat } from './error.js'
import type { Format } from './format.js'
import { messageFormat } from './message.js'
import { problemFormat } from './problem.js'
import { summaryFormat } from './summary.js'
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
