/** The changelog of an API's errors, which `fastify-api-errors changelog` writes from the history of the lockfile. */
import { isRecord } from '../support/is-object.js'
import { readGeneratedFile } from '../support/read-generated-file.js'

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
  return readGeneratedFile<Changelog>(changelog, option, {
    command: 'changelog',
    isContent: isChangelog,
    empty: { version: 1, entries: [] },
    missing: {
      effect: 'the changelog of the error reference is empty',
      code: 'FASTIFY_API_ERRORS_NO_CHANGELOG'
    }
  })
}

function isChangelog (value: unknown): value is Changelog {
  return isRecord(value) && value.version === 1 && Array.isArray(value.entries) && value.entries.every(isEntry)
}

function isEntry (entry: unknown): boolean {
  return isRecord(entry) && typeof entry.date === 'string' && Array.isArray(entry.changes) &&
    entry.changes.every(change =>
      isRecord(change) && ['severity', 'subject', 'explanation'].every(name => typeof change[name] === 'string')
    )
}
