/** The changelog of an API's errors, which `fastify-api-errors changelog` writes from the history of the lockfile. */
import { readFileSync } from 'node:fs'
import { describeValue } from '../support/describe-value.js'
import { isRecord } from '../support/is-object.js'
import { parseJsonFile } from '../support/parse-json-file.js'

/** The changes of an API's errors, the latest first. */
export interface Changelog {
  readonly version: 1
  readonly entries: readonly ChangelogEntry[]
}

/** The changes of one commit. */
export interface ChangelogEntry {
  /** The date of the commit: `2030-01-31`. */
  readonly date: string
  readonly changes: ReadonlyArray<{
    /** The effect on clients. */
    readonly severity: 'breaking' | 'notable' | 'fine',
    /** What changed: a code, a route or a format. */
    readonly subject: string,
    /** A description of the change in one sentence. */
    readonly explanation: string
  }>
}

/**
 * Checks a changelog. If a path is passed, reads the file first. A missing file is treated as empty, and a warning is
 * emitted.
 *
 * @param option the name of the option in messages
 * @throws TypeError with one sentence if the file cannot be read or is invalid
 */
export function readChangelog (changelog: unknown, option = 'reference.changelog'): Changelog {
  const value = typeof changelog === 'string' ? readJson(changelog, option) : changelog
  if (!isRecord(value) || value.version !== 1 || !Array.isArray(value.entries) || !value.entries.every(isEntry)) {
    throw new TypeError(
      `fastify-api-errors: ${option}: expected the output of 'fastify-api-errors changelog', got ${typeof changelog === 'string' ? `other content in ${changelog}` : describeValue(changelog)}.`
    )
  }
  return value as unknown as Changelog
}

function readJson (path: string, option: string): unknown {
  try {
    return parseJsonFile(readFileSync(path, 'utf8'))
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') {
      // Other commands and tests start the application, too, and a release may create the file later.
      process.emitWarning(
        `${path} does not exist, so the changelog of the error reference is empty. Create it with 'fastify-api-errors changelog'.`,
        { code: 'FASTIFY_API_ERRORS_NO_CHANGELOG' }
      )
      return { version: 1, entries: [] }
    }
    throw new TypeError(
      `fastify-api-errors: ${option}: expected a file that 'fastify-api-errors changelog' wrote, but ${path} cannot be read: ${(fault as Error).message}`
    )
  }
}

function isEntry (entry: unknown): boolean {
  return isRecord(entry) && typeof entry.date === 'string' && Array.isArray(entry.changes) &&
    entry.changes.every(change =>
      isRecord(change) && ['severity', 'subject', 'explanation'].every(name => typeof change[name] === 'string')
    )
}
