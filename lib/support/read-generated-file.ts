/** Reads the JSON files that the commands write and that options of the plugin accept. */
import { readFileSync } from 'node:fs'
import { describeValue } from './describe-value.js'
import { parseJsonFile } from './parse-json-file.js'

const owner = 'fastify-api-errors'

/** A file that a command writes. */
export interface GeneratedFile<Content> {
  /** The command that writes the file, such as `changelog`. */
  readonly command: string
  readonly isContent: (value: unknown) => value is Content
  /** The content that is used if the file does not exist. */
  readonly empty: Content
  /** The effect of a missing file, as the end of a sentence. The code is that of the warning. */
  readonly missing: { readonly effect: string, readonly code: string }
}

/**
 * Returns the content of a generated file. If the file does not exist, emits a warning and returns the empty content,
 * because the command that writes the file starts the application first.
 *
 * @param given the path of the file, or its content
 * @param option the name of the option in messages: `inferred`, `--changelog`
 * @throws TypeError with one sentence if the file cannot be read or has other content
 */
export function readGeneratedFile<Content> (given: unknown, option: string, file: GeneratedFile<Content>): Content {
  const { command, isContent, empty, missing } = file
  const isPath = typeof given === 'string'
  let value = given
  if (isPath) {
    try {
      value = parseJsonFile(readFileSync(given, 'utf8'))
    } catch (fault) {
      if ((fault as NodeJS.ErrnoException).code !== 'ENOENT') {
        throw new TypeError(
          `${owner}: ${option}: expected a file that '${owner} ${command}' wrote, but ${given} cannot be read: ${(fault as Error).message}`
        )
      }
      process.emitWarning(`${given} does not exist, so ${missing.effect}. Create it with '${owner} ${command}'.`, {
        code: missing.code
      })
      return empty
    }
  }
  if (isContent(value)) return value
  throw new TypeError(
    `${owner}: ${option}: expected the output of '${owner} ${command}', got ${isPath ? `other content in ${given}` : describeValue(given)}.`
  )
}
